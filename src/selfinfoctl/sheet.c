/* sheet: see sheet.h. Called by client and agency; the files are small (256 KiB
 * at most) and come from people who are given keys to register, so nothing in
 * them is believed.
 * SPDX-License-Identifier: Apache-2.0 */
#include "sheet.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"
#include "base/tree.h"

enum { FILE_MAX = 256 * 1024 };

void sheet_error(struct sheet *f, const char *member, const char *fmt, ...)
{
	va_list ap;

	f->told++;
	fprintf(stderr, "%s: error: %s%s", f->file, member, member[0] ? ": " : "");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

static bool read_text(struct sheet *f, struct buf *text)
{
	FILE *in = fopen(f->file, "re");
	size_t n = 1;

	if (in == NULL) {
		sheet_error(f, "", "it cannot be read: %s", strerror(errno));
		return false;
	}
	while (n > 0 && text->n <= FILE_MAX) {
		n = fread(buf_room(text, 8192), 1, 8192, in);
		buf_grow(text, n);
	}
	if (ferror(in))
		sheet_error(f, "", "it cannot be read: %s", strerror(errno));
	else if (text->n > FILE_MAX)
		sheet_error(f, "", "it is larger than 256 KiB");
	fclose(in);
	return f->told == 0;
}

/* jansson's own words are not shown: they quote what stands at the place, and
 * a file given by mistake may hold a private key. */
static void tell_syntax(struct sheet *f, const json_error_t *e)
{
	bool twice = json_error_code(e) == json_error_duplicate_key;

	f->told++;
	fprintf(stderr, "%s:%d:%d: error: %s\n", f->file, e->line, e->column,
		twice ? "a member is there twice" : "this is not JSON");
}

bool sheet_open(struct sheet *f, struct arena *a, const char *file)
{
	AUTO(buf) struct buf text = { 0 };
	json_error_t e;

	*f = (struct sheet){ .a = a, .file = file };
	if (!read_text(f, &text))
		return false;
	f->root = json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES, &e);
	if (f->root == NULL) {
		tell_syntax(f, &e);
		return false;
	}
	tree_own(a, f->root);
	if (!json_is_object(f->root))
		sheet_error(f, "", "a JSON object is expected");
	return f->told == 0;
}

json_t *sheet_member(struct sheet *f, const char *name, bool required)
{
	json_t *j = json_object_get(f->root, name);

	must(f->n < SHEET_MEMBERS_MAX);
	f->asked[f->n++] = name;
	if (j == NULL && required)
		sheet_error(f, name, "it is missing");
	return j;
}

static struct str text_of(const json_t *j)
{
	return (struct str){ json_string_value(j), json_string_length(j) };
}

static bool is_printable(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= 0x20 || s.p[i] >= 0x7f)
			return false;
	return true;
}

struct str sheet_text(struct sheet *f, const char *name, const char *fallback, size_t max)
{
	json_t *j = sheet_member(f, name, fallback == NULL);

	if (j == NULL)
		return str_of(fallback ? fallback : "");
	if (!json_is_string(j))
		sheet_error(f, name, "a text is expected");
	else if (json_string_length(j) > max)
		sheet_error(f, name, "it is longer than %zu characters", max);
	else if (memchr(json_string_value(j), '\0', json_string_length(j)))
		sheet_error(f, name, "it holds a control character");
	else
		return arena_str(f->a, text_of(j));
	return STR("");
}

static struct str plain(struct sheet *f, const json_t *j, const char *name, size_t max)
{
	if (!json_is_string(j))
		sheet_error(f, name, "a text is expected");
	else if (!text_is_plain(text_of(j)) || str_trim(text_of(j)).n == 0)
		sheet_error(f, name, "it is empty or holds characters that are not shown");
	else if (text_length(text_of(j)) > max)
		sheet_error(f, name, "it is longer than %zu characters", max);
	else
		return arena_str(f->a, text_of(j));
	return STR("?");
}

struct str sheet_plain(struct sheet *f, const char *name, size_t max)
{
	json_t *j = sheet_member(f, name, true);

	return j ? plain(f, j, name, max) : STR("?");
}

struct sheet_pair sheet_pair_of(struct sheet *f, json_t *pair, const char *name, size_t max)
{
	const char *ja = arena_printf(f->a, "%s.ja", name).p;
	const char *en = arena_printf(f->a, "%s.en", name).p;
	struct sheet_pair p = { STR("?"), STR("?") };

	if (!json_is_object(pair) || json_object_size(pair) != 2 ||
	    !json_object_get(pair, "ja") || !json_object_get(pair, "en")) {
		sheet_error(f, name, "{\"ja\": text, \"en\": text} is expected");
		return p;
	}
	p.ja = plain(f, json_object_get(pair, "ja"), ja, max);
	p.en = plain(f, json_object_get(pair, "en"), en, max);
	return p;
}

struct sheet_pair sheet_pair(struct sheet *f, const char *name, size_t max)
{
	json_t *j = sheet_member(f, name, true);

	return j ? sheet_pair_of(f, j, name, max) :
		   (struct sheet_pair){ STR("?"), STR("?") };
}

int64_t sheet_int(struct sheet *f, const char *name, int64_t fallback, int64_t min,
		  int64_t max)
{
	json_t *j = sheet_member(f, name, false);

	if (j == NULL)
		return fallback;
	if (json_is_integer(j) && json_integer_value(j) >= min &&
	    json_integer_value(j) <= max)
		return json_integer_value(j);
	sheet_error(f, name, "a whole number from %lld to %lld is expected", (long long)min,
		    (long long)max);
	return fallback;
}

bool sheet_list_has(struct sheet_list l, const char *word)
{
	for (size_t i = 0; i < l.n; i++)
		if (str_is(l.p[i], word))
			return true;
	return false;
}

static bool text_fits(struct sheet *f, const char *name, const json_t *j, size_t max,
		      struct sheet_list sofar)
{
	struct str s = text_of(j);

	if (!json_is_string(j) || s.n == 0 || s.n > max || !is_printable(s))
		sheet_error(f, name,
			    "number %zu is not a text of 1 to %zu printable "
			    "characters",
			    sofar.n + 1, max);
	else if (sheet_list_has(sofar, s.p))
		sheet_error(f, name, "number %zu is there twice", sofar.n + 1);
	else
		return true;
	return false;
}

struct sheet_list sheet_texts(struct sheet *f, const char *name, const char *fallback,
			      size_t max)
{
	json_t *j = sheet_member(f, name, fallback == NULL);
	size_t n = json_array_size(j);
	struct sheet_list l = { arena_array(f->a, n + 1, sizeof(struct str)), 0 };

	if (j == NULL) {
		if (fallback)
			l.p[l.n++] = str_of(fallback);
		return l;
	}
	if (!json_is_array(j) || n < 1 || n > SHEET_LIST_MAX) {
		sheet_error(f, name, "a list of 1 to %d texts is expected", SHEET_LIST_MAX);
		return l;
	}
	for (size_t i = 0; i < n; i++) {
		if (!text_fits(f, name, json_array_get(j, i), max, l))
			break;
		l.p[l.n++] = arena_str(f->a, text_of(json_array_get(j, i)));
	}
	return l;
}

bool sheet_end(struct sheet *f)
{
	const char *name;
	json_t *value;

	json_object_foreach(f->root, name, value)
	{
		bool asked = false;

		for (size_t i = 0; i < f->n; i++)
			asked |= strcmp(f->asked[i], name) == 0;
		/* a name is shown only when it cannot steer a terminal */
		if (!asked && strlen(name) <= 64 && is_printable(str_of(name)))
			sheet_error(f, name, "there is no such member");
		else if (!asked)
			sheet_error(f, "", "it has an unknown member");
	}
	return f->told == 0;
}
