/* lane: the connections that serve one kind of statement, and what waits for
 * them. Promises that every job is answered exactly once, by its deadline.
 * A connection that goes down is opened again, soon at first, then at most twice
 * a second, at the next of the hosts that the configuration names.
 * Callers: pool only. SPDX-License-Identifier: Apache-2.0 */
#ifndef DB_LANE_H
#define DB_LANE_H

#include "db/dsn.h"
#include "db/link.h"

/* One call on its way. The answer goes to the owner's function. */
struct job {
	struct job *next;
	struct call *args; /* behind this struct, in the same block */
	int64_t deadline;  /* monotonic ms */
	bool single;       /* a sync of its own */
	bool last;         /* the sync follows it */
	bool retried;      /* after a serialization failure or deadlock */
	/* the pool's */
	void *owner;
	struct call *call;
	void (*answered)(void *arg);
	void *arg;
	int need;
};

struct jobs {
	struct job *first, **last;
	size_t n;
};

struct line { /* one connection of a lane */
	struct lane *lane;
	struct link *link; /* NULL: waiting to try again */
	struct timer retry;
	int64_t wait_ms;
	size_t endpoint; /* which host */
	size_t groups;   /* under way */
	bool up, stale;  /* stale: to be opened anew */
	struct jobs sent;
};

struct lane_config {
	enum db_kind kind;
	size_t lines;
	size_t groups_most; /* syncs under way on one connection */
	size_t group_most;  /* calls before one sync */
	size_t queue_most;
	const struct dsn *dsn;
	const struct statement *statement;
	size_t statements;
	/* hands the outcome on and frees the job */
	void (*done)(struct job *j, struct call *result);
	void (*changed)(void); /* `up` of a lane */
};

struct lane {
	struct lane_config config;
	struct loop *loop;
	struct jobs queue;
	struct line *line;
	size_t up; /* lines */
};

void lane_open(struct lane *lane, struct loop *l, const struct lane_config *c);
/* false: the queue is full or no connection is up; the job stays the caller's. */
NODISCARD bool lane_put(struct lane *lane, struct job *j);
/* Once a tick, when all have asked: sends what the connections can take. */
void lane_send(struct lane *lane);
/* Ends what is past its deadline. */
void lane_expire(struct lane *lane, int64_t now);
void lane_close(struct lane *lane);

#endif
