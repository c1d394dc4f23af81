/* Unit test of the agent's reading of the gateway's answers (agent/gateway.h)
 * and of the text that is signed, against the vector in tests/vectors, which
 * was made with other tools. Run from the top of the sources.
 * Sources: formats.md (card protocol) as the vector's text, RFC 9457.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

#include "agent/gateway.h"
#include "agent/show.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/enc.h"
#include "base/signmsg.h"

#define HANDLE "dHJhbnNhY3Rpb24tb2YtdGhlLXZlY3Rvci0wMTIzNDU"

static struct arena *arena;
static json_t *vector;

static int open_vector(void **state)
{
	(void)state;
	arena = arena_new();
	vector = json_load_file("tests/vectors/card-sign-in.json", JSON_REJECT_DUPLICATES,
				NULL);
	return vector == NULL;
}

static int close_vector(void **state)
{
	(void)state;
	json_decref(vector);
	arena_free(arena);
	return 0;
}

static struct str of(const char *name)
{
	return str_of(json_string_value(json_object_get(vector, name)));
}

static struct agent_gateway gateway(void)
{
	return (struct agent_gateway){ .arena = arena, .origin = of("origin") };
}

static void the_signed_text_is_that_of_the_vector(void **state)
{
	struct str show = dec_b64url_in(arena, of("show"));
	struct str message = signmsg_sign_in(arena, of("origin"), of("transaction"),
					     of("challenge"), of("digits"), show);
	uint8_t hash[SHA256_LEN];

	(void)state;
	assert_true(str_eq(message, of("message")));
	digest_sha256(message, hash);
	assert_true(str_eq(enc_hex_in(arena, hash, sizeof(hash)), of("sha256")));
}

static void what_the_vector_shows_can_be_shown(void **state)
{
	struct agent_show show;
	const char *why = NULL;

	(void)state;
	assert_true(show_read(arena, dec_b64url_in(arena, of("show")), &show, &why));
	assert_true(show.child);
	assert_int_equal(show.items.count, 1);
}

static void origins_are_those_of_the_vector(void **state)
{
	json_t *pair;
	size_t i;

	(void)state;
	json_array_foreach(json_object_get(vector, "origins"), i, pair)
	{
		json_t *given = json_array_get(pair, 0), *hoped = json_array_get(pair, 1);
		struct str origin = gateway_origin(arena, str_of(json_string_value(given)));

		if (!str_eq(origin, str_of(json_string_value(hoped))) ||
		    (origin.p == NULL) != json_is_null(hoped))
			fail_msg("%s became %.*s", json_string_value(given),
				 STR_ARG(origin));
	}
}

static enum agent_fault begun(const char *issuer, const char *transaction, const char *rest)
{
	struct agent_gateway g = gateway();
	struct gateway_begun out;

	return gateway_read_begun(
		&g,
		arena_printf(arena,
			     "{\"transaction\":\"%s\",\"challenge\":\"" HANDLE
			     "\",\"issuer\":\"%s\",%s}",
			     transaction, issuer, rest),
		&out);
}

#define REST "\"expires_in\":120,\"show\":\"e30\""

static void only_our_own_origin_is_an_issuer(void **state)
{
	static const char *const others[] = {
		"https://other.example",
		"https://gateway.example",
		"https://gateway.example:8444",
		"http://gateway.example:8443",
		"https://gateway.example:8443/x",
		"https://gateway.example:8443.other.example",
		"",
		"https://gateway.example:8443@other.example",
	};

	(void)state;
	assert_int_equal(begun("https://gateway.example:8443", HANDLE, REST), FAULT_NONE);
	for (size_t i = 0; i < COUNT(others); i++)
		assert_int_equal(begun(others[i], HANDLE, REST), FAULT_GATEWAY_FALSE);
}

static void handles_are_32_bytes(void **state)
{
	static const char *const odd[] = {
		"",
		"x",
		"../../../../../../../../../../../../../../x",
		HANDLE "A",
		"dHJhbnNhY3Rpb24tb2YtdGhlLXZlY3Rvci0wMTIzNDV", /* unused bits */
		"dHJhbnNhY3Rpb24tb2YtdGhlLXZlY3Rvci0wMTIzND=",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(odd); i++)
		assert_int_equal(begun("https://gateway.example:8443", odd[i], REST),
				 FAULT_GATEWAY_SHAPE);
}

static void a_life_is_a_number_of_seconds(void **state)
{
	static const char *const odd[] = { "0",    "-1",   "1.5", "\"120\"",
					   "null", "3601", "1e3" };

	(void)state;
	for (size_t i = 0; i < COUNT(odd); i++)
		assert_int_equal(
			begun("https://gateway.example:8443", HANDLE,
			      arena_printf(arena, "\"expires_in\":%s,\"show\":\"e30\"",
					   odd[i])
				      .p),
			FAULT_GATEWAY_SHAPE);
}

static void the_deadline_is_counted_from_the_answer(void **state)
{
	struct agent_gateway g = gateway();
	struct gateway_begun out;
	int64_t before = clock_mono_ms();

	(void)state;
	assert_int_equal(
		gateway_read_begun(
			&g,
			STR("{\"transaction\":\"" HANDLE "\",\"challenge\":\"" HANDLE
			    "\",\"issuer\":\"https://gateway.example:8443\"," REST "}"),
			&out),
		FAULT_NONE);
	assert_in_range(out.deadline - before, 120000, 125000);
	assert_true(str_is(out.show, "{}"));
}

static enum agent_fault signed_with(const char *code, struct gateway_signed *out)
{
	struct agent_gateway g = gateway();

	return gateway_read_signed(
		&g,
		arena_printf(arena, "{\"return_code\":\"%s\",\"expires_in\":120}", code),
		out);
}

static void return_codes_are_for_people(void **state)
{
	static const char *const odd[] = { "",         "K7M2Q",        "K7M2QXX",
					   "K7M2Q0",   "K7M2QO",       "K7M2Q1",
					   "K7M2QI",   "k7m2qx",       "K7M2Q ",
					   "K7M2Q\\n", "K7M2Q\\u001b", "もどりコード" };
	struct gateway_signed out;

	(void)state;
	assert_int_equal(signed_with("K7M2QX", &out), FAULT_NONE);
	assert_true(str_is(out.return_code, "K7M2QX"));
	assert_int_equal(out.expires_in, 120);
	for (size_t i = 0; i < COUNT(odd); i++)
		assert_int_equal(signed_with(odd[i], &out), FAULT_GATEWAY_SHAPE);
}

/* RFC 9457 section 3.1.1: "type" is a URI reference */
static void problems_are_known_by_the_last_part_of_their_type(void **state)
{
	static const struct {
		const char *body, *slug;
		int left;
	} seen[] = {
		{ "{\"type\":\"https://x.example/problems/digits-wrong\",\"tries_left\":4}",
		  "digits-wrong", 4 },
		{ "{\"type\":\"/problems/card-revoked\"}", "card-revoked", -1 },
		{ "{\"type\":\"no-linkage\",\"tries_left\":\"4\"}", "no-linkage", -1 },
		{ "{\"type\":\"https://x.example/problems/\",\"tries_left\":-1}", "", -1 },
		{ "{\"type\":\"/problems/Digits_Wrong\",\"tries_left\":1000}", NULL, -1 },
		{ "{\"type\":7}", "", -1 },
		{ "{\"type\":\"a\",\"type\":\"b\"}", "", -1 },
		{ "<html>", "", -1 },
		{ "", "", -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(seen); i++) {
		struct agent_gateway g = gateway();

		gateway_read_problem(&g, str_of(seen[i].body));
		assert_true(str_eq(g.slug, str_of(seen[i].slug)));
		assert_int_equal(g.tries_left, seen[i].left);
		assert_true(strlen(agent_refusal_text(g.slug, true)) > 0);
	}
}

static void every_fault_has_words_and_an_exit_code(void **state)
{
	(void)state;
	for (int fault = FAULT_NONE + 1; fault < FAULT_COUNT; fault++) {
		assert_in_range(agent_fault_exit((enum agent_fault)fault), AGENT_FAILED,
				AGENT_UNREACHABLE);
		assert_true(strlen(agent_fault_text((enum agent_fault)fault, true)) > 0);
		assert_true(strlen(agent_fault_text((enum agent_fault)fault, false)) > 0);
	}
}

/* Every prefix and every single changed byte of a good answer is read without
 * harm, and never with another issuer. */
static void broken_answers_harm_nothing(void **state)
{
	static const char good[] = "{\"transaction\":\"" HANDLE "\",\"challenge\":\"" HANDLE
				   "\",\"issuer\":\"https://gateway.example:8443\"," REST
				   "}";

	(void)state;
	for (size_t i = 0; i < sizeof(good) - 1; i++) {
		for (int c = 0; c < 256; c += 5) {
			struct agent_gateway g = gateway();
			struct gateway_begun out;
			char copy[sizeof(good)];

			g.arena = arena_new();
			memcpy(copy, good, sizeof(good));
			copy[i] = (char)c;
			(void)!gateway_read_begun(
				&g, (struct str){ copy, sizeof(good) - 1 }, &out);
			assert_int_not_equal(
				gateway_read_begun(&g, (struct str){ copy, i }, &out),
				FAULT_NONE);
			gateway_read_problem(&g, (struct str){ copy, sizeof(good) - 1 });
			arena_free(g.arena);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_signed_text_is_that_of_the_vector),
		cmocka_unit_test(what_the_vector_shows_can_be_shown),
		cmocka_unit_test(origins_are_those_of_the_vector),
		cmocka_unit_test(only_our_own_origin_is_an_issuer),
		cmocka_unit_test(handles_are_32_bytes),
		cmocka_unit_test(a_life_is_a_number_of_seconds),
		cmocka_unit_test(the_deadline_is_counted_from_the_answer),
		cmocka_unit_test(return_codes_are_for_people),
		cmocka_unit_test(problems_are_known_by_the_last_part_of_their_type),
		cmocka_unit_test(every_fault_has_words_and_an_exit_code),
		cmocka_unit_test(broken_answers_harm_nothing),
	};

	return cmocka_run_group_tests(tests, open_vector, close_vector);
}
