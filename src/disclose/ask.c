/* ask: which agency is asked for what, and the fan-out: one question and two
 * thousand look alike. Called by retrieval through the door.
 * An item that no linked agency serves is not_covered; one that the citizen left
 * out is not_shared; neither asks anybody.
 * SPDX-License-Identifier: Apache-2.0 */
#include "disclose/disclose.h"

const char *state_word(enum state s)
{
	static const char *const word[] = { "provided",  "pending",   "unavailable",
					    "withheld",  "no_record", "not_covered",
					    "not_shared" };

	return word[s];
}

static bool want(struct disclosure *d, const struct catalogue *c, struct str number)
{
	const struct grant *g = &d->access->grant;
	struct wanted *w = &d->wanted[d->wants];

	w->item = catalogue_item(c, number);
	w->left_out = client_may(g->left_out, g->left_outs, number);
	if (w->item == NULL || (!w->left_out && !grant_holds(g, number, &w->required)))
		return false;
	for (size_t i = 0; i < d->wants; i++)
		if (d->wanted[i].item == w->item)
			return false;
	w->state = w->left_out ? STATE_NOT_SHARED : STATE_NOT_COVERED;
	d->wants++;
	return true;
}

bool disclose_want(struct flow *f, struct disclosure *d, const struct catalogue *c,
		   const struct str *item, size_t n)
{
	const struct grant *g = &d->access->grant;
	size_t all = g->items + g->optionals + g->left_outs;

	d->wanted = arena_array(f->arena, (n > 0 ? n : all) + 1, sizeof(*d->wanted));
	for (size_t i = 0; i < n; i++)
		if (!want(d, c, item[i]))
			return false;
	if (n > 0)
		return true;
	for (size_t i = 0; i < g->items; i++)
		want(d, c, g->item[i]);
	for (size_t i = 0; i < g->optionals; i++)
		want(d, c, g->optional[i]);
	for (size_t i = 0; i < g->left_outs; i++)
		want(d, c, g->left_out[i]);
	return true;
}

/* The items of d that this agency serves. */
static void choose_items(struct flow *f, struct disclosure *d, const struct agency *a,
			 struct asked_agency *to)
{
	to->item = arena_array(f->arena, d->wants + 1, sizeof(*to->item));
	for (size_t i = 0; i < d->wants; i++)
		if (!d->wanted[i].left_out && agency_serves(a, d->wanted[i].item->number))
			to->item[to->items++] = d->wanted[i].item->number;
}

/* A person who came back to a town has two linkages with one code. */
static bool is_asked(const struct disclosure *d, struct str agency, struct str code)
{
	for (size_t i = 0; i < d->agencies; i++)
		if (str_eq(d->asked[i].row->id, agency) &&
		    str_eq(d->asked[i].person_code, code))
			return true;
	return false;
}

static const struct agency_row *copy_row(struct arena *a, const struct agency_row *row)
{
	struct agency_row *copy = arena_alloc(a, sizeof(*copy));

	/* the set may change while we wait: keep what the answer needs */
	copy->id = arena_str(a, row->id);
	copy->name_ja = arena_str(a, row->name_ja);
	copy->name_en = arena_str(a, row->name_en);
	return copy;
}

void disclose_ask(struct flow *f, struct disclosure *d)
{
	const struct access *access = d->access;

	d->asked = arena_array(f->arena, access->linkages + 1, sizeof(*d->asked));
	for (size_t i = 0; i < access->linkages; i++) {
		const struct agency *a = agency_find(access->agency[i]);
		struct asked_agency *to = &d->asked[d->agencies];

		if (a == NULL || is_asked(d, access->agency[i], access->person_code[i]))
			continue;
		choose_items(f, d, a, to);
		if (to->items == 0)
			continue;
		to->row = copy_row(f->arena, agency_row(a));
		to->person_code = access->person_code[i];
		d->agencies++;
	}
	for (size_t i = 0; i < d->agencies; i++) {
		struct asked_agency *to = &d->asked[i];

		agency_ask(f, to->row->id,
			   &(struct agency_question){ .person_code = to->person_code,
						      .item = to->item,
						      .items = to->items,
						      .from = d->inquiry.from,
						      .to = d->inquiry.to,
						      .purpose = access->grant.purpose,
						      .most_ms = d->most_ms },
			   &to->answer);
	}
}
