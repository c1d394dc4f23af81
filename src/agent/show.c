/* show: reading and printing `show` (agent/show.h). The reader knows every
 * member; one more, one less or one of another form is an error that names it.
 * Texts that could deceive the eye (controls, bidi overrides, zero width) are
 * errors too. Called by sign. Source: formats.md, RFC 3339.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agent/show.h"

#include "agent/wide.h"
#include "base/text.h"
#include "base/tree.h"

enum { TEXT_MOST = 600, NUMBER_MOST = 16, DAYS_MOST = 36500, LABEL = 18, INDENT = 20 };

struct reading {
	struct arena *arena;
	const char *wrong; /* the member that ended it */
};

static bool wrong(struct reading *r, const char *member)
{
	if (r->wrong == NULL)
		r->wrong = member;
	return false;
}

/* All members of `j` are among the names, and there are as many as `least`. */
static bool only(struct reading *r, json_t *j, const char *member, const char *const *names,
		 size_t least)
{
	const char *name;
	json_t *value;

	if (!json_is_object(j) || json_object_size(j) < least)
		return wrong(r, member);
	json_object_foreach(j, name, value)
	{
		size_t i = 0;

		while (names[i] != NULL && strcmp(names[i], name) != 0)
			i++;
		if (names[i] == NULL)
			return wrong(r, text_is_plain(str_of(name)) && strlen(name) <= 40 ?
						arena_cstr(r->arena, str_of(name)) :
						member);
	}
	return true;
}

#define NAMES(...)                \
	(const char *const[])     \
	{                         \
		__VA_ARGS__, NULL \
	}

static bool text(struct reading *r, json_t *j, const char *member, size_t most,
		 struct str *out)
{
	struct str s = tree_text(j);

	if (!json_is_string(j) || s.n == 0 || s.n > most || !text_is_plain(s))
		return wrong(r, member);
	*out = arena_str(r->arena, s);
	return true;
}

static bool both(struct reading *r, json_t *j, const char *member, struct show_text *out)
{
	return only(r, j, member, NAMES("ja", "en"), 2) &&
	       text(r, json_object_get(j, "ja"), member, TEXT_MOST, &out->ja) &&
	       text(r, json_object_get(j, "en"), member, TEXT_MOST, &out->en);
}

static bool day(struct reading *r, json_t *j, const char *member, struct date *out)
{
	struct str s = tree_text(j);

	return (json_is_string(j) && date_parse(s, out)) || wrong(r, member);
}

static bool items(struct reading *r, json_t *j, const char *member, struct show_items *out)
{
	size_t n = json_array_size(j);

	if (!json_is_array(j) || n > SHOW_ITEMS_MAX)
		return wrong(r, member);
	out->count = n;
	out->item = arena_array(r->arena, n + 1, sizeof(*out->item));
	for (size_t i = 0; i < n; i++) {
		json_t *one = json_array_get(j, i);

		if (!only(r, one, member, NAMES("item", "title"), 2) ||
		    !text(r, json_object_get(one, "item"), member, NUMBER_MOST,
			  &out->item[i].number) ||
		    !both(r, json_object_get(one, "title"), member, &out->item[i].title))
			return false;
	}
	return true;
}

static bool kind_is(json_t *j, const char *kind)
{
	const char *value = json_string_value(json_object_get(j, "kind"));

	return value != NULL && strcmp(value, kind) == 0;
}

static bool inquiry(struct reading *r, json_t *j, struct agent_show *out)
{
	static const char name[] = "inquiry";

	if (kind_is(j, "latest")) {
		out->inquiry = SHOW_LATEST;
		return only(r, j, name, NAMES("kind"), 1);
	}
	if (kind_is(j, "as_of")) {
		out->inquiry = SHOW_AS_OF;
		return only(r, j, name, NAMES("kind", "date"), 2) &&
		       day(r, json_object_get(j, "date"), name, &out->from);
	}
	if (kind_is(j, "range")) {
		out->inquiry = SHOW_RANGE;
		return only(r, j, name, NAMES("kind", "from", "to"), 3) &&
		       day(r, json_object_get(j, "from"), name, &out->from) &&
		       day(r, json_object_get(j, "to"), name, &out->to);
	}
	return wrong(r, name);
}

static bool access_until(struct reading *r, json_t *j, struct agent_show *out)
{
	static const char name[] = "access";

	out->once = kind_is(j, "once");
	if (out->once)
		return only(r, j, name, NAMES("kind"), 1);
	if (!kind_is(j, "until"))
		return wrong(r, name);
	return only(r, j, name, NAMES("kind", "date"), 2) &&
	       day(r, json_object_get(j, "date"), name, &out->until);
}

static bool whose(struct reading *r, json_t *j, struct agent_show *out)
{
	const char *value = json_string_value(j);

	if (value == NULL || (strcmp(value, "self") != 0 && strcmp(value, "child") != 0))
		return wrong(r, "on_behalf_of");
	out->child = strcmp(value, "child") == 0;
	return true;
}

static bool retention(struct reading *r, json_t *j, struct agent_show *out)
{
	out->retention_days = json_integer_value(j);
	return (json_is_integer(j) && out->retention_days >= 0 &&
		out->retention_days <= DAYS_MOST) ||
	       wrong(r, "retention_days");
}

static bool two_digits(struct str s, size_t at, int most, int *out)
{
	if (s.p[at] < '0' || s.p[at] > '9' || s.p[at + 1] < '0' || s.p[at + 1] > '9')
		return false;
	*out = (s.p[at] - '0') * 10 + (s.p[at + 1] - '0');
	return *out <= most;
}

/* Z or +hh:mm, in minutes */
static bool zone(struct str s, int *minutes)
{
	int hour, minute;

	*minutes = 0;
	if (str_is(s, "Z"))
		return true;
	if (s.n != 6 || (s.p[0] != '+' && s.p[0] != '-') || s.p[3] != ':' ||
	    !two_digits(s, 1, 23, &hour) || !two_digits(s, 4, 59, &minute))
		return false;
	*minutes = (hour * 60 + minute) * (s.p[0] == '+' ? 1 : -1);
	return true;
}

/* RFC 3339, 2026-11-24T09:30:00.123+09:00; parts of a second are not shown */
static bool moment(struct reading *r, json_t *j, int64_t *out)
{
	struct str s = tree_text(j);
	struct str rest;
	struct date d;
	int hour, minute, second, offset;

	if (!json_is_string(j) || s.n < 20 || !date_parse(str_part(s, 0, 10), &d) ||
	    s.p[10] != 'T' || s.p[13] != ':' || s.p[16] != ':' ||
	    !two_digits(s, 11, 23, &hour) || !two_digits(s, 14, 59, &minute) ||
	    !two_digits(s, 17, 60, &second))
		return wrong(r, "began");
	rest = str_from(s, 19);
	if (rest.p[0] == '.')
		for (rest = str_from(rest, 1);
		     rest.n > 0 && rest.p[0] >= '0' && rest.p[0] <= '9';)
			rest = str_from(rest, 1);
	if (!zone(rest, &offset))
		return wrong(r, "began");
	*out = date_days(d) * CLOCK_DAY_MS +
	       (((int64_t)hour * 60 + minute - offset) * 60 + second) * 1000;
	return true;
}

static bool members(struct reading *r, json_t *j, struct agent_show *out)
{
	json_t *client = json_object_get(j, "client");

	return only(r, j, "show",
		    NAMES("client", "items", "optional_items", "on_behalf_of", "inquiry",
			  "purpose", "access", "retention_days", "began"),
		    9) &&
	       only(r, client, "client", NAMES("id", "name"), 2) &&
	       text(r, json_object_get(client, "id"), "client", TEXT_MOST,
		    &out->client_id) &&
	       both(r, json_object_get(client, "name"), "client", &out->client) &&
	       items(r, json_object_get(j, "items"), "items", &out->items) &&
	       items(r, json_object_get(j, "optional_items"), "optional_items",
		     &out->optional) &&
	       whose(r, json_object_get(j, "on_behalf_of"), out) &&
	       inquiry(r, json_object_get(j, "inquiry"), out) &&
	       both(r, json_object_get(j, "purpose"), "purpose", &out->purpose) &&
	       access_until(r, json_object_get(j, "access"), out) &&
	       retention(r, json_object_get(j, "retention_days"), out) &&
	       moment(r, json_object_get(j, "began"), &out->began);
}

bool show_read(struct arena *a, struct str bytes, struct agent_show *out, const char **why)
{
	struct reading r = { a, NULL };
	AUTO(json) json_t *j = json_loadb(bytes.p, bytes.n, JSON_REJECT_DUPLICATES, NULL);

	*out = (struct agent_show){ 0 };
	if (j != NULL && members(&r, j, out))
		return true;
	*why = r.wrong != NULL ? r.wrong : "show";
	return false;
}

struct printing {
	struct arena *arena;
	const struct agent_say *say;
};

static struct str pick(const struct printing *p, struct show_text t)
{
	return p->say->japanese ? t.ja : t.en;
}

/* "  label          value", the value's further lines under its first */
static void row(const struct printing *p, enum agent_word label, struct str value)
{
	AUTO(buf) struct buf out = { 0 };
	struct str name = label == WORD_COUNT ? STR("") : str_of(say_word(p->say, label));

	buf_adds(&out, "  ");
	buf_add(&out, name);
	for (size_t at = wide_width(name); at < LABEL; at++)
		buf_byte(&out, ' ');
	wide_wrap(&out, value, p->say->columns, INDENT, INDENT);
	fprintf(p->say->out, "%.*s\n", STR_ARG(buf_str(&out)));
}

static void rows(const struct printing *p, enum agent_word label,
		 const struct show_items *items)
{
	for (size_t i = 0; i < items->count; i++)
		row(p, i == 0 ? label : WORD_COUNT,
		    FILL(p->arena, p->say, ITEM, pick(p, items->item[i].title),
			 items->item[i].number));
}

static struct str inquiry_text(const struct printing *p, const struct agent_show *s)
{
	struct str from = say_date(p->arena, p->say,
				   s->inquiry == SHOW_LATEST ? (struct date){ 2000, 1, 1 } :
							       s->from);

	switch (s->inquiry) {
	case SHOW_AS_OF:
		return FILL(p->arena, p->say, SHOW_AS_OF, from);
	case SHOW_RANGE:
		return FILL(p->arena, p->say, SHOW_RANGE, from,
			    say_date(p->arena, p->say, s->to));
	default:
		return str_of(say_word(p->say, WORD_SHOW_LATEST));
	}
}

static struct str access_text(const struct printing *p, const struct agent_show *s)
{
	if (s->once)
		return str_of(say_word(p->say, WORD_SHOW_ONCE));
	return FILL(p->arena, p->say, SHOW_UNTIL, say_date(p->arena, p->say, s->until));
}

static struct str began_text(const struct printing *p, int64_t at)
{
	struct date d = date_of_ms(at);
	int64_t minute = (at - date_start_ms(d)) / 60000;

	return arena_printf(p->arena, "%.*s %02d:%02d",
			    STR_ARG(say_date(p->arena, p->say, d)), (int)(minute / 60),
			    (int)(minute % 60));
}

void show_print(struct arena *a, const struct agent_say *say, const struct agent_show *s)
{
	struct printing p = { a, say };
	struct str days = arena_printf(a, "%lld", (long long)s->retention_days);

	say_blank(say);
	SAY(say, SHOW_TITLE);
	say_blank(say);
	row(&p, WORD_SHOW_APP, FILL(a, say, NAME_ID, pick(&p, s->client), s->client_id));
	row(&p, WORD_SHOW_WHOSE,
	    str_of(say_word(say, s->child ? WORD_SHOW_CHILD : WORD_SHOW_SELF)));
	rows(&p, WORD_SHOW_ITEMS, &s->items);
	if (s->items.count == 0)
		row(&p, WORD_SHOW_ITEMS, str_of(say_word(say, WORD_SHOW_NONE)));
	rows(&p, WORD_SHOW_OPTIONAL, &s->optional);
	if (s->optional.count > 0)
		row(&p, WORD_COUNT, str_of(say_word(say, WORD_SHOW_OPTIONAL_HINT)));
	row(&p, WORD_SHOW_INQUIRY, inquiry_text(&p, s));
	row(&p, WORD_SHOW_PURPOSE, pick(&p, s->purpose));
	row(&p, WORD_SHOW_ACCESS, access_text(&p, s));
	row(&p, WORD_SHOW_RETENTION, FILL(a, say, SHOW_DAYS, days));
	row(&p, WORD_SHOW_BEGAN, began_text(&p, s->began));
	say_blank(say);
	SAY(say, STRANGER);
	say_blank(say);
}
