/* leaf: members in the order of their names, as JCS wants them.
 * Called by record when a batch is made, because the leaf covers its time.
 * SPDX-License-Identifier: Apache-2.0 */
#include "leaf.h"

#include "base/enc.h"
#include "base/text.h"

static void add_text(struct buf *j, const char *name, struct str s)
{
	if (j->n > 1)
		buf_byte(j, ',');
	buf_printf(j, "\"%s\":", name);
	text_json(j, s);
}

static void add_uuid(struct buf *j, const char *name, const uint8_t id[16])
{
	char text[UUID_TEXT + 1];

	enc_uuid(id, text);
	add_text(j, name, str_of(text));
}

static void add_date(struct buf *j, const char *name, struct arena *a, struct date d)
{
	if (d.day != 0)
		add_text(j, name, date_text(a, d));
	else
		buf_printf(j, ",\"%s\":null", name);
}

static void canonical(struct buf *j, struct arena *a, const struct record_row *row,
		      const struct grant *g, const uint8_t retrieval[16], int64_t at)
{
	buf_byte(j, '{');
	add_text(j, "agency", row->agency);
	add_text(j, "at", clock_text(a, at));
	add_uuid(j, "beneficiary", g->beneficiary);
	add_text(j, "client", g->client);
	add_text(j, "content", enc_b64url_in(a, row->content, sizeof(row->content)));
	add_uuid(j, "grant_id", g->id);
	add_text(j, "item", row->item);
	add_date(j, "period_from", a, row->from);
	add_date(j, "period_to", a, row->to);
	add_text(j, "purpose", g->purpose);
	add_uuid(j, "record", row->record);
	add_uuid(j, "retrieval", retrieval);
	add_text(j, "state", str_of(state_word(row->state)));
	add_uuid(j, "subject", g->subject);
	buf_byte(j, '}');
}

void leaf_make(struct record_row *row, const struct grant *g, const uint8_t retrieval[16],
	       int64_t at)
{
	struct arena *a = arena_new();
	struct buf j = { 0 };
	uint8_t inner[SHA256_LEN];

	canonical(&j, a, row, g, retrieval, at);
	digest_sha256_parts(
		(struct str[]){ { (char *)row->salt, sizeof(row->salt) }, buf_str(&j) }, 2,
		inner);
	digest_sha256_parts((struct str[]){ { "\0", 1 }, { (char *)inner, SHA256_LEN } }, 2,
			    row->leaf);
	buf_free(&j);
	arena_free(a);
}
