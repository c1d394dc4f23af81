/* page_value: strings, numbers, dates and pairs of languages for text,
 * attributes and URLs. Source: the HTML standard's escaping, RFC 3986
 * section 2.3 for what needs no %XX, pages-P3 and P12.
 * Called by page.c.
 * SPDX-License-Identifier: Apache-2.0 */
#include "web/page_value.h"

#include "base/text.h"
#include "base/tree.h"
#include "web/era.h"
#include "web/page.h"

/* A line break is a control too, but a harmless one. */
static void write_visible(struct buf *out, struct str s)
{
	size_t at = 0;

	if (text_is_plain(s)) {
		text_html(out, s);
		return;
	}
	while (at < s.n) {
		size_t from = at;
		struct str one;

		(void)text_next(s, &at);
		one = str_part(s, from, at - from);
		if (text_is_plain(one) || str_is(one, "\n"))
			text_html(out, one);
		else
			buf_adds(out, "\xEF\xBF\xBD");
	}
}

static bool is_unreserved(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_' || c == '~';
}

static void write_url_part(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (is_unreserved(s.p[i]))
			buf_byte(out, s.p[i]);
		else
			buf_printf(out, "%%%02X", (unsigned char)s.p[i]);
}

/* Our own paths and https alone: never javascript:, data: or //elsewhere. */
static void write_url(struct buf *out, struct str s)
{
	bool path = str_starts(s, "/") && !str_starts(s, "//") && !str_starts(s, "/\\");

	if (text_is_plain(s) && (path || str_starts(s, "https://")))
		text_html(out, s);
	else
		buf_byte(out, '#');
}

static void write_string(struct buf *out, struct str s, enum page_place place)
{
	if (place == PLACE_URL)
		write_url(out, s);
	else if (place == PLACE_URL_PART)
		write_url_part(out, s);
	else
		write_visible(out, s);
}

/* 1,234 for readers, 1234 in a URL. */
static void write_number(struct buf *out, int64_t v, enum page_place place)
{
	char digits[24];
	int n = snprintf(digits, sizeof(digits), "%lld", (long long)v);

	for (int i = 0; i < n; i++) {
		buf_byte(out, digits[i]);
		if (place == PLACE_TEXT && digits[i] != '-' && i + 1 < n &&
		    (n - 1 - i) % 3 == 0)
			buf_byte(out, ',');
	}
}

static json_t *in_language(json_t *pair, enum lang lang)
{
	struct str tag = lang_tag(lang);

	return json_object_getn(pair, tag.p, tag.n);
}

static bool write_pair(struct buf *out, json_t *pair, enum page_place place, enum lang lang)
{
	enum lang found = lang;
	json_t *v = in_language(pair, lang);

	for (int i = 0; !json_is_string(v) && i < LANG_COUNT; i++) {
		found = (enum lang)i;
		v = in_language(pair, found);
	}
	if (!json_is_string(v))
		return false;
	if (place != PLACE_TEXT) {
		write_string(out, tree_text(v), place);
		return true;
	}
	buf_adds(out, "<bdi");
	if (found != lang)
		buf_printf(out, " lang=\"%.*s\"", STR_ARG(lang_tag(found)));
	buf_byte(out, '>');
	write_visible(out, tree_text(v));
	buf_adds(out, "</bdi>");
	return true;
}

static bool clock_parse(struct str s, int64_t *hour, int64_t *minute)
{
	struct str m;
	struct str h = str_cut(s, ':', &m);

	if (h.n != 2 || m.n != 2)
		return false;
	return str_int(h.p[0] == '0' ? str_from(h, 1) : h, 0, 23, hour) &&
	       str_int(m.p[0] == '0' ? str_from(m, 1) : m, 0, 59, minute);
}

static void write_clock(struct buf *out, int64_t hour, int64_t minute, enum lang lang)
{
	if (lang == LANG_JA)
		buf_printf(out, " %d時%02d分", (int)hour, (int)minute);
	else
		buf_printf(out, ", %02d:%02d", (int)hour, (int)minute);
}

static bool write_date(struct buf *out, json_t *v, enum page_place place, enum lang lang)
{
	struct str day = tree_member(v, "date");
	struct str at = tree_member(v, "time");
	int64_t hour = 0, minute = 0;
	struct date d;

	if (!date_parse(day, &d) || (at.p != NULL && !clock_parse(at, &hour, &minute)))
		return false;
	if (place == PLACE_TEXT)
		buf_printf(out, "<time datetime=\"%.*s%s%.*s\">", STR_ARG(day),
			   at.p != NULL ? "T" : "", STR_ARG(at));
	era_write(out, d, lang);
	if (at.p != NULL)
		write_clock(out, hour, minute, lang);
	if (place == PLACE_TEXT)
		buf_adds(out, "</time>");
	return true;
}

bool page_value(struct buf *out, json_t *v, enum page_place place, enum lang lang,
		bool in_sentence)
{
	bool own = in_sentence && place == PLACE_TEXT && json_is_string(v);

	if (json_is_string(v)) {
		if (own)
			buf_adds(out, "<bdi>");
		write_string(out, tree_text(v), place);
		if (own)
			buf_adds(out, "</bdi>");
	} else if (json_is_integer(v)) {
		write_number(out, json_integer_value(v), place);
	} else if (json_is_object(v) && json_object_get(v, "date") != NULL) {
		return write_date(out, v, place, lang);
	} else if (json_is_object(v)) {
		return write_pair(out, v, place, lang);
	} else {
		return false;
	}
	return true;
}
