/* database: what tests on a real server share: the server of run.sh (start, stop,
 * signals to all its processes), a blocking connection for looking on, and a loop
 * that runs until something is true. Callers: tests/db, tests/agency.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_DB_DATABASE_H
#define TESTS_DB_DATABASE_H

#include <libpq-fe.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "os/loop.h"

const char *database_dsn(void);     /* host=… dbname=postgres user=postgres */
void database_run(const char *sql); /* on a connection of its own; must work */
long database_number(const char *sql);
void database_ctl(const char *words); /* start, stop fast, … */
/* to the postmaster and each of its children */
void database_signal(int number);
int database_postmaster(void);
void database_setting(const char *line); /* a line of configuration, reloaded */

/* Runs the loop until `is_true`, at most ms; tells whether it came true. */
bool run_until(struct loop *l, bool (*is_true)(void *arg), void *arg, int64_t ms);

#endif
