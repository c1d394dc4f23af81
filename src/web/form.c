/* form: decodes pairs once, into the arena; nothing is normalised.
 * Called by endpoint for bodies and queries.
 * SPDX-License-Identifier: Apache-2.0 */
#include "web/form.h"

#include "base/enc.h"
#include "base/text.h"

enum { MAX_PAIRS = 64 };

/* The byte that "%xy" at s[i] stands for, or -1. */
static int escaped_byte(struct str s, size_t i)
{
	int high, low;

	if (s.n - i < 3)
		return -1;
	high = dec_hex_digit(s.p[i + 1]);
	low = dec_hex_digit(s.p[i + 2]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

static bool unescape(struct arena *a, struct str s, struct str *out)
{
	char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		int c = (unsigned char)s.p[i];

		if (c == '+')
			c = ' ';
		if (c == '%') {
			c = escaped_byte(s, i);
			if (c <= 0)
				return false;
			i += 2;
		}
		if (c == '\0')
			return false;
		p[n++] = (char)c;
	}
	*out = (struct str){ p, n };
	return text_is_utf8(*out);
}

static bool is_listed(const char *const *list, struct str name)
{
	for (; list != NULL && *list != NULL; list++)
		if (str_is(name, *list))
			return true;
	return false;
}

bool form_parse(struct arena *a, struct str text, const char *const *repeatable,
		struct form *out)
{
	struct str rest = text;

	*out = (struct form){ arena_array(a, MAX_PAIRS, sizeof(struct str)),
			      arena_array(a, MAX_PAIRS, sizeof(struct str)), 0 };
	while (rest.n > 0) {
		struct str value, name, pair = str_cut(rest, '&', &rest);
		size_t at = out->pairs;

		if (pair.n == 0)
			continue;
		name = str_cut(pair, '=', &value);
		if (at == MAX_PAIRS || !unescape(a, name, &out->name[at]) ||
		    !unescape(a, value, &out->value[at]))
			return false;
		if (form_value(out, arena_cstr(a, out->name[at])).p != NULL &&
		    !is_listed(repeatable, out->name[at]))
			return false;
		out->pairs++;
	}
	return true;
}

struct str form_value(const struct form *f, const char *name)
{
	for (size_t i = 0; i < f->pairs; i++)
		if (str_is(f->name[i], name))
			return f->value[i];
	return STR_NONE;
}

bool form_has(const struct form *f, const char *name, struct str value)
{
	for (size_t i = 0; i < f->pairs; i++)
		if (str_is(f->name[i], name) && str_eq(f->value[i], value))
			return true;
	return false;
}

void form_encode(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char c = (unsigned char)text.p[i];

		if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		    (c >= '0' && c <= '9') || (c != 0 && strchr("-._~", c) != NULL))
			buf_byte(out, (char)c);
		else
			buf_printf(out, "%%%02X", c);
	}
}
