/* dpop: form, type, key, claims, time and address of a proof first, then the
 * signature, at last the replay memory, so that garbage is cheap and a stranger
 * cannot use up an id. Called by oauth (PAR, token) and access, once a request.
 * Nothing of a proof is kept but its id, nothing is logged.
 * Source: RFC 9449 sections 4.2, 4.3, 7 and 11.1; RFC 3986 section 6.2.
 * SPDX-License-Identifier: Apache-2.0 */
#include "jose/dpop.h"

#include <strings.h>

#include "base/enc.h"
#include "jose/keycache.h"

enum { JTI_MAX = 256, PAST_MS = 60000, FUTURE_MS = 30000 };

/* What may pass is forgotten only after it can pass no more. */
_Static_assert(REPLAY_SPAN_MS > PAST_MS + FUTURE_MS, "replay span");

struct url {
	struct str scheme, authority, path;
};

static bool same_nocase(struct str a, struct str b)
{
	return a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

static struct str until_any(struct str s, const char *ends)
{
	size_t n = 0;

	while (n < s.n && strchr(ends, s.p[n]) == NULL)
		n++;
	return str_part(s, 0, n);
}

static bool url_split(struct str s, struct url *out)
{
	struct str rest;

	out->scheme = str_cut(s, ':', &rest);
	if (!str_starts(rest, "//"))
		return false;
	rest = str_from(rest, 2);
	out->authority = until_any(rest, "/?#");
	out->path = until_any(str_from(rest, out->authority.n), "?#");
	if (str_is_nocase(out->scheme, "https") && str_ends(out->authority, ":443"))
		out->authority.n -= strlen(":443");
	return out->authority.n > 0;
}

/* htu without query and fragment against base_url and path; the scheme and the
 * host have no case, the path is what was asked for, byte by byte. */
static bool url_matches(struct str htu, const struct dpop_expect *e)
{
	struct url got, want;

	if (!url_split(htu, &got) || !url_split(e->base_url, &want))
		return false;
	if (str_is(want.path, "/"))
		want.path.n = 0;
	return same_nocase(got.scheme, want.scheme) &&
	       same_nocase(got.authority, want.authority) &&
	       str_eq(str_part(got.path, 0, want.path.n), want.path) &&
	       str_eq(str_from(got.path, want.path.n), e->path);
}

static bool has(const struct jws *s, const char *name)
{
	return json_object_get(s->payload, name) != NULL;
}

static enum verdict check_time(const struct jws *s, int64_t now_ms)
{
	int64_t iat, nbf = 0, exp = INT64_MAX / 1000;

	if (!claim_time(s, "iat", &iat) || (has(s, "nbf") && !claim_time(s, "nbf", &nbf)) ||
	    (has(s, "exp") && !claim_time(s, "exp", &exp)))
		return V_CLAIMS;
	if (iat * 1000 < now_ms - PAST_MS || iat * 1000 > now_ms + FUTURE_MS)
		return V_TIME;
	if (nbf * 1000 > now_ms + FUTURE_MS || exp * 1000 <= now_ms)
		return V_TIME;
	return V_OK;
}

static bool ath_matches(struct arena *a, struct str ath, struct str token)
{
	uint8_t hash[SHA256_LEN];

	digest_sha256(token, hash);
	return str_eq_secret(ath, enc_b64url_in(a, hash, sizeof(hash)));
}

static enum verdict check_claims(struct arena *a, const struct jws *s,
				 const struct dpop_expect *e)
{
	struct str jti = claim_text(s, "jti");
	struct str htu = claim_text(s, "htu");
	enum verdict v;

	if (jti.n == 0 || jti.n > JTI_MAX || htu.p == NULL ||
	    !str_eq(claim_text(s, "htm"), e->method))
		return V_CLAIMS;
	v = check_time(s, e->now_ms);
	if (v != V_OK)
		return v;
	if (!url_matches(htu, e))
		return V_AUDIENCE;
	if (e->access_token.p != NULL &&
	    !ath_matches(a, claim_text(s, "ath"), e->access_token))
		return V_CLAIMS;
	return V_OK;
}

/* All but the signature and the replay memory. */
static enum verdict read_proof(struct arena *a, struct str proof,
			       const struct dpop_expect *e, struct jws *s,
			       struct key_form *form)
{
	const char *why;
	enum verdict v = jws_parse(a, proof, s);

	if (v != V_OK)
		return v;
	/* a media type has no case: RFC 7515 section 4.1.9 */
	if (!str_is_nocase(s->typ, "dpop+jwt"))
		return V_TYPE;
	if (!key_read(json_object_get(s->header, "jwk"), form, &why))
		return V_KEY;
	if (form->alg != s->alg)
		return V_ALGORITHM;
	return check_claims(a, s, e);
}

enum verdict dpop_check(struct arena *a, struct str proof, const struct dpop_expect *e,
			char jkt[JKT_LEN + 1])
{
	struct jws s;
	struct key_form form;
	const struct jwk *key;
	const char *why;
	struct str text;
	enum verdict v = read_proof(a, proof, e, &s, &form);

	if (v != V_OK)
		return v;
	key = keycache_get(&form, &why);
	if (key == NULL)
		return V_KEY;
	v = jws_verify(&s, key);
	if (v != V_OK)
		return v;
	if (!replay_first(form.thumbprint, claim_text(&s, "jti"), e->base_url, e->path))
		return V_REPLAYED;
	text = enc_b64url_in(a, form.thumbprint, sizeof(form.thumbprint));
	must(text.n == JKT_LEN);
	memcpy(jkt, text.p, JKT_LEN);
	jkt[JKT_LEN] = '\0';
	return V_OK;
}
