/* screen: the cut and the schema over the shipped catalogue, with the text an
 * agency might send, well-meant or hostile. Folder, variables and seed: see
 * screening.h. The guard within the screen: guard_test.
 * SPDX-License-Identifier: Apache-2.0 */
#include "screening.h"

#include "base/buf.h"
#include "base/text.h"

static void fails(const char *text, const char *reason, const char *path)
{
	AUTO(arena) struct arena *a = arena_new();
	struct screen_result r;

	if (screen(a, text, &r) != SCREENED_AGENCY_ERROR)
		fail_msg("%s: verdict %d", text, (int)r.verdict);
	if (strcmp(r.reason, reason) != 0 || !str_is(r.path, path))
		fail_msg("%s: %s at %.*s", text, r.reason, STR_ARG(r.path));
	assert_null(r.text.p);
}

static void declared_members_pass_verbatim(void **state)
{
	static const char *const same[] = {
		"[]",
		" [ ] ",
		"[{" BASE "}]",
		"[{" BASE "},{" BASE "}]",
		"\n[ {\t" BASE " } ]\r\n",
		RECORD("\"nameKana\":\"\\u30a2\\u30aa\""),
		RECORD("\"\\u0061lias\":\"A\\\\B\\/\\\"\\n\""),
		RECORD("\"householdSize\":-0"),
		RECORD("\"alias\":\"\\ud83d\\ude00😀\""),
		RECORD("\"birthDate\":\"2024-02-29\""),
		RECORD("\"members\":[]"),
		RECORD("\"members\":[{\"name\":\"a\",\"relationship\":\"子\","
		       "\"relationshipCode\":\"child\"}]"),
	};

	(void)state;
	for (size_t i = 0; i < COUNT(same); i++)
		passes(same[i], same[i], 0);
}

static void undeclared_members_are_cut(void **state)
{
	(void)state;
	passes("[{\"x\":1," BASE "}]", "[{" BASE "}]", 1);
	passes("[{\"x\":1,\"y\":2," BASE "}]", "[{" BASE "}]", 2);
	passes("[{" BASE ",\"x\":1}]", "[{" BASE "}]", 1);
	passes("[{" BASE ",\"x\":1,\"y\":[1,{\"name\":{}}]}]", "[{" BASE "}]", 2);
	passes("[{" BASE ",\"x\":{\"a\":[],\"b\":null},\"alias\":\"A\"}]",
	       RECORD("\"alias\":\"A\""), 1);
	passes("[ { \"x\" : 1 , " BASE " , \"y\" : 2 } ]", "[ { " BASE " } ]", 2);
	passes("[{\"\":0," BASE ",\"\\u006eames\":\"\"}]", "[{" BASE "}]", 2);
	passes(RECORD("\"address\":{\"x\":1,\"municipalityCode\":\"1\",\"y\":2,"
		      "\"prefecture\":\"2\",\"municipality\":\"3\",\"z\":3}"),
	       RECORD("\"address\":{\"municipalityCode\":\"1\","
		      "\"prefecture\":\"2\",\"municipality\":\"3\"}"),
	       3);
	passes(RECORD("\"formerAddress\":{\"x\":1 , \"y\":2 }"),
	       RECORD("\"formerAddress\":{ }"), 2);
	passes("[{" BASE ",\"q\":1},{\"q\":1," BASE "}]", "[{" BASE "},{" BASE "}]", 2);
	/* a declared name in another place is not declared there */
	passes(RECORD("\"formerAddress\":{\"name\":\"a\"}"), RECORD("\"formerAddress\":{}"),
	       1);
}

static void a_record_meets_its_schema(void **state)
{
	(void)state;
	fails("[{}]", "missing", "[0].isHouseholder");
	fails("[{" BASE "},{}]", "missing", "[1].isHouseholder");
	fails("[1]", "not_an_object", "[0]");
	fails("[{" BASE "},[]]", "not_an_object", "[1]");
	fails(RECORD("\"alias\":1"), "wrong_type", "[0].alias");
	fails(RECORD("\"alias\":true"), "wrong_type", "[0].alias");
	fails(RECORD("\"alias\":null"), "null", "[0].alias");
	fails(RECORD("\"alias\":{\"a\":1}"), "wrong_type", "[0].alias");
	fails(RECORD("\"alias\":[\"a\"]"), "wrong_type", "[0].alias");
	fails(RECORD("\"birthDateUnknown\":1"), "wrong_type", "[0].birthDateUnknown");
	fails(RECORD("\"birthDateUnknown\":null"), "null", "[0].birthDateUnknown");
	fails(RECORD("\"address\":\"a\""), "wrong_type", "[0].address");
	fails(RECORD("\"address\":[]"), "wrong_type", "[0].address");
	fails(RECORD("\"address\":{}"), "missing", "[0].address.municipalityCode");
	fails(RECORD("\"members\":{}"), "wrong_type", "[0].members");
	fails(RECORD("\"members\":[1]"), "wrong_type", "[0].members[0]");
	fails(RECORD("\"members\":[[]]"), "wrong_type", "[0].members[0]");
	fails(RECORD("\"members\":[{\"name\":\"a\",\"relationship\":\"子\","
		     "\"relationshipCode\":\"child\"},{\"name\":1}]"),
	      "wrong_type", "[0].members[1].name");
	fails(RECORD("\"sex\":\"3\""), "unknown_code", "[0].sex");
	fails(RECORD("\"sex\":1"), "wrong_type", "[0].sex");
}

static void dates_exist(void **state)
{
	static const char *const wrong[] = {
		"2023-02-29",    "1900-02-29",  "2024-13-01",     "2024-00-01",
		"2024-01-00",    "2024-04-31",  "2024-1-1",       "2024/01/01",
		"20240101",      "2024-01-01 ", "２０２４-01-01", "",
		"2024-01-01T00", "+024-01-01",
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		snprintf(text, sizeof(text), RECORD("\"birthDate\":\"%s\""), wrong[i]);
		fails(text, "not_a_date", "[0].birthDate");
	}
	passes(RECORD("\"birthDate\":\"2000-02-2\\u0039\""),
	       RECORD("\"birthDate\":\"2000-02-2\\u0039\""), 0);
}

static void numbers_are_integers_of_eleven_digits(void **state)
{
	(void)state;
	passes(RECORD("\"householdSize\":99999999999"),
	       RECORD("\"householdSize\":99999999999"), 0);
	passes(RECORD("\"householdSize\":-99999999999"),
	       RECORD("\"householdSize\":-99999999999"), 0);
	fails(RECORD("\"householdSize\":100000000000"), "out_of_range",
	      "[0].householdSize");
	fails(RECORD("\"householdSize\":1.0"), "not_an_integer", "[0].householdSize");
	fails(RECORD("\"householdSize\":1e2"), "not_an_integer", "[0].householdSize");
	fails(RECORD("\"householdSize\":\"1\""), "wrong_type", "[0].householdSize");
}

static void lengths_count_characters(void **state)
{
	AUTO(buf) struct buf fits = { 0 }, longer = { 0 };

	(void)state;
	buf_adds(&fits, "[{" BASE ",\"formerSurname\":\"");
	for (int i = 0; i < 49; i++)
		buf_adds(&fits, "\xF0\xA0\xAE\xB7"); /* 𠮷 */
	buf_add(&longer, buf_str(&fits));
	buf_adds(&fits, "\\ud842\\udfb7\"}]");
	buf_adds(&longer, "\\ud842\\udfb7a\"}]");
	buf_byte(&fits, '\0');
	buf_byte(&longer, '\0');
	passes(fits.p, fits.p, 0);
	fails(longer.p, "too_long", "[0].formerSurname");
}

static void malformed_text_is_the_agencys_error(void **state)
{
	static const char *const wrong[] = {
		"[",
		"[{",
		"[{\"",
		"[{\"name",
		"[{\"name\"",
		"[{\"name\":",
		"[{" BASE,
		"[{" BASE "}",
		"[{" BASE "}]x",
		"[{" BASE "}],",
		"[{" BASE "},]",
		"[{" BASE ",}]",
		"[,]",
		"[{,}]",
		"[{1:2}]",
		RECORD("\"x\":tru"),
		RECORD("\"x\":nul"),
		RECORD("\"x\":TRUE"),
		RECORD("\"x\":'a'"),
		RECORD("\"x\":01"),
		RECORD("\"x\":-"),
		RECORD("\"x\":+1"),
		RECORD("\"x\":.5"),
		RECORD("\"x\":1."),
		RECORD("\"x\":1e"),
		RECORD("\"x\":1e+"),
		RECORD("\"x\":0x1"),
		RECORD("\"x\":1e999"),
		RECORD("\"x\":-1e400"),
		RECORD("\"x\":NaN"),
		RECORD("\"x\":Infinity"),
		RECORD("\"x\":[1,]"),
		RECORD("\"x\":[1 2]"),
		RECORD("\"x\" 1"),
		RECORD("\"x\":\"\x01\""),
		RECORD("\"x\":\"\t\""),
		RECORD("\"x\":\"\\x\""),
		RECORD("\"x\":\"\\u12\""),
		RECORD("\"x\":\"\\u0000\""),
		RECORD("\"x\":\"\\ud800\""),
		RECORD("\"x\":\"\\ud800\\u0041\""),
		RECORD("\"x\":\"\\udc00\""),
		RECORD("\"x\":\"\\u00zz\""),
		RECORD("\"x\":\"\xff\""),
		RECORD("\"x\":\"\xc0\x80\""),
		RECORD("\"x\":\"\xed\xa0\x80\""),
		RECORD("\"x\":\"\xe3\x81\""),
		RECORD("\"x\":\"\xe0\x80\x80\""),
		RECORD("\"x\":\"\xf0\x80\x80\x80\""),
		RECORD("\"x\":\"\xf4\x90\x80\x80\""),
		RECORD("\"x\":\"\xf5\""),
		RECORD("\"x\":\"\x80\""),
		RECORD("\xc2\xa0\"x\":1"),
		RECORD("/**/\"x\":1"),
		"[]\xff",
	};
	AUTO(arena) struct arena *a = arena_new();
	struct screen_result r;

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		if (screen(a, wrong[i], &r) != SCREENED_AGENCY_ERROR)
			fail_msg("taken: %s", wrong[i]);
		if (strcmp(r.reason, "malformed") != 0)
			fail_msg("%s: %s", wrong[i], r.reason);
	}
	fails("", "not_an_array", "");
	fails("{" BASE "}", "not_an_array", "");
	fails("null", "not_an_array", "");
	fails("\xef\xbb\xbf[]", "not_an_array", ""); /* a byte order mark */
}

/* Cutting the text anywhere never reads beyond it and never passes. */
static void every_prefix_is_refused(void **state)
{
	static const char text[] = RECORD(
		"\"x\":{\"a\":[1.5e2,\"\\ud83d\\ude00\",null]},"
		"\"alias\":\"😀\\n\",\"birthDate\":\"2024-02-29\"");
	char part[sizeof(text)];
	AUTO(arena) struct arena *a = arena_new();
	struct screen_result r;

	(void)state;
	for (size_t n = 0; n < sizeof(text) - 1; n++) {
		memcpy(part, text, n);
		part[n] = '\0';
		assert_int_equal(screen(a, part, &r), SCREENED_AGENCY_ERROR);
	}
	assert_int_equal(screen(a, text, &r), SCREENED_OK);
}

static void duplicate_members_are_refused(void **state)
{
	(void)state;
	fails(RECORD("\"name\":\"b\""), "duplicate_member", "[0].name");
	fails(RECORD("\"na\\u006de\":\"b\""), "duplicate_member", "[0].name");
	fails(RECORD("\"x\":1,\"x\":1"), "duplicate_member", "[0]");
	fails(RECORD("\"x\":1,\"y\":2,\"\\u0078\":1"), "duplicate_member", "[0]");
	fails(RECORD("\"\":1,\"\":1"), "duplicate_member", "[0]");
	fails(RECORD("\"x\":{\"name\":1,\"y\":2,\"name\":3}"), "duplicate_member", "[0]");
	passes(RECORD("\"x\":{\"x\":{\"x\":1}},\"y\":[{\"x\":1},{\"x\":1}]"),
	       "[{" BASE "}]", 2);
}

static void depth_and_size_are_bounded(void **state)
{
	AUTO(arena) struct arena *a = arena_new();
	AUTO(buf) struct buf deep = { 0 }, large = { 0 };
	struct screen_result r;

	(void)state;
	for (int depth = 29; depth < 33; depth += 3) {
		deep.n = 0;
		buf_adds(&deep, "[{" BASE ",\"x\":");
		for (int i = 0; i < depth; i++)
			buf_adds(&deep, i % 2 ? "{\"a\":" : "[");
		buf_byte(&deep, '1');
		for (int i = depth; i-- > 0;)
			buf_byte(&deep, i % 2 ? '}' : ']');
		buf_adds(&deep, "}]");
		screen_records(a, household, buf_str(&deep), &r);
		assert_int_equal(r.verdict,
				 depth == 29 ? SCREENED_OK : SCREENED_AGENCY_ERROR);
	}
	assert_string_equal(r.reason, "too_deep");
	deep.n = 0;
	for (int i = 0; i < 500000; i++)
		buf_byte(&deep, '[');
	assert_int_equal(screen_records(a, household, buf_str(&deep), &r),
			 SCREENED_AGENCY_ERROR);
	buf_adds(&large, "[");
	while (large.n < SCREEN_BYTES_MAX - 1)
		buf_byte(&large, ' ');
	buf_byte(&large, ']');
	assert_int_equal(screen_records(a, household, buf_str(&large), &r), SCREENED_OK);
	buf_byte(&large, ' ');
	assert_int_equal(screen_records(a, household, buf_str(&large), &r),
			 SCREENED_AGENCY_ERROR);
	assert_string_equal(r.reason, "too_large");
}

/* A hundred thousand undeclared members cost time in proportion. */
static void many_undeclared_members_are_cut(void **state)
{
	AUTO(arena) struct arena *a = arena_new();
	AUTO(buf) struct buf text = { 0 };
	struct screen_result r;

	(void)state;
	buf_adds(&text, "[{" BASE);
	for (int i = 0; i < 70000; i++)
		buf_printf(&text, ",\"k%d\":%d", i, i % 10);
	buf_adds(&text, "}]");
	assert_int_equal(screen_records(a, household, buf_str(&text), &r), SCREENED_OK);
	assert_int_equal(r.cut, 70000);
	assert_true(str_is(r.text, "[{" BASE "}]"));
}

static void the_report_holds_declared_names_only(void **state)
{
	AUTO(arena) struct arena *a = arena_new();
	struct screen_result r;

	(void)state;
	assert_int_equal(
		screen(a, RECORD("\"address\":{\"secret\":\"" PERSON_NUMBER "\"}"), &r),
		SCREENED_WITHHELD);
	assert_true(str_is(r.path, "[0].address"));
	assert_int_equal(screen(a, RECORD("\"members\":[{\"name\":\"a\",\"s\":["), &r),
			 SCREENED_AGENCY_ERROR);
	assert_true(str_is(r.path, "[0].members[0]"));
}

/* Random bytes changed in a good text: never a read beyond, never a crash, and
 * what passes is still UTF-8 without an undeclared name. */
static void mangled_text_is_judged(void **state)
{
	static const char good[] = RECORD("\"x\":{\"a\":[1.5e2,\"\\ud83d\\ude00\",null]},"
					  "\"alias\":\"😀\\n\",\"birthDate\":\"2024-02-29\","
					  "\"householdSize\":12345678901");
	static const char dice[] = "\"\\{}[]:,0123456789eE+-. \n\x80\xff\xe3utfn";
	int runs = property_runs();

	(void)state;
	for (int i = 0; i < runs; i++) {
		AUTO(arena) struct arena *a = arena_new();
		size_t n = sizeof(good) - 1;
		char *copy = must_alloc(n);
		struct screen_result r;

		memcpy(copy, good, n);
		for (unsigned k = 0; k < 1 + below(3); k++)
			copy[below((unsigned)n)] = dice[below((unsigned)sizeof(dice))];
		screen_records(a, household, (struct str){ copy, n }, &r);
		if (r.verdict == SCREENED_OK)
			assert_true(text_is_utf8(r.text));
		free(copy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(declared_members_pass_verbatim),
		cmocka_unit_test(undeclared_members_are_cut),
		cmocka_unit_test(a_record_meets_its_schema),
		cmocka_unit_test(dates_exist),
		cmocka_unit_test(numbers_are_integers_of_eleven_digits),
		cmocka_unit_test(lengths_count_characters),
		cmocka_unit_test(malformed_text_is_the_agencys_error),
		cmocka_unit_test(every_prefix_is_refused),
		cmocka_unit_test(duplicate_members_are_refused),
		cmocka_unit_test(depth_and_size_are_bounded),
		cmocka_unit_test(many_undeclared_members_are_cut),
		cmocka_unit_test(the_report_holds_declared_names_only),
		cmocka_unit_test(mangled_text_is_judged),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
