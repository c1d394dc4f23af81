/* flow: the step engine. A request is a table of stages; each runs without
 * waiting and says NEXT, WAIT (go on with the next stage when everything asked
 * has been answered) or DONE. An answer never runs a stage: it counts down, and
 * the loop runs what is ready once a tick.
 * Callers: web makes and drives flows; db, agency and others take tickets.
 * Lifetime: a flow owns one arena; flow_leave frees both at once, whatever is
 * still asked, because a ticket belongs to whoever answers it and finds the
 * flow gone. A needed call that fails ends the flow before the next stage, by
 * the owner's `failed` function.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include "base/arena.h"
#include "os/loop.h"

enum step { NEXT, WAIT, DONE };

struct flow;

struct stage {
	const char *name; /* also the log field, metric label and fault point */
	enum step (*run)(struct flow *f);
};
/* A table ends with { NULL, NULL }. */

enum failure {
	FAIL_NONE,
	FAIL_DATABASE, /* a needed statement had no answer: 503 */
	FAIL_DEADLINE, /* the flow's own deadline passed: 503 */
	FAIL_INTERNAL,
};

struct flow_owner {
	/* a needed call failed; answer the caller. The flow ends behind it. */
	void (*failed)(struct flow *f, enum failure why);
	/* the flow said DONE or failed; its arena goes after this call */
	void (*ended)(struct flow *f);
};

struct flow {
	struct arena *arena;
	void *data; /* the request's struct, in the arena */
	struct loop *loop;
	/* below: flow.c only */
	const struct stage *stage;
	const struct flow_owner *owner;
	struct ticket *tickets;
	struct flow *ready_next;
	unsigned waiting;
	enum failure failure;
	bool ready, running;
	struct timer deadline;
};

/* Once a process, before the first flow: hangs the run queue on the loop. */
void flow_init(struct loop *l);

/* Made stopped; the owner sets data and calls flow_start. */
struct flow *flow_new(struct loop *l, const struct stage *table,
		      const struct flow_owner *owner);
void flow_start(struct flow *f);
void flow_deadline(struct flow *f, int64_t ms); /* from now; moves it */
void flow_leave(struct flow *f);                /* the caller went away */
const char *flow_stage_name(const struct flow *f);
/* Continue with another table after this stage has said NEXT or WAIT. */
void flow_continue(struct flow *f, const struct stage *table);

/* One thing asked. ticket_answered counts the flow down and frees the ticket;
 * ticket_failed does so too and marks the flow failed (needed calls). Exactly
 * one of them is called, exactly once, for each ticket. */
struct ticket;
struct ticket *ticket_new(struct flow *f);
struct flow *ticket_flow(const struct ticket *t); /* NULL: it has left */
void ticket_answered(struct ticket *t);
void ticket_failed(struct ticket *t, enum failure why);

#endif
