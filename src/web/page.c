/* page: walks the ops of a template over a model. The templates were checked
 * when they were compiled, so what can be wrong here is the model alone, and
 * then nothing is written in that place and the name is told to the caller.
 * Called by every room that answers with a page.
 * SPDX-License-Identifier: Apache-2.0 */
#include "web/page.h"

#include <stdlib.h>

#include "web/page_value.h"

struct painter {
	struct buf *out;
	enum lang lang;
	json_t *scope[PAGE_DEPTH + 1]; /* the innermost is scope[depth] */
	size_t depth;
	const char *missing;
};

static void paint(struct painter *p, struct page_run run, enum page_place place);

static void miss(struct painter *p, struct str name)
{
	if (p->missing == NULL)
		p->missing = name.p;
}

static json_t *member(json_t *object, struct str name)
{
	return json_object_getn(object, name.p, name.n);
}

/* The first part of a dotted name is looked for from the inside out, the rest
 * in what was found. */
static json_t *find(const struct painter *p, struct str name)
{
	struct str rest, first;
	json_t *v = NULL;

	if (str_is(name, "."))
		return p->scope[p->depth];
	first = str_cut(name, '.', &rest);
	for (size_t i = p->depth + 1; v == NULL && i > 0; i--)
		v = member(p->scope[i - 1], first);
	while (v != NULL && rest.p != NULL) {
		first = str_cut(rest, '.', &rest);
		v = member(v, first);
	}
	return v;
}

static bool is_something(const json_t *v)
{
	if (v == NULL || json_is_null(v) || json_is_false(v))
		return false;
	if (json_is_string(v))
		return json_string_length(v) > 0;
	if (json_is_array(v))
		return json_array_size(v) > 0;
	return !json_is_integer(v) || json_integer_value(v) != 0;
}

/* What the page itself knows; true when the name was one of these. */
static bool paint_own(struct painter *p, struct str name)
{
	if (str_is(name, "page.lang"))
		buf_add(p->out, lang_tag(p->lang));
	else if (str_is(name, "page.css"))
		buf_add(p->out, page_css_path());
	else
		return false;
	return true;
}

static void paint_value(struct painter *p, const struct page_op *op, enum page_place place)
{
	bool in_sentence = op->place == PLACE_INHERIT;
	enum page_place at = in_sentence ? place : op->place;

	if (paint_own(p, op->text))
		return;
	if (!page_value(p->out, find(p, op->text), at, p->lang, in_sentence))
		miss(p, op->text);
}

static int compare_key(const void *key, const void *text)
{
	return strcmp(key, ((const struct page_text *)text)->key);
}

static const struct page_text *text_find(const char *key)
{
	return bsearch(key, page_texts, page_text_count, sizeof(page_texts[0]),
		       compare_key);
}

/* The value is a word of ours ("token-dead"); in keys '-' is written '_'. */
static const struct page_text *text_of_word(const char *word, const struct page_op *op)
{
	char key[128];
	int n = snprintf(key, sizeof(key), "%.*s%s%.*s", STR_ARG(op->text), word,
			 STR_ARG(op->suffix));
	if (n < 0 || (size_t)n >= sizeof(key))
		return NULL;
	for (char *c = key; *c != '\0'; c++)
		if (*c == '-')
			*c = '_';
	return text_find(key);
}

static const struct page_text *text_by(const struct painter *p, const struct page_op *op)
{
	const char *word = json_string_value(find(p, op->name));
	const struct page_text *t = word ? text_of_word(word, op) : NULL;

	if (t == NULL && op->jump > 0)
		t = &page_texts[op->jump - 1];
	return t;
}

static void paint_text(struct painter *p, const struct page_op *op)
{
	const struct page_text *t = op->kind == OP_TEXT ? &page_texts[op->jump] :
							  text_by(p, op);

	if (t == NULL)
		miss(p, op->text);
	else
		paint(p, t->run[p->lang], op->place);
}

static void paint_inside(struct painter *p, struct page_run run, json_t *scope)
{
	must(p->depth < PAGE_DEPTH);
	p->scope[++p->depth] = scope;
	paint(p, run, PLACE_TEXT);
	p->depth--;
}

static void paint_many(struct painter *p, struct page_run run, json_t *v)
{
	size_t i;
	json_t *one;

	if (!is_something(v))
		return;
	if (!json_is_array(v)) {
		paint_inside(p, run, v);
		return;
	}
	json_array_foreach(v, i, one) paint_inside(p, run, one);
}

static void paint(struct painter *p, struct page_run run, enum page_place place)
{
	for (unsigned i = run.first; i < run.end; i++) {
		const struct page_op *op = &page_ops[i];
		struct page_run inner = { i + 1, op->jump };

		if (op->kind == OP_LITERAL) {
			buf_add(p->out, op->text);
		} else if (op->kind == OP_VALUE) {
			paint_value(p, op, place);
		} else if (op->kind == OP_TEXT || op->kind == OP_TEXT_BY) {
			paint_text(p, op);
		} else {
			json_t *v = find(p, op->text);

			if (op->kind == OP_MANY)
				paint_many(p, inner, v);
			else if (is_something(v) == (op->kind == OP_SOME))
				paint(p, inner, PLACE_TEXT);
			i = op->jump - 1;
		}
	}
}

const char *page_render(struct buf *out, enum page page, json_t *model, enum lang lang)
{
	struct painter p = { .out = out, .lang = lang, .scope = { model } };

	must(page < PAGE_COUNT && lang < LANG_COUNT && json_is_object(model));
	paint(&p, page_runs[page], PLACE_TEXT);
	return p.missing;
}

bool page_has_text(struct str key)
{
	for (size_t i = 0; i < page_text_count; i++)
		if (str_is(key, page_texts[i].key))
			return true;
	return false;
}

struct str page_css(void)
{
	return page_css_bytes;
}

struct str page_css_path(void)
{
	return STR(PAGE_CSS_PATH);
}

struct str lang_tag(enum lang lang)
{
	static const char *const tag[LANG_COUNT] = { "ja", "en" };

	must(lang < LANG_COUNT);
	return str_of(tag[lang]);
}

/* "en", "en-GB" and "en;q=0.5", but not "enm". */
static bool begins_with_tag(struct str s, struct str tag)
{
	char after = s.n > tag.n ? s.p[tag.n] : ' ';

	return str_is_nocase(str_part(s, 0, tag.n), tag.p) &&
	       strchr(" \t,;-", after) != NULL && after != '\0';
}

enum lang lang_choose(struct str wanted)
{
	bool start = true;

	for (size_t i = 0; i < wanted.n; i++) {
		for (int l = 0; start && l < LANG_COUNT; l++)
			if (begins_with_tag(str_from(wanted, i), lang_tag((enum lang)l)))
				return (enum lang)l;
		start = strchr(" \t,", wanted.p[i]) != NULL;
	}
	return LANG_JA;
}
