/* conform: lengths in characters, code values, dates that exist, ranges.
 * Called by screen for each declared scalar. Allocates nothing; never fails.
 * Agrees with the published JSON Schema (a test compares them), and the type
 * `integer` is stricter: 1.0 and 1e3 are none, as amounts have no decimals.
 * SPDX-License-Identifier: Apache-2.0 */
#include "disclose/conform.h"

#include <stdlib.h>

#include "base/text.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int number_at(const char *p, size_t n)
{
	int v = 0;

	for (size_t i = 0; i < n; i++) {
		if (!is_digit(p[i]))
			return -1;
		v = v * 10 + (p[i] - '0');
	}
	return v;
}

static bool is_year_month(struct str s)
{
	int month;

	if (s.n < 7 || number_at(s.p, 4) < 0 || s.p[4] != '-')
		return false;
	month = number_at(s.p + 5, 2);
	return month >= 1 && month <= 12;
}

/* A day of the proleptic Gregorian calendar, RFC 3339 full-date. */
static bool is_date(struct str s)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int year, month, day;
	bool leap;

	if (s.n != 10 || !is_year_month(s) || s.p[7] != '-')
		return false;
	year = number_at(s.p, 4);
	month = number_at(s.p + 5, 2);
	day = number_at(s.p + 8, 2);
	leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return day >= 1 && day <= days[month - 1] + (month == 2 && leap);
}

static bool is_code(const struct field *f, struct str text)
{
	for (size_t i = 0; i < f->codes; i++)
		if (str_eq(f->code[i].value, text))
			return true;
	return false;
}

const char *conform_string(const struct field *f, struct str text)
{
	switch (f->type) {
	case FIELD_STRING:
		if (text.n > f->max_length && text_length(text) > f->max_length)
			return "too_long";
		return NULL;
	case FIELD_CODE:
		return is_code(f, text) ? NULL : "unknown_code";
	case FIELD_DATE:
		return is_date(text) ? NULL : "not_a_date";
	case FIELD_YEAR_MONTH:
		return text.n == 7 && is_year_month(text) ? NULL : "not_a_month";
	default:
		return "wrong_type";
	}
}

/* At most 11 digits, so 64 bits always hold it. */
static bool integer_within(struct str s, int64_t min, int64_t max)
{
	bool negative = s.p[0] == '-';
	int64_t v = 0;

	if (negative)
		s = str_from(s, 1);
	if (s.n > 11)
		return false;
	for (size_t i = 0; i < s.n; i++)
		v = v * 10 + (s.p[i] - '0');
	if (negative)
		v = -v;
	return v >= min && v <= max;
}

/* strtod reads the same text a JSON parser does; the process keeps the C
 * locale, in which the point is a point. */
static bool decimal_within(struct str s)
{
	char z[JSONTEXT_NUMBER_MAX + 1];
	double v;

	must(s.n < sizeof(z));
	memcpy(z, s.p, s.n);
	z[s.n] = '\0';
	v = strtod(z, NULL);
	return v >= -(double)FIELD_AMOUNT_MAX && v <= (double)FIELD_AMOUNT_MAX;
}

const char *conform_number(const struct field *f, const struct jsontext_number *n)
{
	switch (f->type) {
	case FIELD_INTEGER:
		if (!n->integer)
			return "not_an_integer";
		return integer_within(n->raw, -FIELD_AMOUNT_MAX, FIELD_AMOUNT_MAX) ?
			       NULL :
			       "out_of_range";
	case FIELD_FISCAL_YEAR:
		if (!n->integer)
			return "not_an_integer";
		return integer_within(n->raw, FIELD_YEAR_MIN, FIELD_YEAR_MAX) ?
			       NULL :
			       "out_of_range";
	case FIELD_NUMBER:
		return decimal_within(n->raw) ? NULL : "out_of_range";
	default:
		return "wrong_type";
	}
}
