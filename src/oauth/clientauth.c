/* clientauth: private_key_jwt (RFC 7523, RFC 10070, FAPI 2.0 section 5.3.2).
 * Form and claims first, the client before the signature, the one-use rule
 * last, so that garbage costs little (oauth-L2e). Every failure is the same
 * answer: 401 invalid_client; the log says which check failed.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "oauth_room.h"

enum {
	SKEW_AHEAD_S = 30, /* oauth-A13 */
	SKEW_BEHIND_S = 10,
	LIFE_MAX_S = 300, /* oauth-C1 */
	ID_MAX = 256
};

static struct app_request *app_of(struct flow *f)
{
	return f->data;
}

static enum step refuse_client(struct flow *f, const char *check)
{
	log_event(LOG_INFO, "client_refused", log_word("check", log_own_text(check)));
	return refuse(f, PROBLEM_CLIENT_UNKNOWN);
}

static bool typ_is_right(struct str typ)
{
	return typ.p == NULL || str_is_nocase(typ, "JWT") ||
	       str_is_nocase(typ, "client-authentication+jwt");
}

static bool is_id(struct str s)
{
	return s.p != NULL && s.n > 0 && s.n <= ID_MAX;
}

/* iss = sub = client_id, jti, and client_id of the form if it was sent */
static bool names_are_right(struct app_request *r)
{
	struct str iss = claim_text(&r->assertion, "iss");
	struct str form_id = form_value(&r->x.form, "client_id");

	r->client_id = claim_text(&r->assertion, "sub");
	r->jti = claim_text(&r->assertion, "jti");
	return is_id(r->client_id) && is_id(r->jti) && iss.p != NULL &&
	       str_eq(iss, r->client_id) &&
	       (form_id.p == NULL || str_eq(form_id, r->client_id));
}

/* A time claim that may be missing, and when there is not in the future. */
static bool is_not_ahead(const struct jws *s, const char *name, int64_t now_s)
{
	int64_t t;

	if (json_object_get(s->payload, name) == NULL)
		return true;
	return claim_time(s, name, &t) && t <= now_s + SKEW_AHEAD_S;
}

static bool times_are_right(struct app_request *r)
{
	int64_t now_s = r->x.now / 1000, exp;

	if (!claim_time(&r->assertion, "exp", &exp) || exp <= now_s - SKEW_BEHIND_S ||
	    exp > now_s + LIFE_MAX_S + SKEW_AHEAD_S)
		return false;
	r->assertion_expires = (exp + SKEW_AHEAD_S) * 1000;
	return is_not_ahead(&r->assertion, "iat", now_s) &&
	       is_not_ahead(&r->assertion, "nbf", now_s);
}

enum step client_read_assertion(struct flow *f)
{
	struct app_request *r = app_of(f);
	struct str type = form_value(&r->x.form, "client_assertion_type");
	struct str assertion = form_value(&r->x.form, "client_assertion");

	if (http_field(r->x.http, "authorization").p != NULL) {
		if (assertion.p != NULL)
			return refuse(f, PROBLEM_BAD_REQUEST); /* oauth-C5 */
		return refuse_client(f, "authorization_header");
	}
	if (!str_is(type, "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"))
		return refuse_client(f, "assertion_type");
	if (jws_parse(f->arena, assertion, &r->assertion) != V_OK)
		return refuse_client(f, "assertion_form");
	if (!typ_is_right(r->assertion.typ))
		return refuse_client(f, "assertion_typ");
	if (!names_are_right(r))
		return refuse_client(f, "assertion_names");
	if (!str_eq(claim_text(&r->assertion, "aud"), web_base_url()))
		return refuse_client(f, "assertion_audience");
	if (!times_are_right(r))
		return refuse_client(f, "assertion_times");
	r->call = client_ask(f, r->client_id);
	return WAIT;
}

enum step client_check(struct flow *f)
{
	struct app_request *r = app_of(f);
	const struct jwk *key;

	r->client = client_take(f, r->client_id, r->call);
	if (r->client == NULL)
		return refuse_client(f, "client_unknown");
	key = client_key(r->client, r->assertion.kid, r->assertion.alg);
	if (key == NULL)
		return refuse_client(f, "key_unknown");
	if (jws_verify(&r->assertion, key) != V_OK)
		return refuse_client(f, "signature");
	r->call = assertion_use(f, r->client_id, r->jti, r->assertion_expires);
	return WAIT;
}

enum step client_use_assertion(struct flow *f)
{
	if (call_rows(app_of(f)->call) == 0)
		return refuse_client(f, "assertion_replayed");
	return NEXT;
}

enum step client_check_proof(struct flow *f)
{
	struct app_request *r = app_of(f);
	enum verdict v;

	if (http_field_count(r->x.http, "dpop") == 0)
		return NEXT;
	if (http_field_count(r->x.http, "dpop") > 1)
		return refuse(f, PROBLEM_OAUTH_PROOF);
	v = dpop_check(f->arena, http_field(r->x.http, "dpop"),
		       &(struct dpop_expect){ .method = STR("POST"),
					      .base_url = web_base_url(),
					      .path = r->x.http->path,
					      .now_ms = r->x.now },
		       r->jkt);
	if (v != V_OK) {
		log_event(LOG_INFO, "proof_refused",
			  log_word("why", log_own_text(verdict_word(v))));
		return refuse(f, PROBLEM_OAUTH_PROOF);
	}
	return NEXT;
}
