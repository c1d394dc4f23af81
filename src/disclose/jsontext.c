/* jsontext: one class a byte decides most of a string; the rest (escapes,
 * sequences of several bytes) is looked at closely. Bounds are checked before
 * each read, as the text comes from outside and has no end mark.
 * RFC 8259 sections 6 and 7, RFC 3629 section 4. Called by screen.
 * SPDX-License-Identifier: Apache-2.0 */
#include "disclose/jsontext.h"

#include "base/enc.h"
#include "base/text.h"

enum { PLAIN, DIGIT, QUOTE, BACKSLASH, WRONG, LEAD2, LEAD3, LEAD4 };

#define CLASS4(c) c, c, c, c
#define CLASS16(c) CLASS4(c), CLASS4(c), CLASS4(c), CLASS4(c)

static const unsigned char class_of[256] = {
	CLASS16(WRONG), CLASS16(WRONG), /* 00 - 1F */
	PLAIN,          PLAIN,          QUOTE,          PLAIN,
	CLASS4(PLAIN),                 /* 20 - 27 */
	CLASS4(PLAIN),  CLASS4(PLAIN), /* 28 - 2F */
	CLASS4(DIGIT),  CLASS4(DIGIT),  DIGIT,          DIGIT,
	PLAIN,          PLAIN,          CLASS4(PLAIN), /* 30 - 3F */
	CLASS16(PLAIN), CLASS4(PLAIN),  CLASS4(PLAIN),  CLASS4(PLAIN),
	BACKSLASH,      PLAIN,          PLAIN,          PLAIN, /* 40 - 5F */
	CLASS16(PLAIN), CLASS16(PLAIN),                        /* 60 - 7F */
	CLASS16(WRONG), CLASS16(WRONG), CLASS16(WRONG), CLASS16(WRONG),
	WRONG,          WRONG,          LEAD2,          LEAD2,
	CLASS4(LEAD2),  CLASS4(LEAD2),  CLASS4(LEAD2),  CLASS16(LEAD2), /* C0 - DF */
	CLASS16(LEAD3),                                                 /* E0 - EF */
	LEAD4,          LEAD4,          LEAD4,          LEAD4,
	LEAD4,          WRONG,          WRONG,          WRONG,
	CLASS4(WRONG),  CLASS4(WRONG), /* F0 - FF */
};

static bool tails(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((p[i] & 0xC0) != 0x80)
			return false;
	return true;
}

/* A sequence of three or four bytes; shortest form, no surrogates. */
static bool long_sequence(const unsigned char *p, size_t n)
{
	if (!tails(p + 1, n - 1))
		return false;
	switch (p[0]) {
	case 0xE0:
		return p[1] >= 0xA0;
	case 0xED:
		return p[1] <= 0x9F;
	case 0xF0:
		return p[1] >= 0x90;
	case 0xF4:
		return p[1] <= 0x8F;
	default:
		return true;
	}
}

/* The four hex digits at p, or -1. */
static int unit_of(const unsigned char *p, size_t n)
{
	int unit = 0;

	if (n < 4)
		return -1;
	for (size_t i = 0; i < 4; i++) {
		int h = dec_hex_digit((char)p[i]);

		if (h < 0)
			return -1;
		unit = unit << 4 | h;
	}
	return unit;
}

/* The code point of \uXXXX or a pair at p (behind the backslash), and how many
 * bytes it took; 0 when it is none, lone, or NUL. */
static size_t unicode_escape(const unsigned char *p, size_t n, uint32_t *c)
{
	int high = unit_of(p + 1, n - 1), low;

	if (high <= 0 || (high >= 0xDC00 && high <= 0xDFFF))
		return 0;
	*c = (uint32_t)high;
	if (high < 0xD800 || high > 0xDBFF)
		return 5;
	if (n < 11 || p[5] != '\\' || p[6] != 'u')
		return 0;
	low = unit_of(p + 7, n - 7);
	if (low < 0xDC00 || low > 0xDFFF)
		return 0;
	*c = 0x10000u + (((uint32_t)high - 0xD800u) << 10) + ((uint32_t)low - 0xDC00u);
	return 11;
}

/* Bytes of the escape behind the backslash, its character in *c; 0: none. */
static size_t escape(const unsigned char *p, size_t n, uint32_t *c)
{
	static const char name[] = "\"\\/bfnrt";
	static const char meaning[] = "\"\\/\b\f\n\r\t";
	const char *at;

	if (n == 0 || p[0] == '\0')
		return 0;
	if (p[0] == 'u')
		return unicode_escape(p, n, c);
	at = strchr(name, p[0]);
	if (at == NULL)
		return 0;
	*c = (unsigned char)meaning[at - name];
	return 1;
}

/* What is not PLAIN or DIGIT: how many bytes it takes, 0 when it is wrong. */
static size_t special(const unsigned char *p, const unsigned char *end,
		      struct jsontext_string *out)
{
	size_t left = (size_t)(end - p), n;
	uint32_t c;

	switch (class_of[p[0]]) {
	case LEAD2:
		return left >= 2 && tails(p + 1, 1) ? 2 : 0;
	case LEAD3:
		if (left < 3 || !long_sequence(p, 3))
			return 0;
		out->digits += p[0] == 0xEF && p[1] == 0xBC;
		return 3;
	case LEAD4:
		return left >= 4 && long_sequence(p, 4) ? 4 : 0;
	case BACKSLASH:
		out->escaped = true;
		out->digits++; /* it may be one */
		n = escape(p + 1, left - 1, &c);
		return n > 0 ? n + 1 : 0;
	default:
		return 0;
	}
}

bool jsontext_string(const unsigned char **at, const unsigned char *end,
		     struct jsontext_string *out)
{
	const unsigned char *p = *at;

	*out = (struct jsontext_string){ .raw = { (const char *)p, 0 } };
	while (p < end) {
		unsigned class = class_of[*p];
		size_t n;

		if (class <= DIGIT) {
			out->digits += class;
			p++;
			continue;
		}
		if (class == QUOTE) {
			out->raw.n = (size_t)(p - *at);
			*at = p + 1;
			return true;
		}
		n = special(p, end, out);
		if (n == 0)
			return false;
		p += n;
	}
	return false;
}

static void add_utf8(struct buf *out, uint32_t c)
{
	if (c < 0x80) {
		buf_byte(out, (char)c);
		return;
	}
	if (c < 0x800) {
		buf_byte(out, (char)(0xC0 | c >> 6));
	} else {
		if (c < 0x10000) {
			buf_byte(out, (char)(0xE0 | c >> 12));
		} else {
			buf_byte(out, (char)(0xF0 | c >> 18));
			buf_byte(out, (char)(0x80 | (c >> 12 & 0x3F)));
		}
		buf_byte(out, (char)(0x80 | (c >> 6 & 0x3F)));
	}
	buf_byte(out, (char)(0x80 | (c & 0x3F)));
}

void jsontext_unescape(struct buf *out, struct str raw)
{
	for (size_t i = 0; i < raw.n; i++) {
		uint32_t c = 0;
		size_t n;

		if (raw.p[i] != '\\') {
			buf_byte(out, raw.p[i]);
			continue;
		}
		n = escape((const unsigned char *)raw.p + i + 1, raw.n - i - 1, &c);
		must(n > 0);
		add_utf8(out, c);
		i += n;
	}
}

static size_t digits(const unsigned char *p, const unsigned char *end)
{
	const unsigned char *from = p;

	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return (size_t)(p - from);
}

/* Bytes of "e+12" at p; 0 when it is not one. *exponent is its value. */
static size_t exponent(const unsigned char *p, const unsigned char *end, long *value)
{
	const unsigned char *q = p + 1;
	bool negative = q < end && *q == '-';
	size_t n;

	if (q < end && (*q == '+' || *q == '-'))
		q++;
	n = digits(q, end);
	if (n == 0)
		return 0;
	for (size_t i = 0; i < n && *value < 10000; i++)
		*value = *value * 10 + (q[i] - '0');
	if (negative)
		*value = -*value;
	return (size_t)(q - p) + n;
}

bool jsontext_number(const unsigned char **at, const unsigned char *end,
		     struct jsontext_number *out)
{
	const unsigned char *p = *at, *whole;
	size_t length, n;
	long power = 0;

	out->integer = true;
	if (p < end && *p == '-')
		p++;
	whole = p;
	length = digits(p, end);
	if (length == 0 || (length > 1 && *whole == '0'))
		return false;
	p += length;
	if (p < end && *p == '.') {
		out->integer = false;
		n = digits(p + 1, end);
		if (n == 0)
			return false;
		p += n + 1;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		out->integer = false;
		n = exponent(p, end, &power);
		if (n == 0)
			return false;
		p += n;
	}
	out->raw = (struct str){ (const char *)*at, (size_t)(p - *at) };
	*at = p;
	/* Below 1e308 whatever the digits are: a double holds it. */
	return out->raw.n <= JSONTEXT_NUMBER_MAX && power + (long)length <= 308;
}
