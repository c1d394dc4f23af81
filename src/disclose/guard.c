/* guard: three readings of a text side by side, one pass, no memory kept.
 * Called by screen for the few values that hold 11 digits or more, so it is
 * written to be read, not to be fast. Never fails; tells yes or no only, so
 * that no number can reach a log through it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "disclose/guard.h"

#include "base/text.h"
#include "disclose/jsontext.h"

enum { PERSON = 12, RESIDENT = 11 };

struct run {
	size_t count; /* digits seen, also beyond what is held */
	uint8_t digit[PERSON];
};

struct reader {
	struct run touching, same, mixed;
	struct run group;   /* the digits before the separator just read */
	uint32_t separator; /* of `same`; 0: not yet known */
	uint32_t pending;   /* a single separator after a digit */
	bool found;
};

/* Weights are 2 to 7 from the right, then 2 again; the law writes Qn = n + 1
 * for n <= 6 and n - 5 above. 11 digits are 12 with a leading 0. */
bool guard_check_digit(const uint8_t *digit, size_t n)
{
	unsigned sum = 0, rest;

	for (size_t i = 1; i < n; i++)
		sum += digit[n - 1 - i] * (unsigned)((i - 1) % 6 + 2);
	rest = sum % 11;
	return digit[n - 1] == (rest <= 1 ? 0 : 11 - rest);
}

static void push(struct run *r, unsigned d)
{
	if (r->count < PERSON)
		r->digit[r->count] = (uint8_t)d;
	r->count++;
}

static bool is_person(const struct run *r)
{
	return r->count == PERSON && guard_check_digit(r->digit, PERSON);
}

static void finish(struct reader *r, struct run *run)
{
	r->found |= is_person(run);
	run->count = 0;
}

static void finish_all(struct reader *r)
{
	finish(r, &r->touching);
	finish(r, &r->same);
	finish(r, &r->mixed);
	r->separator = 0;
	r->pending = 0;
}

/* Another separator ends the run of the one before, yet the digits between
 * the two belong to both. */
static void join(struct reader *r)
{
	if (r->separator != 0 && r->separator != r->pending) {
		finish(r, &r->same);
		r->same = r->group;
	}
	r->separator = r->pending;
	r->pending = 0;
}

static void read_digit(struct reader *r, unsigned d)
{
	if (r->pending != 0)
		join(r);
	push(&r->touching, d);
	push(&r->same, d);
	push(&r->mixed, d);
}

static void read_separator(struct reader *r, uint32_t c)
{
	if (r->pending != 0 || r->mixed.count == 0) {
		finish_all(r);
		return;
	}
	r->group = r->touching;
	finish(r, &r->touching);
	r->pending = c;
}

static bool is_separator(uint32_t c)
{
	static const uint32_t list[] = {
		'\t',   ' ',    ',',    '-',    '.',    0xA0,   0xAD,   0xB7,
		0x2022, 0x202F, 0x205F, 0x2060, 0x2212, 0x2219, 0x22C5, 0x2500,
		0x2501, 0x3000, 0x3001, 0x3002, 0x30FB, 0x30FC, 0xFE58, 0xFE63,
		0xFEFF, 0xFF0C, 0xFF0D, 0xFF0E, 0xFF61, 0xFF64, 0xFF65, 0xFF70,
	};

	if (c >= 0x2000 && c <= 0x200D) /* spaces, some of no width */
		return true;
	if (c >= 0x2010 && c <= 0x2015) /* hyphens and dashes */
		return true;
	for (size_t i = 0; i < COUNT(list); i++)
		if (list[i] == c)
			return true;
	return false;
}

static bool is_blank(uint32_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0xA0 || c == 0x3000;
}

static int digit_of(uint32_t c)
{
	if (c >= '0' && c <= '9')
		return (int)(c - '0');
	if (c >= 0xFF10 && c <= 0xFF19) /* full width */
		return (int)(c - 0xFF10);
	return -1;
}

static bool is_resident(const struct run *r)
{
	return r->count == RESIDENT && r->digit[0] != 0 &&
	       guard_check_digit(r->digit, RESIDENT);
}

/* Nothing but 11 digits, and blanks before and behind. */
static bool whole_is_resident(struct str s)
{
	struct run run = { 0 };
	bool ended = false;

	for (size_t at = 0; at < s.n;) {
		uint32_t c = text_next(s, &at);
		int d = digit_of(c);

		if (d < 0 && !is_blank(c))
			return false;
		if (d >= 0 && ended)
			return false;
		if (d >= 0)
			push(&run, (unsigned)d);
		else
			ended = run.count > 0;
	}
	return is_resident(&run);
}

bool guard_text(struct str s)
{
	struct reader r = { 0 };

	for (size_t at = 0; at < s.n;) {
		uint32_t c = text_next(s, &at);
		int d = digit_of(c);

		if (d >= 0)
			read_digit(&r, (unsigned)d);
		else if (is_separator(c))
			read_separator(&r, c);
		else
			finish_all(&r);
	}
	finish_all(&r);
	return r.found || whole_is_resident(s);
}

/* A number taken apart: its significant digits, where the point stands among
 * them once the exponent is applied, and its sign. */
struct value {
	uint8_t digit[JSONTEXT_NUMBER_MAX];
	size_t digits;
	long point;
	bool negative;
};

static long exponent_of(struct str s)
{
	bool negative = s.n > 0 && s.p[0] == '-';
	long e = 0;

	if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '+'))
		s = str_from(s, 1);
	for (size_t i = 0; i < s.n && e < 10000; i++)
		e = e * 10 + (s.p[i] - '0');
	return negative ? -e : e;
}

static void take_apart(struct str s, struct value *v)
{
	bool fraction = false;
	size_t i = 0;

	for (; i < s.n && s.p[i] != 'e' && s.p[i] != 'E'; i++) {
		char c = s.p[i];

		v->negative |= c == '-';
		fraction |= c == '.';
		if (c < '0' || c > '9')
			continue;
		v->point += !fraction;
		if (v->digits == 0 && c == '0')
			v->point--; /* a leading 0 is no digit of the value */
		else if (v->digits < JSONTEXT_NUMBER_MAX)
			v->digit[v->digits++] = (uint8_t)(c - '0');
	}
	v->point += exponent_of(str_from(s, i + 1));
}

/* 123456789012.00 and 1.23456789012e11 are that number as well. */
static bool value_is_number(const struct value *v)
{
	struct run whole = { 0 };
	bool fraction = false;

	if (v->point != PERSON && v->point != RESIDENT)
		return false;
	for (size_t i = 0; i < (size_t)v->point; i++)
		push(&whole, i < v->digits ? v->digit[i] : 0);
	for (size_t i = (size_t)v->point; i < v->digits; i++)
		fraction |= v->digit[i] != 0;
	return is_person(&whole) || (is_resident(&whole) && !fraction && !v->negative);
}

bool guard_number(struct str number)
{
	struct value v = { 0 };
	struct run run = { 0 };
	bool found = false;

	for (size_t i = 0; i < number.n; i++) {
		char c = number.p[i];

		if (c >= '0' && c <= '9') {
			push(&run, (unsigned)(c - '0'));
			continue;
		}
		found |= is_person(&run);
		run.count = 0;
	}
	take_apart(number, &v);
	return found || is_person(&run) || value_is_number(&v);
}
