/* delivery: what became of a record after its commit, and tries that were
 * refused; both append only, both hoped for: they never hold up an answer.
 * Called by retrieval through the door.
 * SPDX-License-Identifier: Apache-2.0 */
#include "delivery.h"

#include <stdlib.h>

#include "base/rand.h"
#include "db/pool.h"
#include "store/statements.h"

static struct call *detached_call(enum statement_id id, struct arena **a)
{
	*a = arena_new();
	return call_new(*a, &statement_table[id]);
}

static void done(void *arg)
{
	arena_free(arg);
}

void delivery_write(int16_t bucket, int64_t at, const struct record_row *row, size_t rows,
		    const char *outcome)
{
	struct arena *a;
	struct call *c = detached_call(SQL_delivery_write, &a);
	uint8_t(*record)[16] = arena_array(a, rows, 16);

	for (size_t i = 0; i < rows; i++)
		memcpy(record[i], row[i].record, 16);
	call_int2(c, bucket);
	call_time(c, at);
	call_uuids(c, (const uint8_t(*)[16])record, rows);
	call_text(c, str_of(outcome));
	db_ask_call(c, done, a);
}

void disclose_delivered(const struct disclosure *d, bool delivered)
{
	struct record_row *row;

	if (d->rows == 0 || d->recorded != DISCLOSED)
		return;
	row = must_alloc(d->rows * sizeof(*row));
	for (size_t i = 0; i < d->rows; i++)
		row[i] = *d->row[i];
	delivery_write(d->access->grant.bucket, d->at, row, d->rows,
		       delivered ? "delivered" : "failed");
	free(row);
}

void disclose_refused(const struct grant *g, const char *reason, int64_t now)
{
	struct arena *a;
	struct call *c = detached_call(SQL_refusal_write, &a);
	uint8_t id[16];

	rand_uuid(id);
	call_int2(c, g->bucket);
	call_time(c, now);
	call_uuid(c, id);
	call_uuid(c, g->id);
	call_text(c, g->client);
	call_text(c, str_of(reason));
	db_ask_call(c, done, a);
}
