/* Unit test of what the agent shows: reading `show`, dates in both calendars,
 * widths and breaking (agent/show.h, say.h, wide.h), and what people type.
 * Sources: UAX #11, the cabinet orders of 1989-01-07 and 2019-04-01.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "agent/show.h"
#include "agent/sign.h"
#include "agent/wide.h"
#include "base/rand.h"
#include "base/text.h"

#define TITLE "{\"ja\":\"題\",\"en\":\"Title\"}"
#define CLIENT "\"client\":{\"id\":\"SP1_AB\",\"name\":" TITLE "}"
#define ITEMS "\"items\":[{\"item\":\"3-4\",\"title\":" TITLE "}]"
#define OPTIONAL "\"optional_items\":[]"
#define WHOSE "\"on_behalf_of\":\"self\""
#define INQUIRY "\"inquiry\":{\"kind\":\"latest\"}"
#define PURPOSE "\"purpose\":" TITLE
#define ACCESS "\"access\":{\"kind\":\"once\"}"
#define DAYS "\"retention_days\":0"
#define BEGAN "\"began\":\"2026-11-24T09:30:00Z\""

static struct arena *arena;

static int open_arena(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int close_arena(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static const char *reads(const char *inquiry, const char *access, const char *days,
			 const char *began, struct agent_show *out)
{
	const char *why = NULL;
	struct str text = arena_printf(arena,
				       "{" CLIENT "," ITEMS "," OPTIONAL "," WHOSE
				       ",%s," PURPOSE ",%s,%s,%s}",
				       inquiry, access, days, began);

	return show_read(arena, text, out, &why) ? NULL : why;
}

static void all_kinds_are_read(void **state)
{
	struct agent_show s;

	(void)state;
	assert_null(reads(INQUIRY, ACCESS, DAYS, BEGAN, &s));
	assert_true(s.once);
	assert_int_equal(s.inquiry, SHOW_LATEST);
	assert_null(reads("\"inquiry\":{\"kind\":\"as_of\",\"date\":\"2026-02-28\"}",
			  "\"access\":{\"kind\":\"until\",\"date\":\"2027-03-31\"}",
			  "\"retention_days\":3650", BEGAN, &s));
	assert_false(s.once);
	assert_int_equal(s.until.month, 3);
	assert_int_equal(s.from.day, 28);
	assert_int_equal(s.retention_days, 3650);
	assert_null(reads("\"inquiry\":{\"kind\":\"range\",\"from\":\"2021-01-01\",\"to\":"
			  "\"2026-02-28\"}",
			  ACCESS, DAYS, BEGAN, &s));
	assert_int_equal(s.inquiry, SHOW_RANGE);
}

static void what_is_wrong_is_named(void **state)
{
	struct agent_show s;

	(void)state;
	assert_string_equal(
		reads("\"inquiry\":{\"kind\":\"as_of\"}", ACCESS, DAYS, BEGAN, &s),
		"inquiry");
	assert_string_equal(reads(INQUIRY ",\"secret\":1", ACCESS, DAYS, BEGAN, &s),
			    "secret");
	assert_string_equal(reads(INQUIRY, "\"access\":{\"kind\":\"once\",\"twice\":1}",
				  DAYS, BEGAN, &s),
			    "twice");
	assert_string_equal(reads(INQUIRY, ACCESS, "\"retention_days\":\"0\"", BEGAN, &s),
			    "retention_days");
	assert_string_equal(reads(INQUIRY, ACCESS, DAYS, "\"began\":0", &s), "began");
	assert_string_equal(reads(INQUIRY, ACCESS, DAYS, DAYS, &s), "show"); /* twice */
}

/* RFC 3339 section 5.6 */
static void moments_are_read_in_any_zone(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds; /* since 2026-11-24T00:00:00Z; -1: refused */
	} seen[] = {
		{ "2026-11-24T09:30:00Z", 34200 },
		{ "2026-11-24T09:30:00.123Z", 34200 },
		{ "2026-11-24T18:30:00+09:00", 34200 },
		{ "2026-11-24T18:30:00.999999+09:00", 34200 },
		{ "2026-11-23T23:30:00-10:00", 34200 },
		{ "2026-11-24T09:30:00", -1 },
		{ "2026-11-24 09:30:00Z", -1 },
		{ "2026-11-24T24:30:00Z", -1 },
		{ "2026-11-24T09:60:00Z", -1 },
		{ "2026-02-30T09:30:00Z", -1 },
		{ "2026-11-24T09:30:00.Z9", -1 },
		{ "2026-11-24T09:30:00+0900", -1 },
		{ "2026-11-24T09:30:00+09:00x", -1 },
		{ "", -1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(seen); i++) {
		struct agent_show s;
		struct str began = arena_printf(arena, "\"began\":\"%s\"", seen[i].text);
		const char *why = reads(INQUIRY, ACCESS, DAYS, began.p, &s);

		assert_int_equal(why == NULL, seen[i].seconds >= 0);
		if (why == NULL)
			assert_int_equal(s.began / 1000 -
						 date_days((struct date){ 2026, 11, 24 }) *
							 86400,
					 seen[i].seconds);
	}
}

static void dates_in_both_calendars(void **state)
{
	static const struct {
		struct date date;
		const char *ja, *en;
	} seen[] = {
		{ { 2026, 11, 24 }, "令和8年11月24日(2026年)", "24 November 2026" },
		{ { 2019, 5, 1 }, "令和元年5月1日(2019年)", "1 May 2019" },
		{ { 2019, 4, 30 }, "平成31年4月30日(2019年)", "30 April 2019" },
		{ { 1989, 1, 8 }, "平成元年1月8日(1989年)", "8 January 1989" },
		{ { 1989, 1, 7 }, "昭和64年1月7日(1989年)", "7 January 1989" },
		{ { 1926, 12, 24 }, "1926年12月24日", "24 December 1926" },
	};
	struct agent_say ja = { stdout, true, 80 }, en = { stdout, false, 80 };

	(void)state;
	for (size_t i = 0; i < COUNT(seen); i++) {
		assert_true(str_is(say_date(arena, &ja, seen[i].date), seen[i].ja));
		assert_true(str_is(say_date(arena, &en, seen[i].date), seen[i].en));
	}
}

static void widths(void **state)
{
	(void)state;
	assert_int_equal(wide_width(STR("abc")), 3);
	assert_int_equal(wide_width(STR("あア漢、（")), 10);
	assert_int_equal(wide_width(STR("ｱｲｳ")), 3);
	assert_int_equal(wide_width(STR("か\xE3\x82\x99")), 2); /* a mark of its own */
	assert_int_equal(wide_width(STR("葛\xF3\xA0\x84\x80")),
			 2); /* a variant of a character */
	assert_int_equal(wide_width(STR("𠮟る")), 4);
	assert_int_equal(wide_width(STR("①…→")), 6);
}

static void no_line_is_wider(struct str text, size_t columns)
{
	while (text.p != NULL) {
		struct str line = str_cut(text, '\n', &text);

		if (wide_width(line) > columns)
			fail_msg("%zu columns: %.*s", wide_width(line), STR_ARG(line));
	}
}

static void wrapped_is(struct str text, size_t columns, size_t indent, const char *hoped)
{
	AUTO(buf) struct buf out = { 0 };

	wide_wrap(&out, text, columns, indent, indent);
	if (!str_is(buf_str(&out), hoped))
		fail_msg("%.*s", STR_ARG(buf_str(&out)));
}

static void lines_break_where_they_may(void **state)
{
	(void)state;
	wrapped_is(STR("one two three"), 10, 0, "one two\nthree");
	wrapped_is(STR("one two three"), 12, 2, "one two\n  three");
	wrapped_is(STR("あいうえおか"), 10, 0, "あいうえお\nか");
	wrapped_is(STR("あいうえお。か"), 10, 0, "あいうえ\nお。か");
	wrapped_is(STR("あいうえおっか"), 10, 0, "あいうえ\nおっか");
	wrapped_is(STR("abcdefghijklmnop"), 10, 0, "abcdefghij\nklmnop");
	wrapped_is(STR("あい\nう"), 10, 0, "あい\nう");
	wrapped_is(STR("あいselfinfo-cardう"), 10, 0, "あい\nselfinfo-c\nardう");
	wrapped_is(STR(""), 10, 0, "");
}

/* Random texts of all widths: nothing passes the edge, nothing is lost. */
static void nothing_passes_the_edge(void **state)
{
	static const char *const pieces[] = {
		"a", "漢", " ", "、",  "(", ")", "long-word", "ー", "𠮟", "か\xE3\x82\x99",
		"…", "「", "é", "2026"
	};

	(void)state;
	for (int round = 0; round < 3000; round++) {
		AUTO(buf) struct buf text = { 0 }, out = { 0 };
		size_t columns = 10 + rand_below(71), letters = 0, left = 0;

		for (uint32_t i = rand_below(120); i > 0; i--)
			buf_adds(&text, pieces[rand_below(COUNT(pieces))]);
		wide_wrap(&out, buf_str(&text), columns, 2, 2);
		for (size_t i = 0; i < text.n; i++)
			letters += text.p[i] != ' ';
		for (size_t i = 0; i < out.n; i++)
			left += out.p[i] != ' ' && out.p[i] != '\n';
		assert_int_equal(letters, left);
		buf_adds(&text, "");
		no_line_is_wider(str_from(buf_str(&out), 0), columns);
	}
}

static void printed_is_no_wider_than_the_terminal(void **state)
{
	struct agent_show s;

	(void)state;
	assert_null(reads("\"inquiry\":{\"kind\":\"range\",\"from\":\"2021-01-01\",\"to\":"
			  "\"2026-02-28\"}",
			  "\"access\":{\"kind\":\"until\",\"date\":\"2027-03-31\"}", DAYS,
			  BEGAN, &s));
	s.purpose.ja = STR("とても長い目的とても長い目的とても長い目的とても長い目的とても"
			   "長い目的とても長い目的");
	for (size_t columns = 40; columns <= 80; columns++) {
		for (int japanese = 0; japanese < 2; japanese++) {
			char *text = NULL;
			size_t n = 0;
			FILE *f = open_memstream(&text, &n);
			struct agent_say say = { f, japanese, columns };

			show_print(arena, &say, &s);
			fclose(f);
			no_line_is_wider((struct str){ text, n }, columns);
			free(text);
		}
	}
}

static void what_people_type(void **state)
{
	static const struct {
		const char *typed, *plain;
	} seen[] = {
		{ "abcd-2345", "ABCD2345" },  { " ａｂｃｄ　２３４５ ", "ABCD2345" },
		{ "ABCD2345\r", "ABCD2345" }, { "ＡＢＣＤ－２３４５", "ABCD2345" },
		{ "abcdー2345", "ABCD2345" }, { "", "" },
		{ "abcd23456", NULL },        { "あいう", NULL },
		{ "ab\x01", NULL },           { "\xFF", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(seen); i++) {
		char plain[9];
		bool fits = wide_typed(str_of(seen[i].typed), plain, sizeof(plain));

		assert_int_equal(fits, seen[i].plain != NULL);
		if (fits)
			assert_string_equal(plain, seen[i].plain);
	}
}

static void the_banner_has_every_letter_and_no_two_alike(void **state)
{
	static const char alphabet[] = RAND_HUMAN_ALPHABET;
	char *seen[sizeof(alphabet) - 1];

	(void)state;
	for (size_t i = 0; i < sizeof(alphabet) - 1; i++) {
		size_t n = 0;
		FILE *f = open_memstream(&seen[i], &n);

		banner_print(f, (struct str){ &alphabet[i], 1 }, 0);
		fclose(f);
		assert_int_equal(n, 5 * 6);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(seen[i], seen[j]);
	}
	for (size_t i = 0; i < sizeof(alphabet) - 1; i++)
		free(seen[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_kinds_are_read),
		cmocka_unit_test(what_is_wrong_is_named),
		cmocka_unit_test(moments_are_read_in_any_zone),
		cmocka_unit_test(dates_in_both_calendars),
		cmocka_unit_test(widths),
		cmocka_unit_test(lines_break_where_they_may),
		cmocka_unit_test(nothing_passes_the_edge),
		cmocka_unit_test(printed_is_no_wider_than_the_terminal),
		cmocka_unit_test(what_people_type),
		cmocka_unit_test(the_banner_has_every_letter_and_no_two_alike),
	};

	return cmocka_run_group_tests(tests, open_arena, close_arena);
}
