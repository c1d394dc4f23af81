/* authorize: the front channel (RFC 6749 section 4.1.1 with RFC 9126).
 * Only client_id and request_uri count (oauth-F9). Nothing is used up by a
 * visit (F11): each opens an interaction of its own, and the decision ends it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "oauth_room.h"

#include "base/enc.h"
#include "store/interaction.h"
#include "store/place.h"
#include "store/request.h"
#include "store/statements.h"

static enum step find_request(struct flow *f)
{
	struct authorize_request *r = f->data;
	struct str uri = form_value(&r->x.query, "request_uri");

	r->client_id = form_value(&r->x.query, "client_id");
	if (r->client_id.p == NULL || !str_starts(uri, REQUEST_URI_URN) ||
	    !loose_read(str_from(uri, sizeof(REQUEST_URI_URN) - 1), &r->pushed))
		return refuse(f, PROBLEM_URI_UNKNOWN);
	r->call = call_new(f->arena, &statement_table[SQL_pushed_open]);
	call_int2(r->call, r->pushed.bucket);
	call_hash(r->call, r->pushed.hash);
	call_text(r->call, r->client_id);
	call_time(r->call, r->x.now);
	db_ask(f, r->call, DB_NEEDED);
	return WAIT;
}

/* id and secret of a new interaction; the cookie holds both. */
static enum step open_interaction(struct flow *f)
{
	struct authorize_request *r = f->data;
	uint8_t cookie[INTERACTION_COOKIE];
	struct call *c;

	if (call_rows(r->call) == 0)
		return refuse(f, PROBLEM_URI_UNKNOWN);
	r->request = row_text(r->call, 0, pushed_open__request);
	interaction_cookie_new(cookie);
	r->cookie = enc_b64url_in(f->arena, cookie, sizeof(cookie));
	c = call_new(f->arena, &statement_table[SQL_interaction_add]);
	call_int2(c, interaction_bucket(cookie));
	call_uuid(c, cookie);
	interaction_give_secret(c, cookie);
	call_int2(c, r->pushed.bucket);
	call_hash(c, r->pushed.hash);
	call_text(c, r->client_id);
	call_text(c, r->request);
	call_time(c, r->x.now);
	call_time(c, r->x.now + INTERACTION_LIFE_MS);
	db_ask(f, c, DB_NEEDED);
	return WAIT;
}

static enum step go_to_sign_in(struct flow *f)
{
	struct authorize_request *r = f->data;
	struct auth_request *q = request_load(f->arena, r->request);

	if (str_is(q->prompt, "none"))
		return reply_redirect(f, request_answer(f->arena, q, web_base_url(),
							"error", STR("login_required")));
	reply_field(f, "Set-Cookie", interaction_set_cookie(f->arena, r->cookie));
	/* the app's wish counts until the citizen has chosen (oauth-F19) */
	if (q->ui_locales.p != NULL && cookie_value(r->x.http, LANG_COOKIE).p == NULL)
		reply_lang(f, lang_choose(q->ui_locales));
	return reply_redirect(f, STR("/sign-in"));
}

const struct stage authorize_stages[] = {
	{ "find request", find_request },
	{ "open interaction", open_interaction },
	{ "go to sign-in", go_to_sign_in },
	{ NULL, NULL },
};
