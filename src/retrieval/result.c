/* result: the answer's body, written once into one buffer; records are passed on
 * as the text that was screened. Called by start after the record is committed.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/enc.h"
#include "base/text.h"
#include "retrieval_room.h"
#include "store/place.h"

static void add_text(struct buf *j, const char *name, struct str s)
{
	buf_printf(j, "\"%s\":", name);
	text_json(j, s);
}

static void add_date(struct buf *j, struct arena *a, const char *name, struct date d)
{
	if (d.day == 0)
		return;
	buf_byte(j, ',');
	add_text(j, name, date_text(a, d));
}

static void add_record(struct buf *j, struct arena *a, const struct source *s)
{
	char id[UUID_TEXT + 1];

	enc_uuid(s->row->record, id);
	buf_byte(j, ',');
	add_text(j, "record", str_of(id));
	buf_byte(j, ',');
	add_text(j, "leaf", enc_b64url_in(a, s->row->leaf, sizeof(s->row->leaf)));
}

/* The period asked for stands with no_record, so that it can be evidence. */
static void add_period(struct buf *j, struct arena *a, const struct inquiry *i)
{
	buf_adds(j, ",\"period\":{");
	add_text(j, "kind", str_of(inquiry_word(i->kind)));
	add_date(j, a, "from", i->from);
	add_date(j, a, "to", i->to);
	buf_byte(j, '}');
}

static void add_source(struct buf *j, struct arena *a, const struct retrieval *r,
		       const struct wanted *w, const struct source *s)
{
	buf_byte(j, '{');
	add_text(j, "agency", s->agency);
	buf_byte(j, ',');
	add_text(j, "name", r->g.x.lang == LANG_EN ? s->name_en : s->name_ja);
	buf_byte(j, ',');
	add_text(j, "status", str_of(state_word(s->state)));
	if (s->state == STATE_UNAVAILABLE) {
		buf_byte(j, ',');
		add_text(j, "reason", str_of(s->reason));
	}
	if (s->state == STATE_PROVIDED || s->state == STATE_NO_RECORD) {
		add_date(j, a, "recorded_on", s->recorded_on);
		add_date(j, a, "current_to", s->current_to);
		add_date(j, a, "retained_from", s->retained_from);
	}
	if (s->state == STATE_NO_RECORD)
		add_period(j, a, &r->d.inquiry);
	if (s->row != NULL)
		add_record(j, a, s);
	if (s->state == STATE_PROVIDED) {
		buf_printf(j, ",\"schema\":\"/v1/catalogue/%.*s/schema\",\"records\":",
			   STR_ARG(w->item->number));
		buf_add(j, s->records);
	}
	buf_byte(j, '}');
}

static void add_item(struct buf *j, struct arena *a, const struct retrieval *r,
		     const struct wanted *w)
{
	buf_byte(j, '{');
	add_text(j, "item", w->item->number);
	buf_byte(j, ',');
	add_text(j, "title",
		 r->g.x.lang == LANG_EN ? w->item->title_en : w->item->title_ja);
	buf_byte(j, ',');
	add_text(j, "status", str_of(state_word(w->state)));
	buf_adds(j, ",\"sources\":[");
	for (size_t i = 0; i < w->sources; i++) {
		if (i > 0)
			buf_byte(j, ',');
		add_source(j, a, r, w, &w->source[i]);
	}
	buf_adds(j, "]}");
}

/* A missing town can never hide behind a provided one (api.md 2). */
static bool is_complete(const struct disclosure *d)
{
	for (size_t i = 0; i < d->wants; i++) {
		const struct wanted *w = &d->wanted[i];

		for (size_t k = 0; w->required && k < w->sources; k++)
			if (w->source[k].state == STATE_UNAVAILABLE ||
			    w->source[k].state == STATE_PENDING)
				return false;
	}
	return true;
}

struct str result_json(struct flow *f, const struct retrieval *r)
{
	const struct grant *g = &r->g.access.grant;
	struct arena *a = f->arena;
	struct handle id = handle_new(a, g->bucket);
	char name[UUID_TEXT + 1];
	struct buf j = { 0 };
	struct str out;

	enc_uuid(g->beneficiary_name, name);
	buf_byte(&j, '{');
	add_text(&j, "retrieval_id", id.text);
	buf_adds(&j, ",\"status\":\"done\",");
	add_text(&j, "retrieved_at", clock_text(a, r->d.at ? r->d.at : clock_wall_ms()));
	buf_printf(&j, ",\"beneficiary\":{\"kind\":\"%s\",\"sub\":\"%s\"},\"items\":[",
		   g->child ? "child" : "self", name);
	for (size_t i = 0; i < r->d.wants; i++) {
		if (i > 0)
			buf_byte(&j, ',');
		add_item(&j, a, r, &r->d.wanted[i]);
	}
	buf_printf(&j, "],\"complete\":%s}", is_complete(&r->d) ? "true" : "false");
	out = arena_str(a, buf_str(&j));
	buf_wipe(&j);
	buf_free(&j);
	return out;
}
