/* token: the token end point (RFC 6749 sections 4.1.3 and 6, RFC 9449 section
 * 5, RFC 9396 section 7). One statement takes a code or a refresh token and
 * writes what is issued; no row means refuse. No rotation (FAPI 5.3.2.1-9).
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/enc.h"
#include "base/log.h"
#include "base/metric.h"
#include "oauth_room.h"
#include "store/grant.h"
#include "store/place.h"
#include "store/statements.h"

enum { ACCESS_S = 300, ACCESS_ONCE_S = 600, VERIFIER_MIN = 43, VERIFIER_MAX = 128 };

extern const struct stage code_stages[], refresh_stages[];

static enum step choose_grant(struct flow *f)
{
	struct token_request *r = f->data;
	const struct form *form = &r->app.x.form;
	struct client *c = r->app.client;
	struct str type = form_value(form, "grant_type");

	if (type.p == NULL)
		return refuse(f, PROBLEM_BAD_REQUEST);
	if (!str_is(type, "authorization_code") && !str_is(type, "refresh_token"))
		return refuse(f, PROBLEM_GRANT_TYPE);
	if (!client_may(c->grant_type, c->grant_types, type))
		return refuse(f, PROBLEM_GRANT_TYPE_CLIENT);
	if (r->app.jkt[0] == '\0')
		return refuse(f, PROBLEM_OAUTH_PROOF); /* oauth-A5 */
	if (form_value(form, "authorization_details").p != NULL)
		return refuse(f, PROBLEM_DETAILS); /* narrowing is not offered */
	flow_continue(f, str_is(type, "refresh_token") ? refresh_stages : code_stages);
	return NEXT;
}

static bool verifier_is_right(struct str v)
{
	if (v.n < VERIFIER_MIN || v.n > VERIFIER_MAX)
		return false;
	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		      (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
		      c == '~'))
			return false;
	}
	return true;
}

static enum step use_code(struct flow *f)
{
	struct token_request *r = f->data;
	const struct form *form = &r->app.x.form;
	struct str verifier = form_value(form, "code_verifier");
	uint8_t hash[SHA256_LEN];
	struct call *c = call_new(f->arena, &statement_table[SQL_code_use]);

	if (!handle_read(form_value(form, "code"), &r->asked) ||
	    !verifier_is_right(verifier))
		return refuse(f, PROBLEM_GRANT_DEAD);
	digest_sha256(verifier, hash);
	r->access = handle_new(f->arena, r->asked.bucket);
	r->refresh = handle_new(f->arena, r->asked.bucket);
	call_int2(c, r->asked.bucket);
	call_hash(c, r->asked.hash);
	call_text(c, r->app.client_id);
	call_text(c, form_value(form, "redirect_uri"));
	call_text(c, enc_b64url_in(f->arena, hash, sizeof(hash)));
	call_text(c, str_of(r->app.jkt));
	call_time(c, r->app.x.now);
	call_hash(c, r->access.hash);
	call_time(c, r->app.x.now + ACCESS_S * INT64_C(1000));
	call_hash(c, r->refresh.hash);
	db_ask(f, c, DB_NEEDED);
	r->call = c;
	return WAIT;
}

static void take_grant_id(struct token_request *r, struct str id, struct str scope)
{
	must(id.n == sizeof(r->grant_id));
	memcpy(r->grant_id, id.p, id.n);
	r->scope = scope;
}

static enum step was_replayed(struct flow *f)
{
	struct token_request *r = f->data;

	if (call_rows(r->call) > 0)
		log_event(LOG_WARN, "code_replayed",
			  log_word("client", log_configured(r->app.client_id)));
	return refuse(f, PROBLEM_GRANT_DEAD);
}

static const struct stage replay_stages[] = {
	{ "was replayed", was_replayed },
	{ NULL, NULL },
};

/* What was presented is not in force: the statement asks why. */
static enum step ask_about(struct flow *f, enum statement_id statement,
			   const struct stage *next)
{
	struct token_request *r = f->data;

	r->call = call_new(f->arena, &statement_table[statement]);
	call_int2(r->call, r->asked.bucket);
	call_hash(r->call, r->asked.hash);
	call_text(r->call, r->app.client_id);
	call_time(r->call, r->app.x.now);
	db_ask(f, r->call, DB_NEEDED);
	flow_continue(f, next);
	return WAIT;
}

/* No row: if the code has been used already, what it gave dies (oauth-T2). */
static enum step take_code(struct flow *f)
{
	struct token_request *r = f->data;
	struct call *c = r->call;

	if (call_rows(c) > 0) {
		take_grant_id(r, row_bytea(c, 0, code_use__grant_id),
			      row_text(c, 0, code_use__scope));
		r->call = grant_ask(f, r->asked.bucket, r->grant_id);
		return WAIT;
	}
	return ask_about(f, SQL_code_replayed, replay_stages);
}

static enum step use_refresh(struct flow *f)
{
	struct token_request *r = f->data;
	struct call *c = call_new(f->arena, &statement_table[SQL_refresh_use]);

	if (!handle_read(form_value(&r->app.x.form, "refresh_token"), &r->asked))
		return refuse(f, PROBLEM_GRANT_DEAD);
	r->access = handle_new(f->arena, r->asked.bucket);
	call_int2(c, r->asked.bucket);
	call_hash(c, r->asked.hash);
	call_text(c, r->app.client_id);
	call_text(c, str_of(r->app.jkt));
	call_time(c, r->app.x.now);
	call_hash(c, r->access.hash);
	call_time(c, r->app.x.now + ACCESS_S * INT64_C(1000));
	call_null(c);
	db_ask(f, c, DB_NEEDED);
	r->call = c;
	return WAIT;
}

static enum step say_why(struct flow *f)
{
	struct call *c = ((struct token_request *)f->data)->call;

	if (call_rows(c) == 0)
		return refuse(f, PROBLEM_GRANT_DEAD);
	if (row_bool(c, 0, refresh_why__revoked))
		return refuse(f, PROBLEM_CONSENT_REVOKED);
	if (row_bool(c, 0, refresh_why__paused))
		return refuse(f, PROBLEM_CONSENT_PAUSED);
	if (row_bool(c, 0, refresh_why__ended))
		return refuse(f, PROBLEM_CONSENT_EXPIRED);
	return refuse(f, PROBLEM_GRANT_DEAD);
}

static const struct stage why_stages[] = { { "say why", say_why }, { NULL, NULL } };

static enum step take_refresh(struct flow *f)
{
	struct token_request *r = f->data;
	struct call *c = r->call;

	if (call_rows(c) > 0) {
		take_grant_id(r, row_bytea(c, 0, refresh_use__grant_id),
			      row_text(c, 0, refresh_use__scope));
		r->call = grant_ask(f, r->asked.bucket, r->grant_id);
		return WAIT;
	}
	return ask_about(f, SQL_refresh_why, why_stages);
}

static json_int_t lifetime_s(const struct token_request *r)
{
	int64_t left = (r->grant->expires - r->app.x.now) / 1000;
	int64_t most = r->grant->once ? ACCESS_ONCE_S : ACCESS_S;

	return r->grant->once || left > most ? most : left;
}

static enum step answer(struct flow *f)
{
	struct token_request *r = f->data;
	json_t *j;

	r->grant = grant_take(f, r->asked.bucket, r->grant_id, r->call);
	must(r->grant != NULL);
	metric_add(METRIC_TOKENS_ISSUED, 1);
	j = json_pack("{s:s%, s:s, s:I, s:s%, s:[o], s:s, s:s}", "access_token",
		      r->access.text.p, r->access.text.n, "token_type", "DPoP",
		      "expires_in", lifetime_s(r), "scope", r->scope.p ? r->scope.p : "",
		      r->scope.n, "authorization_details", grant_json(f->arena, r->grant),
		      "grant_id", grant_id_text(f->arena, r->grant->bucket, r->grant->id).p,
		      "grant_expires_at", clock_text(f->arena, r->grant->expires).p);
	must(j != NULL);
	if (r->refresh.text.p != NULL && !r->grant->once)
		json_object_set_new(j, "refresh_token",
				    json_stringn(r->refresh.text.p, r->refresh.text.n));
	return reply_json(f, 200, j);
}

const struct stage token_stages[] = {
	AUTHENTICATE,
	{ "choose grant", choose_grant },
	{ NULL, NULL },
};

const struct stage code_stages[] = {
	{ "use code", use_code },
	{ "take code", take_code },
	{ "answer", answer },
	{ NULL, NULL },
};

const struct stage refresh_stages[] = {
	{ "use refresh token", use_refresh },
	{ "take refresh token", take_refresh },
	{ "answer", answer },
	{ NULL, NULL },
};
