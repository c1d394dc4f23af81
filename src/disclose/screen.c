/* screen: one pass over the text of an agency's records. The way down follows
 * the compiled members of the item; what is not declared is lexed and guarded
 * all the same, then left out. Malformed text and a guarded number end the
 * pass; a record that does not meet its schema is noted (the first fault) and
 * the pass goes on, because the guard comes first (api.md 4).
 * Called by disclose. Allocates only for cuts, escapes and undeclared names;
 * the depth is bounded, so is the stack. Nothing of the text is in the report.
 * SPDX-License-Identifier: Apache-2.0 */
#include "disclose/screen.h"

#include <stdlib.h>

#include "disclose/conform.h"
#include "disclose/guard.h"
#include "disclose/jsontext.h"

struct place { /* a declared member, or an element when name.p is NULL */
	struct str name;
	size_t index;
};

struct scan {
	struct arena *arena;
	const unsigned char *p, *end;
	const unsigned char *copied; /* the text up to here is in `text` */
	char *text;                  /* NULL until something is cut */
	size_t length;
	struct buf scratch; /* the characters of an escaped string */
	struct buf names;   /* struct str: undeclared names of open objects */
	struct place place[SCREEN_DEPTH_MAX * 2 + 2];
	size_t places, depth;
	struct screen_result *out;
};

/* One object that is being read. */
struct open {
	const struct members *members; /* NULL: nothing of it is declared */
	uint64_t seen[MEMBER_WORDS];
	const unsigned char *comma;    /* before the member */
	const unsigned char *left_out; /* first member, when it is undeclared */
	bool kept;                     /* a declared member came already */
};

static bool value(struct scan *s, const struct field *f, bool element);

static void report(struct scan *s, enum screened verdict, const char *reason)
{
	AUTO(buf) struct buf path = { 0 };

	for (size_t i = 0; i < s->places; i++) {
		if (s->place[i].name.p == NULL) {
			buf_printf(&path, "[%zu]", s->place[i].index);
			continue;
		}
		if (path.n > 0)
			buf_byte(&path, '.');
		buf_add(&path, s->place[i].name);
	}
	s->out->verdict = verdict;
	s->out->reason = reason;
	s->out->path = arena_str(s->arena, buf_str(&path));
}

/* The record does not meet the schema: noted once, the pass goes on. */
static void fault(struct scan *s, const char *reason)
{
	if (s->out->verdict == SCREENED_OK)
		report(s, SCREENED_AGENCY_ERROR, reason);
}

static bool malformed(struct scan *s, const char *reason)
{
	report(s, SCREENED_AGENCY_ERROR, reason);
	return false;
}

static bool withheld(struct scan *s)
{
	report(s, SCREENED_WITHHELD, "individual_number");
	return false;
}

static inline void blanks(struct scan *s)
{
	while (s->p < s->end &&
	       (*s->p == ' ' || *s->p == '\n' || *s->p == '\t' || *s->p == '\r'))
		s->p++;
}

static inline bool take(struct scan *s, unsigned char c)
{
	if (s->p == s->end || *s->p != c)
		return false;
	s->p++;
	return true;
}

static void add_place(struct scan *s, struct str name, size_t index)
{
	must(s->places < COUNT(s->place));
	s->place[s->places++] = (struct place){ name, index };
}

/* The text from `from` to `to` does not leave. Cuts come in order. */
static void cut(struct scan *s, const unsigned char *from, const unsigned char *to)
{
	size_t n = (size_t)(from - s->copied);

	if (s->text == NULL)
		s->text = arena_alloc(s->arena, (size_t)(s->end - s->copied));
	memcpy(s->text + s->length, s->copied, n);
	s->length += n;
	s->copied = to;
}

/* What the string says; valid until the next one is read. */
static struct str characters(struct scan *s, const struct jsontext_string *t)
{
	if (!t->escaped)
		return t->raw;
	s->scratch.n = 0;
	jsontext_unescape(&s->scratch, t->raw);
	return buf_str(&s->scratch);
}

static bool string(struct scan *s, const struct field *f)
{
	struct jsontext_string t;
	const char *wrong;
	struct str text;

	s->p++;
	if (!jsontext_string(&s->p, s->end, &t))
		return malformed(s, "malformed");
	if (f == NULL && t.digits < GUARD_LEAST_DIGITS)
		return true;
	text = characters(s, &t);
	if (t.digits >= GUARD_LEAST_DIGITS && !(f != NULL && f->exempt) && guard_text(text))
		return withheld(s);
	if (f != NULL && (wrong = conform_string(f, text)) != NULL)
		fault(s, wrong);
	return true;
}

static bool number(struct scan *s, const struct field *f)
{
	struct jsontext_number n;
	const char *wrong;

	if (!jsontext_number(&s->p, s->end, &n))
		return malformed(s, "malformed");
	/* An exponent makes eleven digits of few. */
	if ((n.raw.n >= GUARD_LEAST_DIGITS || !n.integer) && !(f != NULL && f->exempt) &&
	    guard_number(n.raw))
		return withheld(s);
	if (f != NULL && (wrong = conform_number(f, &n)) != NULL)
		fault(s, wrong);
	return true;
}

static bool word(struct scan *s, const struct field *f)
{
	static const struct str words[] = { { "true", 4 }, { "false", 5 }, { "null", 4 } };

	for (size_t i = 0; i < COUNT(words); i++) {
		if ((size_t)(s->end - s->p) < words[i].n ||
		    memcmp(s->p, words[i].p, words[i].n) != 0)
			continue;
		s->p += words[i].n;
		if (f != NULL && (f->type != FIELD_BOOLEAN || i == 2))
			fault(s, i == 2 ? "null" : "wrong_type");
		return true;
	}
	return malformed(s, "malformed");
}

static int by_bytes(const void *a, const void *b)
{
	const struct str *x = a, *y = b;

	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	return x->n == 0 ? 0 : memcmp(x->p, y->p, x->n);
}

/* Undeclared names of the object just read, which began at `from`: all
 * different? They are forgotten. */
static bool names_differ(struct scan *s, size_t from)
{
	struct str *name;
	size_t n = (s->names.n - from) / sizeof(*name);

	if (n == 0)
		return true;
	name = (struct str *)(void *)(s->names.p + from);
	s->names.n = from;
	if (n > 1)
		qsort(name, n, sizeof(*name), by_bytes);
	for (size_t i = 1; i < n; i++)
		if (by_bytes(&name[i - 1], &name[i]) == 0)
			return false;
	return true;
}

/* A member that no row declares: guarded, and left out of what leaves. */
static bool undeclared(struct scan *s, struct open *o, const struct jsontext_string *t,
		       struct str name, const unsigned char *from)
{
	if (t->digits >= GUARD_LEAST_DIGITS && guard_text(name))
		return withheld(s);
	if (t->escaped)
		name = arena_str(s->arena, name);
	buf_add(&s->names, (struct str){ (const char *)&name, sizeof(name) });
	if (!value(s, NULL, false))
		return false;
	if (o->members == NULL)
		return true; /* inside something that is left out as a whole */
	s->out->cut++;
	if (o->kept)
		cut(s, o->comma, s->p);
	else if (o->left_out == NULL)
		o->left_out = from;
	return true;
}

static bool declared(struct scan *s, struct open *o, const struct field *f, size_t at,
		     const unsigned char *from)
{
	uint64_t bit = UINT64_C(1) << (at % 64);
	bool more;

	add_place(s, f->name, 0);
	if (o->seen[at / 64] & bit)
		return malformed(s, "duplicate_member");
	o->seen[at / 64] |= bit;
	if (o->left_out != NULL)
		cut(s, o->left_out, from);
	o->left_out = NULL;
	o->kept = true;
	more = value(s, f, false);
	s->places -= more;
	return more;
}

static bool member(struct scan *s, struct open *o)
{
	const unsigned char *from = s->p;
	struct jsontext_string t;
	const struct field *f = NULL;
	struct str name;
	size_t at = 0;

	if (!take(s, '"') || !jsontext_string(&s->p, s->end, &t))
		return malformed(s, "malformed");
	name = characters(s, &t);
	blanks(s);
	if (!take(s, ':'))
		return malformed(s, "malformed");
	blanks(s);
	if (o->members != NULL)
		f = members_find(o->members, name, &at);
	if (f == NULL)
		return undeclared(s, o, &t, name, from);
	return declared(s, o, f, at, from);
}

static void check_required(struct scan *s, const struct open *o)
{
	for (size_t w = 0; w < MEMBER_WORDS; w++) {
		uint64_t missing = o->members->required[w] & ~o->seen[w];

		if (missing == 0)
			continue;
		add_place(
			s,
			o->members->field[w * 64 + (size_t)__builtin_ctzll(missing)]->name,
			0);
		fault(s, "missing");
		s->places--;
		return;
	}
}

static bool object(struct scan *s, const struct members *m)
{
	struct open o = { .members = m };
	size_t names = s->names.n;
	const unsigned char *end;

	s->p++;
	if (++s->depth > SCREEN_DEPTH_MAX)
		return malformed(s, "too_deep");
	blanks(s);
	end = s->p;
	if (s->p < s->end && *s->p != '}') {
		do {
			o.comma = end;
			blanks(s);
			if (!member(s, &o))
				return false;
			end = s->p;
			blanks(s);
		} while (take(s, ','));
	}
	if (!take(s, '}'))
		return malformed(s, "malformed");
	if (o.left_out != NULL)
		cut(s, o.left_out, end);
	if (!names_differ(s, names))
		return malformed(s, "duplicate_member");
	if (m != NULL)
		check_required(s, &o);
	s->depth--;
	return true;
}

/* Elements are of `f`; NULL: undeclared. */
static bool array(struct scan *s, const struct field *f)
{
	size_t i = 0;

	s->p++;
	if (++s->depth > SCREEN_DEPTH_MAX)
		return malformed(s, "too_deep");
	blanks(s);
	if (s->p < s->end && *s->p != ']') {
		do {
			blanks(s);
			if (f != NULL)
				add_place(s, STR_NONE, i++);
			if (!value(s, f, true))
				return false;
			s->places -= f != NULL;
			blanks(s);
		} while (take(s, ','));
	}
	if (!take(s, ']'))
		return malformed(s, "malformed");
	s->depth--;
	return true;
}

static bool composite(struct scan *s, const struct field *f, bool fits)
{
	if (f != NULL && !fits) {
		fault(s, "wrong_type");
		f = NULL;
	}
	if (*s->p == '[')
		return array(s, f);
	return object(s, f != NULL ? &f->members : NULL);
}

/* A value of `f`, or one of its elements. */
static bool value(struct scan *s, const struct field *f, bool element)
{
	bool repeated = f != NULL && f->repeated && !element;

	if (s->p == s->end)
		return malformed(s, "malformed");
	if (*s->p == '[')
		return composite(s, f, repeated);
	if (*s->p == '{')
		return composite(s, f, !repeated && f != NULL && f->type == FIELD_OBJECT);
	if (repeated) {
		fault(s, "wrong_type");
		f = NULL;
	}
	if (*s->p == '"')
		return string(s, f);
	if (*s->p == '-' || (*s->p >= '0' && *s->p <= '9'))
		return number(s, f);
	return word(s, f);
}

static bool record(struct scan *s, const struct item *item)
{
	add_place(s, STR_NONE, s->out->records++);
	if (s->p < s->end && *s->p == '{') {
		if (!object(s, &item->root))
			return false;
	} else {
		fault(s, "not_an_object");
		if (!value(s, NULL, false))
			return false;
	}
	s->places--;
	return true;
}

static bool records(struct scan *s, const struct item *item)
{
	blanks(s);
	if (!take(s, '['))
		return malformed(s, "not_an_array");
	s->depth = 1;
	blanks(s);
	if (s->p < s->end && *s->p != ']') {
		do {
			blanks(s);
			if (!record(s, item))
				return false;
			blanks(s);
		} while (take(s, ','));
	}
	if (!take(s, ']'))
		return malformed(s, "malformed");
	blanks(s);
	return s->p == s->end || malformed(s, "malformed");
}

enum screened screen_records(struct arena *a, const struct item *item, struct str in,
			     struct screen_result *out)
{
	const unsigned char *text = (const unsigned char *)(in.p ? in.p : "");
	struct scan s = {
		.arena = a, .p = text, .end = text + in.n, .copied = text, .out = out
	};

	*out = (struct screen_result){ .verdict = SCREENED_OK, .path = STR("") };
	if (in.n > SCREEN_BYTES_MAX)
		malformed(&s, "too_large");
	else if (records(&s, item) && out->verdict == SCREENED_OK)
		out->text = in;
	if (out->verdict == SCREENED_OK && s.text != NULL) {
		cut(&s, s.end, s.end);
		out->text = (struct str){ s.text, s.length };
	}
	buf_free(&s.scratch);
	buf_free(&s.names);
	return out->verdict;
}
