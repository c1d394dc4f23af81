/* source: what each agency answered, as a source of each item: screened, with
 * its state, and the row of its record prepared. Called by retrieval through
 * the door. An answer that breaks the contract in any way is the agency's error
 * and harms this source alone (faults F24 to F30).
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/enc.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/rand.h"
#include "disclose/disclose.h"
#include "disclose/screen.h"

static void unavailable(struct source *s, const char *reason)
{
	s->state = STATE_UNAVAILABLE;
	s->reason = reason;
}

static void tell(const char *event, const struct source *s, const struct item *item,
		 const char *reason)
{
	log_event(LOG_WARN, event, log_word("agency", log_configured(s->agency)),
		  log_word("item", log_configured(item->number)),
		  log_word("reason", log_own_text(reason)));
}

static void screen(struct arena *a, const struct item *item, const struct provided *p,
		   struct source *s)
{
	struct screen_result r;
	enum screened v;

	if (p->records.p == NULL) {
		unavailable(s, "agency_error");
		return;
	}
	v = screen_records(a, item, p->records, &r);
	metric_add(METRIC_MEMBERS_CUT, (int64_t)r.cut);
	if (r.cut > 0)
		tell("members_cut", s, item, "undeclared");
	if (v == SCREENED_WITHHELD) {
		metric_add(METRIC_GUARD_WITHHELD, 1);
		tell("guard_withheld", s, item, r.reason);
		s->state = STATE_WITHHELD;
	} else if (v == SCREENED_AGENCY_ERROR || r.records == 0) {
		tell("agency_error", s, item, r.reason ? r.reason : "empty");
		unavailable(s, "agency_error");
	} else {
		s->state = STATE_PROVIDED;
		s->records = r.text;
	}
}

static void take_row(struct arena *a, const struct item *item, const struct provided *p,
		     struct source *s)
{
	s->recorded_on = p->recorded_on;
	s->current_to = p->current_to;
	s->retained_from = p->retained_from;
	if (str_is(p->status, "provided"))
		screen(a, item, p, s);
	else if (str_is(p->status, "no_record") && p->current_to.day != 0 &&
		 p->records.p == NULL)
		s->state = STATE_NO_RECORD;
	else if (str_is(p->status, "withheld"))
		s->state = STATE_WITHHELD;
	else
		unavailable(s, "agency_error");
}

static const struct provided *row_of(const struct source_answer *answer, struct str item)
{
	for (size_t i = 0; i < answer->rows; i++)
		if (str_eq(answer->row[i].item, item))
			return &answer->row[i];
	return NULL;
}

/* content covers the bytes sent: none when nothing is shown */
static void prepare_record(struct flow *f, struct disclosure *d, const struct item *item,
			   struct source *s)
{
	struct record_row *row = arena_alloc(f->arena, sizeof(*row));

	rand_uuid(row->record);
	rand_bytes(row->salt, sizeof(row->salt));
	digest_sha256_parts(
		(struct str[]){ { (char *)row->salt, sizeof(row->salt) },
				s->state == STATE_PROVIDED ? s->records : STR("") },
		2, row->content);
	row->agency = s->agency;
	row->item = item->number;
	row->from = d->inquiry.from;
	row->to = d->inquiry.to;
	row->state = s->state;
	s->row = row;
	d->row[d->rows++] = row;
}

static void add_source(struct flow *f, struct disclosure *d, struct wanted *w,
		       const struct asked_agency *from)
{
	struct source *s = &w->source[w->sources++];
	const struct provided *p = row_of(&from->answer, w->item->number);

	*s = (struct source){ .agency = from->row->id,
			      .name_ja = from->row->name_ja,
			      .name_en = from->row->name_en };
	if (from->answer.state != SOURCE_ANSWERED)
		unavailable(s, from->answer.reason);
	else if (p == NULL)
		unavailable(s, "agency_error");
	else
		take_row(f->arena, w->item, p, s);
	if (s->state != STATE_UNAVAILABLE)
		prepare_record(f, d, w->item, s);
	if (w->sources == 1 || s->state < w->state)
		w->state = s->state;
}

void disclose_screen(struct flow *f, struct disclosure *d)
{
	d->row = arena_array(f->arena, d->wants * d->agencies + 1,
			     sizeof(struct record_row *));
	for (size_t i = 0; i < d->wants; i++) {
		struct wanted *w = &d->wanted[i];

		w->source = arena_array(f->arena, d->agencies + 1, sizeof(*w->source));
		for (size_t k = 0; k < d->agencies; k++)
			if (client_may(d->asked[k].item, d->asked[k].items,
				       w->item->number))
				add_source(f, d, w, &d->asked[k]);
	}
}
