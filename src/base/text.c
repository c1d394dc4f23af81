/* text: one decoder for UTF-8, from which the checks and escapes are made.
 * RFC 3629 section 4 (well-formed sequences); RFC 8259 section 7.
 * Called by every room that checks or writes text.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

/* The length of the well-formed sequence at s[0], or 0. */
static size_t sequence(const unsigned char *s, size_t n)
{
	unsigned char c = s[0];
	unsigned char low = 0x80, high = 0xBF;
	size_t len;

	if (c < 0x80)
		return 1;
	if (c >= 0xC2 && c <= 0xDF)
		len = 2;
	else if (c >= 0xE0 && c <= 0xEF)
		len = 3;
	else if (c >= 0xF0 && c <= 0xF4)
		len = 4;
	else
		return 0;
	if (len > n)
		return 0;
	if (c == 0xE0)
		low = 0xA0;
	else if (c == 0xED)
		high = 0x9F;
	else if (c == 0xF0)
		low = 0x90;
	else if (c == 0xF4)
		high = 0x8F;
	if (s[1] < low || s[1] > high)
		return 0;
	for (size_t i = 2; i < len; i++)
		if ((s[i] & 0xC0) != 0x80)
			return 0;
	return len;
}

bool text_is_utf8(struct str s)
{
	size_t at = 0;

	while (at < s.n) {
		size_t n = sequence((const unsigned char *)s.p + at, s.n - at);

		if (n == 0)
			return false;
		at += n;
	}
	return true;
}

uint32_t text_next(struct str s, size_t *at)
{
	const unsigned char *p = (const unsigned char *)s.p + *at;
	size_t n = sequence(p, s.n - *at);
	static const unsigned char first_mask[5] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
	uint32_t c;

	must(n > 0);
	c = p[0] & first_mask[n];
	for (size_t i = 1; i < n; i++)
		c = (c << 6) | (p[i] & 0x3Fu);
	*at += n;
	return c;
}

size_t text_length(struct str s)
{
	size_t count = 0;

	for (size_t i = 0; i < s.n; i++)
		count += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return count;
}

static bool is_plain(uint32_t c)
{
	if (c < 0x20 || (c >= 0x7F && c < 0xA0))
		return false;
	if ((c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
	    (c >= 0x2060 && c <= 0x206F))
		return false;
	return c != 0xFEFF && c != 0x061C && c != 0x2028 && c != 0x2029;
}

bool text_is_plain(struct str s)
{
	if (!text_is_utf8(s))
		return false;
	for (size_t at = 0; at < s.n;)
		if (!is_plain(text_next(s, &at)))
			return false;
	return true;
}

static const char *json_escape(char c)
{
	switch (c) {
	case '"':
		return "\\\"";
	case '\\':
		return "\\\\";
	case '\n':
		return "\\n";
	case '\r':
		return "\\r";
	case '\t':
		return "\\t";
	case '\b':
		return "\\b";
	case '\f':
		return "\\f";
	default:
		return NULL;
	}
}

void text_json(struct buf *out, struct str s)
{
	buf_byte(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		const char *e = json_escape(c);

		if (e != NULL)
			buf_adds(out, e);
		else if ((unsigned char)c < 0x20)
			buf_printf(out, "\\u%04x", (unsigned)c);
		else
			buf_byte(out, c);
	}
	buf_byte(out, '"');
}

void text_html(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		switch (s.p[i]) {
		case '&':
			buf_adds(out, "&amp;");
			break;
		case '<':
			buf_adds(out, "&lt;");
			break;
		case '>':
			buf_adds(out, "&gt;");
			break;
		case '"':
			buf_adds(out, "&quot;");
			break;
		case '\'':
			buf_adds(out, "&#39;");
			break;
		default:
			buf_byte(out, s.p[i]);
		}
	}
}
