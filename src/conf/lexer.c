/* lexer: selfinfo.conf as words, "texts", braces and line ends, and the form in
 * which its errors are told. It goes on after an error, so that one run tells
 * all of them; what it gave before stays valid as long as the reader's text.
 * Nothing is expanded and nothing is skipped silently. Called by conf.c.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"
#include "option.h"

static struct str line_text(const struct reader *r, int line)
{
	struct str rest = r->text, text = STR_NONE;

	for (int i = 0; i < line; i++)
		text = str_cut(rest, '\n', &rest);
	return text;
}

/* A password that somebody did write must not travel into the journal with the
 * error that refuses it. */
static bool may_hold_secret(struct str line)
{
	for (size_t i = 0; i < line.n; i++) {
		struct str rest = str_from(line, i);

		if (str_starts(rest, "://") && memchr(rest.p, '@', rest.n))
			return true;
		if (rest.n >= 8 && str_is_nocase(str_part(rest, 0, 8), "password"))
			return true;
	}
	return false;
}

static void show_line(struct reader *r, int line)
{
	struct str text = str_trim(line_text(r, line)), rest;
	const char *cut = "";

	if (text.n == 0)
		return;
	if (may_hold_secret(text)) {
		text = str_cut(text, ' ', &rest);
		cut = " …";
	} else if (text.n > 160) {
		text.n = 160;
		cut = " …";
	}
	buf_adds(r->errors, "    ");
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		buf_byte(r->errors, (unsigned char)c < 0x20 || c == 0x7f ? '?' : c);
	}
	buf_printf(r->errors, "%s\n", cut);
}

void reader_error(struct reader *r, int line, int column, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	if (++r->told > READER_ERRORS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_adds(r->errors, r->file);
	if (line > 0)
		buf_printf(r->errors, ":%d", line);
	if (column > 0)
		buf_printf(r->errors, ":%d", column);
	for (char *i = text; *i; i++)
		if ((unsigned char)*i < 0x20 || *i == 0x7f)
			*i = '?'; /* nothing of a file may steer a terminal */
	buf_printf(r->errors, ": error: %s\n", text);
	if (line > 0)
		show_line(r, line);
	if (r->told == READER_ERRORS_MAX)
		buf_adds(r->errors, "    further errors are not shown\n");
}

void reader_hint(struct reader *r, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	if (r->told > READER_ERRORS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_printf(r->errors, "    %s\n", text);
}

static int column_of(const struct reader *r, size_t at)
{
	return (int)(at - r->line_at) + 1;
}

static bool ends_word(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '"' || c == '{' || c == '}' ||
	       c == '#';
}

/* Says of a word or text what no configuration may hold. */
static void check_bytes(struct reader *r, struct str s, size_t at)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '\r')
			reader_error(r, r->line, column_of(r, at + i),
				     "a carriage return; lines end with LF alone");
		else if ((c < 0x20 && c != '\t') || c == 0x7f)
			reader_error(r, r->line, column_of(r, at + i),
				     "a control character (0x%02x)", c);
		else
			continue;
		return;
	}
	if (!text_is_utf8(s))
		reader_error(r, r->line, column_of(r, at), "this is not UTF-8");
}

static struct str take_word(struct reader *r)
{
	size_t from = r->at;
	struct str word;

	while (r->at < r->text.n && !ends_word(r->text.p[r->at]))
		r->at++;
	word = str_part(r->text, from, r->at - from);
	check_bytes(r, word, from);
	return word;
}

static struct str take_text(struct reader *r)
{
	size_t from = r->at++;
	char *out = arena_alloc(r->a, str_find(str_from(r->text, from), '\n') + 1);
	size_t n = 0;

	while (r->at < r->text.n && r->text.p[r->at] != '\n') {
		char c = r->text.p[r->at++];

		if (c == '"') {
			check_bytes(r, str_part(r->text, from, r->at - from), from);
			return (struct str){ out, n };
		}
		if (c == '\\') {
			char next = r->at < r->text.n ? r->text.p[r->at] : '\n';

			if (next != '"' && next != '\\') {
				reader_error(r, r->line, column_of(r, r->at - 1),
					     "only \\\" and \\\\ may follow a backslash");
				continue;
			}
			r->at++;
			c = next;
		}
		out[n++] = c;
	}
	reader_error(r, r->line, column_of(r, from),
		     "this text is not closed by \" on its line");
	return (struct str){ out, n };
}

static void skip_blanks(struct reader *r)
{
	while (r->at < r->text.n && (r->text.p[r->at] == ' ' || r->text.p[r->at] == '\t'))
		r->at++;
	if (r->at < r->text.n && r->text.p[r->at] == '#')
		r->at += str_find(str_from(r->text, r->at), '\n');
}

static struct token symbol(struct reader *r, enum token_kind kind)
{
	struct token t = { kind, str_part(r->text, r->at, 1), r->line,
			   column_of(r, r->at) };

	r->at++;
	if (kind == TOKEN_LINE_END) {
		r->line++;
		r->line_at = r->at;
	}
	return t;
}

struct token lexer_next(struct reader *r)
{
	struct token t;

	if (r->has_next) {
		r->has_next = false;
		return r->next;
	}
	skip_blanks(r);
	if (r->at >= r->text.n)
		return (struct token){ TOKEN_END, STR_NONE, r->line, column_of(r, r->at) };
	switch (r->text.p[r->at]) {
	case '\n':
		return symbol(r, TOKEN_LINE_END);
	case '{':
		return symbol(r, TOKEN_OPEN);
	case '}':
		return symbol(r, TOKEN_CLOSE);
	default:
		break;
	}
	t = (struct token){ TOKEN_WORD, STR_NONE, r->line, column_of(r, r->at) };
	if (r->text.p[r->at] == '"') {
		t.kind = TOKEN_TEXT;
		t.text = take_text(r);
	} else {
		t.text = take_word(r);
	}
	return t;
}

void lexer_back(struct reader *r, struct token t)
{
	must(!r->has_next);
	r->next = t;
	r->has_next = true;
}
