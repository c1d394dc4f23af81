/* dpop_refused: proofs of possession that are refused, one test for each line of
 * oauth-D3. Headers of HTTP (their number, their name in capitals) belong to net
 * and oauth. Sources: RFC 9449, RFC 7515, RFC 3986.
 * SPDX-License-Identifier: Apache-2.0 */
#include "proofs.h"

static void two_proofs_joined_by_a_comma(void **state)
{
	struct proof p = good(), q = good();
	struct str one = write_proof(&p), two = write_proof(&q);

	(void)state;
	assert_int_equal(check(arena_printf(a, "%.*s,%.*s", STR_ARG(one), STR_ARG(two))),
			 V_MALFORMED);
	assert_int_equal(check(arena_printf(a, "%.*s, %.*s", STR_ARG(one), STR_ARG(two))),
			 V_MALFORMED);
	assert_int_equal(check(one), V_OK);
}

static void not_a_jwt(void **state)
{
	(void)state;
	assert_int_equal(check(STR("")), V_MALFORMED);
	assert_int_equal(check(STR("proof")), V_MALFORMED);
	assert_int_equal(check(STR("a.b.c")), V_MALFORMED);
	assert_int_equal(check(STR_NONE), V_MALFORMED);
	assert_good_still_works();
}

static void missing_typ(void **state)
{
	struct proof p = good();

	(void)state;
	p.typ = NULL;
	ASSERT_PROOF(p, V_TYPE);
	assert_good_still_works();
}

static void missing_alg(void **state)
{
	struct proof p = good();

	(void)state;
	p.alg = NULL;
	ASSERT_PROOF(p, V_ALGORITHM);
	assert_good_still_works();
}

static void missing_jwk(void **state)
{
	struct proof p = good();

	(void)state;
	p.jwk = NULL;
	ASSERT_PROOF(p, V_KEY);
	p.jwk = "null";
	ASSERT_PROOF(p, V_KEY);
	assert_good_still_works();
}

static void kid_only(void **state)
{
	struct proof p = good();

	(void)state;
	p.jwk = NULL;
	p.header = "\"kid\":\"registered\"";
	ASSERT_PROOF(p, V_KEY);
	assert_good_still_works();
}

static void missing_jti(void **state)
{
	struct proof p = good();

	(void)state;
	p.jti = NULL;
	p.claims = "\"x\":1";
	ASSERT_PROOF(p, V_CLAIMS);
	p.jti = "1";
	ASSERT_PROOF(p, V_CLAIMS);
	p.jti = "\"\"";
	ASSERT_PROOF(p, V_CLAIMS);
	assert_good_still_works();
}

static void missing_htm(void **state)
{
	struct proof p = good();

	(void)state;
	p.htm = NULL;
	ASSERT_PROOF(p, V_CLAIMS);
	p.htm = "[\"POST\"]";
	ASSERT_PROOF(p, V_CLAIMS);
	assert_good_still_works();
}

static void missing_htu(void **state)
{
	struct proof p = good();

	(void)state;
	p.htu = NULL;
	ASSERT_PROOF(p, V_CLAIMS);
	p.htu = "true";
	ASSERT_PROOF(p, V_CLAIMS);
	assert_good_still_works();
}

static void missing_iat(void **state)
{
	static const char *const iat[] = {
		NULL, "\"1790000000\"",     "1790000000.5", "1.79e9", "null",
		"-1", "9223372036854775807"
	};
	struct proof p = good();

	(void)state;
	for (size_t i = 0; i < COUNT(iat); i++) {
		p.iat = iat[i];
		ASSERT_PROOF(p, V_CLAIMS);
	}
	assert_good_still_works();
}

static void missing_ath(void **state)
{
	struct proof p = good();

	(void)state;
	expect.access_token = STR(TOKEN);
	ASSERT_PROOF(p, V_CLAIMS);
	p.ath = "1";
	ASSERT_PROOF(p, V_CLAIMS);
	p.ath = ath_of(TOKEN);
	ASSERT_PROOF(p, V_OK);
}

static void ath_of_another_token(void **state)
{
	struct proof p = good();

	(void)state;
	expect.access_token = STR(TOKEN);
	p.ath = ath_of("another");
	ASSERT_PROOF(p, V_CLAIMS);
	p.ath = arena_printf(a, "\"%s\"", TOKEN).p;
	ASSERT_PROOF(p, V_CLAIMS);
	p.ath = ath_of(TOKEN);
	ASSERT_PROOF(p, V_OK);
}

static void wrong_typ(void **state)
{
	static const char *const typ[] = { "\"JWT\"",
					   "\"at+jwt\"",
					   "\"dpop\"",
					   "\"dpop+jwt \"",
					   "\"client-authentication+jwt\"",
					   "\"\"" };
	struct proof p = good();

	(void)state;
	for (size_t i = 0; i < COUNT(typ); i++) {
		p.typ = typ[i];
		ASSERT_PROOF(p, V_TYPE);
	}
	assert_good_still_works();
}

static void alg_none(void **state)
{
	struct proof p = good();

	(void)state;
	p.alg = "\"none\"";
	ASSERT_PROOF(p, V_ALGORITHM);
	assert_good_still_works();
}

static void alg_rs256(void **state)
{
	struct proof p = good();

	(void)state;
	p.alg = "\"RS256\"";
	p.jwk = rsa->jwk.p;
	p.signer = rsa;
	ASSERT_PROOF(p, V_ALGORITHM);
	assert_good_still_works();
}

static void alg_hs256(void **state)
{
	struct proof p = good();

	(void)state;
	p.alg = "\"HS256\"";
	ASSERT_PROOF(p, V_ALGORITHM);
	assert_good_still_works();
}

static void alg_of_another_kind_of_key(void **state)
{
	struct proof p = good();

	(void)state;
	p.alg = "\"PS256\"";
	p.signer = rsa; /* 256 bytes, but jwk is EC */
	ASSERT_PROOF(p, V_ALGORITHM);
	assert_good_still_works();
}

static void bad_signature(void **state)
{
	struct proof p = good();
	struct str proof = write_proof(&p);
	char *c = (char *)(uintptr_t)proof.p + proof.n - 40;

	(void)state;
	*c = *c == 'A' ? 'B' : 'A';
	assert_int_equal(check(proof), V_BAD_SIGNATURE);
	assert_good_still_works();
}

/* The id is used up by its owner alone: a bad signature does not spend it. */
static void a_bad_signature_spends_no_id(void **state)
{
	struct proof p = good(), forged = p;

	(void)state;
	forged.signer = other;
	ASSERT_PROOF(forged, V_BAD_SIGNATURE);
	ASSERT_PROOF(p, V_OK);
	ASSERT_PROOF(p, V_REPLAYED);
}

static void another_key(void **state)
{
	struct proof p = good();

	(void)state;
	p.signer = other;
	ASSERT_PROOF(p, V_BAD_SIGNATURE);
	assert_good_still_works();
}

static void jwk_with_d(void **state)
{
	struct proof p = good();

	(void)state;
	p.jwk = arena_printf(a, "%.*s,\"d\":\"%.*s\"}", (int)ec->jwk.n - 1, ec->jwk.p,
			     STR_ARG(ec->x))
			.p;
	ASSERT_PROOF(p, V_KEY);
	assert_good_still_works();
}

static void jwk_of_kty_oct(void **state)
{
	struct proof p = good();

	(void)state;
	p.jwk = "{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}";
	ASSERT_PROOF(p, V_KEY);
	assert_good_still_works();
}

static void point_off_the_curve(void **state)
{
	struct proof p = good();

	(void)state;
	p.jwk = arena_printf(a,
			     "{\"kty\":\"EC\",\"crv\":\"P-256\","
			     "\"x\":\"%.*s\",\"y\":\"%.*s\"}",
			     STR_ARG(ec->x), STR_ARG(other->y))
			.p;
	ASSERT_PROOF(p, V_KEY);
	assert_good_still_works();
}

static void leading_zero_stripped(void **state)
{
	struct proof p = good();
	struct signer *s;
	uint8_t x[32];

	(void)state;
	for (;;) {
		s = signer_ec();
		assert_true(dec_b64url(s->x, x, sizeof(x)));
		if (x[0] == 0)
			break;
		signer_free(s);
	}
	p.signer = s;
	p.jwk = arena_printf(a,
			     "{\"kty\":\"EC\",\"crv\":\"P-256\","
			     "\"x\":\"%.*s\",\"y\":\"%.*s\"}",
			     STR_ARG(enc_b64url_in(a, x + 1, 31)), STR_ARG(s->y))
			.p;
	ASSERT_PROOF(p, V_KEY);
	p.jwk = s->jwk.p;
	ASSERT_PROOF(p, V_OK);
	signer_free(s);
}

static void htm_put(void **state)
{
	struct proof p = good();

	(void)state;
	p.htm = "\"PUT\"";
	ASSERT_PROOF(p, V_CLAIMS);
	p.htm = "\"post\""; /* RFC 9110 section 9.1: methods have case */
	ASSERT_PROOF(p, V_CLAIMS);
	assert_good_still_works();
}

static void refuse_addresses(const char *const *htu, size_t n)
{
	struct proof p = good();

	for (size_t i = 0; i < n; i++) {
		p.htu = arena_printf(a, "\"%s\"", htu[i]).p;
		ASSERT_PROOF(p, V_AUDIENCE);
	}
	assert_good_still_works();
}

static void htu_with_another_path(void **state)
{
	static const char *const htu[] = {
		"https://gateway.example/par",
		"https://gateway.example/token/",
		"https://gateway.example/tokens",
		"https://gateway.example/",
		"https://gateway.example",
		"https://gateway.example//token",
		"https://gateway.example/Token",
		"https://gateway.example/%74oken",
		"https://gateway.example/a/../token",
		"/token",
		"https://gateway.example?/token",
		"https://gateway.example#/token",
	};

	(void)state;
	refuse_addresses(htu, COUNT(htu));
}

static void htu_with_another_host(void **state)
{
	static const char *const htu[] = {
		"https://other.example/token",
		"https://gateway.example.evil/token",
		"https://gateway.example.:443/token",
		"https://gateway.example:8443/token",
		"https://gateway.example:444/token",
		"https://gateway.example:0443/token",
		"https://gateway.example:443:443/token",
		"https://gateway.example:/token",
		"https://gateway.example:80/token",
		"http://gateway.example/token",
		"http://gateway.example:443/token",
		"https://user@gateway.example/token",
		"https://evil\\\\@gateway.example/token",
		"https:/gateway.example/token",
		"https:gateway.example/token",
		"//gateway.example/token",
		"gateway.example/token",
		" https://gateway.example/token",
		"https://gateway.example /token",
		"https:///token",
		"",
		":",
		"https://:443/token",
	};

	(void)state;
	refuse_addresses(htu, COUNT(htu));
}

static void iat_an_hour_away(void **state)
{
	struct proof p = good();

	(void)state;
	p.iat = number(NOW - 3600);
	ASSERT_PROOF(p, V_TIME);
	p.iat = number(NOW + 3600);
	ASSERT_PROOF(p, V_TIME);
	p.iat = "0";
	ASSERT_PROOF(p, V_TIME);
	p.iat = "9007199254740992";
	ASSERT_PROOF(p, V_TIME);
	assert_good_still_works();
}

static void jti_of_256_bytes(void **state)
{
	struct proof p = good();
	char text[260];

	(void)state;
	memset(text, 'j', sizeof(text));
	p.jti = arena_printf(a, "\"%.257s\"", text).p;
	ASSERT_PROOF(p, V_CLAIMS);
	p.jti = arena_printf(a, "\"%.256s\"", text).p;
	ASSERT_PROOF(p, V_OK);
}

static void members_twice(void **state)
{
	struct proof p = good();

	(void)state;
	p.claims = "\"htm\":\"POST\"";
	ASSERT_PROOF(p, V_MALFORMED);
	p.claims = NULL;
	p.header = "\"alg\":\"ES256\"";
	ASSERT_PROOF(p, V_MALFORMED);
	p.header = NULL;
	p.jwk = arena_printf(a, "%.*s,\"kty\":\"EC\"}", (int)ec->jwk.n - 1, ec->jwk.p).p;
	ASSERT_PROOF(p, V_MALFORMED);
	assert_good_still_works();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T("oauth-D3", two_proofs_joined_by_a_comma),
		T("oauth-D3", not_a_jwt),
		T("oauth-D3", missing_typ),
		T("oauth-D3", missing_alg),
		T("oauth-D3", missing_jwk),
		T("oauth-D3", missing_jti),
		T("oauth-D3", missing_htm),
		T("oauth-D3", missing_htu),
		T("oauth-D3", missing_iat),
		T("oauth-D3", missing_ath),
		T("oauth-D3", wrong_typ),
		T("oauth-D3", alg_none),
		T("oauth-D3", alg_rs256),
		T("oauth-D3", alg_hs256),
		T("oauth-D3", alg_of_another_kind_of_key),
		T("oauth-D3", bad_signature),
		T("oauth-D3", jwk_with_d),
		T("oauth-D3", jwk_of_kty_oct),
		T("oauth-D3", point_off_the_curve),
		T("oauth-D3", leading_zero_stripped),
		T("oauth-D3", htm_put),
		T("oauth-D3", htu_with_another_path),
		T("oauth-D3", htu_with_another_host),
		T("oauth-D3", iat_an_hour_away),
		T("oauth-D3", ath_of_another_token),
		T("oauth-D3", another_key),
		T("oauth-D3", kid_only),
		T("oauth-D3", members_twice),
		T("oauth-D1", jti_of_256_bytes),
		T("oauth-D5", a_bad_signature_spends_no_id),
	};

	return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
