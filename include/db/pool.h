/* pool: the gateway's own database from one worker: some pipelined connections
 * over libpq, opened without blocking and opened again when lost. The pool
 * alone decides what shares a sync: reads share, writes share with writes
 * (taken by backlog when their connection falls idle, at most 64), a statement
 * marked [alone] has a connection and a sync to itself. An answer is handed out
 * only when the sync behind it came back without a warning (faults P1, P3).
 * When one call of a group errs, it is CALL_REFUSED and the others, which
 * PostgreSQL undid with it, are done again singly.
 * Callers: store, disclose. Queues are bounded: a call that finds its queue
 * full, no connection, or its deadline (5 s) past is CALL_LOST.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef DB_POOL_H
#define DB_POOL_H

#include "db/call.h"
#include "flow/flow.h"

enum db_need {
	DB_NEEDED, /* refused or lost: the flow ends with FAIL_DATABASE */
	DB_HOPED   /* the outcome stays in the call */
};

struct pool_config {
	struct str dsn; /* right by pool_check */
	const struct statement *statement;
	size_t statements;
	int alone; /* connections for statements that stand alone; 0: 4 */
};

/* Absent when the connection text is right, else what is wrong and what to
 * write instead. Does not connect. */
NODISCARD struct str pool_check(struct arena *a, struct str dsn);

/* Once a worker. Connecting goes on in the background, for ever. */
void pool_init(struct loop *l, const struct pool_config *c);
bool pool_is_up(void); /* at least one connection of each kind is ready */
/* fn is called when the pool comes up or goes down. */
void pool_on_change(void (*fn)(void *arg, bool up), void *arg);
size_t pool_waiting(void); /* calls without an answer; 0: a worker may end */
void pool_close(void);     /* for tidy ends and tests: what is unanswered is lost */

void db_ask(struct flow *f, struct call *c, enum db_need need);
/* Without a flow: `answered` is called once; c outlives the call. */
void db_ask_call(struct call *c, void (*answered)(void *arg), void *arg);

#endif
