/* proofs: writing DPoP proofs, right and wrong, and asking what is made of them.
 * Everything lives in one arena a test; `expect` is what the gateway expects.
 * Callers: dpop_test, dpop_refused_test.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_PROOFS_H
#define TESTS_PROOFS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/err.h>

#include "base/clock.h"
#include "jose/dpop.h"
#include "jose/keycache.h"
#include "jose_sign.h"

#define NOW INT64_C(1790000000) /* seconds */
#define TOKEN "dRAccessTokenOfOurs"

/* Members as they stand in the JSON; NULL leaves one out. */
struct proof {
	const char *typ, *alg, *jwk, *header; /* `header`: more members */
	const char *jti, *htm, *htu, *iat, *ath, *claims;
	const struct signer *signer;
};

static struct signer *ec, *other, *rsa;
static struct arena *a;
static struct dpop_expect expect;
static char jkt[JKT_LEN + 1];
static unsigned proofs;

static inline int make_keys(void **state)
{
	(void)state;
	replay_share(4096);
	ec = signer_ec();
	other = signer_ec();
	rsa = signer_rsa(2048);
	return 0;
}

static inline int drop_keys(void **state)
{
	(void)state;
	signer_free(ec);
	signer_free(other);
	signer_free(rsa);
	keycache_clear();
	return 0;
}

static inline int begin(void **state)
{
	(void)state;
	a = arena_new();
	expect = (struct dpop_expect){
		.method = STR("POST"),
		.base_url = STR("https://gateway.example"),
		.path = STR("/token"),
		.now_ms = NOW * 1000,
	};
	return 0;
}

static inline int end(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static inline const char *number(int64_t v)
{
	return arena_printf(a, "%lld", (long long)v).p;
}

static inline struct proof good(void)
{
	return (struct proof){
		.typ = "\"dpop+jwt\"",
		.alg = "\"ES256\"",
		.jwk = ec->jwk.p,
		.jti = arena_printf(a, "\"proof-%u\"", ++proofs).p,
		.htm = "\"POST\"",
		.htu = "\"https://gateway.example/token\"",
		.iat = number(NOW),
		.signer = ec,
	};
}

static inline void member(struct buf *b, const char *name, const char *value)
{
	if (value != NULL)
		buf_printf(b, "%s\"%s\":%s", b->n > 1 ? "," : "", name, value);
}

static inline struct str closed(struct buf *b, const char *more)
{
	struct str s;

	if (more != NULL)
		buf_printf(b, ",%s", more);
	buf_byte(b, '}');
	s = arena_str(a, buf_str(b));
	buf_free(b);
	return s;
}

static inline struct str write_proof(const struct proof *p)
{
	struct buf h = { 0 }, c = { 0 };

	buf_byte(&h, '{');
	member(&h, "typ", p->typ);
	member(&h, "alg", p->alg);
	member(&h, "jwk", p->jwk);
	buf_byte(&c, '{');
	member(&c, "jti", p->jti);
	member(&c, "htm", p->htm);
	member(&c, "htu", p->htu);
	member(&c, "iat", p->iat);
	member(&c, "ath", p->ath);
	return signer_token(p->signer, a, closed(&h, p->header), closed(&c, p->claims));
}

static inline enum verdict check(struct str proof)
{
	enum verdict v;

	jkt[0] = '\0';
	v = dpop_check(a, proof, &expect, jkt);
	assert_int_equal(jkt[0] != '\0', v == V_OK);
	assert_int_equal(ERR_peek_error(), 0);
	return v;
}

#define ASSERT_PROOF(p, expected) \
	assert_string_equal(verdict_word(check(write_proof(&(p)))), verdict_word(expected))

/* The family ends with the same request, correct. */
static inline void assert_good_still_works(void)
{
	struct proof p = good();

	ASSERT_PROOF(p, V_OK);
}

static inline const char *ath_of(const char *token)
{
	uint8_t hash[SHA256_LEN];
	struct str text;

	digest_sha256(str_of(token), hash);
	text = enc_b64url_in(a, hash, sizeof(hash));
	return arena_printf(a, "\"%.*s\"", STR_ARG(text)).p;
}

#define T(id, function)                                       \
	{                                                     \
		id ": " #function, function, begin, end, NULL \
	}

#endif
