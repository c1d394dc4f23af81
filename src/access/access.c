/* access: proof first (it costs no question), then one statement for token,
 * grant and linkages. Called as stages by the protected routes.
 * Decisions: oauth-R1, R2, R4, R6, D3, D7.
 * SPDX-License-Identifier: Apache-2.0 */
#include "access/access.h"

#include "base/log.h"
#include "jose/dpop.h"
#include "store/place.h"

static struct guarded *guarded_of(struct flow *f)
{
	return f->data;
}

/* "DPoP TOKEN": the scheme in any case, one space or more. */
static bool split_authorization(struct str field, struct str *token)
{
	struct str rest, scheme = str_cut(field, ' ', &rest);

	*token = str_trim(rest);
	return str_is_nocase(scheme, "DPoP") && token->n > 0;
}

static struct str method_name(enum http_method m)
{
	if (m == HTTP_HEAD)
		return STR("HEAD");
	return m == HTTP_POST ? STR("POST") : STR("GET");
}

enum step access_check_proof(struct flow *f)
{
	struct guarded *g = guarded_of(f);
	const struct http_request *r = g->x.http;
	struct str token;
	struct handle handle;
	enum verdict v;

	if (!accepts_json(r))
		return refuse(f, PROBLEM_NOT_ACCEPTABLE);
	if (http_field_count(r, "authorization") > 1)
		return refuse(f, PROBLEM_BAD_REQUEST);
	if (http_field_count(r, "authorization") == 0)
		return refuse(f, PROBLEM_NO_TOKEN);
	if (!split_authorization(http_field(r, "authorization"), &token) ||
	    !handle_read(token, &handle))
		return refuse(f, PROBLEM_TOKEN_DEAD);
	if (http_field_count(r, "dpop") != 1)
		return refuse(f, PROBLEM_BAD_PROOF);
	v = dpop_check(f->arena, http_field(r, "dpop"),
		       &(struct dpop_expect){ .method = method_name(r->method),
					      .base_url = web_base_url(),
					      .path = r->path,
					      .access_token = token,
					      .now_ms = g->x.now },
		       g->jkt);
	if (v != V_OK) {
		log_event(LOG_INFO, "proof_refused",
			  log_word("why", log_own_text(verdict_word(v))));
		return refuse(f, PROBLEM_BAD_PROOF);
	}
	g->access.token.bucket = handle.bucket;
	memcpy(g->access.token.hash, handle.hash, SHA256_LEN);
	return NEXT;
}

enum step access_load(struct flow *f)
{
	struct guarded *g = guarded_of(f);

	g->call = access_ask(f, g->access.token.bucket, g->access.token.hash,
			     clock_wall_ms());
	return WAIT;
}

enum step access_decide(struct flow *f)
{
	struct guarded *g = guarded_of(f);
	struct access *a = &g->access;

	if (!access_take(f, g->call, a) || a->grant.revoked)
		return refuse(f, PROBLEM_TOKEN_DEAD);
	if (!str_eq_secret(a->jkt, str_of(g->jkt)))
		return refuse(f, PROBLEM_BAD_PROOF);
	if (a->grant.paused)
		return refuse(f, PROBLEM_GRANT_PAUSED);
	if (a->grant.expires <= clock_wall_ms() || !a->may_act)
		return refuse(f, PROBLEM_GRANT_ENDED);
	return NEXT;
}

enum step access_reload(struct flow *f)
{
	return access_load(f);
}
