/* link: one pipelined libpq connection on the loop. It never blocks: addresses
 * are numeric or sockets, everything from the first packet to the last prepared
 * statement has one timer, and a dead peer is found by tcp_user_timeout and
 * keepalives (faults P4 to P7). It does not reconnect: its owner does, as often
 * as its own rules say.
 * Callers: pool (the gateway's database), agency (each agency's).
 * Lifetime: link_close may be called from any of the handler's functions; after
 * it, and after `down`, none of them is called again. A link that went down
 * still has to be closed.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef DB_LINK_H
#define DB_LINK_H

#include "db/call.h"
#include "os/loop.h"

struct link;

#define LINK_DOWN_REASONS(R)                                                   \
	R(CONNECT, "connect")     /* refused, unreachable, not let in */       \
	R(TIMEOUT, "timeout")     /* not up within connect_ms */               \
	R(PREPARE, "prepare")     /* a statement was refused; link_sqlstate */ \
	R(CLOSED, "closed")       /* the other side ended it */                \
	R(TOO_LARGE, "too_large") /* an answer over its limit */               \
	R(PROTOCOL, "protocol")   /* the other side broke the rules */

enum link_down {
#define LINK_DOWN_ENUM(id, text) LINK_##id,
	LINK_DOWN_REASONS(LINK_DOWN_ENUM)
#undef LINK_DOWN_ENUM
};
const char *link_down_word(enum link_down why); /* for the log */

struct link_handler {
	void (*up)(void *arg);
	/* It is over; every call not yet answered is lost. */
	void (*down)(void *arg, enum link_down why);
	/* The answer of one call, after its sync, in the order of sending. Its
	 * state is DONE; REFUSED; or NEW: it was undone because another call
	 * before the same sync erred, and may be asked again. The result is gone
	 * when this returns, unless taken with call_move. `warned`: a WARNING
	 * came before the sync, so nothing of it counts as durable. */
	void (*answered)(void *arg, void *tag, struct call *result, bool warned);
};

struct link_config {
	const char *const *keyword, *const *value; /* as PQconnectStartParams */
	const struct statement *statement;
	size_t statements;
	unsigned kinds;     /* prepare those of 1 << enum db_kind; 0: all */
	int64_t connect_ms; /* from start to up */
	size_t max_bytes;   /* of one answer; above it the link goes down */
};

/* Copies what it needs, but not the statements. Calls no handler before the
 * loop runs again. */
struct link *link_open(struct loop *l, const struct link_config *c,
		       const struct link_handler *h, void *arg);
bool link_is_up(const struct link *k);
/* Queues the call; its bytes leave with link_sync at the latest. `args` may go
 * when this returns. Only while the link is up. */
void link_send(struct link *k, const struct call *args, void *tag);
void link_sync(struct link *k);
size_t link_unanswered(const struct link *k);    /* calls */
const char *link_sqlstate(const struct link *k); /* of the last error, or "" */
void link_close(struct link *k);

#endif
