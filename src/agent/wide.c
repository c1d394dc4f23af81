/* wide: widths, breaking and what people type (agent/wide.h). The tables hold
 * the blocks of Unicode 15 that are W, F or A in EastAsianWidth.txt, rounded to
 * blocks; an unassigned code point may count too much, never too little.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agent/wide.h"

#include "base/text.h"

struct range {
	uint32_t first, last;
};

static const struct range none[] = {
	/* marks drawn on the letter before */
	{ 0x0300, 0x036F }, { 0x0483, 0x0489 }, { 0x0591, 0x05BD }, { 0x20D0, 0x20F0 },
	{ 0x3099, 0x309A }, { 0xFE00, 0xFE0F }, { 0xFE20, 0xFE2F }, { 0xE0100, 0xE01EF },
};

static const struct range two[] = {
	{ 0x00A1, 0x00A1 },    { 0x00A4, 0x00A8 },   { 0x00AA, 0x00AA },
	{ 0x00AD, 0x00AE },    { 0x00B0, 0x00BF },   { 0x00C6, 0x00C6 },
	{ 0x00D0, 0x00D0 },    { 0x00D7, 0x00D8 },   { 0x00DE, 0x00E1 },
	{ 0x00E6, 0x00FE },    { 0x0101, 0x0261 },   { 0x02C4, 0x02DF },
	{ 0x0391, 0x03C9 },    { 0x0401, 0x0451 },   { 0x1100, 0x115F },
	{ 0x2010, 0x203E },    { 0x2074, 0x20AC },   { 0x2103, 0x27FF },
	{ 0x2900, 0x303E },    { 0x3041, 0x4DBF },   { 0x4DC0, 0xA4CF },
	{ 0xA960, 0xA97F },    { 0xAC00, 0xD7A3 },   { 0xE000, 0xFAFF },
	{ 0xFE10, 0xFE19 },    { 0xFE30, 0xFE6F },   { 0xFF01, 0xFF60 },
	{ 0xFFE0, 0xFFE6 },    { 0xFFFD, 0xFFFD },   { 0x16FE0, 0x18DFF },
	{ 0x1AFF0, 0x1B2FF },  { 0x1F000, 0x1FAFF }, { 0x20000, 0x3FFFD },
	{ 0xF0000, 0x10FFFD },
};

static bool is_in(const struct range *table, size_t n, uint32_t c)
{
	for (size_t i = 0; i < n; i++)
		if (c >= table[i].first && c <= table[i].last)
			return true;
	return false;
}

size_t wide_columns(uint32_t c)
{
	if (c < 0x80)
		return 1;
	if (is_in(none, COUNT(none), c))
		return 0;
	return is_in(two, COUNT(two), c) ? 2 : 1;
}

size_t wide_width(struct str s)
{
	size_t width = 0;

	for (size_t at = 0; at < s.n;)
		width += wide_columns(text_next(s, &at));
	return width;
}

/* What may not begin a line: closing marks, small kana, the long-vowel mark. */
static bool is_closing(uint32_t c)
{
	static const uint32_t closing[] = {
		0x3001, 0x3002, 0x300B, 0x300D, 0x300F, 0x3011, 0x30FC, 0x3041,
		0x3043, 0x3045, 0x3047, 0x3049, 0x3063, 0x3083, 0x3085, 0x3087,
		0x30A1, 0x30A3, 0x30A5, 0x30A7, 0x30A9, 0x30C3, 0x30E3, 0x30E5,
		0x30E7, 0x30FB, 0xFF01, 0xFF09, 0xFF0C, 0xFF0E, 0xFF1A, 0xFF1F,
		'.',    ',',    ')',    ']',    ':',    ';',    '!',    '?',
	};

	for (size_t i = 0; i < COUNT(closing); i++)
		if (closing[i] == c)
			return true;
	return wide_columns(c) == 0;
}

static bool is_opening(uint32_t c)
{
	return c == 0x300C || c == 0x300E || c == 0xFF08 || c == '(' || c == '[';
}

/* A piece that is not broken: a word, or one wide character; with the closing
 * marks behind it. Returns where it ends. */
static size_t piece_end(struct str s, size_t at)
{
	uint32_t last = text_next(s, &at);

	while (at < s.n) {
		size_t next = at;
		uint32_t c = text_next(s, &next);

		if (c == ' ' || c == '\n')
			break;
		if (!is_closing(c) && !is_opening(last) &&
		    (wide_columns(c) == 2 || wide_columns(last) == 2))
			break;
		at = next;
		last = c;
	}
	return at;
}

struct line {
	struct buf *out;
	size_t columns, indent, at;
};

static void break_line(struct line *l)
{
	while (l->out->n > 0 && l->out->p[l->out->n - 1] == ' ')
		l->out->n--;
	buf_byte(l->out, '\n');
	for (size_t i = 0; i < l->indent; i++)
		buf_byte(l->out, ' ');
	l->at = l->indent;
}

/* A piece wider than a whole line is broken anywhere. */
static void add_anyhow(struct line *l, struct str piece)
{
	for (size_t at = 0; at < piece.n;) {
		size_t from = at;
		size_t width = wide_columns(text_next(piece, &at));

		if (l->at + width > l->columns)
			break_line(l);
		buf_add(l->out, str_part(piece, from, at - from));
		l->at += width;
	}
}

static void add_piece(struct line *l, struct str piece)
{
	size_t width = wide_width(piece);

	if (l->at + width > l->columns && l->at > l->indent)
		break_line(l);
	if (l->at + width > l->columns) {
		add_anyhow(l, piece);
		return;
	}
	buf_add(l->out, piece);
	l->at += width;
}

void wide_wrap(struct buf *out, struct str s, size_t columns, size_t at, size_t indent)
{
	struct line l = { out, columns, indent, at };

	must(columns >= indent + 8);
	for (size_t i = 0; i < s.n;) {
		size_t end;

		if (s.p[i] == '\n') {
			break_line(&l);
			i++;
			continue;
		}
		if (s.p[i] == ' ') {
			if (l.at < l.columns) {
				buf_byte(out, ' ');
				l.at++;
			}
			i++;
			continue;
		}
		end = piece_end(s, i);
		add_piece(&l, str_part(s, i, end - i));
		i = end;
	}
}

static bool is_hyphen_or_blank(uint32_t c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '-' || c == 0x00A0 ||
	       c == 0x3000 || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0x30FC ||
	       c == 0xFF0D || c == 0xFF70;
}

bool wide_typed(struct str s, char *out, size_t size)
{
	size_t n = 0;

	if (!text_is_utf8(s))
		return false;
	for (size_t at = 0; at < s.n;) {
		uint32_t c = text_next(s, &at);

		if (is_hyphen_or_blank(c))
			continue;
		if (c >= 0xFF01 && c <= 0xFF5E)
			c -= 0xFF01 - 0x21;
		if (c <= 0x20 || c >= 0x7F || n + 1 >= size)
			return false;
		out[n++] = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
	}
	out[n] = '\0';
	return true;
}
