/* jose_sign: the client's side for tests. Makes keys, writes their JWK, and
 * signs any two texts as a JWS, also such as no library would write.
 * It uses OpenSSL alone, so that it shares nothing with what it tests.
 * Callers: tests of jose and their driver. Tokens live in the arena; a signer
 * until signer_free. Anything that fails stops the test.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_JOSE_SIGN_H
#define UNIT_JOSE_SIGN_H

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/enc.h"

struct signer {
	EVP_PKEY *key;
	bool rsa;
	struct arena *arena;
	struct str jwk;  /* the public key */
	struct str x, y; /* EC: base64url */
	struct str n, e; /* RSA */
};

static inline struct str signer_number(struct signer *s, const char *name, size_t pad)
{
	BIGNUM *v = NULL;
	uint8_t bytes[512];
	size_t n;

	must(EVP_PKEY_get_bn_param(s->key, name, &v) == 1);
	n = pad > 0 ? pad : (size_t)BN_num_bytes(v);
	must(n <= sizeof(bytes) && BN_bn2binpad(v, bytes, (int)n) == (int)n);
	BN_free(v);
	return enc_b64url_in(s->arena, bytes, n);
}

static inline struct signer *signer_of(EVP_PKEY *key)
{
	struct signer *s = calloc(1, sizeof(*s));

	must(s != NULL && key != NULL);
	s->key = key;
	s->arena = arena_new();
	s->rsa = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
	if (s->rsa) {
		s->n = signer_number(s, OSSL_PKEY_PARAM_RSA_N, 0);
		s->e = signer_number(s, OSSL_PKEY_PARAM_RSA_E, 0);
		s->jwk = arena_printf(s->arena,
				      "{\"kty\":\"RSA\",\"n\":\"%.*s\",\"e\":\"%.*s\"}",
				      STR_ARG(s->n), STR_ARG(s->e));
		return s;
	}
	s->x = signer_number(s, OSSL_PKEY_PARAM_EC_PUB_X, 32);
	s->y = signer_number(s, OSSL_PKEY_PARAM_EC_PUB_Y, 32);
	s->jwk = arena_printf(s->arena,
			      "{\"kty\":\"EC\",\"crv\":\"P-256\","
			      "\"x\":\"%.*s\",\"y\":\"%.*s\"}",
			      STR_ARG(s->x), STR_ARG(s->y));
	return s;
}

static inline struct signer *signer_ec(void)
{
	return signer_of(EVP_EC_gen("P-256"));
}

static inline struct signer *signer_rsa(size_t bits)
{
	return signer_of(EVP_RSA_gen((unsigned)bits));
}

static inline void signer_free(struct signer *s)
{
	EVP_PKEY_free(s->key);
	arena_free(s->arena);
	free(s);
}

static inline size_t signer_bytes(const struct signer *s, struct str text, uint8_t out[512])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pctx;
	size_t n = 512;

	must(EVP_DigestSignInit(ctx, &pctx, EVP_sha256(), NULL, s->key) == 1);
	if (s->rsa) {
		must(EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING) == 1);
		must(EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, RSA_PSS_SALTLEN_DIGEST) == 1);
	}
	must(EVP_DigestSign(ctx, out, &n, (const uint8_t *)text.p, text.n) == 1);
	EVP_MD_CTX_free(ctx);
	return n;
}

static inline void signer_der_to_pair(const uint8_t *der, size_t n, uint8_t out[64])
{
	ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)n);

	must(pair != NULL);
	must(BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, 32) == 32);
	must(BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + 32, 32) == 32);
	ECDSA_SIG_free(pair);
}

/* header.payload, both encoded */
static inline struct str signer_input(struct arena *a, struct str header,
				      struct str payload)
{
	struct str h = enc_b64url_in(a, header.p, header.n);
	struct str p = enc_b64url_in(a, payload.p, payload.n);

	return arena_printf(a, "%.*s.%.*s", STR_ARG(h), STR_ARG(p));
}

static inline struct str signer_token(const struct signer *s, struct arena *a,
				      struct str header, struct str payload)
{
	struct str input = signer_input(a, header, payload), sig;
	uint8_t bytes[512], pair[64];
	size_t n = signer_bytes(s, input, bytes);

	if (s->rsa) {
		sig = enc_b64url_in(a, bytes, n);
	} else {
		signer_der_to_pair(bytes, n, pair);
		sig = enc_b64url_in(a, pair, sizeof(pair));
	}
	return arena_printf(a, "%.*s.%.*s", STR_ARG(input), STR_ARG(sig));
}

#endif
