/* guard: no number that identifies a person leaves, however an agency spells
 * it and wherever it stands in a record, and no other number is held back. The
 * numbers are made up. Folder, variables and seed: see screening.h.
 * SPDX-License-Identifier: Apache-2.0 */
#include "screening.h"

#include "base/buf.h"
#include "disclose/guard.h"

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

#define WRONG_NUMBER "123456789012"
#define RESIDENT_CODE "24727059608"

static void numbers_of_a_person_are_withheld(void **state)
{
	static const char *const texts[] = {
		PERSON_NUMBER,
		"１２３４５６７８９０１８",
		"1234５６７８9018",
		"1234-5678-9018",
		"1234 5678 9018",
		"1234　5678　9018",
		"1-2-3-4-5-6-7-8-9-0-1-8",
		"1234‐5678−9018",
		"1234ー5678ー9018",
		"1234・5678・9018",
		"1234.5678,9018",
		"個人番号は" PERSON_NUMBER "です",
		"a" PERSON_NUMBER "b",
		" " PERSON_NUMBER " ",
		PERSON_NUMBER " 2024-01-01",
		"2024-01-01 " PERSON_NUMBER,
		"1234-5678-9018 2024",
		"99 1234-5678-9018",
		"-" PERSON_NUMBER,
		PERSON_NUMBER ".",
		"No." PERSON_NUMBER,
		"1: " PERSON_NUMBER,
		"\\u0031"
		"23456789018",
		"\\uff11\\uff12\\uff13\\uff14\\uff15\\uff16\\uff17\\uff18"
		"\\uff19\\uff10\\uff11\\uff18",
		"1234\\u00205678\\u30009018",
		"1234\\t5678\\t9018",
		"1234\\u200b5678\\u200b9018",
		"12/" PERSON_NUMBER "/34",
		RESIDENT_CODE,
		"２４７２７０５９６０８",
		" " RESIDENT_CODE "　",
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
		PERSON_NUMBER,      "-" PERSON_NUMBER,  PERSON_NUMBER ".00",
		PERSON_NUMBER ".5", "1.23456789018e11", "1234567890.18e2",
		"123456789018e0",   "123456789018E+00", "0." PERSON_NUMBER,
		RESIDENT_CODE,      RESIDENT_CODE ".0", "2.4727059608e10",
		"24727059608e0",    "0.24727059608E11",
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		snprintf(text, sizeof(text), RECORD("\"x\":%s"), numbers[i]);
		is_withheld(text);
		snprintf(text, sizeof(text), RECORD("\"x\":{\"y\":[0,%s]}"), numbers[i]);
		is_withheld(text);
		snprintf(text, sizeof(text), RECORD("\"householdSize\":%s"), numbers[i]);
		is_withheld(text);
	}
}

static void other_numbers_pass(void **state)
{
	static const char *const texts[] = {
		WRONG_NUMBER,
		"0" PERSON_NUMBER,
		PERSON_NUMBER "0",
		"1234-5678-9012",
		"1234--5678--9018",
		"1234 - 5678 - 9018",
		"1234/5678/9018",
		"1234:5678:9018",
		"1234a56789018",
		"1234567890",
		"090-1234-5678",
		"2024-10-02",
		"03-1234-5678",
		"12345678901",
		"01234567892",
		"a" RESIDENT_CODE,
		RESIDENT_CODE "です",
		"2472 7059 608",
		"1234-5678-9018-0000",
		"4902720107303",
		"2024-10-02T09:30:00.123+09:00",
	};
	static const char *const numbers[] = {
		"12345678901",   "1234567890",    "-24727059608",
		"24727059608.5", "1234567890123", "0.5",
		"1e20",          "123456789012",  "0",
		"1e-30",
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
					STR(RECORD("\"alias\":\"" PERSON_NUMBER "\"")), &r),
			 SCREENED_OK);
	assert_int_equal(screen_records(a, &item,
					STR(RECORD("\"nameKana\":\"" PERSON_NUMBER "\"")),
					&r),
			 SCREENED_WITHHELD);
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
		" ",  "-",       "　",  "‐", "−",  "ー", "・", ".",
		"，", "\\u00a0", "\\t", "–", "－", "･",  ",",  "\xE2\x80\x8B",
	};
	unsigned style = below(6), spread = below(4);
	const char *between = separator[below(COUNT(separator))];
	bool changing = below(3) == 0;

	for (unsigned i = 0; i < 12; i++) {
		bool gap = spread == 1 ? i % 4 == 0 :
			   spread == 2 ? i % 2 == 0 :
					 spread == 3;

		if (i > 0 && gap)
			buf_adds(out,
				 changing ? separator[below(COUNT(separator))] : between);
		add_digit(out, digit[i], style < 4 ? style : below(4));
	}
}

static void add_text(struct buf *out, const uint8_t digit[12])
{
	static const char *const around[] = { "",  "番号",  "(",   "No:",  "a ", "\\n",
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
		if (screen_records(a, household, buf_str(&text), &r) != SCREENED_WITHHELD)
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
		if (screen_records(a, household, buf_str(&text), &r) != SCREENED_OK)
			fail_msg("run %d, %s: %.*s", i, r.reason, STR_ARG(buf_str(&text)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(check_digits_follow_the_law),
		cmocka_unit_test(numbers_of_a_person_are_withheld),
		cmocka_unit_test(numbers_in_numbers_are_withheld),
		cmocka_unit_test(other_numbers_pass),
		cmocka_unit_test(the_guard_comes_first),
		cmocka_unit_test(an_exempt_field_is_not_guarded),
		cmocka_unit_test(planted_numbers_are_withheld),
		cmocka_unit_test(harmless_numbers_are_not),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
