/* jose_bench: what a verified signature and a checked proof cost, beside the
 * bare verification of the same process (performance: DPoP's added CPU is at
 * most 1.3 times one verification).
 * Prints one line of numbers a case; argument: seconds a case (default 2).
 * CPU time of this process is counted, so that neighbours disturb less.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "jose/dpop.h"
#include "jose/keycache.h"
#include "unit/jose_sign.h"

enum { PROOFS = 2000 };
#define NOW INT64_C(1790000000)

struct bench {
	struct arena *a;
	struct signer *s;
	struct str proof[PROOFS];
	size_t next;
	uint8_t digest[32], der[512];
	size_t der_n;
	const struct jwk *key;
	struct dpop_expect expect;
};

static int64_t span = 5 * REPLAY_SPAN_MS;

static int64_t turned_clock(void)
{
	return span;
}

static void bare(struct bench *b)
{
	static EVP_PKEY_CTX *ctx;

	if (ctx == NULL) {
		ctx = EVP_PKEY_CTX_new(b->s->key, NULL);
		must(EVP_PKEY_verify_init(ctx) == 1);
		if (b->s->rsa) {
			must(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1);
			must(EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) == 1);
		}
	}
	must(EVP_PKEY_verify(ctx, b->der, b->der_n, b->digest, 32) == 1);
}

static void verify(struct bench *b)
{
	struct arena *a = arena_new();
	struct jws s;

	must(jws_parse(a, b->proof[0], &s) == V_OK);
	must(jws_verify(&s, b->key) == V_OK);
	arena_free(a);
}

static void proof(struct bench *b)
{
	struct arena *a = arena_new();
	char jkt[JKT_LEN + 1];

	if (b->next == PROOFS) { /* the ids may pass again two spans later */
		b->next = 0;
		span += 2 * REPLAY_SPAN_MS;
	}
	must(dpop_check(a, b->proof[b->next++], &b->expect, jkt) == V_OK);
	arena_free(a);
}

static void proof_of_a_new_key(struct bench *b)
{
	keycache_clear();
	proof(b);
}

/* refused before the signature: the proof is for another path */
static void refused(struct bench *b)
{
	struct arena *a = arena_new();
	char jkt[JKT_LEN + 1];
	struct dpop_expect e = b->expect;

	e.path = STR("/par");
	must(dpop_check(a, b->proof[0], &e, jkt) == V_AUDIENCE);
	arena_free(a);
}

static double measure(const char *name, void (*one)(struct bench *b), struct bench *b,
		      int64_t us, double reference)
{
	int64_t start = clock_cpu_us(), used;
	size_t n = 0;
	double each;

	do {
		for (int i = 0; i < 100; i++)
			one(b);
		n += 100;
		used = clock_cpu_us() - start;
	} while (used < us);
	each = (double)used / (double)n;
	printf("%-28s %8.1f us %9.0f /s  %.2f x\n", name, each, 1e6 / each,
	       reference > 0 ? each / reference : 1.0);
	return each;
}

static void make_proofs(struct bench *b)
{
	struct str header =
		arena_printf(b->a, "{\"typ\":\"dpop+jwt\",\"alg\":\"%s\",\"jwk\":%.*s}",
			     b->s->rsa ? "PS256" : "ES256", STR_ARG(b->s->jwk));

	for (size_t i = 0; i < PROOFS; i++)
		b->proof[i] =
			signer_token(b->s, b->a, header,
				     arena_printf(b->a,
						  "{\"jti\":\"b7fc0d5e-51c3-4b0b-%010zu\","
						  "\"htm\":\"POST\",\"htu\":"
						  "\"https://gateway.example/token\","
						  "\"iat\":%lld}",
						  i, (long long)NOW));
	digest_sha256(header, b->digest);
}

static void sign_digest(struct bench *b)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(b->s->key, NULL);

	b->der_n = sizeof(b->der);
	must(EVP_PKEY_sign_init(ctx) == 1);
	if (b->s->rsa) {
		must(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1);
		must(EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) == 1);
	}
	must(EVP_PKEY_sign(ctx, b->der, &b->der_n, b->digest, 32) == 1);
	EVP_PKEY_CTX_free(ctx);
}

static void run(struct signer *s, int64_t us)
{
	struct bench *b = calloc(1, sizeof(*b));
	const char *why;
	json_t *jwk = json_loadb(s->jwk.p, s->jwk.n, 0, NULL);
	double reference;

	must(b != NULL && jwk != NULL);
	b->a = arena_new();
	b->s = s;
	b->key = jwk_parse(b->a, jwk, &why);
	b->expect = (struct dpop_expect){ .method = STR("POST"),
					  .base_url = STR("https://gateway.example"),
					  .path = STR("/token"),
					  .now_ms = NOW * 1000 };
	make_proofs(b);
	sign_digest(b);
	reference = measure("bare verification", bare, b, us, 0);
	measure("jws_parse + jws_verify", verify, b, us, reference);
	measure("dpop_check", proof, b, us, reference);
	measure("dpop_check, new key", proof_of_a_new_key, b, us, reference);
	measure("dpop_check, refused early", refused, b, us, reference);
	json_decref(jwk);
	arena_free(b->a);
	free(b);
}

int main(int argc, char **argv)
{
	int64_t us = (int64_t)((argc > 1 ? atof(argv[1]) : 2) * 1e6);
	struct signer *s = argc > 2 ? signer_rsa(2048) : signer_ec();

	replay_clock(turned_clock);
	replay_share(65536);
	run(s, us);
	signer_free(s);
	return 0;
}
