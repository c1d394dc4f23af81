/* jws: what a client assertion or a proof must look like before and while its
 * signature is verified. One test for each line of oauth-C1 that is about
 * form; the others (audience, lifetime, use once) belong to those who know the
 * client. Sources: RFC 7515, RFC 8725.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/err.h>
#include <stdio.h>

#include "jose/jws.h"
#include "jose_sign.h"

#define HEADER STR("{\"alg\":\"ES256\"}")
#define CLAIMS STR("{\"iss\":\"a\",\"sub\":\"a\",\"jti\":\"1\",\"exp\":2000000000}")

static struct signer *ec, *other, *rsa, *rsa_long;
static struct arena *a;

static int make_keys(void **state)
{
	(void)state;
	ec = signer_ec();
	other = signer_ec();
	rsa = signer_rsa(2048);
	rsa_long = signer_rsa(3072);
	return 0;
}

static int drop_keys(void **state)
{
	(void)state;
	signer_free(ec);
	signer_free(other);
	signer_free(rsa);
	signer_free(rsa_long);
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

static struct jwk *key_of_text(struct str text)
{
	const char *why = NULL;
	json_t *json = json_loadb(text.p, text.n, 0, NULL);
	struct jwk *key;

	assert_non_null(json);
	arena_own(a, json, free_json);
	key = jwk_parse(a, json, &why);
	assert_non_null(key);
	return key;
}

static enum verdict judge(struct str token, const struct signer *s)
{
	struct jws jws;
	enum verdict v = jws_parse(a, token, &jws);

	if (v == V_OK)
		v = jws_verify(&jws, key_of_text(s->jwk));
	assert_int_equal(ERR_peek_error(), 0);
	return v;
}

static enum verdict judge_texts(struct str header, struct str payload)
{
	return judge(signer_token(ec, a, header, payload), ec);
}

#define ASSERT_VERDICT(v, expected) \
	assert_string_equal(verdict_word(v), verdict_word(expected))

static void es256_is_accepted(void **state)
{
	(void)state;
	ASSERT_VERDICT(judge_texts(HEADER, CLAIMS), V_OK);
}

static void ps256_is_accepted(void **state)
{
	struct str header = STR("{\"alg\":\"PS256\"}");

	(void)state;
	ASSERT_VERDICT(judge(signer_token(rsa, a, header, CLAIMS), rsa), V_OK);
	ASSERT_VERDICT(judge(signer_token(rsa_long, a, header, CLAIMS), rsa_long), V_OK);
}

/* RFC 7515 appendix A.3: a signature that was not made by us */
static void the_example_of_the_rfc_is_accepted(void **state)
{
	struct jws jws;
	struct str token = STR(
		"eyJhbGciOiJFUzI1NiJ9"
		".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9"
		"leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
		".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8I"
		"SlSApmWQxfKTUJqPP3-Kg6NU1Q");
	struct jwk *key =
		key_of_text(STR("{\"kty\":\"EC\",\"crv\":\"P-256\","
				"\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
				"\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}"));
	int64_t exp;

	(void)state;
	ASSERT_VERDICT(jws_parse(a, token, &jws), V_OK);
	ASSERT_VERDICT(jws_verify(&jws, key), V_OK);
	assert_true(str_is(claim_text(&jws, "iss"), "joe"));
	assert_true(claim_time(&jws, "exp", &exp));
	assert_int_equal(exp, 1300819380);
}

static void the_header_is_exposed(void **state)
{
	struct jws jws;
	struct str token = signer_token(
		ec, a, STR("{\"alg\":\"ES256\",\"typ\":\"JWT\",\"kid\":\"k\"}"), CLAIMS);

	(void)state;
	ASSERT_VERDICT(jws_parse(a, token, &jws), V_OK);
	assert_true(str_is(jws.typ, "JWT"));
	assert_true(str_is(jws.kid, "k"));
	assert_int_equal(jws.alg, JOSE_ES256);
	ASSERT_VERDICT(jws_parse(a, signer_token(ec, a, HEADER, CLAIMS), &jws), V_OK);
	assert_null(jws.typ.p);
	assert_null(jws.kid.p);
}

static void another_clients_key_is_refused(void **state)
{
	(void)state;
	ASSERT_VERDICT(judge(signer_token(other, a, HEADER, CLAIMS), ec), V_BAD_SIGNATURE);
	ASSERT_VERDICT(
		judge(signer_token(rsa, a, STR("{\"alg\":\"PS256\"}"), CLAIMS), rsa_long),
		V_BAD_SIGNATURE);
}

/* RFC 7518 section 3.4: R and S are 32 octets each */
static void a_signature_in_der_is_refused(void **state)
{
	struct str input = signer_input(a, HEADER, CLAIMS), sig;
	uint8_t der[512];
	size_t n = signer_bytes(ec, input, der);

	(void)state;
	sig = enc_b64url_in(a, der, n);
	ASSERT_VERDICT(
		judge(arena_printf(a, "%.*s.%.*s", STR_ARG(input), STR_ARG(sig)), ec),
		V_MALFORMED);
}

static void every_flipped_bit_is_refused(void **state)
{
	struct str token = signer_token(ec, a, HEADER, CLAIMS);

	(void)state;
	for (size_t i = 0; i < token.n; i++) {
		for (int bit = 0; bit < 8; bit++) {
			struct str copy = arena_str(a, token);

			((char *)(uintptr_t)copy.p)[i] ^= (char)(1 << bit);
			assert_int_not_equal(judge(copy, ec), V_OK);
		}
	}
}

static void alg_none_is_refused(void **state)
{
	struct str input = signer_input(a, STR("{\"alg\":\"none\"}"), CLAIMS);
	struct jws jws;

	(void)state;
	ASSERT_VERDICT(judge_texts(STR("{\"alg\":\"none\"}"), CLAIMS), V_ALGORITHM);
	ASSERT_VERDICT(jws_parse(a, arena_printf(a, "%.*s.", STR_ARG(input)), &jws),
		       V_ALGORITHM);
}

static void other_algorithms_are_refused(void **state)
{
	static const char *const alg[] = { "HS256", "RS256",  "ES384", "EdDSA",
					   "es256", "ES256 ", "NONE",  "" };

	(void)state;
	for (size_t i = 0; i < COUNT(alg); i++)
		ASSERT_VERDICT(
			judge_texts(arena_printf(a, "{\"alg\":\"%s\"}", alg[i]), CLAIMS),
			V_ALGORITHM);
	ASSERT_VERDICT(judge_texts(STR("{}"), CLAIMS), V_ALGORITHM);
	ASSERT_VERDICT(judge_texts(STR("{\"alg\":1}"), CLAIMS), V_MALFORMED);
}

/* RFC 8725 section 3.1: the key says which algorithm it is for */
static void the_algorithm_is_the_keys(void **state)
{
	struct jws jws;

	(void)state;
	ASSERT_VERDICT(jws_parse(a,
				 signer_token(rsa, a, STR("{\"alg\":\"PS256\"}"), CLAIMS),
				 &jws),
		       V_OK);
	ASSERT_VERDICT(jws_verify(&jws, key_of_text(ec->jwk)), V_ALGORITHM);
}

static void crit_and_b64_are_refused(void **state)
{
	(void)state;
	ASSERT_VERDICT(judge_texts(STR("{\"alg\":\"ES256\",\"crit\":[\"x\"],"
				       "\"x\":1}"),
				   CLAIMS),
		       V_MALFORMED);
	ASSERT_VERDICT(judge_texts(STR("{\"alg\":\"ES256\",\"crit\":[]}"), CLAIMS),
		       V_MALFORMED);
	ASSERT_VERDICT(judge_texts(STR("{\"alg\":\"ES256\",\"b64\":false}"), CLAIMS),
		       V_MALFORMED);
}

static void a_member_twice_is_refused(void **state)
{
	(void)state;
	ASSERT_VERDICT(judge_texts(STR("{\"alg\":\"ES256\","
				       "\"alg\":\"ES256\"}"),
				   CLAIMS),
		       V_MALFORMED);
	ASSERT_VERDICT(judge_texts(HEADER, STR("{\"iss\":\"a\","
					       "\"iss\":\"a\"}")),
		       V_MALFORMED);
	ASSERT_VERDICT(judge_texts(HEADER, STR("{\"o\":{\"m\":1,\"m\":2}}")), V_MALFORMED);
	ASSERT_VERDICT(judge_texts(HEADER, STR("{\"a\":1,\"\\u0061\":2}")), V_MALFORMED);
}

static void a_payload_that_is_no_object_is_refused(void **state)
{
	(void)state;
	ASSERT_VERDICT(judge_texts(HEADER, STR("[1]")), V_MALFORMED);
	ASSERT_VERDICT(judge_texts(HEADER, STR("\"text\"")), V_MALFORMED);
	ASSERT_VERDICT(judge_texts(HEADER, STR("")), V_MALFORMED);
	ASSERT_VERDICT(judge_texts(STR("[]"), CLAIMS), V_MALFORMED);
}

static void trailing_bytes_are_refused(void **state)
{
	struct str token = signer_token(ec, a, HEADER, CLAIMS);
	static const char *const tail[] = { "A", "=", "==",   "\n",
					    " ", ".", "AAAA", "\xC3\xA4" };

	(void)state;
	for (size_t i = 0; i < COUNT(tail); i++)
		ASSERT_VERDICT(
			judge(arena_printf(a, "%.*s%s", STR_ARG(token), tail[i]), ec),
			V_MALFORMED);
	token = (struct str){ arena_cstr(a, token), token.n + 1 };
	ASSERT_VERDICT(judge(token, ec), V_MALFORMED);
	ASSERT_VERDICT(judge_texts(HEADER, STR("{\"iss\":\"a\"}x")), V_MALFORMED);
}

static void padding_and_blanks_inside_are_refused(void **state)
{
	struct str h = enc_b64url_in(a, HEADER.p, HEADER.n);
	struct str token = signer_token(ec, a, HEADER, CLAIMS);
	struct str rest = str_from(token, h.n);

	(void)state;
	ASSERT_VERDICT(judge(arena_printf(a, "%.*s=%.*s", STR_ARG(h), STR_ARG(rest)), ec),
		       V_MALFORMED);
	ASSERT_VERDICT(judge(arena_printf(a, " %.*s", STR_ARG(token)), ec), V_MALFORMED);
}

/* RFC 4648 section 3.5: spare bits that are not zero make a second text for
 * the same bytes; the last character of 64 bytes carries four of them. */
static void spare_bits_are_refused(void **state)
{
	struct str token = signer_token(ec, a, HEADER, CLAIMS);

	(void)state;
	for (const char *c = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"; *c != '\0'; c++) {
		struct str copy = arena_str(a, token);
		char *last = (char *)(uintptr_t)copy.p + copy.n - 1;
		bool same = *last == *c;

		*last = *c;
		assert_true((judge(copy, ec) == V_OK) == same);
	}
}

static void wrong_counts_of_segments_are_refused(void **state)
{
	struct str token = signer_token(ec, a, HEADER, CLAIMS);
	static const char *const text[] = { "",    ".",    "..",   "...",  "a",
					    "a.b", "a.b.", ".b.c", "a..c", "eyJ9" };
	struct jws jws;

	(void)state;
	ASSERT_VERDICT(judge(arena_printf(a, "%.*s.AAAA", STR_ARG(token)), ec),
		       V_MALFORMED);
	ASSERT_VERDICT(judge(arena_printf(a, ".%.*s", STR_ARG(token)), ec), V_MALFORMED);
	for (size_t i = 0; i < COUNT(text); i++)
		ASSERT_VERDICT(jws_parse(a, str_of(text[i]), &jws), V_MALFORMED);
}

static void a_number_without_end_is_refused(void **state)
{
	(void)state;
	ASSERT_VERDICT(judge_texts(HEADER, STR("{\"exp\":1e999}")), V_MALFORMED);
	ASSERT_VERDICT(judge_texts(HEADER, STR("{\"exp\":99999999999999999999"
					       "}")),
		       V_MALFORMED);
	ASSERT_VERDICT(judge_texts(HEADER, STR("{\"exp\":NaN}")), V_MALFORMED);
}

static struct str nested(size_t depth)
{
	struct buf b = { 0 };
	struct str s;

	buf_adds(&b, "{\"o\":");
	for (size_t i = 1; i < depth; i++)
		buf_byte(&b, '[');
	for (size_t i = 1; i < depth; i++)
		buf_byte(&b, ']');
	buf_byte(&b, '}');
	s = arena_str(a, buf_str(&b));
	buf_free(&b);
	return s;
}

static void deep_nesting_is_refused(void **state)
{
	(void)state;
	ASSERT_VERDICT(judge_texts(HEADER, nested(1000)), V_MALFORMED);
	ASSERT_VERDICT(judge_texts(HEADER, nested(17)), V_MALFORMED);
	ASSERT_VERDICT(judge_texts(HEADER, nested(16)), V_OK);
	/* brackets in a text do not nest */
	ASSERT_VERDICT(judge_texts(HEADER, STR("{\"o\":\"[[[[[[[[[[[[[[[[[[[[\\"
					       "\"[[[\"}")),
		       V_OK);
}

static struct str claims_of(size_t n)
{
	char *p = arena_alloc(a, n);

	memset(p, 'x', n);
	memcpy(p, "{\"o\":\"", 6);
	memcpy(p + n - 2, "\"}", 2);
	return (struct str){ p, n };
}

static void a_hundred_kibibytes_are_refused(void **state)
{
	(void)state;
	ASSERT_VERDICT(judge_texts(HEADER, claims_of(102400)), V_MALFORMED);
	ASSERT_VERDICT(judge_texts(HEADER, claims_of(12000)), V_OK);
}

static void bytes_that_are_no_text_are_refused(void **state)
{
	(void)state;
	ASSERT_VERDICT(judge_texts(HEADER, STR("{\"iss\":\"\xFF\"}")), V_MALFORMED);
	ASSERT_VERDICT(judge_texts(HEADER, STR("{\"iss\":\"\xC0\xAF\"}")), V_MALFORMED);
	ASSERT_VERDICT(judge_texts(HEADER, STR("{\"iss\":\"a\\u0000b\"}")), V_MALFORMED);
	ASSERT_VERDICT(judge_texts(HEADER, STR("{\"iss\":\"\\ud800\"}")), V_MALFORMED);
	ASSERT_VERDICT(judge_texts(STR("\xEF\xBB\xBF{\"alg\":\"ES256\"}"), CLAIMS),
		       V_MALFORMED);
}

static void typ_and_kid_must_be_texts(void **state)
{
	(void)state;
	ASSERT_VERDICT(judge_texts(STR("{\"alg\":\"ES256\",\"typ\":1}"), CLAIMS),
		       V_MALFORMED);
	ASSERT_VERDICT(judge_texts(STR("{\"alg\":\"ES256\",\"typ\":null}"), CLAIMS),
		       V_MALFORMED);
	ASSERT_VERDICT(judge_texts(STR("{\"alg\":\"ES256\",\"kid\":[]}"), CLAIMS),
		       V_MALFORMED);
}

static struct str with_pair(const uint8_t pair[64])
{
	struct str input = signer_input(a, HEADER, CLAIMS);
	struct str sig = enc_b64url_in(a, pair, 64);

	return arena_printf(a, "%.*s.%.*s", STR_ARG(input), STR_ARG(sig));
}

/* oauth-L2 (f); a verifier that computes with zero accepts anything
 * (CVE-2022-21449) */
static void r_and_s_out_of_range_are_refused(void **state)
{
	static const uint8_t order[32] = {
		0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF,
		0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBC, 0xE6, 0xFA, 0xAD, 0xA7, 0x17,
		0x9E, 0x84, 0xF3, 0xB9, 0xCA, 0xC2, 0xFC, 0x63, 0x25, 0x51,
	};
	uint8_t pair[64] = { 0 };

	(void)state;
	ASSERT_VERDICT(judge(with_pair(pair), ec), V_BAD_SIGNATURE);
	memcpy(pair, order, 32);
	memcpy(pair + 32, order, 32);
	ASSERT_VERDICT(judge(with_pair(pair), ec), V_BAD_SIGNATURE);
	memset(pair, 0xFF, sizeof(pair));
	ASSERT_VERDICT(judge(with_pair(pair), ec), V_BAD_SIGNATURE);
}

static void a_signature_shorter_than_the_modulus_is_refused(void **state)
{
	struct str header = STR("{\"alg\":\"PS256\"}");
	struct str input = signer_input(a, header, CLAIMS);
	uint8_t bytes[512];
	struct str sig;

	(void)state;
	signer_bytes(rsa_long, input, bytes);
	sig = enc_b64url_in(a, bytes, 256);
	ASSERT_VERDICT(
		judge(arena_printf(a, "%.*s.%.*s", STR_ARG(input), STR_ARG(sig)), rsa_long),
		V_BAD_SIGNATURE);
	sig = enc_b64url_in(a, bytes, 255);
	ASSERT_VERDICT(
		judge(arena_printf(a, "%.*s.%.*s", STR_ARG(input), STR_ARG(sig)), rsa_long),
		V_MALFORMED);
}

/* A missing sub, iss, jti or exp is seen as absent, and so is one of another
 * type; the caller refuses it. */
static void claims_have_their_types(void **state)
{
	struct jws jws;
	int64_t t;

	(void)state;
	ASSERT_VERDICT(
		jws_parse(
			a,
			signer_token(
				ec, a, HEADER,
				STR("{\"iss\":1,\"sub\":null,\"aud\":[\"x\"],\"exp\":\"1\","
				    "\"iat\":1.5,\"nbf\":-1,\"big\":9007199254740993,"
				    "\"max\":9007199254740992,\"zero\":0}")),
			&jws),
		V_OK);
	assert_null(claim_text(&jws, "iss").p);
	assert_null(claim_text(&jws, "sub").p);
	assert_null(claim_text(&jws, "aud").p);
	assert_null(claim_text(&jws, "jti").p);
	assert_false(claim_time(&jws, "exp", &t));
	assert_false(claim_time(&jws, "iat", &t));
	assert_false(claim_time(&jws, "nbf", &t));
	assert_false(claim_time(&jws, "big", &t));
	assert_false(claim_time(&jws, "missing", &t));
	assert_true(claim_time(&jws, "max", &t));
	assert_int_equal(t, INT64_C(9007199254740992));
	assert_true(claim_time(&jws, "zero", &t));
	assert_int_equal(t, 0);
}

#define T(id, function)                                       \
	{                                                     \
		id ": " #function, function, begin, end, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T("oauth-C1", es256_is_accepted),
		T("oauth-C1", ps256_is_accepted),
		T("RFC 7515 A.3", the_example_of_the_rfc_is_accepted),
		T("oauth-C1", the_header_is_exposed),
		T("oauth-C1", another_clients_key_is_refused),
		T("oauth-C1", a_signature_in_der_is_refused),
		T("oauth-C1", every_flipped_bit_is_refused),
		T("oauth-C1", alg_none_is_refused),
		T("oauth-L1", other_algorithms_are_refused),
		T("oauth-L2", the_algorithm_is_the_keys),
		T("oauth-C1", crit_and_b64_are_refused),
		T("oauth-C1", a_member_twice_is_refused),
		T("oauth-C1", a_payload_that_is_no_object_is_refused),
		T("oauth-C1", trailing_bytes_are_refused),
		T("oauth-C1", padding_and_blanks_inside_are_refused),
		T("oauth-C1", spare_bits_are_refused),
		T("oauth-C1", wrong_counts_of_segments_are_refused),
		T("oauth-C1", a_number_without_end_is_refused),
		T("oauth-C1", deep_nesting_is_refused),
		T("oauth-C1", a_hundred_kibibytes_are_refused),
		T("oauth-C1", bytes_that_are_no_text_are_refused),
		T("oauth-C1", typ_and_kid_must_be_texts),
		T("oauth-L2", r_and_s_out_of_range_are_refused),
		T("oauth-L2", a_signature_shorter_than_the_modulus_is_refused),
		T("oauth-C1", claims_have_their_types),
	};

	return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
