/* dsn: where a database is, checked before anything connects. Promises that no
 * host name reaches libpq, which would resolve it on the loop (faults P4):
 * each host is a numeric address or a socket directory. Several hosts are tried
 * one by one, each with a time of its own, which libpq would not do.
 * Callers: pool, migrate, selfinfod's check of the configuration.
 * Lifetime: the arena's. SPDX-License-Identifier: Apache-2.0 */
#ifndef DB_DSN_H
#define DB_DSN_H

#include "base/arena.h"

struct endpoint { /* NULL keyword ends the lists, as PQconnectStartParams asks */
	const char **keyword, **value;
};

struct dsn {
	struct endpoint *endpoint;
	size_t endpoints;
};

struct setting {
	const char *keyword, *value;
};

/* Absent when the text is right, otherwise what is wrong with it and what to
 * write instead; no value of the text is repeated. `extra` (ended by a NULL
 * keyword) is laid over what the text says. */
NODISCARD struct str dsn_read(struct arena *a, struct str text, const struct setting *extra,
			      struct dsn *out);

#endif
