/* par: pushed authorization requests (RFC 9126): every rule about a request is
 * checked here, while the app's developer is looking, not before a citizen.
 * Source: oauth.md section 3 (F1 to F18) and 9 (RA1 to RA3).
 * SPDX-License-Identifier: Apache-2.0 */
#include "oauth_room.h"

#include "base/enc.h"
#include "base/log.h"
#include "store/place.h"
#include "store/request.h"
#include "store/statements.h"

enum { STATE_MAX = 2048, CHALLENGE = 43 };

static bool is_b64url(struct str s, size_t n)
{
	uint8_t hash[SHA256_LEN];

	return s.n == n && dec_b64url(s, hash, sizeof(hash));
}

static bool pkce_is_right(const struct form *form)
{
	return str_is(form_value(form, "code_challenge_method"), "S256") &&
	       is_b64url(form_value(form, "code_challenge"), CHALLENGE);
}

/* dpop_jkt and a proof bind the code; both, when different, contradict (F14). */
static bool bind_key(const struct app_request *r, struct str *jkt)
{
	struct str named = form_value(&r->x.form, "dpop_jkt");
	struct str proved = r->jkt[0] ? str_of(r->jkt) : STR_NONE;

	if (named.p != NULL && !is_b64url(named, JKT_LEN))
		return false;
	if (named.p != NULL && proved.p != NULL && !str_eq(named, proved))
		return false;
	*jkt = proved.p != NULL ? proved : named;
	return true;
}

static bool scope_is_registered(const struct client *c, struct str scope)
{
	while (scope.n > 0) {
		struct str known = c->scope, word = str_cut(scope, ' ', &scope);
		bool found = false;

		while (known.n > 0)
			found |= str_eq(str_cut(known, ' ', &known), word);
		if (!found)
			return false;
	}
	return true;
}

static enum step refuse_details(struct flow *f, const struct details *d)
{
	log_event(LOG_INFO, "details_refused", log_word("rule", log_own_text(d->wrong)));
	exchange_of(f)->hint = d->wrong;
	return refuse(f, PROBLEM_DETAILS);
}

static enum step check_request(struct flow *f)
{
	struct par_request *r = f->data;
	const struct form *form = &r->app.x.form;
	struct client *client = r->app.client;
	struct auth_request q = { 0 };
	struct str details = form_value(form, "authorization_details");

	if (form_value(form, "request_uri").p != NULL ||
	    form_value(form, "request").p != NULL)
		return refuse(f, PROBLEM_BAD_REQUEST); /* F4 */
	if (!client_may(client->grant_type, client->grant_types, STR("authorization_code")))
		return refuse(f, PROBLEM_GRANT_TYPE_CLIENT);
	if (!str_is(form_value(form, "response_type"), "code"))
		return refuse(f, PROBLEM_RESPONSE_TYPE);
	q.redirect_uri = form_value(form, "redirect_uri");
	if (!client_may(client->redirect_uri, client->redirect_uris, q.redirect_uri))
		return refuse(f, PROBLEM_BAD_REQUEST); /* F7 */
	if (!pkce_is_right(form) || !bind_key(&r->app, &q.jkt))
		return refuse(f, PROBLEM_BAD_REQUEST);
	q.challenge = form_value(form, "code_challenge");
	q.state = form_value(form, "state");
	q.prompt = form_value(form, "prompt");
	q.ui_locales = form_value(form, "ui_locales");
	q.scope = form_value(form, "scope");
	if (q.state.n > STATE_MAX || q.ui_locales.n > STATE_MAX)
		return refuse(f, PROBLEM_BAD_REQUEST);
	if (!scope_is_registered(client, q.scope))
		return refuse(f, PROBLEM_SCOPE);
	q.details = arena_alloc(f->arena, sizeof(*q.details));
	if (!details_parse(f->arena, details, client, oauth.catalogue, web_base_url(),
			   r->app.x.now, q.details))
		return refuse_details(f, q.details);
	r->request = request_text(f->arena, &q);
	return NEXT;
}

static enum step keep_request(struct flow *f)
{
	struct par_request *r = f->data;
	struct handle h = loose_new(f->arena);
	struct call *c = call_new(f->arena, &statement_table[SQL_pushed_add]);

	call_int2(c, h.bucket);
	call_hash(c, h.hash);
	call_text(c, r->app.client_id);
	call_text(c, r->request);
	call_time(c, r->app.x.now);
	call_time(c, r->app.x.now + oauth.par_lifetime_ms);
	db_ask(f, c, DB_NEEDED);
	r->request_uri = arena_printf(f->arena, REQUEST_URI_URN "%.*s", STR_ARG(h.text));
	return WAIT;
}

static enum step answer(struct flow *f)
{
	struct par_request *r = f->data;

	return reply_json(f, 201,
			  json_pack("{s:s, s:I}", "request_uri", r->request_uri.p,
				    "expires_in",
				    (json_int_t)(oauth.par_lifetime_ms / 1000)));
}

const struct stage par_stages[] = {
	AUTHENTICATE,
	{ "check request", check_request },
	{ "keep request", keep_request },
	{ "answer", answer },
	{ NULL, NULL },
};
