/* endpoint: begins a flow for each request and ends it with its answer.
 * Called by net for each whole request; stages of the rooms above do the work.
 * A flow whose client has left is freed at once (its route's `left` is told);
 * a flow that fails answers 503 and nothing of what it held leaves.
 * SPDX-License-Identifier: Apache-2.0 */
#include "web/endpoint.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/text.h"
#include "reply.h"
#include "route.h"

static struct web_config web;
static struct loop *web_loop;

void web_init(struct loop *l, const struct web_config *c)
{
	web = *c;
	web_loop = l;
}

struct str web_base_url(void)
{
	return web.base_url;
}

bool web_is_sandbox(void)
{
	return web.sandbox;
}

const struct web_config *web_settings(void)
{
	return &web;
}

static enum step say_method(struct flow *f)
{
	return refuse(f, PROBLEM_METHOD);
}

static enum step say_not_found(struct flow *f)
{
	return refuse(f, PROBLEM_NOT_FOUND);
}

static enum step say_bad_request(struct flow *f)
{
	return refuse(f, PROBLEM_BAD_REQUEST);
}

static enum step say_options(struct flow *f)
{
	return reply_empty(f, 204);
}

#define ONE_STAGE(symbol, fn) \
	static const struct stage symbol[] = { { #fn, fn }, { NULL, NULL } }
ONE_STAGE(method_stages, say_method);
ONE_STAGE(not_found_stages, say_not_found);
ONE_STAGE(bad_request_stages, say_bad_request);
ONE_STAGE(options_stages, say_options);

static const struct route no_route[] = {
	{ .name = "method", .size = sizeof(struct exchange), .stages = method_stages },
	{ .name = "not_found",
	  .size = sizeof(struct exchange),
	  .stages = not_found_stages },
	{ .name = "bad_request",
	  .size = sizeof(struct exchange),
	  .stages = bad_request_stages },
	{ .name = "options", .size = sizeof(struct exchange), .stages = options_stages },
};

/* A path with a bad escape is malformed, not merely unknown (faults-H19). */
static bool path_is_well_formed(struct arena *a, struct str path)
{
	struct form ignored;
	struct str as_value = arena_printf(a, "p=%.*s", STR_ARG(path));

	for (size_t i = 0; i < as_value.n; i++)
		if (as_value.p[i] == '&')
			return true; /* a '&' is a plain character in a path */
	return form_parse(a, as_value, NULL, &ignored);
}

static const struct route *choose(struct arena *a, const struct http_request *r,
				  struct route_match *m)
{
	*m = (struct route_match){ 0 };
	if (r->method == HTTP_OPTIONS && str_is(r->target, "*")) {
		m->allow = STR("GET, HEAD, POST, OPTIONS");
		return &no_route[3];
	}
	if (!path_is_well_formed(a, r->path))
		return &no_route[2];
	*m = route_find(a, &web, r->method, r->path);
	if (m->route != NULL)
		return m->route;
	if (!m->known)
		return &no_route[1];
	return r->method == HTTP_OPTIONS ? &no_route[3] : &no_route[0];
}

/* The language: ?lang=, else the cookie it left, else Accept-Language. */
static enum lang choose_lang(const struct exchange *x)
{
	struct str asked = form_value(&x->query, "lang");

	if (asked.p == NULL)
		asked = cookie_value(x->http, LANG_COOKIE);
	if (asked.p == NULL)
		asked = http_field(x->http, "accept-language");
	return lang_choose(asked);
}

static void finished(struct flow *f)
{
	struct exchange *x = exchange_of(f);

	must(x->status != 0);
	metric_add(METRIC_HTTP_REQUESTS, 1);
	if (x->status >= 400)
		metric_add(METRIC_HTTP_REFUSED, 1);
	log_event(x->status >= 500 ? LOG_WARN : LOG_DEBUG, "request",
		  log_word("route", log_own_text(x->route->name)),
		  log_number("status", x->status),
		  log_number("ms", clock_wall_ms() - x->now));
}

static void failed(struct flow *f, enum failure why)
{
	log_event(LOG_WARN, "request_failed",
		  log_word("route", log_own_text(exchange_of(f)->route->name)),
		  log_word("before", log_own_text(flow_stage_name(f))),
		  log_word("why", why == FAIL_DATABASE ? LOGGABLE("database") :
				  why == FAIL_DEADLINE ? LOGGABLE("deadline") :
							 LOGGABLE("internal")));
	if (exchange_of(f)->route->left != NULL)
		exchange_of(f)->route->left(f);
	if (exchange_of(f)->status == 0)
		must(refuse(f, why == FAIL_INTERNAL ? PROBLEM_INTERNAL :
						      PROBLEM_UNAVAILABLE) == DONE);
}

static const struct flow_owner owner = { failed, finished };

/* The body as the route wants it, or the refusal. */
static bool body_is_right(struct flow *f, enum problem_id *why)
{
	struct exchange *x = exchange_of(f);
	enum body_kind kind = x->route->body;

	if (http_field_count(x->http, "content-type") > 1) {
		*why = PROBLEM_BAD_REQUEST;
		return false;
	}
	if (http_field(x->http, "content-encoding").p != NULL) {
		*why = PROBLEM_MEDIA_TYPE;
		reply_field(f, "Accept-Encoding", STR("identity"));
		return false;
	}
	switch (kind) {
	case BODY_FORM:
		return body_form(f, why);
	case BODY_JSON:
	case BODY_JSON_OR_EMPTY:
		return body_json(f, why);
	default:
		return true;
	}
}

static enum step check_body(struct flow *f)
{
	struct exchange *x = exchange_of(f);
	enum problem_id why;

	if (x->http->query.p != NULL &&
	    !form_parse(f->arena, x->http->query, NULL, &x->query))
		return refuse(f, PROBLEM_BAD_REQUEST);
	x->lang = choose_lang(x);
	if (x->route->kind == ROUTE_API && form_value(&x->query, "access_token").p)
		return refuse(f, PROBLEM_TOKEN_IN_QUERY);
	if (!body_is_right(f, &why))
		return refuse(f, why);
	flow_continue(f, x->route->stages);
	return NEXT;
}

static const struct stage arrive[] = { { "check body", check_body }, { NULL, NULL } };

static void *begin(struct conn *c, const struct http_request *r, void *arg)
{
	struct flow *f = flow_new(web_loop, arrive, &owner);
	struct route_match m;
	const struct route *route = choose(f->arena, r, &m);
	struct exchange *x = arena_alloc(f->arena, route->size);

	(void)arg;
	f->data = x;
	x->conn = c;
	x->http = r;
	x->route = route;
	x->param = m.param;
	x->now = clock_wall_ms();
	if (m.route == NULL && m.allow.n > 0)
		reply_field(f, "Allow", m.allow);
	flow_start(f);
	return f;
}

static void gone(void *exchange)
{
	struct flow *f = exchange;
	struct exchange *x = exchange_of(f);

	x->conn = NULL;
	if (x->route->left != NULL)
		x->route->left(f);
	flow_leave(f);
}

static struct str refusal(int status)
{
	static struct buf body;

	buf_wipe(&body);
	problem_json(&body, problem_of(problem_for_status(status)), STR_NONE);
	return buf_str(&body);
}

const struct server_handler *web_handler(void)
{
	static const struct server_handler handler = { begin, gone, refusal };

	return &handler;
}
