/* catalogue_json: the catalogue as an app and a citizen see it: the bodies of
 * GET /v1/catalogue and /v1/catalogue/{item} (api.md 2), and the sentence of
 * what is inside. Both languages always stand there. Called by the end points
 * and pages; never fails.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "store/catalogue.h"

/* shown of an item that has no words of its own */
enum { TITLES_MAX = 4 };

static void add_member(struct buf *out, const char *name, struct str value)
{
	buf_byte(out, ',');
	text_json(out, str_of(name));
	buf_byte(out, ':');
	text_json(out, value);
}

static void add_both(struct buf *out, const char *name, struct str ja, struct str en)
{
	buf_byte(out, ',');
	text_json(out, str_of(name));
	buf_adds(out, ":{\"ja\":");
	text_json(out, ja);
	buf_adds(out, ",\"en\":");
	text_json(out, en);
	buf_byte(out, '}');
}

static void add_contents(struct buf *out, const struct item *item, bool japanese,
			 size_t most)
{
	const struct members *m = &item->root;
	struct str words = japanese ? item->inside_ja : item->inside_en;
	size_t n = m->count < most ? m->count : most;

	if (words.n > 0) {
		buf_add(out, words);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_adds(out, japanese ? "、" : ", ");
		buf_add(out, japanese ? m->field[i]->title_ja : m->field[i]->title_en);
	}
	if (n < m->count)
		buf_adds(out, japanese ? " など" : " and more");
}

static void add_inside(struct buf *out, const struct item *item)
{
	AUTO(buf) struct buf ja = { 0 }, en = { 0 };

	add_contents(&ja, item, true, TITLES_MAX);
	add_contents(&en, item, false, TITLES_MAX);
	add_both(out, "inside", buf_str(&ja), buf_str(&en));
}

/* Without the closing brace. */
static void add_head(struct buf *out, const struct item *i)
{
	buf_adds(out, "{\"item\":");
	text_json(out, i->number);
	add_member(out, "slug", i->slug);
	add_both(out, "title", i->title_ja, i->title_en);
	add_inside(out, i);
	add_both(out, "area", i->area_ja, i->area_en);
	add_both(out, "detail", i->detail_ja, i->detail_en);
	add_member(out, "provider_kind", i->provider_kind);
	add_member(out, "time_shape", str_of(time_shape_name(i->time_shape)));
	add_member(out, "sensitivity", i->special ? STR("special") : STR("normal"));
	if (i->retention_years > 0)
		buf_printf(out, ",\"retention_years\":%d", i->retention_years);
	else
		buf_adds(out, ",\"retention_years\":null");
	buf_printf(out, ",\"schema\":\"/v1/catalogue/%.*s/schema\"", STR_ARG(i->number));
}

void catalogue_write_list(const struct catalogue *c, struct buf *out)
{
	buf_adds(out, "{\"version\":");
	text_json(out, catalogue_version(c));
	buf_adds(out, ",\"items\":[");
	for (size_t i = 0; i < catalogue_count(c); i++) {
		if (i > 0)
			buf_byte(out, ',');
		add_head(out, catalogue_at(c, i));
		buf_byte(out, '}');
	}
	buf_adds(out, "]}");
}

static void add_codes(struct buf *out, const struct field *f)
{
	buf_adds(out, ",\"codes\":[");
	for (size_t i = 0; i < f->codes; i++) {
		buf_adds(out, i > 0 ? ",{\"value\":" : "{\"value\":");
		text_json(out, f->code[i].value);
		add_both(out, "label", f->code[i].label_ja, f->code[i].label_en);
		buf_byte(out, '}');
	}
	buf_byte(out, ']');
}

static void add_field(struct buf *out, const struct field *f)
{
	buf_adds(out, "{\"path\":");
	text_json(out, f->path);
	add_member(out, "type", str_of(field_type_name(f)));
	buf_printf(out, ",\"required\":%s,\"special\":%s", f->required ? "true" : "false",
		   f->special ? "true" : "false");
	add_both(out, "title", f->title_ja, f->title_en);
	if (f->unit.n > 0)
		add_member(out, "unit", f->unit);
	if (f->max_length > 0)
		buf_printf(out, ",\"max_length\":%zu", f->max_length);
	if (f->codes > 0)
		add_codes(out, f);
	buf_byte(out, '}');
}

void catalogue_write_item(const struct item *item, struct buf *out)
{
	add_head(out, item);
	add_member(out, "content_ja", item->content_ja);
	buf_adds(out, ",\"fields\":[");
	for (size_t i = 0; i < item->fields; i++) {
		if (i > 0)
			buf_byte(out, ',');
		add_field(out, &item->field[i]);
	}
	buf_adds(out, "]}");
}

struct str item_contents(struct arena *a, const struct item *item, bool japanese,
			 size_t most)
{
	AUTO(buf) struct buf text = { 0 };

	add_contents(&text, item, japanese, most);
	return arena_str(a, buf_str(&text));
}
