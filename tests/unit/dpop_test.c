/* dpop: proofs of possession that must pass (oauth-D4), the limits of D2 and the
 * replays of D5. What is refused stands in dpop_refused_test.
 * Sources: RFC 9449, RFC 7515, RFC 3986.
 * SPDX-License-Identifier: Apache-2.0 */
#include <sys/wait.h>
#include <unistd.h>

#include "proofs.h"

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
	expect.access_token = STR("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU");
	expect.now_ms = INT64_C(1562262618000);
	assert_int_equal(check(proof), V_OK);
	assert_string_equal(jkt, RFC_JKT);
}

static void the_window_is_from_minus_60_to_plus_30(void **state)
{
	static const struct {
		int64_t iat;
		enum verdict v;
	} line[] = { { -61, V_TIME }, { -60, V_OK }, { 30, V_OK }, { 31, V_TIME } };

	(void)state;
	for (size_t i = 0; i < COUNT(line); i++) {
		struct proof p = good();

		p.iat = number(NOW + line[i].iat);
		ASSERT_PROOF(p, line[i].v);
	}
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
	p.claims = arena_printf(a, "\"nbf\":%lld,\"exp\":%lld", (long long)NOW,
				(long long)NOW + 300)
			   .p;
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
	} line[] = { { "exp", 0, V_TIME },  { "exp", -1, V_TIME },   { "exp", 1, V_OK },
		     { "nbf", 31, V_TIME }, { "nbf", 3600, V_TIME }, { "nbf", 30, V_OK } };

	(void)state;
	for (size_t i = 0; i < COUNT(line); i++) {
		struct proof p = good();

		p.claims = arena_printf(a, "\"%s\":%lld", line[i].name,
					(long long)(NOW + line[i].from_now))
				   .p;
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		T("oauth-D1", a_good_proof_passes),
		T("oauth-D1", a_proof_with_ps256_passes),
		T("RFC 9449", the_example_of_the_rfc_passes),
		T("RFC 9449", the_example_with_ath_passes),
		T("oauth-D2", the_window_is_from_minus_60_to_plus_30),
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
		T("faults-F43", steps_of_the_wall_clock_empty_nothing),
	};

	return cmocka_run_group_tests(tests, make_keys, drop_keys);
}
