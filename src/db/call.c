/* call: arguments of a statement in PostgreSQL's binary form.
 * Callers: store and others who ask; each argument is checked against the
 * heading, and a mistake stops the worker. All memory is the call's arena's.
 * Source: PostgreSQL 15, array_recv, date_recv, timestamptz_recv, jsonb_recv.
 * SPDX-License-Identifier: Apache-2.0 */
#include "db/call.h"

#include "db/wire.h"

enum { UUID_BYTES = 16 };

struct call *call_new(struct arena *a, const struct statement *s)
{
	struct call *c = arena_alloc(a, sizeof(*c));
	size_t n = (size_t)s->arguments;

	c->arena = a;
	c->statement = s;
	c->value = arena_array(a, n, sizeof(*c->value));
	c->length = arena_array(a, n, sizeof(*c->length));
	return c;
}

void call_limit(struct call *c, size_t max_bytes)
{
	c->max_bytes = max_bytes;
}

static enum db_type next_type(const struct call *c)
{
	must(c->state == CALL_NEW && c->given < c->statement->arguments);
	return c->statement->argument[c->given];
}

static void give(struct call *c, const char *p, size_t n)
{
	must(n <= WIRE_VALUE_MAX);
	c->value[c->given] = p;
	c->length[c->given] = (int)n;
	c->given++;
}

static void give_number(struct call *c, enum db_type t, uint64_t v, int bytes)
{
	char *p = arena_alloc(c->arena, (size_t)bytes);

	must(next_type(c) == t);
	wire_put(p, v, bytes);
	give(c, p, (size_t)bytes);
}

void call_bool(struct call *c, bool v)
{
	give_number(c, DB_BOOL, v, 1);
}

void call_int2(struct call *c, int16_t v)
{
	give_number(c, DB_INT2, (uint64_t)v, 2);
}

void call_int4(struct call *c, int32_t v)
{
	give_number(c, DB_INT4, (uint64_t)v, 4);
}

void call_int8(struct call *c, int64_t v)
{
	give_number(c, DB_INT8, (uint64_t)v, 8);
}

/* PostgreSQL counts microseconds from 2000-01-01 UTC. */
static uint64_t time_to_wire(int64_t wall_ms)
{
	int64_t ms, us;

	if (__builtin_sub_overflow(wall_ms, WIRE_EPOCH_MS, &ms) ||
	    __builtin_mul_overflow(ms, 1000, &us))
		return wall_ms > 0 ? INT64_MAX : (uint64_t)INT64_MIN;
	return (uint64_t)us;
}

static uint64_t date_to_wire(struct date d)
{
	return (uint64_t)(date_days(d) - WIRE_EPOCH_DAYS);
}

void call_time(struct call *c, int64_t wall_ms)
{
	give_number(c, DB_TIMESTAMPTZ, time_to_wire(wall_ms), 8);
}

void call_date(struct call *c, struct date d)
{
	must(next_type(c) == DB_DATE);
	if (d.day == 0)
		call_null(c);
	else
		give_number(c, DB_DATE, date_to_wire(d), 4);
}

void call_null(struct call *c)
{
	(void)next_type(c);
	give(c, NULL, 0);
}

void call_text(struct call *c, struct str v)
{
	bool jsonb = next_type(c) == DB_JSONB;
	char *p;

	must(jsonb || next_type(c) == DB_TEXT);
	if (v.p == NULL) {
		call_null(c);
		return;
	}
	must(v.n < WIRE_VALUE_MAX);
	p = arena_alloc(c->arena, v.n + 1);
	p[0] = 1; /* version of jsonb's binary form */
	if (v.n > 0)
		memcpy(p + jsonb, v.p, v.n);
	give(c, p, v.n + jsonb);
}

static void give_bytes(struct call *c, const void *v, size_t n)
{
	char *p;

	if (v == NULL) {
		call_null(c);
		return;
	}
	must(n <= WIRE_VALUE_MAX);
	p = arena_alloc(c->arena, n + 1);
	if (n > 0)
		memcpy(p, v, n);
	give(c, p, n);
}

void call_bytea(struct call *c, struct str v)
{
	must(next_type(c) == DB_BYTEA);
	give_bytes(c, v.p, v.n);
}

void call_hash(struct call *c, const uint8_t v[32])
{
	must(next_type(c) == DB_BYTEA);
	give_bytes(c, v, 32);
}

void call_uuid(struct call *c, const uint8_t v[16])
{
	must(next_type(c) == DB_UUID);
	give_bytes(c, v, UUID_BYTES);
}

/* An array is: dimensions, "has NULLs", element type, then for its one
 * dimension size and lower bound, then each element behind its length. */
static char *array_begin(struct call *c, size_t n, size_t bytes)
{
	enum db_type t = next_type(c);
	size_t size;
	char *p;

	must(wire_is_array(t) && n <= INT32_MAX);
	must(!__builtin_mul_overflow(n, 4, &size) &&
	     !__builtin_add_overflow(size, bytes, &size) &&
	     size <= WIRE_VALUE_MAX - WIRE_ARRAY_HEAD);
	size += WIRE_ARRAY_HEAD;
	p = arena_alloc(c->arena, size);
	wire_put(p, n > 0, 4);
	wire_put(p + 8, wire_oid(wire_element(t)), 4);
	wire_put(p + 12, n, 4);
	wire_put(p + 16, 1, 4);
	give(c, p, n > 0 ? size : WIRE_ARRAY_EMPTY);
	return p + WIRE_ARRAY_HEAD;
}

static void array_has_null(struct call *c)
{
	wire_put((char *)(uintptr_t)c->value[c->given - 1] + 4, 1, 4);
}

static char *element(char *p, const void *v, size_t n)
{
	wire_put(p, n, 4);
	if (n > 0)
		memcpy(p + 4, v, n);
	return p + 4 + n;
}

static char *number_element(char *p, uint64_t v, int bytes)
{
	wire_put(p, (uint64_t)bytes, 4);
	wire_put(p + 4, v, bytes);
	return p + 4 + bytes;
}

static char *null_element(struct call *c, char *p)
{
	array_has_null(c);
	wire_put(p, UINT32_MAX, 4);
	return p + 4;
}

static void give_strings(struct call *c, const struct str *v, size_t n, bool version)
{
	size_t bytes = 0;
	char *p;

	for (size_t i = 0; i < n; i++)
		must(!__builtin_add_overflow(bytes, v[i].n + version, &bytes));
	p = array_begin(c, n, bytes);
	for (size_t i = 0; i < n; i++) {
		if (v[i].p == NULL) {
			p = null_element(c, p);
		} else if (version) {
			wire_put(p, v[i].n + 1, 4);
			p[4] = 1;
			memcpy(p + 5, v[i].p, v[i].n);
			p += 5 + v[i].n;
		} else {
			p = element(p, v[i].p, v[i].n);
		}
	}
	/* NULL elements took less than was counted */
	if (n > 0)
		c->length[c->given - 1] = (int)(p - c->value[c->given - 1]);
}

void call_texts(struct call *c, const struct str *v, size_t n)
{
	bool jsonb = next_type(c) == DB_JSONB_ARRAY;

	must(jsonb || next_type(c) == DB_TEXT_ARRAY);
	give_strings(c, v, n, jsonb);
}

void call_byteas(struct call *c, const struct str *v, size_t n)
{
	must(next_type(c) == DB_BYTEA_ARRAY);
	give_strings(c, v, n, false);
}

void call_uuids(struct call *c, const uint8_t (*v)[16], size_t n)
{
	char *p;

	must(next_type(c) == DB_UUID_ARRAY && n <= WIRE_VALUE_MAX / UUID_BYTES);
	p = array_begin(c, n, n * UUID_BYTES);
	for (size_t i = 0; i < n; i++)
		p = element(p, v[i], UUID_BYTES);
}

static char *numbers_begin(struct call *c, enum db_type t, size_t n, size_t bytes)
{
	must(next_type(c) == t && n <= WIRE_VALUE_MAX / 8);
	return array_begin(c, n, n * bytes);
}

void call_int2s(struct call *c, const int16_t *v, size_t n)
{
	char *p = numbers_begin(c, DB_INT2_ARRAY, n, 2);

	for (size_t i = 0; i < n; i++)
		p = number_element(p, (uint64_t)v[i], 2);
}

void call_int4s(struct call *c, const int32_t *v, size_t n)
{
	char *p = numbers_begin(c, DB_INT4_ARRAY, n, 4);

	for (size_t i = 0; i < n; i++)
		p = number_element(p, (uint64_t)v[i], 4);
}

void call_int8s(struct call *c, const int64_t *v, size_t n)
{
	char *p = numbers_begin(c, DB_INT8_ARRAY, n, 8);

	for (size_t i = 0; i < n; i++)
		p = number_element(p, (uint64_t)v[i], 8);
}

void call_times(struct call *c, const int64_t *wall_ms, size_t n)
{
	char *p = numbers_begin(c, DB_TIMESTAMPTZ_ARRAY, n, 8);

	for (size_t i = 0; i < n; i++)
		p = number_element(p, time_to_wire(wall_ms[i]), 8);
}

void call_bools(struct call *c, const bool *v, size_t n)
{
	char *p = numbers_begin(c, DB_BOOL_ARRAY, n, 1);

	for (size_t i = 0; i < n; i++)
		p = number_element(p, v[i], 1);
}

void call_dates(struct call *c, const struct date *v, size_t n)
{
	char *p = numbers_begin(c, DB_DATE_ARRAY, n, 4);

	for (size_t i = 0; i < n; i++) {
		if (v[i].day == 0)
			p = null_element(c, p);
		else
			p = number_element(p, date_to_wire(v[i]), 4);
	}
	if (n > 0)
		c->length[c->given - 1] = (int)(p - c->value[c->given - 1]);
}

void *wire_copy(const struct call *c, size_t extra, struct call **made)
{
	size_t n = (size_t)c->given, bytes = 0, lead, arrays;
	struct call *copy;
	char *block, *p;

	must(c->given == c->statement->arguments);
	for (size_t i = 0; i < n; i++)
		bytes += (size_t)c->length[i];
	lead = (extra + 15) & ~(size_t)15;
	arrays = n * (sizeof(*copy->value) + sizeof(*copy->length));
	block = must_alloc(lead + sizeof(*copy) + arrays + bytes);
	copy = (struct call *)(void *)(block + lead);
	copy->statement = c->statement;
	copy->given = c->given;
	copy->max_bytes = c->max_bytes;
	copy->value = (const char **)(void *)(copy + 1);
	copy->length = (int *)(void *)(copy->value + n);
	p = (char *)(copy->length + n);
	for (size_t i = 0; i < n; i++) {
		copy->length[i] = c->length[i];
		if (c->value[i] == NULL)
			continue;
		copy->value[i] = p;
		memcpy(p, c->value[i], (size_t)c->length[i]);
		p += c->length[i];
	}
	*made = copy;
	return block;
}
