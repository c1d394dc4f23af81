/* jwk: which public keys pass, their thumbprints, sets of keys, and the cache
 * of keys that proofs carry. Sources: RFC 7517, 7518, 7638, oauth-D3, oauth-L2.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/err.h>

#include "jose/keycache.h"
#include "jose_sign.h"

static struct signer *ec, *rsa;
static struct arena *a;

static int make_keys(void **state)
{
	(void)state;
	ec = signer_ec();
	rsa = signer_rsa(2048);
	return 0;
}

static int drop_keys(void **state)
{
	(void)state;
	signer_free(ec);
	signer_free(rsa);
	return 0;
}

static int begin(void **state)
{
	(void)state;
	a = arena_new();
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static void free_json(void *json)
{
	json_decref(json);
}

static json_t *json_of(struct str text)
{
	json_t *json = json_loadb(text.p, text.n, JSON_DECODE_ANY, NULL);

	assert_non_null(json);
	arena_own(a, json, free_json);
	return json;
}

static struct jwk *parse(struct str text)
{
	const char *why = NULL;
	struct jwk *k = jwk_parse(a, json_of(text), &why);

	assert_true((k == NULL) == (why != NULL));
	assert_int_equal(ERR_peek_error(), 0);
	return k;
}

/* The key with further members, given as `"name":value`. */
static struct jwk *parse_with(const struct signer *s, const char *members)
{
	struct str open = str_part(s->jwk, 0, s->jwk.n - 1);

	return parse(arena_printf(a, "%.*s,%s}", STR_ARG(open), members));
}

static struct jwk *parse_ec(const char *crv, struct str x, struct str y)
{
	return parse(arena_printf(a,
				  "{\"kty\":\"EC\",\"crv\":\"%s\","
				  "\"x\":\"%.*s\",\"y\":\"%.*s\"}",
				  crv, STR_ARG(x), STR_ARG(y)));
}

static struct jwk *parse_rsa(struct str n, struct str e)
{
	return parse(arena_printf(a, "{\"kty\":\"RSA\",\"n\":\"%.*s\",\"e\":\"%.*s\"}",
				  STR_ARG(n), STR_ARG(e)));
}

static void ec_and_rsa_pass(void **state)
{
	struct jwk *k = parse(ec->jwk);

	(void)state;
	assert_non_null(k);
	assert_int_equal(jwk_alg(k), JOSE_ES256);
	assert_null(jwk_kid(k).p);
	k = parse_with(ec, "\"kid\":\"one\",\"use\":\"sig\",\"alg\":\"ES256\","
			   "\"key_ops\":[\"verify\"],\"ext\":true,\"unknown\":{}");
	assert_non_null(k);
	assert_true(str_is(jwk_kid(k), "one"));
	k = parse_with(rsa, "\"alg\":\"PS256\"");
	assert_non_null(k);
	assert_int_equal(jwk_alg(k), JOSE_PS256);
}

static void assert_thumbprint(struct jwk *k, const char *expected)
{
	uint8_t hash[SHA256_LEN];

	assert_non_null(k);
	jwk_thumbprint(k, hash);
	assert_true(str_is(enc_b64url_in(a, hash, sizeof(hash)), expected));
}

/* RFC 7638 section 3.1, without its "alg":"RS256", which is no part of it */
static void the_thumbprint_of_rfc_7638(void **state)
{
	(void)state;
	assert_thumbprint(
		parse_rsa(STR("0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtV"
			      "T86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64t"
			      "Z_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2Q"
			      "vzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbO"
			      "pbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_"
			      "xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"),
			  STR("AQAB")),
		"NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
}

/* RFC 9449 sections 4.1 and 6.1: the key and its jkt */
static void the_thumbprint_of_rfc_9449(void **state)
{
	(void)state;
	assert_thumbprint(parse_ec("P-256",
				   STR("l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs"),
				   STR("9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA")),
			  "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
}

static void private_members_are_refused(void **state)
{
	static const char *const name[] = { "d", "p", "q", "dp", "dq", "qi", "oth", "k" };

	(void)state;
	for (size_t i = 0; i < COUNT(name); i++) {
		struct str m = arena_printf(a, "\"%s\":\"AQAB\"", name[i]);

		assert_null(parse_with(ec, m.p));
		assert_null(parse_with(rsa, m.p));
	}
	assert_null(parse_with(ec, "\"d\":null"));
}

static void other_kinds_are_refused(void **state)
{
	(void)state;
	assert_null(parse(STR("{\"kty\":\"oct\",\"k\":\"AAAA\"}")));
	assert_null(parse(STR("{\"kty\":\"oct\"}")));
	assert_null(parse(STR("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":"
			      "\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}")));
	assert_null(parse(STR("{}")));
	assert_null(parse(STR("[]")));
	assert_null(parse(STR("\"EC\"")));
	assert_null(parse(STR("{\"kty\":\"ec\"}")));
	assert_null(parse_ec("P-384", ec->x, ec->y));
	assert_null(parse_ec("secp256k1", ec->x, ec->y));
	assert_null(parse_ec("p-256", ec->x, ec->y));
}

static void a_point_off_the_curve_is_refused(void **state)
{
	uint8_t y[32];

	(void)state;
	assert_true(dec_b64url(ec->y, y, sizeof(y)));
	y[31] ^= 1;
	assert_null(parse_ec("P-256", ec->x, enc_b64url_in(a, y, sizeof(y))));
	memset(y, 0, sizeof(y));
	assert_null(parse_ec("P-256", enc_b64url_in(a, y, sizeof(y)),
			     enc_b64url_in(a, y, sizeof(y))));
}

/* RFC 7518 section 6.2.1.2: the length is that of the field; a key whose x
 * begins with a zero byte passes whole and not stripped. */
static void coordinates_have_their_length(void **state)
{
	struct signer *s;
	uint8_t x[33] = { 0 };

	(void)state;
	for (;;) {
		s = signer_ec();
		assert_true(dec_b64url(s->x, x + 1, 32));
		if (x[1] == 0)
			break;
		signer_free(s);
	}
	assert_non_null(parse(s->jwk));
	assert_null(parse_ec("P-256", enc_b64url_in(a, x + 2, 31), s->y));
	assert_null(parse_ec("P-256", enc_b64url_in(a, x, 33), s->y));
	assert_null(parse_ec("P-256", STR(""), s->y));
	assert_null(parse_ec("P-256", arena_printf(a, "%.*s=", STR_ARG(s->x)), s->y));
	signer_free(s);
}

/* x = 5 and x = p + 5 are one point; only the first may name it */
static void coordinates_lie_in_the_field(void **state)
{
	static const char p_hex[] = "ffffffff00000001000000000000000000000000"
				    "ffffffffffffffffffffffff";
	uint8_t p[32], x[32] = { 0 }, y[32];
	struct str small;

	(void)state;
	assert_true(dec_hex(str_of(p_hex), p, sizeof(p)));
	assert_true(dec_hex(STR("459243b9aa581806fe913bce99817ade"
				"11ca503c64d9a3c533415c083248fbcc"),
			    y, sizeof(y)));
	x[31] = 5;
	small = enc_b64url_in(a, x, sizeof(x));
	assert_non_null(parse_ec("P-256", small, enc_b64url_in(a, y, sizeof(y))));
	memcpy(x, p, sizeof(x));
	for (int i = 31, carry = 5; carry > 0; i--) {
		int sum = x[i] + carry;

		x[i] = (uint8_t)sum;
		carry = sum >> 8;
	}
	assert_null(parse_ec("P-256", enc_b64url_in(a, x, sizeof(x)),
			     enc_b64url_in(a, y, sizeof(y))));
	assert_null(parse_ec("P-256", enc_b64url_in(a, p, sizeof(p)), ec->y));
}

static void coordinates_are_texts(void **state)
{
	(void)state;
	assert_null(parse(STR("{\"kty\":\"EC\",\"crv\":\"P-256\"}")));
	assert_null(parse(STR("{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":1,"
			      "\"y\":2}")));
	assert_null(parse(STR("{\"kty\":\"EC\",\"crv\":[\"P-256\"]}")));
	assert_null(parse(STR("{\"kty\":\"RSA\",\"n\":1,\"e\":65537}")));
}

static struct jwk *parse_modulus(const uint8_t *n, size_t len)
{
	return parse_rsa(enc_b64url_in(a, n, len), STR("AQAB"));
}

static void rsa_sizes(void **state)
{
	static uint8_t n[520];

	(void)state;
	memset(n, 0xA5, sizeof(n));
	assert_non_null(parse_modulus(n, 256));
	assert_non_null(parse_modulus(n, 512));
	assert_null(parse_modulus(n, 128));
	assert_null(parse_modulus(n, 255));
	assert_null(parse_modulus(n, 513));
	assert_null(parse_modulus(n, 520));
	n[0] = 0x7F; /* 2047 bits */
	assert_null(parse_modulus(n, 256));
	n[0] = 0; /* 2048 bits behind a zero byte */
	assert_null(parse_modulus(n, 257));
	n[0] = 0xA5;
	n[255] = 0xA4;
	assert_null(parse_modulus(n, 256));
}

static void rsa_exponents(void **state)
{
	static const char *const good[] = { "AQAB", "AQAAAQ", "_____w" };
	static const char *const bad[] = { "",       "AQ",  "Aw",      "EQ",   "AQAA",
					   "AAEAAQ", "__8", "AQAAAAE", "AQAB=" };

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_non_null(parse_rsa(rsa->n, str_of(good[i])));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_null(parse_rsa(rsa->n, str_of(bad[i])));
}

static void keys_for_other_purposes_are_refused(void **state)
{
	static const char *const member[] = {
		"\"use\":\"enc\"",        "\"use\":1",
		"\"key_ops\":[]",         "\"key_ops\":[\"encrypt\"]",
		"\"key_ops\":\"verify\"", "\"key_ops\":[\"verify\",\"sign\"]",
		"\"key_ops\":[1]",        "\"alg\":\"ES384\"",
		"\"alg\":\"RS256\"",      "\"alg\":null",
		"\"alg\":\"none\"",       "\"kid\":1",
		"\"kid\":\"\"",           "\"ext\":1",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(member); i++) {
		assert_null(parse_with(ec, member[i]));
		assert_null(parse_with(rsa, member[i]));
	}
	assert_null(parse_with(ec, "\"alg\":\"PS256\""));
	assert_null(parse_with(rsa, "\"alg\":\"ES256\""));
}

static struct jwks *parse_set(struct str text)
{
	const char *why = NULL;
	struct jwks *set = jwks_parse(a, text, &why);

	assert_non_null(why);
	return set;
}

static struct str set_of(size_t n)
{
	struct buf b = { 0 };
	struct str s;

	buf_adds(&b, "{\"keys\":[");
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_byte(&b, ',');
		buf_add(&b, ec->jwk);
	}
	buf_adds(&b, "]}");
	s = arena_str(a, buf_str(&b));
	buf_free(&b);
	return s;
}

static void sets_of_one_to_sixteen_keys(void **state)
{
	struct jwks *set = parse_set(set_of(16));

	(void)state;
	assert_non_null(set);
	assert_int_equal(set->keys, 16);
	assert_int_equal(jwk_alg(set->key[15]), JOSE_ES256);
	assert_non_null(parse_set(set_of(1)));
	assert_null(parse_set(set_of(0)));
	assert_null(parse_set(set_of(17)));
}

static void sets_with_a_wrong_key_are_refused(void **state)
{
	struct str key = ec->jwk, open = str_part(key, 0, key.n - 1);

	(void)state;
	assert_null(parse_set(arena_printf(a, "{\"keys\":[%.*s,{}]}", STR_ARG(key))));
	assert_null(parse_set(
		arena_printf(a, "{\"keys\":[%.*s,\"kid\":\"a\"},%.*s,\"kid\":\"a\"}]}",
			     STR_ARG(open), STR_ARG(open))));
	assert_non_null(parse_set(
		arena_printf(a, "{\"keys\":[%.*s,\"kid\":\"a\"},%.*s,\"kid\":\"b\"}]}",
			     STR_ARG(open), STR_ARG(open))));
	assert_null(parse_set(arena_printf(
		a, "{\"keys\":[%.*s,\"kid\":\"a\",\"kid\":\"b\"}]}", STR_ARG(open))));
	assert_null(parse_set(key));
	assert_null(parse_set(STR("")));
	assert_null(parse_set(STR("[]")));
	assert_null(parse_set(STR("{\"keys\":{}}")));
	assert_null(parse_set(STR_NONE));
}

static const struct jwk *cached(const struct signer *s)
{
	struct key_form f;
	const char *why;

	assert_true(key_read(json_of(s->jwk), &f, &why));
	return keycache_get(&f, &why);
}

static void a_key_met_again_is_not_imported_again(void **state)
{
	const struct jwk *first = cached(ec);

	(void)state;
	assert_non_null(first);
	assert_ptr_equal(cached(ec), first);
	assert_ptr_not_equal(cached(rsa), first);
	assert_int_equal(keycache_keys(), 2);
	keycache_clear();
}

/* The x of the i-th key does not matter to the cache; distinct RSA moduli are
 * distinct keys and cheap to make. */
static const struct jwk *cached_modulus(uint32_t i)
{
	struct key_form f = {
		.alg = JOSE_PS256, .n_len = 256, .e_len = 3, .e = { 1, 0, 1 }
	};
	const char *why;

	memset(f.n, 0xA5, 256);
	memcpy(f.n + 4, &i, sizeof(i));
	digest_sha256((struct str){ (const char *)f.n, 256 }, f.thumbprint);
	return keycache_get(&f, &why);
}

static void the_key_used_longest_ago_goes(void **state)
{
	const struct jwk *kept = cached(ec), *k;
	uint8_t hash[SHA256_LEN];

	(void)state;
	for (uint32_t i = 0; i < 2 * KEYCACHE_KEYS; i++) {
		k = cached_modulus(i);
		assert_non_null(k);
		if (i % 5000 == 0)
			assert_ptr_equal(cached(ec), kept);
	}
	assert_int_equal(keycache_keys(), KEYCACHE_KEYS);
	assert_ptr_equal(cached_modulus(2 * KEYCACHE_KEYS - 1), k);
	k = cached_modulus(0);
	jwk_thumbprint(k, hash);
	assert_memory_equal(cached_modulus(0)->thumbprint, hash, SHA256_LEN);
	keycache_clear();
	assert_int_equal(keycache_keys(), 0);
}

static void a_key_off_the_curve_is_not_kept(void **state)
{
	struct key_form f;
	const char *why = NULL;

	(void)state;
	assert_true(key_read(json_of(ec->jwk), &f, &why));
	f.y[31] ^= 1;
	assert_null(keycache_get(&f, &why));
	assert_non_null(why);
	assert_int_equal(keycache_keys(), 0);
	keycache_clear();
}

#define T(id, function)                                       \
	{                                                     \
		id ": " #function, function, begin, end, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T("oauth-L2", ec_and_rsa_pass),
		T("RFC 7638", the_thumbprint_of_rfc_7638),
		T("RFC 9449", the_thumbprint_of_rfc_9449),
		T("oauth-D3", private_members_are_refused),
		T("oauth-D3", other_kinds_are_refused),
		T("oauth-D3", a_point_off_the_curve_is_refused),
		T("oauth-D3", coordinates_have_their_length),
		T("oauth-L2", coordinates_lie_in_the_field),
		T("oauth-L2", coordinates_are_texts),
		T("architecture-cjose", rsa_sizes),
		T("architecture-cjose", rsa_exponents),
		T("RFC 7517", keys_for_other_purposes_are_refused),
		T("RFC 7517", sets_of_one_to_sixteen_keys),
		T("RFC 7517", sets_with_a_wrong_key_are_refused),
		T("oauth-L2", a_key_met_again_is_not_imported_again),
		T("oauth-L2", the_key_used_longest_ago_goes),
		T("oauth-L2", a_key_off_the_curve_is_not_kept),
	};

	return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
