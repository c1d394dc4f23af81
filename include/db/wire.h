/* wire: the inside of a call, and the binary forms of values. Promises that a
 * result which passed wire_fits can be read by the getters of call.h without
 * another check, however hostile the server. Callers: db's own modules only.
 * Source: PostgreSQL 15 documentation, chapter 55.7, and its send functions.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef DB_WIRE_H
#define DB_WIRE_H

#include <libpq-fe.h>

#include "db/call.h"

struct call {
	struct arena *arena;
	const struct statement *statement;
	enum call_state state;
	char sqlstate[6];
	int given; /* arguments so far */
	const char **value;
	int *length;
	PGresult *result; /* freed by the arena once call_move put it here */
	size_t max_bytes; /* of the answer; 0: the link's */
};

enum {
	WIRE_ARGUMENTS_MAX = 64,   /* of one statement */
	WIRE_VALUE_MAX = 64 << 20, /* bytes of one argument */
	WIRE_ARRAY_EMPTY = 12,     /* bytes of an array without elements */
	WIRE_ARRAY_HEAD = 20,      /* bytes before the first element */
	WIRE_EPOCH_DAYS = 10957    /* 2000-01-01 */
};
#define WIRE_EPOCH_MS (WIRE_EPOCH_DAYS * CLOCK_DAY_MS)

unsigned wire_oid(enum db_type t);
const char *wire_type_name(enum db_type t);
bool wire_is_array(enum db_type t);
enum db_type wire_element(enum db_type array);

static inline void wire_put(char *p, uint64_t v, int bytes)
{
	for (int i = bytes - 1; i >= 0; i--, v >>= 8)
		p[i] = (char)(v & 0xff);
}

static inline uint64_t wire_get(const char *p, int bytes)
{
	uint64_t v = 0;

	for (int i = 0; i < bytes; i++)
		v = v << 8 | (uint8_t)p[i];
	return v;
}

/* The result has the columns of the heading, each cell a well-formed value. */
NODISCARD bool wire_fits(const struct statement *s, const PGresult *r);
size_t wire_bytes(const PGresult *r); /* of all its cells */

/* A copy in one block of the heap, arguments and all, behind `extra` zeroed
 * bytes for its owner; free() of what is returned frees both. */
void *wire_copy(const struct call *c, size_t extra, struct call **made);

#endif
