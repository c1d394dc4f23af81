/* jwk: reads a public JWK strictly, takes its thumbprint, imports it.
 * Called by oauth for registered sets, by dpop through key.h. Nothing but
 * EC P-256 and RSA 2048..4096 passes; whatever could make two readers see two
 * keys (leading zeros, coordinates beyond the field, spare bits) is refused.
 * Source: RFC 7517, RFC 7518 section 6, RFC 7638.
 * SPDX-License-Identifier: Apache-2.0 */
#include "jose/key.h"

#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/enc.h"
#include "base/tree.h"

enum {
	KID_MAX = 256,
	SET_MAX = 16,
	SET_BYTES = 65536,
	RSA_MIN_BYTES = 256,
	ES256_SIGNATURE = 64
};

/* the prime of P-256 (SEC 2), most significant byte first */
static const uint8_t p256_prime[32] = {
	0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF,
	0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
};

static bool wrong(const char **why, const char *text)
{
	*why = text;
	return false;
}

static bool has_private_member(const json_t *jwk)
{
	static const char *const name[] = { "d", "p", "q", "dp", "dq", "qi", "oth", "k" };

	for (size_t i = 0; i < COUNT(name); i++)
		if (json_object_get(jwk, name[i]) != NULL)
			return true;
	return false;
}

static bool is_only_verify(const json_t *ops)
{
	const char *first = json_string_value(json_array_get(ops, 0));

	return json_array_size(ops) == 1 && first != NULL && strcmp(first, "verify") == 0;
}

static bool check_purpose(const json_t *jwk, const char *alg, const char **why)
{
	const json_t *ops = json_object_get(jwk, "key_ops");
	const json_t *kid = json_object_get(jwk, "kid");
	const json_t *ext = json_object_get(jwk, "ext");

	if (json_object_get(jwk, "use") != NULL && !str_is(tree_member(jwk, "use"), "sig"))
		return wrong(why, "use must be sig");
	if (ops != NULL && !is_only_verify(ops))
		return wrong(why, "key_ops must be [\"verify\"]");
	if (json_object_get(jwk, "alg") != NULL && !str_is(tree_member(jwk, "alg"), alg))
		return wrong(why, "alg must be ES256 for EC, PS256 for RSA");
	if (kid != NULL && (!json_is_string(kid) || json_string_length(kid) == 0 ||
			    json_string_length(kid) > KID_MAX))
		return wrong(why, "kid must be a text of 1 to 256 bytes");
	if (ext != NULL && !json_is_boolean(ext))
		return wrong(why, "ext must be true or false");
	return true;
}

static void thumbprint(struct key_form *f, const char *format, struct str first,
		       struct str second)
{
	char text[64 + ENC_B64URL_LEN(KEY_RSA_MAX) + ENC_B64URL_LEN(32)];
	int n = snprintf(text, sizeof(text), format, STR_ARG(first), STR_ARG(second));

	must(n > 0 && (size_t)n < sizeof(text));
	digest_sha256((struct str){ text, (size_t)n }, f->thumbprint);
}

static bool read_ec(const json_t *jwk, struct key_form *f, const char **why)
{
	struct str x = tree_member(jwk, "x"), y = tree_member(jwk, "y");

	f->alg = JOSE_ES256;
	if (!str_is(tree_member(jwk, "crv"), "P-256"))
		return wrong(why, "crv must be P-256");
	if (!dec_b64url(x, f->x, sizeof(f->x)) || !dec_b64url(y, f->y, sizeof(f->y)))
		return wrong(why, "x and y must be base64url of 32 bytes");
	if (memcmp(f->x, p256_prime, sizeof(f->x)) >= 0 ||
	    memcmp(f->y, p256_prime, sizeof(f->y)) >= 0)
		return wrong(why, "x or y lies outside the field");
	if (!check_purpose(jwk, "ES256", why))
		return false;
	thumbprint(f,
		   "{\"crv\":\"P-256\",\"kty\":\"EC\","
		   "\"x\":\"%.*s\",\"y\":\"%.*s\"}",
		   x, y);
	return true;
}

/* Decodes an integer of min..max bytes without leading zeros. */
static bool read_integer(struct str s, uint8_t *out, size_t min, size_t max, size_t *len)
{
	*len = s.n / 4 * 3 + (s.n % 4 * 3) / 4;
	return *len >= min && *len <= max && dec_b64url(s, out, *len) && out[0] != 0;
}

static bool is_odd(const uint8_t *integer, size_t n)
{
	return (integer[n - 1] & 1) != 0;
}

static bool read_rsa(const json_t *jwk, struct key_form *f, const char **why)
{
	struct str n = tree_member(jwk, "n"), e = tree_member(jwk, "e");

	f->alg = JOSE_PS256;
	if (!read_integer(n, f->n, RSA_MIN_BYTES, KEY_RSA_MAX, &f->n_len) ||
	    (f->n_len == RSA_MIN_BYTES && f->n[0] < 0x80) || !is_odd(f->n, f->n_len))
		return wrong(why, "n must be an odd number of 2048 to 4096 "
				  "bits, base64url, no leading zero");
	if (!read_integer(e, f->e, 3, sizeof(f->e), &f->e_len) || !is_odd(f->e, f->e_len) ||
	    (f->e_len == 3 && f->e[0] < 1))
		return wrong(why, "e must be odd, 65537 or larger, of at most "
				  "32 bits");
	if (!check_purpose(jwk, "PS256", why))
		return false;
	thumbprint(f, "{\"e\":\"%.*s\",\"kty\":\"RSA\",\"n\":\"%.*s\"}", e, n);
	return true;
}

bool key_read(json_t *jwk, struct key_form *out, const char **why)
{
	struct str kty;

	if (!json_is_object(jwk))
		return wrong(why, "a key must be an object");
	if (has_private_member(jwk))
		return wrong(why, "the key holds a private or secret member");
	kty = tree_member(jwk, "kty");
	if (str_is(kty, "EC"))
		return read_ec(jwk, out, why);
	if (str_is(kty, "RSA"))
		return read_rsa(jwk, out, why);
	return wrong(why, "kty must be EC or RSA");
}

static cjose_jwk_t *import(struct key_form *f)
{
	cjose_jwk_ec_keyspec ec = { .crv = CJOSE_JWK_EC_P_256,
				    .x = f->x,
				    .xlen = sizeof(f->x),
				    .y = f->y,
				    .ylen = sizeof(f->y) };
	cjose_jwk_rsa_keyspec rsa = {
		.n = f->n, .nlen = f->n_len, .e = f->e, .elen = f->e_len
	};

	if (f->alg == JOSE_ES256)
		return cjose_jwk_create_EC_spec(&ec, NULL);
	return cjose_jwk_create_RSA_spec(&rsa, NULL);
}

struct jwk *key_import(const struct key_form *f, const char **why)
{
	struct key_form copy = *f; /* cjose asks for writable bytes */
	cjose_jwk_t *cjose = import(&copy);
	struct jwk *k;

	if (cjose == NULL) {
		/* an error left behind would be taken for one of TLS */
		ERR_clear_error();
		*why = "the point is not on the curve";
		return NULL;
	}
	k = must_alloc(sizeof(*k));
	k->alg = f->alg;
	k->signature = f->alg == JOSE_ES256 ? ES256_SIGNATURE : f->n_len;
	k->kid = STR_NONE;
	memcpy(k->thumbprint, f->thumbprint, sizeof(k->thumbprint));
	k->cjose = cjose;
	return k;
}

void key_free(void *jwk)
{
	struct jwk *k = jwk;

	cjose_jwk_release(k->cjose);
	free(k);
}

struct jwk *jwk_parse(struct arena *a, json_t *key, const char **why)
{
	struct key_form f;
	struct jwk *k;

	if (!key_read(key, &f, why))
		return NULL;
	k = key_import(&f, why);
	if (k == NULL)
		return NULL;
	arena_own(a, k, key_free);
	k->kid = arena_str(a, tree_member(key, "kid"));
	return k;
}

enum jose_alg jwk_alg(const struct jwk *k)
{
	return k->alg;
}

struct str jwk_kid(const struct jwk *k)
{
	return k->kid;
}

void jwk_thumbprint(const struct jwk *k, uint8_t out[SHA256_LEN])
{
	memcpy(out, k->thumbprint, SHA256_LEN);
}

static bool kid_is_new(const struct jwks *set, struct str kid)
{
	for (size_t i = 0; i < set->keys && kid.p != NULL; i++)
		if (str_eq(jwk_kid(set->key[i]), kid))
			return false;
	return true;
}

static struct jwks *read_set(struct arena *a, json_t *keys, const char **why)
{
	struct jwks *set = arena_alloc(a, sizeof(*set));
	size_t n = json_array_size(keys);

	set->key = arena_array(a, n, sizeof(struct jwk *));
	for (size_t i = 0; i < n; i++) {
		struct jwk *k = jwk_parse(a, json_array_get(keys, i), why);

		if (k == NULL)
			return NULL;
		if (!kid_is_new(set, k->kid)) {
			*why = "two keys have the same kid";
			return NULL;
		}
		set->key[set->keys++] = k;
	}
	return set;
}

struct jwks *jwks_parse(struct arena *a, struct str json, const char **why)
{
	struct jwks *set = NULL;
	json_t *root = NULL, *keys;

	if (json.n > 0 && json.n <= SET_BYTES)
		root = json_loadb(json.p, json.n, JSON_REJECT_DUPLICATES, NULL);
	keys = json_object_get(root, "keys");
	*why = "a key set is {\"keys\":[...]} of at most 64 KiB, no member twice";
	if (json_is_array(keys)) {
		*why = "a key set holds 1 to 16 keys";
		if (json_array_size(keys) >= 1 && json_array_size(keys) <= SET_MAX)
			set = read_set(a, keys, why);
	}
	json_decref(root);
	return set;
}
