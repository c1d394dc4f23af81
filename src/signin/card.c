/* card: the agent's protocol (api.md 3, formats.md). The agent is no browser
 * and has no session: it proves itself by the user code, the digits and the
 * card's signature, and gets nothing but a return code.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/enc.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/rand.h"
#include "base/signmsg.h"
#include "base/tree.h"
#include "card/cert.h"
#include "card_request.h"
#include "limit.h"
#include "store/statements.h"

static struct card_request *request_of(struct flow *f)
{
	return f->data;
}

/* Texts under these names and nothing else; `names` ends with NULL. */
static bool body_holds_only(const json_t *body, const char *const *names)
{
	for (size_t i = 0; names[i] != NULL; i++) {
		const json_t *value = json_object_get(body, names[i]);

		if (value != NULL && !json_is_string(value))
			return false;
	}
	return tree_only(body, names);
}

/* POST /card/transactions */

static enum step find_step(struct flow *f)
{
	struct card_request *r = request_of(f);
	int wait = limit_wait_s(conn_address(r->x.conn), r->x.now);
	struct str code;

	if (!body_holds_only(r->x.json, (const char *const[]){ "user_code", NULL }))
		return refuse(f, PROBLEM_UNKNOWN_MEMBER);
	if (wait > 0) {
		reply_field(f, "Retry-After", arena_printf(f->arena, "%d", wait));
		return refuse(f, PROBLEM_TOO_MANY);
	}
	code = typed_code(f->arena, tree_member(r->x.json, "user_code"), USER_CODE);
	code_hash(code, &r->step_bucket, r->user_code);
	r->call = call_new(f->arena, &statement_table[SQL_card_step_load]);
	call_int2(r->call, r->step_bucket);
	call_hash(r->call, r->user_code);
	call_time(r->call, r->x.now);
	db_ask(f, r->call, DB_NEEDED);
	return WAIT;
}

static enum step open_transaction(struct flow *f)
{
	struct card_request *r = request_of(f);
	struct call *c;

	if (call_rows(r->call) == 0) {
		limit_count(conn_address(r->x.conn), r->x.now);
		return refuse(f, PROBLEM_USER_CODE);
	}
	r->show = row_bytea(r->call, 0, card_step_load__show);
	r->expires = row_time(r->call, 0, card_step_load__expires);
	r->id = loose_new(f->arena);
	rand_bytes(r->challenge, sizeof(r->challenge));
	c = call_new(f->arena, &statement_table[SQL_card_transaction_add]);
	call_int2(c, r->id.bucket);
	call_hash(c, r->id.hash);
	call_int2(c, r->step_bucket);
	call_hash(c, r->user_code);
	call_hash(c, r->challenge);
	call_time(c, r->x.now);
	call_time(c, r->expires);
	db_ask(f, c, DB_NEEDED);
	return WAIT;
}

static enum step tell_challenge(struct flow *f)
{
	struct card_request *r = request_of(f);
	struct str show = enc_b64url_in(f->arena, r->show.p, r->show.n);
	struct str challenge = enc_b64url_in(f->arena, r->challenge, sizeof(r->challenge));

	return reply_json(f, 201,
			  json_pack("{s:s%, s:s%, s:s%, s:I, s:s%}", "transaction",
				    r->id.text.p, r->id.text.n, "challenge", challenge.p,
				    challenge.n, "issuer", web_base_url().p,
				    web_base_url().n, "expires_in",
				    (json_int_t)((r->expires - r->x.now + 999) / 1000),
				    "show", show.p, show.n));
}

const struct stage card_open_stages[] = {
	{ "find step", find_step },
	{ "open transaction", open_transaction },
	{ "tell challenge", tell_challenge },
	{ NULL, NULL },
};

/* POST /card/transactions/{id}/signature and /cancel begin alike. */

static enum step find_transaction(struct flow *f)
{
	struct card_request *r = request_of(f);

	if (!loose_read(r->x.param, &r->id))
		return refuse(f, PROBLEM_USER_CODE);
	r->call = call_new(f->arena, &statement_table[SQL_card_transaction_load]);
	call_int2(r->call, r->id.bucket);
	call_hash(r->call, r->id.hash);
	db_ask(f, r->call, DB_NEEDED);
	return WAIT;
}

static enum step take_transaction(struct flow *f)
{
	struct card_request *r = request_of(f);
	struct call *c = r->call;
	struct str challenge, user_code;

	if (call_rows(c) == 0)
		return refuse(f, PROBLEM_USER_CODE);
	if (row_bool(c, 0, card_transaction_load__used))
		return refuse(f, PROBLEM_CARD_USED);
	if (row_time(c, 0, card_transaction_load__expires) <= r->x.now)
		return refuse(f, PROBLEM_CARD_EXPIRED_STEP);
	r->step_bucket = row_int2(c, 0, card_transaction_load__step_bucket);
	user_code = row_bytea(c, 0, card_transaction_load__user_code);
	challenge = row_bytea(c, 0, card_transaction_load__challenge);
	must(user_code.n == sizeof(r->user_code) && challenge.n == sizeof(r->challenge));
	memcpy(r->user_code, user_code.p, user_code.n);
	memcpy(r->challenge, challenge.p, challenge.n);
	return NEXT;
}

static bool is_two_digits(struct str s)
{
	return s.n == 2 && s.p[0] >= '0' && s.p[0] <= '9' && s.p[1] >= '0' && s.p[1] <= '9';
}

static enum step read_answer(struct flow *f)
{
	struct card_request *r = request_of(f);

	if (!body_holds_only(r->x.json, (const char *const[]){ "digits", "certificate",
							       "signature", NULL }))
		return refuse(f, PROBLEM_UNKNOWN_MEMBER);
	r->digits = tree_member(r->x.json, "digits");
	r->certificate = dec_b64_in(f->arena, tree_member(r->x.json, "certificate"));
	r->signature = dec_b64_in(f->arena, tree_member(r->x.json, "signature"));
	if (!is_two_digits(r->digits) || r->certificate.p == NULL || r->signature.p == NULL)
		return refuse(f, PROBLEM_BAD_REQUEST);
	return NEXT;
}

/* A try is counted before the signature is looked at (formats.md). */
static enum step try_digits(struct flow *f)
{
	struct card_request *r = request_of(f);
	struct call *c = call_new(f->arena, &statement_table[SQL_card_step_try]);

	call_int2(c, r->step_bucket);
	call_hash(c, r->user_code);
	call_text(c, r->digits);
	call_time(c, r->x.now);
	db_ask(f, c, DB_NEEDED);
	r->call = c;
	return WAIT;
}

static enum step say_state(struct flow *f)
{
	struct call *c = request_of(f)->call;

	if (call_rows(c) > 0 && row_bool(c, 0, card_step_state__signed))
		return refuse(f, PROBLEM_CARD_USED);
	return step_refuse(f, c);
}

static const struct stage state_stages[] = {
	{ "say state", say_state },
	{ NULL, NULL },
};

static enum step ask_state(struct flow *f)
{
	struct card_request *r = request_of(f);

	r->call = step_ask(f, r->step_bucket, r->user_code);
	flow_continue(f, state_stages);
	return WAIT;
}

static enum step refuse_card(struct flow *f, enum card_verdict v)
{
	static const enum problem_id problem[] = {
		[CARD_UNTRUSTED] = PROBLEM_CARD_UNTRUSTED,
		[CARD_EXPIRED] = PROBLEM_CARD_EXPIRED,
		[CARD_REVOKED] = PROBLEM_CARD_REVOKED,
		[CARD_REVOCATION_UNKNOWN] = PROBLEM_REVOCATION_UNKNOWN,
		[CARD_SIGNATURE_WRONG] = PROBLEM_CARD_SIGNATURE,
	};

	metric_add(METRIC_CARD_REFUSED, 1);
	log_event(LOG_INFO, "card_refused",
		  log_word("why", log_own_text(problem_of(problem[v])->slug)));
	return refuse(f, problem[v]);
}

static enum step check_card(struct flow *f)
{
	struct card_request *r = request_of(f);
	struct arena *a = f->arena;
	enum card_verdict v;
	struct str text;

	if (call_rows(r->call) == 0)
		return ask_state(f);
	if (!row_bool(r->call, 0, card_step_try__right_digits)) {
		int tries = row_int4(r->call, 0, card_step_try__tries);

		return refuse_with(f, PROBLEM_DIGITS,
				   json_pack("{s:i}", "tries_left", tries));
	}
	r->show = row_bytea(r->call, 0, card_step_try__show);
	text = signmsg_sign_in(a, signmsg_origin(a, web_base_url()), r->id.text,
			       enc_b64url_in(a, r->challenge, sizeof(r->challenge)),
			       r->digits, r->show);
	v = card_check(r->certificate, text, r->signature, r->x.now, &r->card);
	if (v != CARD_OK)
		return refuse_card(f, v);
	r->call = call_new(a, &statement_table[SQL_credential_load]);
	call_int2(r->call, card_bucket(&r->card));
	call_hash(r->call, r->card.issuer);
	call_bytea(r->call, (struct str){ (char *)r->card.serial, r->card.serial_n });
	db_ask(f, r->call, DB_NEEDED);
	return WAIT;
}

static enum step find_subject(struct flow *f)
{
	struct card_request *r = request_of(f);
	struct call *c = r->call;
	struct str subject;

	if (call_rows(c) == 0)
		return refuse(f, PROBLEM_NO_LINKAGE);
	if (row_bool(c, 0, credential_load__stopped))
		return refuse_card(f, CARD_REVOKED);
	subject = row_bytea(c, 0, credential_load__subject);
	must(subject.n == sizeof(r->subject));
	memcpy(r->subject, subject.p, subject.n);
	r->subject_bucket = row_int2(c, 0, credential_load__subject_bucket);
	r->call = call_new(f->arena, &statement_table[SQL_card_transaction_use]);
	call_int2(r->call, r->id.bucket);
	call_hash(r->call, r->id.hash);
	call_time(r->call, r->x.now);
	db_ask(f, r->call, DB_NEEDED);
	return WAIT;
}

static enum step sign_step(struct flow *f)
{
	struct card_request *r = request_of(f);
	struct call *c;
	uint8_t hash[SHA256_LEN];

	if (call_rows(r->call) == 0)
		return refuse(f, PROBLEM_CARD_USED);
	r->return_code = rand_human(f->arena, RETURN_CODE);
	digest_sha256(r->return_code, hash);
	c = call_new(f->arena, &statement_table[SQL_card_step_sign]);
	call_int2(c, r->step_bucket);
	call_hash(c, r->user_code);
	call_hash(c, hash);
	call_int2(c, r->subject_bucket);
	call_uuid(c, r->subject);
	call_hash(c, r->card.issuer);
	call_bytea(c, (struct str){ (char *)r->card.serial, r->card.serial_n });
	call_time(c, r->x.now);
	db_ask(f, c, DB_NEEDED);
	r->call = c;
	return WAIT;
}

static enum step give_return_code(struct flow *f)
{
	struct card_request *r = request_of(f);

	if (call_rows(r->call) == 0)
		return refuse(f, PROBLEM_CARD_USED);
	metric_add(METRIC_CARD_SIGNED, 1);
	return reply_json(f, 200,
			  json_pack("{s:s%, s:i}", "return_code", r->return_code.p,
				    r->return_code.n, "expires_in", CARD_STEP_S));
}

const struct stage card_sign_stages[] = {
	{ "find transaction", find_transaction },
	{ "take transaction", take_transaction },
	{ "read answer", read_answer },
	{ "try digits", try_digits },
	{ "check card", check_card },
	{ "find subject", find_subject },
	{ "sign step", sign_step },
	{ "give return code", give_return_code },
	{ NULL, NULL },
};

static enum step cancel_step(struct flow *f)
{
	struct card_request *r = request_of(f);

	r->call = call_new(f->arena, &statement_table[SQL_card_step_cancel]);
	call_int2(r->call, r->step_bucket);
	call_hash(r->call, r->user_code);
	call_time(r->call, r->x.now);
	db_ask(f, r->call, DB_NEEDED);
	return WAIT;
}

static enum step say_cancelled(struct flow *f)
{
	log_event(LOG_INFO, "card_step_cancelled");
	return reply_empty(f, 204);
}

const struct stage card_cancel_stages[] = {
	{ "find transaction", find_transaction },
	{ "take transaction", take_transaction },
	{ "cancel step", cancel_step },
	{ "say cancelled", say_cancelled },
	{ NULL, NULL },
};
