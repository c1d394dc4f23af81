/* value: one written value of each type, checked and stored. A wrong value is
 * told with its allowed range and leaves the struct as it was. Called by
 * conf.c. Numbers are decimal; durations and sizes need their unit, because a
 * bare 10 is read as seconds by one person and as milliseconds by the next.
 * SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "option.h"

struct unit {
	const char *name;
	int64_t factor;
};

/* the smallest first */
static const struct unit duration_unit[] = {
	{ "ms", 1 },
	{ "s", 1000 },
	{ "min", 60 * INT64_C(1000) },
	{ "h", 3600 * INT64_C(1000) },
	{ "d", CLOCK_DAY_MS },
};
static const struct unit size_unit[] = {
	{ "B", 1 },
	{ "KiB", INT64_C(1) << 10 },
	{ "MiB", INT64_C(1) << 20 },
	{ "GiB", INT64_C(1) << 30 },
};

static const struct unit *units(enum option_type type, size_t *n)
{
	*n = 0;
	if (type == OPTION_DURATION) {
		*n = COUNT(duration_unit);
		return duration_unit;
	}
	if (type == OPTION_SIZE) {
		*n = COUNT(size_unit);
		return size_unit;
	}
	return NULL;
}

void unit_print(enum option_type type, int64_t v, struct buf *out)
{
	size_t n;
	const struct unit *u = units(type, &n);

	while (n > 1 && (v == 0 || v % u[n - 1].factor != 0))
		n--;
	if (n == 0)
		buf_int(out, v);
	else
		buf_printf(out, "%lld%s", (long long)(v / u[n - 1].factor), u[n - 1].name);
}

static int small(char c)
{
	return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

static int distance(struct str a, struct str b)
{
	int row[33];

	if (a.n > 32 || b.n > 32)
		return 99;
	if (b.n > 3 && a.n > 3 && memcmp(a.p, b.p, a.n < b.n ? a.n : b.n) == 0)
		return 1; /* one begins with the other */
	for (size_t j = 0; j <= b.n; j++)
		row[j] = (int)j;
	for (size_t i = 1; i <= a.n; i++) {
		int corner = row[0];

		row[0] = (int)i;
		for (size_t j = 1; j <= b.n; j++) {
			int above = row[j];
			int best = corner + (small(a.p[i - 1]) != small(b.p[j - 1]));

			if (above + 1 < best)
				best = above + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
			corner = above;
		}
	}
	return row[b.n];
}

const char *nearest_word(struct str word, const char *const *candidate, size_t n)
{
	const char *best = NULL;
	int least = word.n < 4 ? 2 : word.n < 8 ? 3 : 4; /* not yet near */

	for (size_t i = 0; i < n; i++) {
		int d = distance(word, str_of(candidate[i]));

		if (d < least) {
			least = d;
			best = candidate[i];
		}
	}
	return best;
}

static void hint_range(struct reader *r, const struct option *o)
{
	AUTO(buf) struct buf range = { 0 };

	option_range(o, &range);
	if (range.n > 0)
		reader_hint(r, "allowed: %.*s", STR_ARG(buf_str(&range)));
}

static bool refuse(struct reader *r, const struct option *o, struct token v,
		   const char *what)
{
	reader_error(r, v.line, v.column, "%s: %s", o->name, what);
	return false;
}

static void *place(struct conf *c, const struct option *o)
{
	return (char *)c + o->at;
}

static bool store_number(struct reader *r, struct conf *c, const struct option *o,
			 struct token v)
{
	size_t n, digits = 0;
	const struct unit *u = units(o->type, &n);
	int64_t factor = 1, number;
	struct str name;

	while (digits < v.text.n && v.text.p[digits] >= '0' && v.text.p[digits] <= '9')
		digits++;
	name = str_from(v.text, digits);
	if (!str_int(str_part(v.text, 0, digits), 0, INT64_MAX, &number)) {
		refuse(r, o, v,
		       digits > 1 && v.text.p[0] == '0' ? "a number does not begin with 0" :
							  "this is not a number");
		hint_range(r, o);
		return false;
	}
	if (u == NULL && name.n > 0) {
		refuse(r, o, v, "a number without a unit is expected");
		hint_range(r, o);
		return false;
	}
	for (size_t i = 0; i < n; i++)
		if (str_is(name, u[i].name))
			factor = -u[i].factor;
	if (u != NULL && factor > 0) {
		refuse(r, o, v,
		       name.n > 0 ? "there is no such unit" : "the unit is missing");
		reader_hint(r, "units: %s",
			    o->type == OPTION_SIZE ? "B, KiB, MiB, GiB" :
						     "ms, s, min, h, d");
		hint_range(r, o);
		return false;
	}
	if (__builtin_mul_overflow(number, factor < 0 ? -factor : 1, &number) ||
	    number < o->min || number > o->max) {
		refuse(r, o, v, "out of range");
		hint_range(r, o);
		return false;
	}
	*(int64_t *)place(c, o) = number;
	return true;
}

static bool store_choice(struct reader *r, struct conf *c, const struct option *o,
			 struct token v)
{
	const char *word[8];
	char copy[64];
	size_t n = 0;
	char *save = NULL;
	const char *near;

	must(strlen(o->choices) < sizeof(copy));
	memcpy(copy, o->choices, strlen(o->choices) + 1);
	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save)) {
		must(n < COUNT(word));
		if (str_is(v.text, w)) {
			*(int64_t *)place(c, o) = (int64_t)n;
			return true;
		}
		word[n++] = w;
	}
	refuse(r, o, v, "there is no such choice");
	near = nearest_word(v.text, word, n);
	if (near)
		reader_hint(r, "did you mean \"%s\"?", near);
	hint_range(r, o);
	return false;
}

static bool store_address(struct reader *r, struct conf *c, const struct option *o,
			  struct token v)
{
	struct conf_addresses *list = place(c, o);
	struct conf_address address = { 0 };

	if (!address_read(v.text, &address)) {
		refuse(r, o, v, "a numeric address and a port are expected");
		reader_hint(r,
			    "for instance 127.0.0.1:8443 or [::1]:8443; ports 1 to 65535");
		return false;
	}
	address.text = str_of(arena_cstr(r->a, v.text));
	if (list->p == NULL)
		list->p = arena_array(r->a, CONF_LIST_MAX, sizeof(*list->p));
	list->p[list->n++] = address;
	return true;
}

static bool store_text(struct reader *r, struct conf *c, const struct option *o,
		       struct str text)
{
	*(struct str *)place(c, o) = str_of(arena_cstr(r->a, text));
	return true;
}

static bool store_in_list(struct reader *r, struct conf *c, const struct option *o,
			  struct str text)
{
	struct conf_list *list = place(c, o);

	if (list->p == NULL)
		list->p = arena_array(r->a, CONF_LIST_MAX, sizeof(*list->p));
	list->p[list->n++] = str_of(arena_cstr(r->a, text));
	return true;
}

/* What stands in front of a folder that does not begin at the root. */
static const char *folder_of_process(struct reader *r, struct str folder)
{
	char now[4096];

	if (str_starts(folder, "/") || getcwd(now, sizeof(now)) == NULL)
		return "";
	return arena_printf(r->a, "%s/", now).p;
}

static bool store_path(struct reader *r, struct conf *c, const struct option *o,
		       struct token v)
{
	struct str path = v.text, folder = str_of(r->file);

	if (path.n == 0)
		return refuse(r, o, v, "a path is expected");
	if (!str_starts(path, "/")) {
		while (folder.n > 0 && folder.p[folder.n - 1] != '/')
			folder.n--;
		path = arena_printf(r->a, "%s%.*s%.*s", folder_of_process(r, folder),
				    STR_ARG(folder), STR_ARG(path));
	}
	/* sun_path of a unix socket is 108 bytes with its NUL */
	if (path.n > (o->type == OPTION_PATH ? 107U : 4095U))
		return refuse(r, o, v, "the path is too long");
	if (o->flags & OPTION_LIST)
		return store_in_list(r, c, o, path);
	return store_text(r, c, o, path);
}

static bool store_dsn(struct reader *r, struct conf *c, const struct option *o,
		      struct token v)
{
	const char *z = arena_cstr(r->a, v.text);
	const char *wrong = v.text.n > 0 && strlen(z) == v.text.n ?
				    dsn_wrong(z) :
				    "this is not a connection string of PostgreSQL";

	if (wrong)
		return refuse(r, o, v, wrong);
	return store_text(r, c, o, v.text);
}

/* X.660: the first arc is 0 to 2, the second below 40 under 0 and 1. */
static bool oid_ok(struct str text)
{
	struct str rest = text;
	int64_t arc[3] = { 0 };
	size_t n = 0;

	while (rest.p != NULL && n < 32) {
		struct str part = str_cut(rest, '.', &rest);

		if (!str_int(part, 0, INT64_MAX, &arc[n < 2 ? n : 2]))
			return false;
		n++;
	}
	return rest.p == NULL && n >= 2 && arc[0] <= 2 && (arc[0] == 2 || arc[1] < 40);
}

static bool store_plain(struct reader *r, struct conf *c, const struct option *o,
			struct token v)
{
	int64_t n;

	if (!text_is_plain(v.text))
		return refuse(r, o, v, "this text holds characters that are not shown");
	n = (int64_t)text_length(v.text);
	if (n < o->min || n > o->max) {
		refuse(r, o, v, n < o->min ? "too short" : "too long");
		hint_range(r, o);
		return false;
	}
	return store_text(r, c, o, v.text);
}

bool value_store(struct reader *r, struct conf *c, const struct option *o, struct token v)
{
	const char *wrong;

	switch (o->type) {
	case OPTION_NUMBER:
	case OPTION_DURATION:
	case OPTION_SIZE:
		return store_number(r, c, o, v);
	case OPTION_CHOICE:
		return store_choice(r, c, o, v);
	case OPTION_ADDRESS:
		return store_address(r, c, o, v);
	case OPTION_ISSUER:
		wrong = issuer_wrong(v.text);
		return wrong ? refuse(r, o, v, wrong) : store_text(r, c, o, v.text);
	case OPTION_FILE:
	case OPTION_FOLDER:
	case OPTION_PATH:
		return store_path(r, c, o, v);
	case OPTION_DSN:
		return store_dsn(r, c, o, v);
	case OPTION_OID:
		if (!oid_ok(v.text)) {
			refuse(r, o, v, "this is not an object identifier");
			reader_hint(r, "for instance 1.2.392.200149.8.5.1.3.30");
			return false;
		}
		return store_in_list(r, c, o, v.text);
	case OPTION_TEXT:
		return store_plain(r, c, o, v);
	}
	return false;
}
