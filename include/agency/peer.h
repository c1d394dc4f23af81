/* peer: one agency from one worker: its connection, what waits for it and what
 * is under way, its circuit. Promises that every question is answered once, by
 * its deadline, with the answer of the agency or a reason why there is none.
 * One pipelined connection, opened when somebody asks, at most twice a second,
 * and closed after a minute without a question.
 * Callers: agency. Lifetime: from peer_new to peer_leave; a peer that leaves
 * with questions under way is freed when the last is answered.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AGENCY_PEER_H
#define AGENCY_PEER_H

#include "agency/agency.h"
#include "agency/breaker.h"
#include "db/dsn.h"
#include "db/link.h"

struct ask {
	struct ask *next;
	struct call *args; /* behind this struct, in the same block */
	struct ticket *ticket;
	/* the flow's; only while the ticket has one */
	struct call *call;
	struct source_answer *slot;
	struct agency_question question;
	int64_t deadline;
	bool impatient; /* its caller waits less long than the agency may take */
	bool retried;   /* a connection was lost under it */
	bool answered;  /* its flow has its answer; only its place is still held */
};

struct asks {
	struct ask *first, **last;
	size_t n;
};

struct agency {
	struct loop *loop;
	struct arena *arena; /* of the row and the endpoint */
	struct agency_row row;
	struct endpoint endpoint;
	struct link *link;
	struct asks waiting, sent;
	struct breaker breaker;
	int64_t connect_at; /* not before */
	int64_t idle_since;
	int64_t answered_at; /* the last answer of any kind that was good */
	int64_t head_since;  /* when the oldest under way became the oldest */
	bool was_up;         /* the connection, since it was last opened */
	bool leaving;
	/* in the list of peers with questions to send */
	struct agency *todo_next;
	bool todo;
};

struct agency *peer_new(struct loop *l, const struct agency_row *row);
void peer_ask(struct agency *p, struct flow *f, const struct agency_question *q,
	      struct source_answer *slot);
/* Once a tick: opens and sends, at those peers alone that have something to. */
void peer_send_all(void);
/* From time to time: deadlines, probes, idleness. */
void peer_watch(struct agency *p, int64_t now);
bool peer_is_busy(const struct agency *p); /* has questions */
/* No more questions; what is under way keeps its deadline. */
void peer_leave(struct agency *p);
bool peer_is_done(const struct agency *p); /* left and without questions */
void peer_free(struct agency *p);          /* what is unanswered becomes unavailable */

#endif
