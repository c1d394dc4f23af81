/* board: what workers tell their master, in memory they share: a row a worker.
 * The master makes the board before the first fork, hands a row to each worker
 * and takes it back when the worker has ended; its counters then go into the
 * sum of those that were. Callers: selfinfod (master and workers), ops.
 * Each field has one writer, the worker; all are read and written atomically.
 * Times are milliseconds, monotonic unless they say otherwise.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef OPS_BOARD_H
#define OPS_BOARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/metric.h"

enum worker_state {
	WORKER_STARTING, /* left when database, keys and agencies are there */
	WORKER_SERVING,  /* left when the master asks for the end */
	WORKER_DRAINING  /* takes no connection any more; left by its end */
};

struct board_row {
	_Alignas(64) int64_t cell[METRIC_COUNT];
	_Atomic int64_t heartbeat;
	_Atomic int64_t crl_age_s; /* of the oldest list; -1: one is not fresh */
	_Atomic int64_t agencies;  /* known; -1: not yet */
	_Atomic int state;
	_Atomic bool database; /* is up */
	bool taken;            /* the master's */
};

struct board {
	int64_t clock_offset_ms;    /* of the sandbox clock; the master writes */
	int64_t past[METRIC_COUNT]; /* the master's */
	size_t rows;
	int wake; /* eventfd: a worker's state has changed */
	struct board_row row[];
};

struct board *board_new(size_t rows);
/* A fresh row, or NULL while all are taken. */
struct board_row *board_take(struct board *b);
void board_give(struct board *b, struct board_row *r);
int64_t board_sum(const struct board *b, enum metric m);
/* The worker's: something the master waits for has changed. */
void board_wake(const struct board *b);

#endif
