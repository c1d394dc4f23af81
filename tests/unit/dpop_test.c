/* dpop: proofs of possession, one test for each line of oauth-D3 (refused) and
 * oauth-D4 (must pass), the limits of D2 and the replays of D5. Headers of
 * HTTP (their number, their name in capitals) belong to net and oauth.
 * Sources: RFC 9449, RFC 7515, RFC 3986.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/err.h>
#include <sys/wait.h>
#include <unistd.h>

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

static int make_keys(void **state)
{
	(void)state;
	replay_share(4096);
	ec = signer_ec();
	other = signer_ec();
	rsa = signer_rsa(2048);
	return 0;
}

static int drop_keys(void **state)
{
	(void)state;
	signer_free(ec);
	signer_free(other);
	signer_free(rsa);
	keycache_clear();
	return 0;
}

static int begin(void **state)
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

static int end(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static const char *number(int64_t v)
{
	return arena_printf(a, "%lld", (long long)v).p;
}

static struct proof good(void)
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

static void member(struct buf *b, const char *name, const char *value)
{
	if (value != NULL)
		buf_printf(b, "%s\"%s\":%s", b->n > 1 ? "," : "", name, value);
}

static struct str closed(struct buf *b, const char *more)
{
	struct str s;

	if (more != NULL)
		buf_printf(b, ",%s", more);
	buf_byte(b, '}');
	s = arena_str(a, buf_str(b));
	buf_free(b);
	return s;
}

static struct str write_proof(const struct proof *p)
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
	return signer_token(p->signer, a, closed(&h, p->header),
			    closed(&c, p->claims));
}

static enum verdict check(struct str proof)
{
	enum verdict v;

	jkt[0] = '\0';
	v = dpop_check(a, proof, &expect, jkt);
	assert_int_equal(jkt[0] != '\0', v == V_OK);
	assert_int_equal(ERR_peek_error(), 0);
	return v;
}

#define ASSERT_PROOF(p, expected)                                             \
	assert_string_equal(verdict_word(check(write_proof(&(p)))),           \
			    verdict_word(expected))

/* The family ends with the same request, correct. */
static void assert_good_still_works(void)
{
	struct proof p = good();

	ASSERT_PROOF(p, V_OK);
}

static void a_good_proof_passes(void **state)
{
	struct proof p = good();

	(void)state;
	ASSERT_PROOF(p, V_OK);
	assert_int_equal(strlen(jkt), JKT_LEN);
}

static void a_proof_with_ps256_passes(void **state)
{
	struct proof p = good();

	(void)state;
	p.alg = "\"PS256\"";
	p.jwk = rsa->jwk.p;
	p.signer = rsa;
	ASSERT_PROOF(p, V_OK);
}

#define RFC_JKT "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"

/* RFC 9449 figure 2: a proof that was not made by us, and its jkt */
static void the_example_of_the_rfc_passes(void **state)
{
	struct str proof = STR(
		"eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6"
		"IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFV"
		"ZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5"
		"VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0V"
		"TYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmV"
		"yLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8"
		"lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FN"
		"yJK70nfbV37xRZT3Lg");

	(void)state;
	expect.base_url = STR("https://server.example.com");
	expect.now_ms = INT64_C(1562262616000);
	assert_int_equal(check(proof), V_OK);
	assert_string_equal(jkt, RFC_JKT);
}

/* RFC 9449 figure 12: with ath, at a resource */
static void the_example_with_ath_passes(void **state)
{
	struct str proof = STR(
		"eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6"
		"IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFV"
		"ZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5"
		"VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiJlMWozVl9"
		"iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJ"
		"jZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI"
		"2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUl"
		"pS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1ple"
		"mAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA");

	(void)state;
	expect.method = STR("GET");
	expect.base_url = STR("https://resource.example.org");
	expect.path = STR("/protectedresource");
	expect.access_token =
		STR("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU");
	expect.now_ms = INT64_C(1562262618000);
	assert_int_equal(check(proof), V_OK);
	assert_string_equal(jkt, RFC_JKT);
}

static void two_proofs_joined_by_a_comma(void **state)
{
	struct proof p = good(), q = good();
	struct str one = write_proof(&p), two = write_proof(&q);

	(void)state;
	assert_int_equal(check(arena_printf(a, "%.*s,%.*s", STR_ARG(one),
					    STR_ARG(two))),
			 V_MALFORMED);
	assert_int_equal(check(arena_printf(a, "%.*s, %.*s", STR_ARG(one),
					    STR_ARG(two))),
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
	static const char *const iat[] = { NULL,	   "\"1790000000\"",
					   "1790000000.5", "1.79e9",
					   "null",	   "-1",
					   "9223372036854775807" };
	struct proof p = good();

	(void)state;
	for (size_t i = 0; i < COUNT(iat); i++) {
		p.iat = iat[i];
		ASSERT_PROOF(p, V_CLAIMS);
	}
	assert_good_still_works();
}

static const char *ath_of(const char *token)
{
	uint8_t hash[SHA256_LEN];
	struct str text;

	digest_sha256(str_of(token), hash);
	text = enc_b64url_in(a, hash, sizeof(hash));
	return arena_printf(a, "\"%.*s\"", STR_ARG(text)).p;
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
	static const char *const typ[] = { "\"JWT\"", "\"at+jwt\"",
					   "\"dpop\"", "\"dpop+jwt \"",
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
	p.jwk = arena_printf(a, "%.*s,\"d\":\"%.*s\"}", (int)ec->jwk.n - 1,
			     ec->jwk.p, STR_ARG(ec->x)).p;
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
			     STR_ARG(ec->x), STR_ARG(other->y)).p;
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
			     STR_ARG(enc_b64url_in(a, x + 1, 31)),
			     STR_ARG(s->y)).p;
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
		"https://gateway.example/par", "https://gateway.example/token/",
		"https://gateway.example/tokens", "https://gateway.example/",
		"https://gateway.example", "https://gateway.example//token",
		"https://gateway.example/Token",
		"https://gateway.example/%74oken",
		"https://gateway.example/a/../token", "/token",
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
		"https:/gateway.example/token", "https:gateway.example/token",
		"//gateway.example/token", "gateway.example/token",
		" https://gateway.example/token",
		"https://gateway.example /token", "https:///token", "", ":",
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

static void the_window_is_from_minus_60_to_plus_30(void **state)
{
	static const struct {
		int64_t iat;
		enum verdict v;
	} line[] = { { -61, V_TIME }, { -60, V_OK }, { 30, V_OK },
		     { 31, V_TIME } };

	(void)state;
	for (size_t i = 0; i < COUNT(line); i++) {
		struct proof p = good();

		p.iat = number(NOW + line[i].iat);
		ASSERT_PROOF(p, line[i].v);
	}
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
	p.jwk = arena_printf(a, "%.*s,\"kty\":\"EC\"}", (int)ec->jwk.n - 1,
			     ec->jwk.p).p;
	ASSERT_PROOF(p, V_MALFORMED);
	assert_good_still_works();
}

static void must_pass_htu(const char *htu)
{
	struct proof p = good();

	p.htu = arena_printf(a, "\"%s\"", htu).p;
	ASSERT_PROOF(p, V_OK);
}

static void htu_with_query_or_fragment_passes(void **state)
{
	(void)state;
	must_pass_htu("https://gateway.example/token?a=b");
	must_pass_htu("https://gateway.example/token#part");
	must_pass_htu("https://gateway.example/token?a=/b#c?d");
	must_pass_htu("https://gateway.example/token?");
}

static void scheme_and_host_in_capitals_pass(void **state)
{
	(void)state;
	must_pass_htu("HTTPS://GATEWAY.EXAMPLE/token");
	must_pass_htu("Https://Gateway.Example:443/token");
}

static void an_explicit_port_443_passes(void **state)
{
	(void)state;
	must_pass_htu("https://gateway.example:443/token");
	expect.base_url = STR("https://gateway.example:443");
	must_pass_htu("https://gateway.example/token");
	expect.base_url = STR("https://gateway.example:8443");
	must_pass_htu("https://gateway.example:8443/token");
	expect.base_url = STR("https://[::1]:8443");
	must_pass_htu("https://[::1]:8443/token");
	expect.base_url = STR("https://gateway.example/under");
	must_pass_htu("https://gateway.example/under/token");
	expect.base_url = STR("https://gateway.example/");
	must_pass_htu("https://gateway.example/token");
}

static void unknown_members_pass(void **state)
{
	struct proof p = good();

	(void)state;
	p.header = "\"kid\":\"k\",\"x\":{\"y\":[1,2]}";
	p.claims = "\"nonce\":\"n\",\"sub\":1,\"z\":[{}]";
	ASSERT_PROOF(p, V_OK);
}

static void nbf_now_and_exp_in_five_minutes_pass(void **state)
{
	struct proof p = good();

	(void)state;
	p.claims = arena_printf(a, "\"nbf\":%lld,\"exp\":%lld",
				(long long)NOW, (long long)NOW + 300).p;
	ASSERT_PROOF(p, V_OK);
}

static void iat_ten_seconds_away_passes(void **state)
{
	struct proof p = good(), q = good();

	(void)state;
	p.iat = number(NOW - 10);
	ASSERT_PROOF(p, V_OK);
	q.iat = number(NOW + 10);
	ASSERT_PROOF(q, V_OK);
}

static void typ_in_capitals_passes(void **state)
{
	struct proof p = good();

	(void)state;
	p.typ = "\"DPoP+JWT\"";
	ASSERT_PROOF(p, V_OK);
}

static void ath_at_the_authorization_server_passes(void **state)
{
	struct proof p = good();

	(void)state;
	p.ath = ath_of("anything");
	ASSERT_PROOF(p, V_OK);
}

static void nbf_and_exp_are_honoured(void **state)
{
	static const struct {
		const char *name;
		int64_t from_now;
		enum verdict v;
	} line[] = { { "exp", 0, V_TIME },   { "exp", -1, V_TIME },
		     { "exp", 1, V_OK },     { "nbf", 31, V_TIME },
		     { "nbf", 3600, V_TIME }, { "nbf", 30, V_OK } };

	(void)state;
	for (size_t i = 0; i < COUNT(line); i++) {
		struct proof p = good();

		p.claims = arena_printf(a, "\"%s\":%lld", line[i].name,
					(long long)(NOW + line[i].from_now)).p;
		ASSERT_PROOF(p, line[i].v);
	}
}

static void nbf_and_exp_are_numbers(void **state)
{
	struct proof p = good();

	(void)state;
	p.claims = "\"exp\":\"never\"";
	ASSERT_PROOF(p, V_CLAIMS);
	p.claims = "\"nbf\":null";
	ASSERT_PROOF(p, V_CLAIMS);
}

static void a_replay_is_refused(void **state)
{
	struct proof p = good();
	struct str proof = write_proof(&p);

	(void)state;
	assert_int_equal(check(proof), V_OK);
	assert_int_equal(check(proof), V_REPLAYED);
	/* the same id signed anew, its address written otherwise */
	p.htu = "\"HTTPS://gateway.example:443/token?again\"";
	ASSERT_PROOF(p, V_REPLAYED);
	expect.path = STR("/par");
	p.htu = "\"https://gateway.example/par\"";
	ASSERT_PROOF(p, V_OK);
}

static void a_replay_at_iat_plus_89_is_refused(void **state)
{
	struct proof p = good();
	struct str proof;

	(void)state;
	p.iat = number(NOW + 30);
	proof = write_proof(&p);
	assert_int_equal(check(proof), V_OK);
	expect.now_ms += 89000; /* iat + 59 */
	assert_int_equal(check(proof), V_REPLAYED);
	expect.now_ms += 30000; /* iat + 89 */
	assert_int_equal(check(proof), V_TIME);
}

static void a_replay_on_another_worker_is_refused(void **state)
{
	struct proof p = good();
	struct str proof = write_proof(&p);
	pid_t pid = fork();
	int status;

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(dpop_check(a, proof, &expect, jkt) == V_OK ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(check(proof), V_REPLAYED);
}

/* The proof's own time is what the caller says; how long ids are kept follows
 * the monotonic clock alone. */
static void steps_of_the_wall_clock_empty_nothing(void **state)
{
	static const int64_t hours[] = { 1, -1, 87660, -87660 };
	static int64_t offset;
	struct proof p = good();
	struct str proof = write_proof(&p);

	(void)state;
	clock_share_offset(&offset);
	assert_int_equal(check(proof), V_OK);
	for (size_t i = 0; i < COUNT(hours); i++) {
		offset = hours[i] * 3600 * 1000;
		assert_int_equal(check(proof), V_REPLAYED);
	}
	offset = 0;
}

#define T(id, function) { id ": " #function, function, begin, end, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		T("oauth-D1", a_good_proof_passes),
		T("oauth-D1", a_proof_with_ps256_passes),
		T("RFC 9449", the_example_of_the_rfc_passes),
		T("RFC 9449", the_example_with_ath_passes),
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
		T("oauth-D2", the_window_is_from_minus_60_to_plus_30),
		T("oauth-D1", jti_of_256_bytes),
		T("oauth-D4", htu_with_query_or_fragment_passes),
		T("oauth-D4", scheme_and_host_in_capitals_pass),
		T("oauth-D4", an_explicit_port_443_passes),
		T("oauth-D4", unknown_members_pass),
		T("oauth-D4", nbf_now_and_exp_in_five_minutes_pass),
		T("oauth-D4", iat_ten_seconds_away_passes),
		T("oauth-D4", typ_in_capitals_passes),
		T("oauth-D4", ath_at_the_authorization_server_passes),
		T("oauth-D1", nbf_and_exp_are_honoured),
		T("oauth-D1", nbf_and_exp_are_numbers),
		T("oauth-D5", a_replay_is_refused),
		T("oauth-D5", a_replay_at_iat_plus_89_is_refused),
		T("oauth-D5", a_replay_on_another_worker_is_refused),
		T("oauth-D5", a_bad_signature_spends_no_id),
		T("faults-F43", steps_of_the_wall_clock_empty_nothing),
	};

	return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
