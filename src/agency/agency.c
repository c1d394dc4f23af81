/* agency: the set of agencies of one worker, sorted by id, and the ticks that
 * drive their peers. A row that changed gets a new peer; the old one leaves, and
 * its questions keep their deadlines.
 * Callers: selfinfod (the set), disclose (questions). Never fails.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agency/agency.h"

#include <stdlib.h>

#include "agency/peer.h"
#include "agency/place.h"

/* How exactly deadlines are kept; how often idle connections are looked at. */
enum { WATCH_MS = 20, IDLE_WATCH_MS = 500 };

struct list {
	struct agency **p;
	size_t n;
};

static struct {
	struct loop *loop;
	struct list now, leaving;
	struct timer timer;
	bool quick, flushed;
} set;

static bool anything_asked(void)
{
	for (size_t i = 0; i < set.now.n; i++)
		if (peer_is_busy(set.now.p[i]))
			return true;
	return set.leaving.n > 0;
}

static void free_left(void)
{
	size_t kept = 0;

	for (size_t i = 0; i < set.leaving.n; i++) {
		if (peer_is_done(set.leaving.p[i]))
			peer_free(set.leaving.p[i]);
		else
			set.leaving.p[kept++] = set.leaving.p[i];
	}
	set.leaving.n = kept;
}

static void watch(void *arg)
{
	int64_t now = clock_mono_ms();

	(void)arg;
	for (size_t i = 0; i < set.now.n; i++)
		peer_watch(set.now.p[i], now);
	for (size_t i = 0; i < set.leaving.n; i++)
		peer_watch(set.leaving.p[i], now);
	free_left();
	set.quick = anything_asked();
	timer_start(set.loop, &set.timer, set.quick ? WATCH_MS : IDLE_WATCH_MS, watch,
		    NULL);
}

static void begin_tick(void *arg)
{
	(void)arg;
	set.flushed = false;
}

static void flush(void *arg)
{
	(void)arg;
	set.flushed = true;
	peer_send_all();
}

void agency_init(struct loop *l)
{
	must(set.loop == NULL);
	set.loop = l;
	loop_at_run(l, begin_tick, NULL);
	loop_at_flush(l, flush, NULL);
	watch(NULL);
}

static int by_id(const void *a, const void *b)
{
	struct str x = (*(struct agency *const *)a)->row.id;
	struct str y = (*(struct agency *const *)b)->row.id;
	size_t n = x.n < y.n ? x.n : y.n;
	int order = memcmp(x.p, y.p, n);

	return order ? order : (x.n > y.n) - (x.n < y.n);
}

static struct agency **find(struct str id)
{
	struct agency key = { .row.id = id }, *k = &key;

	if (set.now.n == 0 || id.n == 0)
		return NULL;
	return bsearch(&k, set.now.p, set.now.n, sizeof(k), by_id);
}

static void put(struct list *l, struct agency *p)
{
	l->p = must_realloc(l->p, (l->n + 1) * sizeof(struct agency *));
	l->p[l->n++] = p;
}

/* The peer of an unchanged row moves on into the new set. */
static struct agency *keep_or_make(const struct agency_row *row, bool *kept)
{
	struct agency **old = find(row->id);

	*kept = old != NULL && place_is_same(&(*old)->row, row);
	return *kept ? *old : peer_new(set.loop, row);
}

void agency_set(const struct agency_row *row, size_t rows)
{
	struct list next = { 0 };
	bool *stays = must_alloc(set.now.n);

	for (size_t i = 0; i < rows; i++) {
		bool kept;
		struct agency *p = keep_or_make(&row[i], &kept);

		if (kept)
			stays[find(row[i].id) - set.now.p] = true;
		put(&next, p);
	}
	for (size_t i = 0; i < set.now.n; i++) {
		if (stays[i])
			continue;
		peer_leave(set.now.p[i]);
		put(&set.leaving, set.now.p[i]);
	}
	free(stays);
	free(set.now.p);
	set.now = next;
	if (next.n > 0)
		qsort(next.p, next.n, sizeof(*next.p), by_id);
}

void agency_close(void)
{
	if (set.loop == NULL)
		return;
	agency_set(NULL, 0);
	for (size_t i = 0; i < set.leaving.n; i++)
		peer_free(set.leaving.p[i]);
	free(set.leaving.p);
	timer_stop(&set.timer);
	set.leaving = (struct list){ 0 };
	set.loop = NULL;
}

const struct agency *agency_find(struct str id)
{
	struct agency **p = find(id);

	return p ? *p : NULL;
}

const struct agency_row *agency_row(const struct agency *a)
{
	return &a->row;
}

bool agency_serves(const struct agency *a, struct str item)
{
	for (size_t i = 0; i < a->row.items; i++)
		if (str_eq(a->row.item[i], item))
			return true;
	return false;
}

void agency_ask(struct flow *f, struct str agency, const struct agency_question *q,
		struct source_answer *slot)
{
	struct agency **p = find(agency);

	if (p == NULL) { /* taken away since its linkage was loaded */
		*slot = (struct source_answer){ .state = SOURCE_UNAVAILABLE,
						.reason = "connect" };
		return;
	}
	peer_ask(*p, f, q, slot);
	if (!set.quick) {
		set.quick = true;
		timer_start(set.loop, &set.timer, WATCH_MS, watch, NULL);
	}
	if (set.flushed)
		loop_again(set.loop);
}
