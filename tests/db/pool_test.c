/* pool on a real server: values there and back, groups and their redoing, a
 * server that dies, stops, restarts, turns read-only, waits for a standby.
 * Run by tests/db/run.sh. Numbers F… are those of the list of faults.
 * SPDX-License-Identifier: Apache-2.0 */
#include "db/database.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "db/pool.h"

enum {
	ECHO,
	ECHO_ARRAYS,
	LIST,
	PUT,
	PUT_ALONE,
	NAP,
	NAP_ALONE,
	SERIAL,
	TOUCH,
	LATE,
	LARGE,
	STATEMENTS
};

#define TYPES(...)             \
	(const enum db_type[]) \
	{                      \
		__VA_ARGS__    \
	}
#define NAMES(...)            \
	(const char *const[]) \
	{                     \
		__VA_ARGS__   \
	}

static const struct statement table[STATEMENTS] = {
	[ECHO] = { "echo", "SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10", DB_READ, 10,
		   10,
		   TYPES(DB_BOOL, DB_INT2, DB_INT4, DB_INT8, DB_TEXT, DB_BYTEA, DB_UUID,
			 DB_DATE, DB_TIMESTAMPTZ, DB_JSONB),
		   TYPES(DB_BOOL, DB_INT2, DB_INT4, DB_INT8, DB_TEXT, DB_BYTEA, DB_UUID,
			 DB_DATE, DB_TIMESTAMPTZ, DB_JSONB),
		   NAMES("a", "b", "c", "d", "e", "f", "g", "h", "i", "j") },
	[ECHO_ARRAYS] = { "echo_arrays",
			  "SELECT $1, $2, $3, $4, $5, $6::text[], $7::text[], $8, "
			  "$9::text[], $10",
			  DB_READ, 10, 10,
			  TYPES(DB_TEXT_ARRAY, DB_INT2_ARRAY, DB_INT4_ARRAY, DB_UUID_ARRAY,
				DB_BYTEA_ARRAY, DB_DATE_ARRAY, DB_BOOL_ARRAY, DB_INT8_ARRAY,
				DB_TIMESTAMPTZ_ARRAY, DB_JSONB_ARRAY),
			  TYPES(DB_TEXT_ARRAY, DB_INT2_ARRAY, DB_INT4_ARRAY, DB_UUID_ARRAY,
				DB_BYTEA_ARRAY, DB_TEXT_ARRAY, DB_TEXT_ARRAY, DB_INT8_ARRAY,
				DB_TEXT_ARRAY, DB_JSONB_ARRAY),
			  NAMES("a", "b", "c", "d", "e", "f", "g", "h", "i", "j") },
	[LIST] = { "list", "SELECT n FROM kept WHERE n >= $1 ORDER BY n", DB_READ, 1, 1,
		   TYPES(DB_INT4), TYPES(DB_INT4), NAMES("n") },
	[PUT] = { "put", "INSERT INTO kept (n) VALUES ($1) RETURNING n", DB_WRITE, 1, 1,
		  TYPES(DB_INT4), TYPES(DB_INT4), NAMES("n") },
	[PUT_ALONE] = { "put_alone", "INSERT INTO kept (n) VALUES ($1)", DB_ALONE, 1, 0,
			TYPES(DB_INT4), NULL, NULL },
	[NAP] = { "nap", "SELECT 1 FROM pg_sleep($1 / 1000.0)", DB_READ, 1, 1,
		  TYPES(DB_INT4), TYPES(DB_INT4), NAMES("n") },
	[NAP_ALONE] = { "nap_alone", "SELECT 1 FROM pg_sleep($1 / 1000.0)", DB_ALONE, 1, 1,
			TYPES(DB_INT4), TYPES(DB_INT4), NAMES("n") },
	[SERIAL] = { "serial", "SELECT fail_first($1)", DB_ALONE, 1, 1, TYPES(DB_TEXT),
		     TYPES(DB_INT4), NAMES("n") },
	[TOUCH] = { "touch", "UPDATE kept SET touched = true WHERE n <= $1", DB_WRITE, 1, 0,
		    TYPES(DB_INT4), NULL, NULL },
	[LATE] = { "late", "INSERT INTO checked_late (n) VALUES ($1)", DB_WRITE, 1, 0,
		   TYPES(DB_INT4), NULL, NULL },
	[LARGE] = { "large", "SELECT repeat('x', $1)", DB_READ, 1, 1, TYPES(DB_INT4),
		    TYPES(DB_TEXT), NAMES("x") },
};

static struct {
	struct loop *loop;
	struct arena *arena;
	int open; /* asked and not answered */
} t;

static bool is_up(void *arg)
{
	(void)arg;
	return pool_is_up();
}

static bool all_answered(void *arg)
{
	(void)arg;
	return t.open == 0;
}

static void answered(void *arg)
{
	(void)arg;
	t.open--;
}

static void ask(struct call *c)
{
	t.open++;
	db_ask_call(c, answered, NULL);
}

static void wait_all(int64_t ms)
{
	assert_true(run_until(t.loop, all_answered, NULL, ms));
}

static bool never(void *arg)
{
	(void)arg;
	return false;
}

static void run_for(int64_t ms)
{
	run_until(t.loop, never, NULL, ms);
}

static void wait_up(int64_t ms)
{
	assert_true(run_until(t.loop, is_up, NULL, ms));
}

static struct call *number(int statement, int32_t n)
{
	struct call *c = call_new(t.arena, &table[statement]);

	call_int4(c, n);
	ask(c);
	return c;
}

static int begin(void **state)
{
	(void)state;
	database_setting("synchronous_standby_names = ''\n"
			 "default_transaction_read_only = off");
	database_run(
		"DROP TABLE IF EXISTS kept, checked_late, tries; DROP SEQUENCE IF EXISTS "
		"tries_made;"
		"CREATE TABLE kept (n int PRIMARY KEY CHECK (n % 7 <> 0),"
		" touched bool NOT NULL DEFAULT false);"
		"CREATE TABLE checked_late (n int, FOREIGN KEY (n) REFERENCES kept"
		" DEFERRABLE INITIALLY DEFERRED);"
		"CREATE SEQUENCE tries_made;"
		"CREATE OR REPLACE FUNCTION fail_first(code text) RETURNS int LANGUAGE "
		"plpgsql AS $$"
		" BEGIN IF nextval('tries_made') = 1 THEN"
		" RAISE EXCEPTION 'again' USING ERRCODE = code; END IF; RETURN 1; END $$");
	t.loop = loop_new();
	t.arena = arena_new();
	t.open = 0;
	pool_init(t.loop, &(struct pool_config){ .dsn = str_of(database_dsn()),
						 .statement = table,
						 .statements = STATEMENTS });
	wait_up(3000);
	return 0;
}

static int end(void **state)
{
	(void)state;
	pool_close();
	assert_int_equal(t.open, 0);
	arena_free(t.arena);
	loop_free(t.loop);
	return 0;
}

static void values_come_back_as_they_went(void **state)
{
	struct call *c = call_new(t.arena, &table[ECHO]);
	uint8_t id[16] = { 1, 2, 3 };
	struct date d;

	(void)state;
	call_bool(c, true);
	call_int2(c, -2);
	call_int4(c, INT32_MIN);
	call_int8(c, INT64_MAX);
	call_text(c, STR("あおぞら市"));
	call_bytea(c, (struct str){ "\0\1\xff", 3 });
	call_uuid(c, id);
	call_date(c, (struct date){ 1899, 12, 31 });
	call_time(c, 1795480200123);
	call_text(c, STR("{\"a\": 1}"));
	ask(c);
	wait_all(2000);
	assert_int_equal(call_state(c), CALL_DONE);
	assert_int_equal(call_rows(c), 1);
	assert_true(row_bool(c, 0, 0));
	assert_int_equal(row_int2(c, 0, 1), -2);
	assert_int_equal(row_int4(c, 0, 2), INT32_MIN);
	assert_true(row_int8(c, 0, 3) == INT64_MAX);
	assert_true(str_is(row_text(c, 0, 4), "あおぞら市"));
	assert_true(str_eq(row_bytea(c, 0, 5), (struct str){ "\0\1\xff", 3 }));
	assert_memory_equal(row_bytea(c, 0, 6).p, id, 16);
	d = row_date(c, 0, 7);
	assert_true(d.year == 1899 && d.month == 12 && d.day == 31);
	assert_true(row_time(c, 0, 8) == 1795480200123);
	assert_true(str_is(row_text(c, 0, 9), "{\"a\": 1}"));
}

static void nulls_come_back_as_nulls(void **state)
{
	struct call *c = call_new(t.arena, &table[ECHO]);

	(void)state;
	for (int i = 0; i < 4; i++)
		call_null(c);
	call_text(c, STR_NONE);
	call_bytea(c, STR_NONE);
	call_uuid(c, NULL);
	call_date(c, (struct date){ 0 });
	call_null(c);
	call_text(c, STR_NONE);
	ask(c);
	wait_all(2000);
	assert_int_equal(call_state(c), CALL_DONE);
	for (int i = 0; i < 10; i++)
		assert_true(row_is_null(c, 0, i));
	assert_null(row_text(c, 0, 4).p);
	assert_int_equal(row_int8(c, 0, 3), 0);
	assert_int_equal(row_date(c, 0, 7).day, 0);
	assert_int_equal(row_time(c, 0, 8), 0);
}

static void arrays_come_back_as_they_went(void **state)
{
	struct call *c = call_new(t.arena, &table[ECHO_ARRAYS]);
	struct str text[] = { STR("a,\"b"), STR_NONE, STR("") }, *list;
	uint8_t id[2][16] = { { 1 }, { 2 } };
	int64_t *n;
	size_t count;

	(void)state;
	call_texts(c, text, 3);
	call_int2s(c, (int16_t[]){ -1, 7 }, 2);
	call_int4s(c, NULL, 0);
	call_uuids(c, id, 2);
	call_byteas(c, (struct str[]){ { "\0", 1 } }, 1);
	call_dates(c, (struct date[]){ { 2026, 2, 28 }, { 0 } }, 2);
	call_bools(c, (bool[]){ true, false }, 2);
	call_int8s(c, (int64_t[]){ INT64_MIN }, 1);
	call_times(c, (int64_t[]){ 0 }, 1);
	call_texts(c, (struct str[]){ STR("[1]"), STR_NONE }, 2);
	ask(c);
	wait_all(2000);
	assert_int_equal(call_state(c), CALL_DONE);
	list = row_texts(c, 0, 0, &count);
	assert_int_equal(count, 3);
	assert_true(str_is(list[0], "a,\"b"));
	assert_null(list[1].p);
	assert_true(list[2].p != NULL && list[2].n == 0);
	n = row_ints(c, 0, 1, &count);
	assert_true(count == 2 && n[0] == -1 && n[1] == 7);
	(void)row_ints(c, 0, 2, &count);
	assert_int_equal(count, 0);
	list = row_byteas(c, 0, 3, &count);
	assert_int_equal(count, 2);
	assert_memory_equal(list[1].p, id[1], 16);
	list = row_byteas(c, 0, 4, &count);
	assert_true(count == 1 && list[0].n == 1 && list[0].p[0] == 0);
	list = row_texts(c, 0, 5, &count);
	assert_true(count == 2 && str_is(list[0], "2026-02-28") && list[1].p == NULL);
	list = row_texts(c, 0, 6, &count);
	assert_true(count == 2 && str_is(list[0], "true"));
	n = row_ints(c, 0, 7, &count);
	assert_true(count == 1 && n[0] == INT64_MIN);
	list = row_texts(c, 0, 8, &count);
	assert_true(count == 1 && str_is(list[0], "1970-01-01 09:00:00+09"));
	list = row_texts(c, 0, 9, &count);
	assert_true(count == 2 && str_is(list[0], "[1]") && list[1].p == NULL);
}

static void many_calls_share_connections(void **state)
{
	struct call *c[500];

	(void)state;
	for (int i = 0; i < 500; i++)
		c[i] = number(i % 2 ? PUT : LIST, i * 7 + 1);
	wait_all(3000);
	for (int i = 0; i < 500; i++)
		assert_int_equal(call_state(c[i]), CALL_DONE);
	assert_int_equal(database_number("SELECT count(*) FROM kept"), 250);
	assert_int_equal(
		database_number("SELECT count(DISTINCT xmin::text) < 12 FROM kept"), 0);
}

static void groups_share_a_commit(void **state)
{
	(void)state;
	for (int i = 0; i < 64; i++)
		number(PUT, i * 7 + 1);
	wait_all(3000);
	assert_int_equal(database_number("SELECT count(DISTINCT xmin::text) FROM kept"), 1);
}

/* F2 every 7th breaks a CHECK, 64 under one sync */
static void one_error_in_a_group_is_its_own(void **state)
{
	struct call *c[64];

	(void)state;
	for (int i = 0; i < 64; i++)
		c[i] = number(PUT, i);
	wait_all(3000);
	for (int i = 0; i < 64; i++) {
		assert_int_equal(call_state(c[i]), i % 7 ? CALL_DONE : CALL_REFUSED);
		assert_string_equal(call_sqlstate(c[i]), i % 7 ? "" : "23514");
	}
	assert_int_equal(database_number("SELECT count(*) FROM kept"), 54);
}

static void an_error_at_commit_is_its_own(void **state)
{
	struct call *good = number(PUT, 1), *bad = number(LATE, 2),
		    *other = number(LATE, 1);

	(void)state;
	wait_all(3000);
	assert_int_equal(call_state(good), CALL_DONE);
	assert_int_equal(call_state(bad), CALL_REFUSED);
	assert_string_equal(call_sqlstate(bad), "23503");
	assert_int_equal(call_state(other), CALL_DONE);
	assert_int_equal(database_number("SELECT count(*) FROM checked_late"), 1);
}

static void rows_touched_are_counted(void **state)
{
	struct call *c;

	(void)state;
	database_run("INSERT INTO kept SELECT n FROM generate_series(1, 6) n");
	c = number(TOUCH, 4);
	wait_all(2000);
	assert_int_equal(call_state(c), CALL_DONE);
	assert_int_equal(call_rows(c), 4);
}

static void one_that_stands_alone_holds_up_nobody(void **state)
{
	struct call *slow = number(NAP_ALONE, 600), *second;

	(void)state;
	second = number(PUT_ALONE, 1);
	number(PUT, 2);
	number(LIST, 0);
	t.open--; /* all but the slow one */
	wait_all(400);
	assert_int_equal(call_state(second), CALL_DONE);
	assert_int_equal(call_state(slow), CALL_ASKED);
	t.open++;
	wait_all(2000);
	assert_int_equal(call_state(slow), CALL_DONE);
}

/* F12 40001/40P01: one retry */
static void serialization_failures_are_tried_again(void **state)
{
	struct call *c = call_new(t.arena, &table[SERIAL]);

	(void)state;
	call_text(c, STR("40P01"));
	ask(c);
	wait_all(2000);
	assert_int_equal(call_state(c), CALL_DONE);
	assert_int_equal(database_number("SELECT last_value FROM tries_made"), 2);
}

/* F1 kill -9 of the backend in flight */
static void a_killed_backend_loses_what_was_asked(void **state)
{
	struct call *c = number(NAP, 3000), *after;

	(void)state;
	run_for(100);
	assert_int_equal(
		database_number("SELECT count(*) FROM pg_stat_activity WHERE query LIKE "
				"'%pg_sleep%' AND pid <> pg_backend_pid()"),
		1);
	kill((pid_t)database_number("SELECT pid FROM pg_stat_activity WHERE query LIKE "
				    "'%pg_sleep%' AND pid <> pg_backend_pid()"),
	     SIGKILL);
	wait_all(1000);
	assert_int_equal(call_state(c), CALL_LOST);
	wait_up(2000);
	after = number(PUT, 1);
	wait_all(1000);
	assert_int_equal(call_state(after), CALL_DONE);
}

static int64_t down_at;
static int64_t up_at;

static void on_change(void *arg, bool up)
{
	(void)arg;
	if (up)
		up_at = clock_mono_ms();
	else
		down_at = clock_mono_ms();
}

static bool is_down(void *arg)
{
	(void)arg;
	return !pool_is_up();
}

/* F3 restart -m fast, -m immediate, kill -9: lost at once while down, back soon */
static void a_restarted_server_is_found_again(void **state)
{
	static const char *const mode[] = { "stop fast", "stop immediate", "kill -9" };

	(void)state;
	pool_on_change(on_change, NULL);
	for (size_t i = 0; i < COUNT(mode); i++) {
		struct call *c;
		int64_t began;

		if (strcmp(mode[i], "kill -9") == 0)
			database_signal(SIGKILL);
		else
			database_ctl(mode[i]);
		assert_true(run_until(t.loop, is_down, NULL, 2000));
		began = clock_mono_ms();
		c = number(PUT, 1);
		wait_all(100);
		assert_int_equal(call_state(c), CALL_LOST);
		assert_true(clock_mono_ms() - began < 100);
		database_ctl("start");
		began = clock_mono_ms();
		wait_up(2000);
		assert_true(up_at - began < 1000);
		c = number(LIST, 1);
		wait_all(1000);
		assert_int_equal(call_state(c), CALL_DONE);
	}
}

/* F4 all its processes stop: lost at the deadline; works again after CONT */
static void a_stopped_server_loses_calls_at_the_deadline(void **state)
{
	struct call *c, *w;
	int64_t began = clock_mono_ms();

	(void)state;
	database_signal(SIGSTOP);
	c = number(LIST, 1);
	w = number(PUT, 1);
	wait_all(6000);
	assert_int_equal(call_state(c), CALL_LOST);
	assert_int_equal(call_state(w), CALL_LOST);
	assert_in_range(clock_mono_ms() - began, 4900, 5500);
	assert_false(pool_is_up());
	database_signal(SIGCONT);
	began = clock_mono_ms();
	wait_up(5000);
	assert_true(clock_mono_ms() - began < 2000);
	c = number(LIST, 1);
	wait_all(1000);
	assert_int_equal(call_state(c), CALL_DONE);
}

/* F5 a standby that is not there: the commit waits; its cancelled wait is a
 * WARNING and no success */
static void a_commit_without_its_standby_is_lost(void **state)
{
	struct call *waits, *cancelled;
	int n = 1;

	(void)state;
	database_setting("synchronous_standby_names = 'absent'");
	do { /* until the checkpointer has told the others */
		number(PUT, n += 7);
	} while (run_until(t.loop, all_answered, NULL, 300) && n < 1000);
	waits = number(PUT, 2);
	wait_all(6000);
	assert_int_equal(call_state(waits), CALL_LOST);
	wait_up(2000);
	cancelled = number(PUT, 3);
	run_for(300);
	database_run("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event "
		     "= 'SyncRep'");
	wait_all(1000);
	assert_int_equal(call_state(cancelled), CALL_LOST);
	database_setting("synchronous_standby_names = ''");
	wait_up(2000);
}

/* F10 max_connections used up */
static void without_a_connection_calls_are_lost_at_once(void **state)
{
	PGconn *held[32];
	int n = 0;
	struct call *c;
	int64_t began;

	(void)state;
	database_ctl("stop fast");
	assert_true(run_until(t.loop, is_down, NULL, 2000));
	database_ctl("start");
	while (n < 32) {
		held[n] = PQconnectdb(database_dsn());
		n++;
		if (PQstatus(held[n - 1]) != CONNECTION_OK)
			break;
	}
	run_until(t.loop, is_up, NULL, 500);
	assert_false(pool_is_up());
	began = clock_mono_ms();
	c = number(PUT, 1);
	wait_all(100);
	assert_int_equal(call_state(c), CALL_LOST);
	assert_true(clock_mono_ms() - began < 100);
	while (n > 0)
		PQfinish(held[--n]);
	wait_up(2000);
}

/* F11 a lock held for long: lock_timeout ends it */
static void a_held_lock_is_given_up(void **state)
{
	PGconn *holder = PQconnectdb(database_dsn());
	int64_t began = clock_mono_ms();
	struct call *c;

	(void)state;
	PQclear(PQexec(holder, "BEGIN; LOCK TABLE kept IN ACCESS EXCLUSIVE MODE"));
	c = number(PUT_ALONE, 1);
	wait_all(4000);
	PQfinish(holder);
	assert_int_equal(call_state(c), CALL_REFUSED);
	assert_string_equal(call_sqlstate(c), "55P03");
	assert_in_range(clock_mono_ms() - began, 1900, 2500);
}

/* F8 a server that has become read-only is left */
static void a_read_only_server_is_left(void **state)
{
	struct call *c;

	(void)state;
	database_setting("default_transaction_read_only = on");
	while (database_number("SELECT (current_setting('default_transaction_read_only') = "
			       "'on')::int") != 1)
		;
	run_for(50);
	c = number(PUT, 1);
	wait_all(1000);
	assert_int_equal(call_state(c), CALL_REFUSED);
	assert_string_equal(call_sqlstate(c), "25006");
	assert_true(run_until(t.loop, is_down, NULL, 1000));
	/* and not taken again while it is so */
	assert_false(run_until(t.loop, is_up, NULL, 500));
	database_setting("default_transaction_read_only = off");
	wait_up(2000);
	c = number(PUT, 1);
	wait_all(1000);
	assert_int_equal(call_state(c), CALL_DONE);
}

static void a_queue_has_an_end(void **state)
{
	struct call *c[3000];
	int lost = 0;

	(void)state;
	number(NAP, 200);
	for (int i = 0; i < 3000; i++)
		c[i] = number(LIST, i);
	wait_all(4000);
	for (int i = 0; i < 3000; i++)
		lost += call_state(c[i]) == CALL_LOST;
	assert_in_range(lost, 900, 1000);
}

static void an_answer_too_large_is_not_taken(void **state)
{
	struct call *c = call_new(t.arena, &table[LARGE]), *after;

	(void)state;
	call_int4(c, 30 << 20);
	call_limit(c, 1 << 20);
	ask(c);
	wait_all(3000);
	assert_true(call_state(c) == CALL_LOST || strcmp(call_sqlstate(c), "LARGE") == 0);
	wait_up(1000);
	after = number(LARGE, 1 << 20);
	wait_all(1000);
	assert_int_equal(call_state(after), CALL_DONE);
	assert_int_equal(row_text(after, 0, 0).n, 1 << 20);
}

struct outcome {
	bool ended;
	enum failure failed;
	struct call *call;
};

static enum step flow_put(struct flow *f)
{
	struct outcome *o = f->data;

	o->call = call_new(f->arena, &table[PUT]);
	call_int4(o->call, 7);
	db_ask(f, o->call, DB_NEEDED);
	return WAIT;
}

static enum step flow_hope(struct flow *f)
{
	struct outcome *o = f->data;

	o->call = call_new(f->arena, &table[PUT]);
	call_int4(o->call, 7);
	db_ask(f, o->call, DB_HOPED);
	return WAIT;
}

static enum step flow_done(struct flow *f)
{
	struct outcome *o = f->data;

	assert_int_equal(call_state(o->call), CALL_REFUSED);
	return DONE;
}

static void flow_failed(struct flow *f, enum failure why)
{
	struct outcome *o = f->data;

	o->failed = why;
}

static void flow_ended(struct flow *f)
{
	struct outcome *o = f->data;

	o->ended = true;
}

static bool has_ended(void *arg)
{
	return ((struct outcome *)arg)->ended;
}

static void flows_end_by_needed_calls_only(void **state)
{
	static const struct stage needed[] = { { "put", flow_put },
					       { "end", flow_done },
					       { NULL, NULL } };
	static const struct stage hoped[] = { { "put", flow_hope },
					      { "end", flow_done },
					      { NULL, NULL } };
	static const struct flow_owner owner = { flow_failed, flow_ended };
	struct outcome o[3] = { 0 };
	struct flow *f;

	(void)state;
	flow_init(t.loop);
	f = flow_new(t.loop, needed, &owner);
	f->data = &o[0];
	flow_start(f);
	f = flow_new(t.loop, hoped, &owner);
	f->data = &o[1];
	flow_start(f);
	assert_true(run_until(t.loop, has_ended, &o[0], 1000));
	assert_true(run_until(t.loop, has_ended, &o[1], 1000));
	assert_int_equal(o[0].failed, FAIL_DATABASE);
	assert_int_equal(o[1].failed, FAIL_NONE);
	/* one that leaves while asked */
	f = flow_new(t.loop, needed, &owner);
	f->data = &o[2];
	flow_start(f);
	run_for(0);
	if (!o[2].ended)
		flow_leave(f);
	number(LIST, 0);
	wait_all(1000);
}

int main(void)
{
#define ON_SERVER(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		ON_SERVER(values_come_back_as_they_went),
		ON_SERVER(nulls_come_back_as_nulls),
		ON_SERVER(arrays_come_back_as_they_went),
		ON_SERVER(many_calls_share_connections),
		ON_SERVER(groups_share_a_commit),
		ON_SERVER(one_error_in_a_group_is_its_own),
		ON_SERVER(an_error_at_commit_is_its_own),
		ON_SERVER(rows_touched_are_counted),
		ON_SERVER(one_that_stands_alone_holds_up_nobody),
		ON_SERVER(serialization_failures_are_tried_again),
		ON_SERVER(flows_end_by_needed_calls_only),
		ON_SERVER(a_queue_has_an_end),
		ON_SERVER(an_answer_too_large_is_not_taken),
		ON_SERVER(a_killed_backend_loses_what_was_asked),
		ON_SERVER(a_restarted_server_is_found_again),
		ON_SERVER(a_stopped_server_loses_calls_at_the_deadline),
		ON_SERVER(a_commit_without_its_standby_is_lost),
		ON_SERVER(without_a_connection_calls_are_lost_at_once),
		ON_SERVER(a_held_lock_is_given_up),
		ON_SERVER(a_read_only_server_is_left),
	};

	log_threshold(LOG_ERROR + 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
