/* call: one call of a prepared statement: typed arguments in, typed rows out.
 * A call lives in an arena (its flow's). Arguments are given in the order of
 * the statement's heading; a wrong type or number stops the worker, because
 * only a defect of the program can cause it. All values travel in binary.
 * Times are wall milliseconds, dates struct date.
 * Callers: store and whoever owns statements; pool and link send them.
 * Source: PostgreSQL 15 documentation, chapters 34.5 and 55.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef DB_CALL_H
#define DB_CALL_H

#include "base/arena.h"
#include "base/clock.h"

enum db_type {
	DB_BOOL,
	DB_INT2,
	DB_INT4,
	DB_INT8,
	DB_TEXT,
	DB_BYTEA,
	DB_UUID,
	DB_DATE,
	DB_TIMESTAMPTZ,
	DB_JSONB,
	DB_TEXT_ARRAY,
	DB_INT2_ARRAY,
	DB_INT4_ARRAY,
	DB_UUID_ARRAY,
	DB_BYTEA_ARRAY,
	DB_DATE_ARRAY,
	DB_BOOL_ARRAY,
	DB_INT8_ARRAY,
	DB_TIMESTAMPTZ_ARRAY,
	DB_JSONB_ARRAY,
	DB_TYPE_COUNT
};

/* What may stand together under one sync (pool.h). */
enum db_kind { DB_READ, DB_WRITE, DB_ALONE };

struct statement { /* made by the build from a heading in a .sql file */
	const char *name, *sql;
	enum db_kind kind;
	int arguments, columns;
	const enum db_type *argument, *column;
	const char *const *column_name;
};

enum call_state {
	CALL_NEW, /* nothing of it has happened */
	CALL_ASKED,
	CALL_DONE,    /* committed; the rows are there */
	CALL_REFUSED, /* the server said an error; see call_sqlstate */
	CALL_LOST     /* no answer: whether it happened is unknown */
};

struct call;

struct call *call_new(struct arena *a, const struct statement *s);

void call_bool(struct call *c, bool v);
void call_int2(struct call *c, int16_t v);
void call_int4(struct call *c, int32_t v);
void call_int8(struct call *c, int64_t v);
void call_text(struct call *c, struct str v); /* absent: NULL; also jsonb */
void call_bytea(struct call *c, struct str v);
void call_hash(struct call *c, const uint8_t v[32]); /* bytea of 32 */
void call_uuid(struct call *c, const uint8_t v[16]); /* NULL: NULL */
void call_time(struct call *c, int64_t wall_ms);
void call_date(struct call *c, struct date d);
void call_null(struct call *c); /* of any type */
/* text[] and jsonb[]; an absent str is a NULL element */
void call_texts(struct call *c, const struct str *v, size_t n);
void call_byteas(struct call *c, const struct str *v, size_t n);
void call_uuids(struct call *c, const uint8_t (*v)[16], size_t n);
void call_int2s(struct call *c, const int16_t *v, size_t n);
void call_int4s(struct call *c, const int32_t *v, size_t n);
void call_int8s(struct call *c, const int64_t *v, size_t n);
void call_dates(struct call *c, const struct date *v, size_t n); /* day 0: NULL */
void call_times(struct call *c, const int64_t *wall_ms, size_t n);
void call_bools(struct call *c, const bool *v, size_t n);

/* The answer may have at most so many bytes; 0: what the connection allows. */
void call_limit(struct call *c, size_t max_bytes);

enum call_state call_state(const struct call *c);
/* "" unless refused. Of ours: "TYPES", the answer is not of the heading's types;
 * "LARGE", it is larger than its limit. */
const char *call_sqlstate(const struct call *c);
/* rows returned; for a statement that returns nothing, rows touched */
int call_rows(const struct call *c);

/* Borrowed from the call's arena. NULL columns: row_is_null, and the getters
 * give absent, 0, false, day 0. The column numbers are generated:
 * `grant_load__items`. */
bool row_is_null(const struct call *c, int row, int column);
bool row_bool(const struct call *c, int row, int column);
int16_t row_int2(const struct call *c, int row, int column);
int32_t row_int4(const struct call *c, int row, int column);
int64_t row_int8(const struct call *c, int row, int column);
struct str row_text(const struct call *c, int row, int column);  /* and jsonb */
struct str row_bytea(const struct call *c, int row, int column); /* and uuid */
int64_t row_time(const struct call *c, int row, int column);
struct date row_date(const struct call *c, int row, int column);
struct str *row_texts(const struct call *c, int row, int column, size_t *n);
struct str *row_byteas(const struct call *c, int row, int column, size_t *n);
/* int2[], int4[], int8[]; a NULL element gives 0 */
int64_t *row_ints(const struct call *c, int row, int column, size_t *n);

/* Takes outcome and rows of `from` (handed out by a link, which forgets it) into
 * `to`, a call of the same statement; the rows then live as long as its arena. */
void call_move(struct call *to, struct call *from);

#endif
