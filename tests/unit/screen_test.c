/* screen: the guard, the cut and the schema over the shipped catalogue, with
 * the text an agency might send, well-meant or hostile. Run from the project's
 * folder, or with SELFINFO_SCHEMAS set. SELFINFO_PROPERTY_RUNS (2,000) is how
 * often each property is tried; the seed is fixed, so a failure repeats.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/text.h"
#include "disclose/guard.h"
#include "disclose/screen.h"

static struct arena *kept;
static const struct item *household, *vaccination, *tax;

static int load(void **state)
{
	const char *dir = getenv("SELFINFO_SCHEMAS");
	struct str why = STR_NONE;
	struct catalogue *c;

	(void)state;
	kept = arena_new();
	c = catalogue_load(kept, dir ? dir : "schemas", &why);
	if (c == NULL) {
		fprintf(stderr, "%.*s\n", STR_ARG(why));
		return -1;
	}
	household = catalogue_item(c, STR("1"));
	tax = catalogue_item(c, STR("2"));
	vaccination = catalogue_item(c, STR("3-4"));
	return household && tax && vaccination ? 0 : -1;
}

static int unload(void **state)
{
	(void)state;
	arena_free(kept);
	return 0;
}

/* What is required of item 1, and room for one more member before the end. */
#define BASE                                                                  \
	"\"isHouseholder\":true,\"householderName\":\"青空 花子\","           \
	"\"relationship\":\"世帯主\",\"relationshipCode\":\"householder\","   \
	"\"name\":\"青空 花子\""
#define RECORD(more) "[{" BASE "," more "}]"

static enum screened screen(struct arena *a, const char *text,
			    struct screen_result *out)
{
	/* An exact copy, so that a read beyond it is seen. */
	size_t n = strlen(text);
	char *copy = must_alloc(n + !n);
	enum screened v;

	memcpy(copy, text, n);
	v = screen_records(a, household, (struct str){ copy, n }, out);
	if (out->text.p == copy)
		out->text = arena_str(a, out->text);
	free(copy);
	return v;
}

static void passes(const char *text, const char *expected, size_t cut)
{
	AUTO(arena) struct arena *a = arena_new();
	struct screen_result r;

	if (screen(a, text, &r) != SCREENED_OK)
		fail_msg("%s: %s at %.*s", text, r.reason, STR_ARG(r.path));
	if (!str_is(r.text, expected))
		fail_msg("%s became %.*s", text, STR_ARG(r.text));
	assert_int_equal(r.cut, cut);
	assert_null(r.reason);
}

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

static void is_withheld(const char *text)
{
	AUTO(arena) struct arena *a = arena_new();
	struct screen_result r;

	if (screen(a, text, &r) != SCREENED_WITHHELD)
		fail_msg("let through: %s", text);
	assert_null(r.text.p);
	assert_string_equal(r.reason, "individual_number");
}

static void declared_members_pass_verbatim(void **state)
{
	static const char *const same[] = {
		"[]", " [ ] ", "[{" BASE "}]", "[{" BASE "},{" BASE "}]",
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
	passes("[ { \"x\" : 1 , " BASE " , \"y\" : 2 } ]",
	       "[ { " BASE " } ]", 2);
	passes("[{\"\":0," BASE ",\"\\u006eames\":\"\"}]", "[{" BASE "}]", 2);
	passes(RECORD("\"address\":{\"x\":1,\"municipalityCode\":\"1\",\"y\":2,"
		      "\"prefecture\":\"2\",\"municipality\":\"3\",\"z\":3}"),
	       RECORD("\"address\":{\"municipalityCode\":\"1\","
		      "\"prefecture\":\"2\",\"municipality\":\"3\"}"),
	       3);
	passes(RECORD("\"formerAddress\":{\"x\":1 , \"y\":2 }"),
	       RECORD("\"formerAddress\":{ }"), 2);
	passes("[{" BASE ",\"q\":1},{\"q\":1," BASE "}]",
	       "[{" BASE "},{" BASE "}]", 2);
	/* a declared name in another place is not declared there */
	passes(RECORD("\"formerAddress\":{\"name\":\"a\"}"),
	       RECORD("\"formerAddress\":{}"), 1);
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
	fails(RECORD("\"birthDateUnknown\":1"), "wrong_type",
	      "[0].birthDateUnknown");
	fails(RECORD("\"birthDateUnknown\":null"), "null",
	      "[0].birthDateUnknown");
	fails(RECORD("\"address\":\"a\""), "wrong_type", "[0].address");
	fails(RECORD("\"address\":[]"), "wrong_type", "[0].address");
	fails(RECORD("\"address\":{}"), "missing",
	      "[0].address.municipalityCode");
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
		"2023-02-29", "1900-02-29", "2024-13-01", "2024-00-01",
		"2024-01-00", "2024-04-31", "2024-1-1", "2024/01/01",
		"20240101", "2024-01-01 ", "２０２４-01-01", "", "2024-01-01T00",
		"+024-01-01",
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		snprintf(text, sizeof(text), RECORD("\"birthDate\":\"%s\""),
			 wrong[i]);
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
	fails(RECORD("\"householdSize\":1.0"), "not_an_integer",
	      "[0].householdSize");
	fails(RECORD("\"householdSize\":1e2"), "not_an_integer",
	      "[0].householdSize");
	fails(RECORD("\"householdSize\":\"1\""), "wrong_type",
	      "[0].householdSize");
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
		"[", "[{", "[{\"", "[{\"name", "[{\"name\"", "[{\"name\":",
		"[{" BASE, "[{" BASE "}", "[{" BASE "}]x", "[{" BASE "}],",
		"[{" BASE "},]", "[{" BASE ",}]", "[,]", "[{,}]", "[{1:2}]",
		RECORD("\"x\":tru"), RECORD("\"x\":nul"), RECORD("\"x\":TRUE"),
		RECORD("\"x\":'a'"), RECORD("\"x\":01"), RECORD("\"x\":-"),
		RECORD("\"x\":+1"), RECORD("\"x\":.5"), RECORD("\"x\":1."),
		RECORD("\"x\":1e"), RECORD("\"x\":1e+"), RECORD("\"x\":0x1"),
		RECORD("\"x\":1e999"), RECORD("\"x\":-1e400"),
		RECORD("\"x\":NaN"), RECORD("\"x\":Infinity"),
		RECORD("\"x\":[1,]"), RECORD("\"x\":[1 2]"), RECORD("\"x\" 1"),
		RECORD("\"x\":\"\x01\""), RECORD("\"x\":\"\t\""),
		RECORD("\"x\":\"\\x\""), RECORD("\"x\":\"\\u12\""),
		RECORD("\"x\":\"\\u0000\""), RECORD("\"x\":\"\\ud800\""),
		RECORD("\"x\":\"\\ud800\\u0041\""), RECORD("\"x\":\"\\udc00\""),
		RECORD("\"x\":\"\\u00zz\""), RECORD("\"x\":\"\xff\""),
		RECORD("\"x\":\"\xc0\x80\""), RECORD("\"x\":\"\xed\xa0\x80\""),
		RECORD("\"x\":\"\xe3\x81\""), RECORD("\"x\":\"\xe0\x80\x80\""),
		RECORD("\"x\":\"\xf0\x80\x80\x80\""),
		RECORD("\"x\":\"\xf4\x90\x80\x80\""), RECORD("\"x\":\"\xf5\""),
		RECORD("\"x\":\"\x80\""), RECORD("\xc2\xa0\"x\":1"),
		RECORD("/**/\"x\":1"), "[]\xff",
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
	static const char text[] =
		RECORD("\"x\":{\"a\":[1.5e2,\"\\ud83d\\ude00\",null]},"
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
	fails(RECORD("\"x\":{\"name\":1,\"y\":2,\"name\":3}"),
	      "duplicate_member", "[0]");
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
		assert_int_equal(r.verdict, depth == 29 ? SCREENED_OK
							: SCREENED_AGENCY_ERROR);
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
	assert_int_equal(screen_records(a, household, buf_str(&large), &r),
			 SCREENED_OK);
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
	assert_int_equal(screen_records(a, household, buf_str(&text), &r),
			 SCREENED_OK);
	assert_int_equal(r.cut, 70000);
	assert_true(str_is(r.text, "[{" BASE "}]"));
}

/* 平成26年総務省令第85号 第5条; the numbers are made up, their last digit
 * follows from the formula by hand. */
static void check_digits_follow_the_law(void **state)
{
	static const uint8_t person[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 8 };
	static const uint8_t wrong[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 2 };
	static const uint8_t zero[] = { 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0 };
	static const uint8_t resident[] = { 2, 4, 7, 2, 7, 0, 5, 9, 6, 0, 8 };

	(void)state;
	assert_true(guard_check_digit(person, 12));
	assert_false(guard_check_digit(wrong, 12));
	assert_true(guard_check_digit(zero, 12)); /* 6 + 6 = 12, rest 1 */
	assert_true(guard_check_digit(resident, 11));
}

#define PERSON_NUMBER "123456789018"
#define WRONG_NUMBER "123456789012"
#define RESIDENT_CODE "24727059608"

static void numbers_of_a_person_are_withheld(void **state)
{
	static const char *const texts[] = {
		PERSON_NUMBER, "１２３４５６７８９０１８", "1234５６７８9018",
		"1234-5678-9018", "1234 5678 9018", "1234　5678　9018",
		"1-2-3-4-5-6-7-8-9-0-1-8", "1234‐5678−9018", "1234ー5678ー9018",
		"1234・5678・9018", "1234.5678,9018", "個人番号は" PERSON_NUMBER "です",
		"a" PERSON_NUMBER "b", " " PERSON_NUMBER " ",
		PERSON_NUMBER " 2024-01-01", "2024-01-01 " PERSON_NUMBER,
		"1234-5678-9018 2024", "99 1234-5678-9018",
		"-" PERSON_NUMBER, PERSON_NUMBER ".", "No." PERSON_NUMBER,
		"1: " PERSON_NUMBER, "\\u0031" "23456789018",
		"\\uff11\\uff12\\uff13\\uff14\\uff15\\uff16\\uff17\\uff18"
		"\\uff19\\uff10\\uff11\\uff18",
		"1234\\u00205678\\u30009018", "1234\\t5678\\t9018",
		"1234\\u200b5678\\u200b9018", "12/" PERSON_NUMBER "/34",
		RESIDENT_CODE, "２４７２７０５９６０８", " " RESIDENT_CODE "　",
		"\\u00324727059608",
	};
	char text[1024];

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		snprintf(text, sizeof(text), RECORD("\"alias\":\"%s\""), texts[i]);
		is_withheld(text);
		snprintf(text, sizeof(text), RECORD("\"x\":\"%s\""), texts[i]);
		is_withheld(text);
		snprintf(text, sizeof(text), RECORD("\"x\":[{\"%s\":0}]"), texts[i]);
		is_withheld(text);
		snprintf(text, sizeof(text), "[{\"%s\":0,\"name\":1}]", texts[i]);
		is_withheld(text);
	}
}

static void numbers_in_numbers_are_withheld(void **state)
{
	static const char *const numbers[] = {
		PERSON_NUMBER, "-" PERSON_NUMBER, PERSON_NUMBER ".00",
		PERSON_NUMBER ".5", "1.23456789018e11", "1234567890.18e2",
		"123456789018e0", "123456789018E+00", "0." PERSON_NUMBER,
		RESIDENT_CODE, RESIDENT_CODE ".0", "2.4727059608e10",
		"24727059608e0", "0.24727059608E11",
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		snprintf(text, sizeof(text), RECORD("\"x\":%s"), numbers[i]);
		is_withheld(text);
		snprintf(text, sizeof(text), RECORD("\"x\":{\"y\":[0,%s]}"),
			 numbers[i]);
		is_withheld(text);
		snprintf(text, sizeof(text), RECORD("\"householdSize\":%s"),
			 numbers[i]);
		is_withheld(text);
	}
}

static void other_numbers_pass(void **state)
{
	static const char *const texts[] = {
		WRONG_NUMBER, "0" PERSON_NUMBER, PERSON_NUMBER "0",
		"1234-5678-9012", "1234--5678--9018", "1234 - 5678 - 9018",
		"1234/5678/9018", "1234:5678:9018", "1234a56789018",
		"1234567890", "090-1234-5678", "2024-10-02", "03-1234-5678",
		"12345678901", "01234567892", "a" RESIDENT_CODE,
		RESIDENT_CODE "です", "2472 7059 608", "1234-5678-9018-0000",
		"4902720107303", "2024-10-02T09:30:00.123+09:00",
	};
	static const char *const numbers[] = {
		"12345678901", "1234567890", "-24727059608", "24727059608.5",
		"1234567890123", "0.5", "1e20", "123456789012", "0", "1e-30",
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		snprintf(text, sizeof(text), RECORD("\"alias\":\"%s\""), texts[i]);
		passes(text, text, 0);
	}
	for (size_t i = 0; i < COUNT(numbers); i++) {
		snprintf(text, sizeof(text), RECORD("\"x\":%s"), numbers[i]);
		passes(text, "[{" BASE "}]", 1);
	}
}

/* A schema fault before it does not hide it; a malformed end does not free it. */
static void the_guard_comes_first(void **state)
{
	(void)state;
	is_withheld("[1,{\"a\":\"" PERSON_NUMBER "\"}]");
	is_withheld("[{\"name\":1,\"sex\":9,\"z\":" PERSON_NUMBER "}]");
	is_withheld("[{},{},\"" PERSON_NUMBER "\"]");
}

static void the_report_holds_declared_names_only(void **state)
{
	AUTO(arena) struct arena *a = arena_new();
	struct screen_result r;

	(void)state;
	assert_int_equal(screen(a, RECORD("\"address\":{\"secret\":\"" PERSON_NUMBER
					  "\"}"), &r),
			 SCREENED_WITHHELD);
	assert_true(str_is(r.path, "[0].address"));
	assert_int_equal(screen(a, RECORD("\"members\":[{\"name\":\"a\",\"s\":["), &r),
			 SCREENED_AGENCY_ERROR);
	assert_true(str_is(r.path, "[0].members[0]"));
}

static void an_exempt_field_is_not_guarded(void **state)
{
	AUTO(arena) struct arena *a = arena_new();
	struct item item = *household;
	const struct field **list;
	struct field field;
	struct screen_result r;
	size_t at = 0;

	(void)state;
	assert_non_null(members_find(&item.root, STR("alias"), &at));
	field = *item.root.field[at];
	field.exempt = true;
	list = arena_array(a, item.root.count, sizeof(*list));
	memcpy(list, item.root.field, item.root.count * sizeof(*list));
	list[at] = &field;
	item.root.field = list;
	assert_int_equal(screen_records(a, &item,
					STR(RECORD("\"alias\":\"" PERSON_NUMBER "\"")),
					&r), SCREENED_OK);
	assert_int_equal(screen_records(a, &item,
					STR(RECORD("\"nameKana\":\"" PERSON_NUMBER "\"")),
					&r), SCREENED_WITHHELD);
}

/* A repeatable stream of numbers (xorshift64*). */
static uint64_t seed = 88172645463325252u;

static unsigned below(unsigned n)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (unsigned)((seed * 2685821657736338717u) >> 33) % n;
}

static int property_runs(void)
{
	const char *z = getenv("SELFINFO_PROPERTY_RUNS");

	return z ? atoi(z) : 2000;
}

/* 12 digits, the last right or made wrong; no leading 0, for a JSON number. */
static void random_number(uint8_t digit[12], bool right)
{
	for (int i = 0; i < 11; i++)
		digit[i] = (uint8_t)below(10);
	digit[0] = (uint8_t)(1 + below(9));
	for (digit[11] = 0; !guard_check_digit(digit, 12); digit[11]++)
		;
	if (!right)
		digit[11] = (uint8_t)((digit[11] + 1 + below(9)) % 10);
}

static void add_digit(struct buf *out, unsigned d, unsigned style)
{
	switch (style) {
	case 0:
		buf_byte(out, (char)('0' + d));
		break;
	case 1:
		buf_printf(out, "\xEF\xBC%c", (char)(0x90 + d));
		break;
	case 2:
		buf_printf(out, "\\u%04X", '0' + d);
		break;
	default:
		buf_printf(out, "\\uFf1%u", d);
	}
}

/* The number in a string: digit styles mixed or not, separators or not. */
static void add_spelled(struct buf *out, const uint8_t digit[12])
{
	static const char *const separator[] = {
		" ", "-", "　", "‐", "−", "ー", "・", ".", "，", "\\u00a0",
		"\\t", "–", "－", "･", ",", "\xE2\x80\x8B",
	};
	unsigned style = below(6), spread = below(4);
	const char *between = separator[below(COUNT(separator))];
	bool changing = below(3) == 0;

	for (unsigned i = 0; i < 12; i++) {
		bool gap = spread == 1 ? i % 4 == 0 : spread == 2 ? i % 2 == 0
						   : spread == 3;

		if (i > 0 && gap)
			buf_adds(out, changing ? separator[below(COUNT(separator))]
					       : between);
		add_digit(out, digit[i], style < 4 ? style : below(4));
	}
}

static void add_text(struct buf *out, const uint8_t digit[12])
{
	static const char *const around[] = { "", "番号", "(", "No:", "a ", "\\n",
					      "/", "。\\n", "年 ", "\\\"", "😀" };

	buf_byte(out, '"');
	buf_adds(out, around[below(COUNT(around))]);
	add_spelled(out, digit);
	buf_adds(out, around[below(COUNT(around))]);
	buf_byte(out, '"');
}

static void add_json_number(struct buf *out, const uint8_t digit[12])
{
	static const char *const end[] = { "", "", ".0", ".00", "e0" };

	if (below(3) == 0)
		buf_byte(out, '-');
	for (unsigned i = 0; i < 12; i++)
		buf_byte(out, (char)('0' + digit[i]));
	buf_adds(out, end[below(COUNT(end))]);
}

static void add_value(struct buf *out, const uint8_t digit[12])
{
	if (below(4) == 0)
		add_json_number(out, digit);
	else
		add_text(out, digit);
}

/* A record with the number somewhere: in a declared string, in an undeclared
 * member at any depth, in a name. */
static void add_record(struct buf *out, const uint8_t digit[12])
{
	unsigned place = below(6), depth = below(6);

	buf_adds(out, below(2) ? "[{" BASE "},{" BASE "," : "[{" BASE ",");
	switch (place) {
	case 0:
		buf_adds(out, "\"alias\":");
		add_text(out, digit);
		break;
	case 1:
		buf_adds(out, "\"formerAddress\":{\"building\":");
		add_text(out, digit);
		buf_adds(out, "}");
		break;
	case 2:
		add_text(out, digit);
		buf_adds(out, ":1");
		break;
	case 3:
		buf_adds(out, "\"formerAddress\":{\"country\":\"\",\"x\":");
		add_value(out, digit);
		buf_adds(out, "}");
		break;
	default:
		buf_adds(out, "\"x\":");
		for (unsigned i = 0; i < depth; i++)
			buf_adds(out, i % 2 ? "[0," : "{\"y\":");
		add_value(out, digit);
		for (unsigned i = depth; i-- > 0;)
			buf_adds(out, i % 2 ? "]" : "}");
	}
	buf_adds(out, "}]");
}

static void planted_numbers_are_withheld(void **state)
{
	int runs = property_runs();

	(void)state;
	for (int i = 0; i < runs; i++) {
		AUTO(arena) struct arena *a = arena_new();
		AUTO(buf) struct buf text = { 0 };
		struct screen_result r;
		uint8_t digit[12];

		random_number(digit, true);
		add_record(&text, digit);
		if (screen_records(a, household, buf_str(&text), &r) !=
		    SCREENED_WITHHELD)
			fail_msg("run %d, verdict %d: %.*s", i, (int)r.verdict,
				 STR_ARG(buf_str(&text)));
	}
}

static void harmless_numbers_are_not(void **state)
{
	int runs = property_runs();

	(void)state;
	for (int i = 0; i < runs; i++) {
		AUTO(arena) struct arena *a = arena_new();
		AUTO(buf) struct buf text = { 0 };
		struct screen_result r;
		uint8_t digit[12];

		random_number(digit, false);
		add_record(&text, digit);
		if (screen_records(a, household, buf_str(&text), &r) !=
		    SCREENED_OK)
			fail_msg("run %d, %s: %.*s", i, r.reason,
				 STR_ARG(buf_str(&text)));
	}
}

/* Random bytes changed in a good text: never a read beyond, never a crash, and
 * what passes is still UTF-8 without an undeclared name. */
static void mangled_text_is_judged(void **state)
{
	static const char good[] =
		RECORD("\"x\":{\"a\":[1.5e2,\"\\ud83d\\ude00\",null]},"
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
			copy[below((unsigned)n)] =
				dice[below((unsigned)sizeof(dice))];
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
		cmocka_unit_test(check_digits_follow_the_law),
		cmocka_unit_test(numbers_of_a_person_are_withheld),
		cmocka_unit_test(numbers_in_numbers_are_withheld),
		cmocka_unit_test(other_numbers_pass),
		cmocka_unit_test(the_guard_comes_first),
		cmocka_unit_test(the_report_holds_declared_names_only),
		cmocka_unit_test(an_exempt_field_is_not_guarded),
		cmocka_unit_test(planted_numbers_are_withheld),
		cmocka_unit_test(harmless_numbers_are_not),
		cmocka_unit_test(mangled_text_is_judged),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
