/* migrate: brings a database to the schema this program knows, forward only, and
 * tells whether it is there. Files NNN-name.sql, numbered from 001 without a gap,
 * each in one transaction of its own; what was applied is remembered with its
 * SHA-256, and a file that changed afterwards is an error. The first run stamps
 * the database sandbox or production, for ever (operations O7, O31).
 * Callers: selfinfoctl; selfinfod's check before its loop runs. Blocking.
 * Errors: a text with the remedy, without any value of a row; absent: all well.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef DB_MIGRATE_H
#define DB_MIGRATE_H

#include <libpq-fe.h>

#include "base/arena.h"

/* The number of the last file in schemas/db that this program was written for.
 * It runs on the next one, too, so that the database can be brought first. */
enum { SCHEMA_VERSION = 1 };

enum stamp { STAMP_ANY, STAMP_SANDBOX, STAMP_PRODUCTION };

/* As owner. `kind` is needed for the first run; later STAMP_ANY is enough, and
 * another kind than the database's is refused. report: one applied file. */
NODISCARD struct str migrate_run(struct arena *a, PGconn *c, struct str folder,
				 enum stamp kind,
				 void (*report)(void *arg, int version, const char *name),
				 void *arg);
/* As any role that may connect. */
NODISCARD struct str migrate_check(struct arena *a, PGconn *c, enum stamp kind);
/* Is the role that is connected the gateway's: may it write a disclosure record,
 * and neither change nor delete one? */
NODISCARD struct str migrate_check_role(struct arena *a, PGconn *c);

#endif
