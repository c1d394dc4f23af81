/* endpoint: from an HTTP request to a flow and back. A room lists its routes;
 * the body is checked and decoded as the route says before its first stage
 * runs; a stage answers with exactly one of the reply functions or refuse, and
 * returns what it gives (DONE).
 * Callers: access, signin, oauth, retrieval, ops (routes and stages), selfinfod
 * (start). Every request struct begins with a struct exchange; it lives in the
 * flow's arena and goes with it. Times are wall ms.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_ENDPOINT_H
#define WEB_ENDPOINT_H

#include <jansson.h>

#include "flow/flow.h"
#include "net/server.h"
#include "web/form.h"
#include "web/page.h"
#include "web/problem.h"

enum route_kind {
	ROUTE_API,   /* refuses with RFC 9457 problems */
	ROUTE_OAUTH, /* refuses with RFC 6749 errors */
	ROUTE_PAGE   /* refuses with a page */
};

enum body_kind {
	BODY_NONE, /* a body is ignored */
	BODY_FORM,
	BODY_JSON, /* one object */
	BODY_JSON_OR_EMPTY
};

struct route {
	const char *name; /* log field and metric label */
	enum http_method method;
	const char *path; /* one segment may be {} */
	enum route_kind kind;
	enum body_kind body;
	size_t size; /* of the request struct */
	const struct stage *stages;
	/* The client left, or the flow failed, before a stage answered: gives back
	 * what the request holds outside its arena. May be NULL. */
	void (*left)(struct flow *f);
	const char *const *repeatable; /* form fields that may come twice */
};

struct exchange {
	struct conn *conn; /* NULL when the client has left */
	const struct http_request *http;
	const struct route *route;
	struct str param; /* what stood for {} */
	struct form query;
	struct form form; /* BODY_FORM */
	json_t *json;     /* BODY_JSON; NULL when the body was empty */
	enum lang lang;
	int64_t now; /* when the request came */
	int64_t cpu_started;
	struct http_field field[16];
	size_t fields;
	int status;               /* of the answer; 0 before */
	struct str form_action;   /* further origin for the page's CSP */
	struct str problem_extra; /* JSON members to add to a problem */
	const char *hint; /* in place of an OAuth error's description; static text */
};

/* Once a worker: routes are tried in the order given; tables end with a route
 * without a path. base_url is the issuer. */
struct web_config {
	struct str base_url;
	bool sandbox;
	struct str phone, hours_ja, hours_en; /* who helps a citizen */
	const struct route *const *tables;
	size_t count;
};
void web_init(struct loop *l, const struct web_config *c);
const struct server_handler *web_handler(void);
struct str web_base_url(void);
bool web_is_sandbox(void);

static inline struct exchange *exchange_of(struct flow *f)
{
	return f->data;
}

/* A header field of the answer to come. */
void reply_field(struct flow *f, const char *name, struct str value);
NODISCARD enum step reply_json(struct flow *f, int status, json_t *body); /* taken */
NODISCARD enum step reply_text(struct flow *f, int status, const char *type,
			       struct str body);
NODISCARD enum step reply_page(struct flow *f, int status, enum page p,
			       json_t *model);                      /* taken */
NODISCARD enum step reply_redirect(struct flow *f, struct str url); /* 303 */
NODISCARD enum step reply_empty(struct flow *f, int status);
NODISCARD enum step refuse(struct flow *f, enum problem_id why);
/* With further members of the problem: json object, taken. */
NODISCARD enum step refuse_with(struct flow *f, enum problem_id why, json_t *extra);

#define LANG_COOKIE "__Host-lang"
/* Pages are drawn in this language from now on. */
void reply_lang(struct flow *f, enum lang lang);

struct str cookie_value(const struct http_request *r, const char *name);
/* Does the Accept field allow application/json? Absent means yes. */
bool accepts_json(const struct http_request *r);

/* Of this room itself: the style sheet and /problems/{slug}. */
extern const struct route web_routes[];

#endif
