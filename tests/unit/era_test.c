/* Unit test of web/era.h: the first and last day of each era since Japan took
 * the Gregorian calendar, and the same days in English (pages-P12).
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "web/era.h"

static void assert_day(const char *day, enum lang lang, const char *expected)
{
	AUTO(buf) struct buf out = { 0 };
	struct date d;

	assert_true(date_parse(str_of(day), &d));
	era_write(&out, d, lang);
	buf_byte(&out, '\0');
	assert_string_equal(out.p, expected);
}

static void a_day_of_today_is_written_in_the_era_and_the_western_year(void **state)
{
	(void)state;
	assert_day("2026-11-24", LANG_JA, "令和8年11月24日(2026年)");
	assert_day("2026-11-24", LANG_EN, "24 November 2026");
}

static void reiwa_begins_on_the_first_of_may_2019(void **state)
{
	(void)state;
	assert_day("2019-04-30", LANG_JA, "平成31年4月30日(2019年)");
	assert_day("2019-05-01", LANG_JA, "令和元年5月1日(2019年)");
	assert_day("2020-01-01", LANG_JA, "令和2年1月1日(2020年)");
}

static void heisei_begins_the_day_after_showa_ends(void **state)
{
	(void)state;
	assert_day("1989-01-07", LANG_JA, "昭和64年1月7日(1989年)");
	assert_day("1989-01-08", LANG_JA, "平成元年1月8日(1989年)");
}

/* The edicts gave the new name to the very day of the change. */
static void showa_and_taisho_begin_on_the_day_itself(void **state)
{
	(void)state;
	assert_day("1926-12-24", LANG_JA, "大正15年12月24日(1926年)");
	assert_day("1926-12-25", LANG_JA, "昭和元年12月25日(1926年)");
	assert_day("1912-07-29", LANG_JA, "明治45年7月29日(1912年)");
	assert_day("1912-07-30", LANG_JA, "大正元年7月30日(1912年)");
}

/* Dajokan proclamation 337: the day after the 2nd of the 12th month of Meiji 5
 * is the 1st of January of Meiji 6. */
static void before_the_gregorian_calendar_only_the_western_year_is_written(void **state)
{
	(void)state;
	assert_day("1873-01-01", LANG_JA, "明治6年1月1日(1873年)");
	assert_day("1872-12-31", LANG_JA, "1872年12月31日");
}

static void leap_days_and_year_ends_keep_their_month(void **state)
{
	(void)state;
	assert_day("2024-02-29", LANG_JA, "令和6年2月29日(2024年)");
	assert_day("2024-02-29", LANG_EN, "29 February 2024");
	assert_day("1999-12-31", LANG_EN, "31 December 1999");
	assert_day("2000-01-01", LANG_EN, "1 January 2000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_day_of_today_is_written_in_the_era_and_the_western_year),
		cmocka_unit_test(reiwa_begins_on_the_first_of_may_2019),
		cmocka_unit_test(heisei_begins_the_day_after_showa_ends),
		cmocka_unit_test(showa_and_taisho_begin_on_the_day_itself),
		cmocka_unit_test(
			before_the_gregorian_calendar_only_the_western_year_is_written),
		cmocka_unit_test(leap_days_and_year_ends_keep_their_month),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
