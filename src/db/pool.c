/* pool: lanes for reads, for writes and for statements that stand alone; takes
 * calls from flows and hands their outcome back. What a flow asked before it
 * left is done all the same; its rows fall on nothing.
 * Callers: store, disclose and others through db_ask; one pool a process.
 * Errors: an outcome is DONE, REFUSED or LOST; a needed one ends its flow.
 * SPDX-License-Identifier: Apache-2.0 */
#include "db/pool.h"

#include <stdlib.h>

#include "base/log.h"
#include "db/lane.h"
#include "db/wire.h"

enum {
	DEADLINE_MS = 5000,
	WATCH_MS = 100, /* how exactly deadlines are kept */
	QUEUE_MOST = 2048,
	GROUP_MOST = 64,
	READ_GROUPS_MOST = 8,
	ALONE_DEFAULT = 4,
	LISTENERS = 8
};

struct listener {
	void (*fn)(void *arg, bool up);
	void *arg;
};

static struct {
	struct loop *loop;
	struct arena *arena;
	struct dsn dsn;
	struct lane lane[3]; /* by enum db_kind */
	struct jobs refused; /* found no place; told at the end of the tick */
	size_t jobs;
	struct timer timer;
	struct listener listener[LISTENERS];
	size_t listeners;
	bool open, up, flushed;
} pool;

/* What each connection is told at its start. The server gives up before we do,
 * and ends what a vanished worker left (faults P3, P5, P7). */
static const struct setting settings[] = {
	{ "application_name", "selfinfod" },
	{ "client_encoding", "UTF8" },
	{ "gssencmode", "disable" },
	{ "target_session_attrs", "read-write" },
	{ "keepalives", "1" },
	{ "keepalives_idle", "1" },
	{ "keepalives_interval", "1" },
	{ "keepalives_count", "3" },
	{ "tcp_user_timeout", "3000" },
	{ "options", "-c statement_timeout=4000 -c lock_timeout=2000"
		     " -c idle_in_transaction_session_timeout=10000"
		     " -c client_connection_check_interval=1000"
		     " -c timezone=Asia/Tokyo -c jit=off"
		     " -c plan_cache_mode=force_generic_plan" },
	{ NULL, NULL }
};

struct str pool_check(struct arena *a, struct str dsn)
{
	struct dsn ignored;

	return dsn_read(a, dsn, settings, &ignored);
}

bool pool_is_up(void)
{
	for (size_t i = 0; i < COUNT(pool.lane); i++)
		if (pool.lane[i].up == 0)
			return false;
	return pool.open;
}

size_t pool_waiting(void)
{
	return pool.jobs;
}

void pool_on_change(void (*fn)(void *, bool), void *arg)
{
	must(pool.listeners < LISTENERS);
	pool.listener[pool.listeners++] = (struct listener){ fn, arg };
}

static void changed(void)
{
	bool up = pool_is_up();

	if (up == pool.up)
		return;
	pool.up = up;
	log_fields(up ? LOG_INFO : LOG_ERROR, up ? "database_up" : "database_down", NULL,
		   0);
	for (size_t i = 0; i < pool.listeners; i++)
		pool.listener[i].fn(pool.listener[i].arg, up);
}

static void done_for_flow(struct job *j, struct call *result)
{
	struct ticket *t = j->owner;

	if (ticket_flow(t) == NULL) {
		ticket_answered(t);
		return;
	}
	call_move(j->call, result);
	if (j->need == DB_NEEDED && j->call->state != CALL_DONE)
		ticket_failed(t, FAIL_DATABASE);
	else
		ticket_answered(t);
}

static void done(struct job *j, struct call *result)
{
	pool.jobs--;
	if (j->owner != NULL) {
		done_for_flow(j, result);
	} else {
		call_move(j->call, result);
		j->answered(j->arg);
	}
	free(j);
}

static void tell_refused(void)
{
	struct job *j = pool.refused.first, *next;

	pool.refused.first = NULL;
	for (; j != NULL; j = next) {
		struct call lost = { .statement = j->args->statement, .state = CALL_LOST };

		next = j->next;
		done(j, &lost);
	}
}

static void watch_deadlines(void *arg)
{
	int64_t now = clock_mono_ms();

	(void)arg;
	for (size_t i = 0; i < COUNT(pool.lane); i++)
		lane_expire(&pool.lane[i], now);
	if (pool.jobs > 0)
		timer_start(pool.loop, &pool.timer, WATCH_MS, watch_deadlines, NULL);
}

static void begin_tick(void *arg)
{
	(void)arg;
	pool.flushed = false;
}

static void flush(void *arg)
{
	(void)arg;
	if (!pool.open)
		return;
	pool.flushed = true; /* what is asked from now on needs another tick */
	tell_refused();
	for (size_t i = 0; i < COUNT(pool.lane); i++)
		lane_send(&pool.lane[i]);
}

static void put(struct job *j)
{
	if (pool.jobs++ == 0)
		timer_start(pool.loop, &pool.timer, WATCH_MS, watch_deadlines, NULL);
	j->deadline = clock_mono_ms() + DEADLINE_MS;
	if (!lane_put(&pool.lane[j->args->statement->kind], j)) {
		j->next = pool.refused.first;
		pool.refused.first = j;
	}
	if (pool.flushed)
		loop_again(pool.loop);
}

static struct job *job_new(struct call *c)
{
	struct call *args;
	struct job *j = wire_copy(c, sizeof(*j), &args);

	must(pool.open && c->state == CALL_NEW);
	c->state = CALL_ASKED;
	j->args = args;
	j->call = c;
	return j;
}

void db_ask(struct flow *f, struct call *c, enum db_need need)
{
	struct job *j = job_new(c);

	j->owner = ticket_new(f);
	j->need = (int)need;
	put(j);
}

void db_ask_call(struct call *c, void (*answered)(void *), void *arg)
{
	struct job *j = job_new(c);

	j->answered = answered;
	j->arg = arg;
	put(j);
}

static void open_lane(enum db_kind kind, size_t lines, size_t groups, size_t group,
		      const struct pool_config *c)
{
	lane_open(&pool.lane[kind], pool.loop,
		  &(struct lane_config){
			  .kind = kind,
			  .lines = lines,
			  .groups_most = groups,
			  .group_most = group,
			  .queue_most = QUEUE_MOST,
			  .dsn = &pool.dsn,
			  .statement = c->statement,
			  .statements = c->statements,
			  .done = done,
			  .changed = changed,
		  });
}

void pool_init(struct loop *l, const struct pool_config *c)
{
	int alone = c->alone > 0 ? c->alone : ALONE_DEFAULT;

	must(!pool.open);
	loop_at_run(l, begin_tick, NULL);
	loop_at_flush(l, flush, NULL);
	pool.loop = l;
	pool.arena = arena_new();
	must(dsn_read(pool.arena, c->dsn, settings, &pool.dsn).p == NULL);
	pool.open = true;
	open_lane(DB_READ, 1, READ_GROUPS_MOST, GROUP_MOST, c);
	open_lane(DB_WRITE, 1, 1, GROUP_MOST, c);
	open_lane(DB_ALONE, (size_t)alone, 1, 1, c);
}

void pool_close(void)
{
	if (!pool.open)
		return;
	tell_refused();
	for (size_t i = 0; i < COUNT(pool.lane); i++)
		lane_close(&pool.lane[i]);
	timer_stop(&pool.timer);
	pool.open = pool.up = false;
	pool.listeners = 0;
	arena_free(pool.arena);
}
