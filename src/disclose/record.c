/* record: the disclosure record, written by backlog: while one batch is under
 * way the next gathers; then all of it goes as one statement under one sync
 * (performance.md, "Writes"). What got no row, because its grant was locked, its
 * once grant was used in the same batch, or it may not, goes again singly: that
 * statement waits for the lock and is the last word.
 * Called by retrieval through the door. A waiting record has memory of its own:
 * a client that leaves does not take back what is on its way.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/log.h"
#include "base/metric.h"
#include "base/rand.h"
#include "db/pool.h"
#include "delivery.h"
#include "leaf.h"
#include "store/statements.h"

enum { BATCH_MAX = 64, ROWS_MAX = 4096 };

struct pending {
	struct pending *next;
	struct arena *arena;
	struct ticket *ticket;
	struct disclosure *d; /* valid while the ticket's flow is there */
	struct grant grant;   /* what the leaves cover, and the keys */
	uint8_t retrieval[16];
	struct record_row *row;
	size_t rows;
	int64_t at;
	struct call *call; /* the single one */
};

struct batch {
	struct arena *arena;
	struct pending *first;
	struct call *call;
	int64_t at;
};

static struct {
	struct pending *first, **last;
	bool under_way;
	struct loop *loop;
} queue;

static void send_batch(void *arg);

void disclose_init(struct loop *l)
{
	queue.first = NULL;
	queue.last = &queue.first;
	queue.under_way = false;
	queue.loop = l;
	loop_at_run(l, send_batch, NULL); /* behind the flows */
}

static void release(struct pending *p)
{
	arena_free(p->arena);
}

static void finish(struct pending *p, enum recorded how)
{
	if (ticket_flow(p->ticket) != NULL) {
		p->d->recorded = how;
		p->d->at = p->at;
		for (size_t i = 0; i < p->rows; i++)
			memcpy(p->d->row[i]->leaf, p->row[i].leaf, sizeof(p->row[i].leaf));
	}
	if (how == DISCLOSED && ticket_flow(p->ticket) == NULL)
		delivery_write(p->grant.bucket, p->at, p->row, p->rows, "failed");
	if (how == DISCLOSED)
		metric_add(METRIC_RECORDS, (int64_t)p->rows);
	ticket_answered(p->ticket);
	release(p);
}

static void lose(struct pending *p)
{
	ticket_failed(p->ticket, FAIL_DATABASE);
	release(p);
}

/* Columns of many rows as arrays. */
struct columns {
	int32_t *place;
	uint8_t (*record)[16];
	struct str *agency, *item, *state, *content, *salt, *leaf;
	struct date *from, *to;
	size_t n;
};

static struct columns columns_new(struct arena *a, size_t most)
{
	return (struct columns){
		.place = arena_array(a, most, sizeof(int32_t)),
		.record = arena_array(a, most, 16),
		.agency = arena_array(a, most, sizeof(struct str)),
		.item = arena_array(a, most, sizeof(struct str)),
		.state = arena_array(a, most, sizeof(struct str)),
		.content = arena_array(a, most, sizeof(struct str)),
		.salt = arena_array(a, most, sizeof(struct str)),
		.leaf = arena_array(a, most, sizeof(struct str)),
		.from = arena_array(a, most, sizeof(struct date)),
		.to = arena_array(a, most, sizeof(struct date)),
	};
}

static struct str bytes32(const uint8_t b[32])
{
	return (struct str){ (const char *)b, 32 };
}

static void columns_add(struct columns *c, int32_t place, const struct record_row *row)
{
	size_t i = c->n++;

	c->place[i] = place;
	memcpy(c->record[i], row->record, 16);
	c->agency[i] = row->agency;
	c->item[i] = row->item;
	c->state[i] = str_of(state_word(row->state));
	c->content[i] = bytes32(row->content);
	c->salt[i] = bytes32(row->salt);
	c->leaf[i] = bytes32(row->leaf);
	c->from[i] = row->from;
	c->to[i] = row->to;
}

static void columns_give(struct call *call, const struct columns *c)
{
	call_uuids(call, (const uint8_t(*)[16])c->record, c->n);
	call_texts(call, c->agency, c->n);
	call_texts(call, c->item, c->n);
	call_dates(call, c->from, c->n);
	call_dates(call, c->to, c->n);
	call_texts(call, c->state, c->n);
	call_byteas(call, c->content, c->n);
	call_byteas(call, c->salt, c->n);
	call_byteas(call, c->leaf, c->n);
}

static void stamp(struct pending *p, int64_t at)
{
	p->at = at;
	for (size_t i = 0; i < p->rows; i++)
		leaf_make(&p->row[i], &p->grant, p->retrieval, at);
}

/* Singly */

static void answered_single(void *arg)
{
	struct pending *p = arg;

	if (call_state(p->call) == CALL_DONE)
		finish(p, (size_t)call_rows(p->call) == p->rows ? DISCLOSED :
								  REFUSED_BY_GRANT);
	else
		lose(p);
}

static void send_single(struct pending *p)
{
	struct columns c = columns_new(p->arena, p->rows);

	for (size_t i = 0; i < p->rows; i++)
		columns_add(&c, 1, &p->row[i]);
	p->call = call_new(p->arena, &statement_table[SQL_disclosure_write]);
	call_int2(p->call, p->grant.bucket);
	call_uuid(p->call, p->grant.id);
	call_int4(p->call, p->grant.epoch);
	call_uuid(p->call, p->retrieval);
	call_time(p->call, p->at);
	columns_give(p->call, &c);
	db_ask_call(p->call, answered_single, p);
}

/* Many at once */

static struct call *batch_call(struct batch *b, size_t pendings, size_t rows)
{
	struct arena *a = b->arena;
	struct columns c = columns_new(a, rows);
	int16_t *bucket = arena_array(a, pendings, sizeof(*bucket));
	int32_t *epoch = arena_array(a, pendings, sizeof(*epoch));
	uint8_t(*grant)[16] = arena_array(a, pendings, 16);
	uint8_t(*retrieval)[16] = arena_array(a, pendings, 16);
	struct call *call = call_new(a, &statement_table[SQL_disclosure_write_many]);
	size_t n = 0;

	for (struct pending *p = b->first; p != NULL; p = p->next, n++) {
		bucket[n] = p->grant.bucket;
		epoch[n] = p->grant.epoch;
		memcpy(grant[n], p->grant.id, 16);
		memcpy(retrieval[n], p->retrieval, 16);
		for (size_t i = 0; i < p->rows; i++)
			columns_add(&c, (int32_t)n + 1, &p->row[i]);
	}
	call_time(call, b->at);
	call_int2s(call, bucket, n);
	call_uuids(call, (const uint8_t(*)[16])grant, n);
	call_int4s(call, epoch, n);
	call_uuids(call, (const uint8_t(*)[16])retrieval, n);
	call_int4s(call, c.place, c.n);
	columns_give(call, &c);
	return call;
}

static bool is_returned(const struct call *call, const uint8_t record[16])
{
	for (int i = 0; i < call_rows(call); i++)
		if (memcmp(row_bytea(call, i, disclosure_write_many__record).p, record,
			   16) == 0)
			return true;
	return false;
}

static void answered_batch(void *arg)
{
	struct batch *b = arg;
	struct pending *p, *next;

	queue.under_way = false;
	loop_again(queue.loop);
	for (p = b->first; p != NULL; p = next) {
		next = p->next;
		if (call_state(b->call) == CALL_LOST)
			lose(p);
		else if (call_state(b->call) == CALL_DONE &&
			 is_returned(b->call, p->row[0].record))
			finish(p, DISCLOSED);
		else
			send_single(p);
	}
	arena_free(b->arena);
}

/* All that waits, up to the cap; what nobody waits for any more is dropped. */
static void gather(struct batch *b, size_t *pendings, size_t *rows)
{
	struct pending **end = &b->first;

	while (queue.first != NULL && *pendings < BATCH_MAX && *rows < ROWS_MAX) {
		struct pending *p = queue.first;

		queue.first = p->next;
		p->next = NULL;
		if (ticket_flow(p->ticket) == NULL) {
			ticket_answered(p->ticket);
			release(p);
			continue;
		}
		stamp(p, b->at);
		*end = p;
		end = &p->next;
		*rows += p->rows;
		(*pendings)++;
	}
	if (queue.first == NULL)
		queue.last = &queue.first;
}

static void send_batch(void *arg)
{
	size_t pendings = 0, rows = 0;
	struct arena *a;
	struct batch *b;

	(void)arg;
	if (queue.under_way || queue.first == NULL)
		return;
	a = arena_new();
	b = arena_alloc(a, sizeof(*b));
	b->arena = a;
	b->at = clock_wall_ms();
	gather(b, &pendings, &rows);
	if (pendings == 0) {
		arena_free(a);
		return;
	}
	b->call = batch_call(b, pendings, rows);
	queue.under_way = true;
	metric_add(METRIC_RECORD_BATCHES, 1);
	db_ask_call(b->call, answered_batch, b);
}

static struct pending *pending_new(struct flow *f, struct disclosure *d)
{
	struct arena *a = arena_new();
	struct pending *p = arena_alloc(a, sizeof(*p));

	p->arena = a;
	p->ticket = ticket_new(f);
	p->d = d;
	p->grant = d->access->grant;
	p->grant.client = arena_str(a, p->grant.client);
	p->grant.purpose = arena_str(a, p->grant.purpose);
	memcpy(p->retrieval, d->retrieval, sizeof(p->retrieval));
	p->rows = d->rows;
	p->row = arena_array(a, d->rows, sizeof(*p->row));
	for (size_t i = 0; i < d->rows; i++) {
		p->row[i] = *d->row[i];
		p->row[i].agency = arena_str(a, p->row[i].agency);
		p->row[i].item = arena_str(a, p->row[i].item);
	}
	return p;
}

void disclose_record(struct flow *f, struct disclosure *d)
{
	struct pending *p;

	if (d->rows == 0) {
		d->recorded = NOTHING_TO_DISCLOSE;
		return;
	}
	d->recorded = NOT_RECORDED;
	p = pending_new(f, d);
	*queue.last = p;
	queue.last = &p->next;
}
