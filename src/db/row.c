/* row: what came back, read in PostgreSQL's binary form. wire_fits checks a
 * result once, when it arrives; behind it the getters only trust it.
 * Callers: link (the check), everyone who reads rows. Strings are borrowed from
 * the result, arrays lie in the call's arena.
 * Source: PostgreSQL 15, array_send, date_send, timestamptz_send, jsonb_send.
 * SPDX-License-Identifier: Apache-2.0 */
#include "db/wire.h"

static const struct type {
	const char *name;
	unsigned oid;
	int bytes; /* 0: any number */
	enum db_type element;
} types[DB_TYPE_COUNT] = {
	[DB_BOOL] = { "bool", 16, 1, DB_TYPE_COUNT },
	[DB_INT2] = { "int2", 21, 2, DB_TYPE_COUNT },
	[DB_INT4] = { "int4", 23, 4, DB_TYPE_COUNT },
	[DB_INT8] = { "int8", 20, 8, DB_TYPE_COUNT },
	[DB_TEXT] = { "text", 25, 0, DB_TYPE_COUNT },
	[DB_BYTEA] = { "bytea", 17, 0, DB_TYPE_COUNT },
	[DB_UUID] = { "uuid", 2950, 16, DB_TYPE_COUNT },
	[DB_DATE] = { "date", 1082, 4, DB_TYPE_COUNT },
	[DB_TIMESTAMPTZ] = { "timestamptz", 1184, 8, DB_TYPE_COUNT },
	[DB_JSONB] = { "jsonb", 3802, 0, DB_TYPE_COUNT },
	[DB_TEXT_ARRAY] = { "text[]", 1009, 0, DB_TEXT },
	[DB_INT2_ARRAY] = { "int2[]", 1005, 0, DB_INT2 },
	[DB_INT4_ARRAY] = { "int4[]", 1007, 0, DB_INT4 },
	[DB_UUID_ARRAY] = { "uuid[]", 2951, 0, DB_UUID },
	[DB_BYTEA_ARRAY] = { "bytea[]", 1001, 0, DB_BYTEA },
	[DB_DATE_ARRAY] = { "date[]", 1182, 0, DB_DATE },
	[DB_BOOL_ARRAY] = { "bool[]", 1000, 0, DB_BOOL },
	[DB_INT8_ARRAY] = { "int8[]", 1016, 0, DB_INT8 },
	[DB_TIMESTAMPTZ_ARRAY] = { "timestamptz[]", 1185, 0, DB_TIMESTAMPTZ },
	[DB_JSONB_ARRAY] = { "jsonb[]", 3807, 0, DB_JSONB },
};

unsigned wire_oid(enum db_type t)
{
	return types[t].oid;
}

const char *wire_type_name(enum db_type t)
{
	return types[t].name;
}

bool wire_is_array(enum db_type t)
{
	return types[t].element != DB_TYPE_COUNT;
}

enum db_type wire_element(enum db_type array)
{
	must(wire_is_array(array));
	return types[array].element;
}

static bool scalar_fits(enum db_type t, const char *p, size_t n)
{
	if (types[t].bytes > 0 && n != (size_t)types[t].bytes)
		return false;
	return t != DB_JSONB || (n > 1 && p[0] == 1);
}

/* One dimension or none; elements of the right type and size; no byte over. */
static bool array_fits(enum db_type t, const char *p, size_t n)
{
	enum db_type e = types[t].element;
	uint64_t count;

	if (n < WIRE_ARRAY_EMPTY || wire_get(p + 8, 4) != types[e].oid)
		return false;
	if (wire_get(p, 4) == 0)
		return n == WIRE_ARRAY_EMPTY;
	if (wire_get(p, 4) != 1 || n < WIRE_ARRAY_HEAD)
		return false;
	count = wire_get(p + 12, 4);
	p += WIRE_ARRAY_HEAD;
	n -= WIRE_ARRAY_HEAD;
	for (; count > 0; count--) {
		size_t length;

		if (n < 4)
			return false;
		length = wire_get(p, 4);
		p += 4;
		n -= 4;
		if (length == UINT32_MAX)
			continue;
		if (length > n || !scalar_fits(e, p, length))
			return false;
		p += length;
		n -= length;
	}
	return n == 0;
}

static bool cell_fits(enum db_type t, const PGresult *r, int row, int column)
{
	const char *p = PQgetvalue(r, row, column);
	int n = PQgetlength(r, row, column);

	if (PQgetisnull(r, row, column))
		return true;
	if (wire_is_array(t))
		return array_fits(t, p, (size_t)n);
	return scalar_fits(t, p, (size_t)n);
}

bool wire_fits(const struct statement *s, const PGresult *r)
{
	if (s->columns == 0)
		return PQresultStatus(r) == PGRES_COMMAND_OK;
	if (PQresultStatus(r) != PGRES_TUPLES_OK || PQnfields(r) != s->columns)
		return false;
	for (int c = 0; c < s->columns; c++) {
		if (PQftype(r, c) != types[s->column[c]].oid || PQfformat(r, c) != 1)
			return false;
		for (int row = 0; row < PQntuples(r); row++)
			if (!cell_fits(s->column[c], r, row, c))
				return false;
	}
	return true;
}

size_t wire_bytes(const PGresult *r)
{
	size_t n = 0;

	for (int row = 0; row < PQntuples(r); row++)
		for (int c = 0; c < PQnfields(r); c++)
			n += (size_t)PQgetlength(r, row, c);
	return n;
}

enum call_state call_state(const struct call *c)
{
	return c->state;
}

const char *call_sqlstate(const struct call *c)
{
	return c->sqlstate;
}

static int touched(const PGresult *r)
{
	const char *count = PQcmdTuples((PGresult *)(uintptr_t)r);
	int64_t n = 0;

	if (!str_int(str_of(count), 0, INT32_MAX, &n))
		return 0;
	return (int)n;
}

int call_rows(const struct call *c)
{
	if (c->state != CALL_DONE)
		return 0;
	if (c->statement->columns == 0)
		return touched(c->result);
	return PQntuples(c->result);
}

static enum db_type column_type(const struct call *c, int row, int column)
{
	must(c->state == CALL_DONE && column >= 0 && column < c->statement->columns &&
	     row >= 0 && row < PQntuples(c->result));
	return c->statement->column[column];
}

bool row_is_null(const struct call *c, int row, int column)
{
	(void)column_type(c, row, column);
	return PQgetisnull(c->result, row, column) != 0;
}

static struct str bytes(const struct call *c, int row, int column)
{
	if (PQgetisnull(c->result, row, column))
		return STR_NONE;
	return (struct str){ PQgetvalue(c->result, row, column),
			     (size_t)PQgetlength(c->result, row, column) };
}

static uint64_t number(const struct call *c, int row, int column, enum db_type t)
{
	must(column_type(c, row, column) == t);
	if (PQgetisnull(c->result, row, column))
		return 0;
	return wire_get(PQgetvalue(c->result, row, column), types[t].bytes);
}

bool row_bool(const struct call *c, int row, int column)
{
	return number(c, row, column, DB_BOOL) != 0;
}

int16_t row_int2(const struct call *c, int row, int column)
{
	return (int16_t)number(c, row, column, DB_INT2);
}

int32_t row_int4(const struct call *c, int row, int column)
{
	return (int32_t)number(c, row, column, DB_INT4);
}

int64_t row_int8(const struct call *c, int row, int column)
{
	return (int64_t)number(c, row, column, DB_INT8);
}

static struct str without_version(struct str jsonb)
{
	return str_from(jsonb, 1);
}

struct str row_text(const struct call *c, int row, int column)
{
	enum db_type t = column_type(c, row, column);
	struct str s = bytes(c, row, column);

	must(t == DB_TEXT || t == DB_JSONB);
	return t == DB_JSONB && s.p != NULL ? without_version(s) : s;
}

struct str row_bytea(const struct call *c, int row, int column)
{
	enum db_type t = column_type(c, row, column);

	must(t == DB_BYTEA || t == DB_UUID);
	return bytes(c, row, column);
}

/* 'infinity' stays the largest number, '-infinity' the smallest. */
int64_t row_time(const struct call *c, int row, int column)
{
	int64_t us = (int64_t)number(c, row, column, DB_TIMESTAMPTZ);

	if (row_is_null(c, row, column))
		return 0;
	if (us == INT64_MAX || us == INT64_MIN)
		return us;
	return us / 1000 - (us % 1000 < 0) + WIRE_EPOCH_MS;
}

struct date row_date(const struct call *c, int row, int column)
{
	int32_t days = (int32_t)number(c, row, column, DB_DATE);

	if (row_is_null(c, row, column))
		return (struct date){ 0 };
	return date_from_days((int64_t)days + WIRE_EPOCH_DAYS);
}

/* Walks an array's elements: the next one, absent for NULL. */
static struct str next_element(const char **p)
{
	uint64_t n = wire_get(*p, 4);
	struct str e = STR_NONE;

	*p += 4;
	if (n != UINT32_MAX) {
		e = (struct str){ *p, n };
		*p += n;
	}
	return e;
}

static const char *array_begin(const struct call *c, int row, int column, size_t *n)
{
	struct str s = bytes(c, row, column);

	*n = s.n > WIRE_ARRAY_EMPTY ? wire_get(s.p + 12, 4) : 0;
	return *n > 0 ? s.p + WIRE_ARRAY_HEAD : s.p; /* of 0 elements none is read */
}

static struct str *strings(const struct call *c, int row, int column, size_t *n,
			   bool version)
{
	const char *p = array_begin(c, row, column, n);
	struct str *list;

	must(c->arena != NULL);
	list = arena_array(c->arena, *n, sizeof(*list));
	for (size_t i = 0; i < *n; i++) {
		list[i] = next_element(&p);
		if (version && list[i].p != NULL)
			list[i] = without_version(list[i]);
	}
	return list;
}

struct str *row_texts(const struct call *c, int row, int column, size_t *n)
{
	enum db_type t = column_type(c, row, column);

	must(t == DB_TEXT_ARRAY || t == DB_JSONB_ARRAY);
	return strings(c, row, column, n, t == DB_JSONB_ARRAY);
}

struct str *row_byteas(const struct call *c, int row, int column, size_t *n)
{
	enum db_type t = column_type(c, row, column);

	must(t == DB_BYTEA_ARRAY || t == DB_UUID_ARRAY);
	return strings(c, row, column, n, false);
}

int64_t *row_ints(const struct call *c, int row, int column, size_t *n)
{
	enum db_type t = column_type(c, row, column);
	const char *p = array_begin(c, row, column, n);
	size_t count = *n;
	int64_t *list;

	must(t == DB_INT2_ARRAY || t == DB_INT4_ARRAY || t == DB_INT8_ARRAY);
	must(c->arena != NULL);
	list = arena_array(c->arena, count, sizeof(*list));
	for (size_t i = 0; i < count; i++) {
		struct str e = next_element(&p);
		uint64_t v = wire_get(e.p, (int)e.n);

		if (e.n == 2)
			list[i] = (int16_t)v;
		else if (e.n == 4)
			list[i] = (int32_t)v;
		else
			list[i] = (int64_t)v;
	}
	return list;
}

static void release_result(void *r)
{
	PQclear(r);
}

void call_move(struct call *to, struct call *from)
{
	to->state = from->state;
	memcpy(to->sqlstate, from->sqlstate, sizeof(to->sqlstate));
	to->result = from->result;
	if (to->result != NULL)
		arena_own(to->arena, to->result, release_result);
	from->result = NULL;
}
