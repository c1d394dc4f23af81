/* server: listening sockets, TLS connections and their requests.
 * One request of a connection is handled at a time, pipelined ones wait in
 * order; the answers of one tick leave in one write. Time-outs and limits are
 * those of faults section 5. What the parser refuses is answered here, with
 * the body that `refusal` gives, and never reaches `begin`.
 * The program must ignore SIGPIPE.
 * Callers: web (handler), selfinfod (listeners). Everything runs on the loop.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_SERVER_H
#define NET_SERVER_H

#include "net/http1.h"
#include "net/tls.h"
#include "os/loop.h"

struct server;
struct conn; /* lives until the client or a time-out ends it */

struct reply {
	int status;
	struct str type; /* Content-Type; absent: no body */
	struct str body;
	struct http_field *field; /* further fields, names as to be sent */
	size_t fields;
	bool close;
};

struct server_handler {
	/* A whole request came. Answer with conn_reply, now or later; what is
	 * returned, unless NULL, is handed to `gone` if the client leaves first.
	 * From `gone` on the connection must not be touched. OPTIONS * comes with
	 * the path "*". Metrics of requests are the handler's; the ones refused
	 * here are counted here. */
	void *(*begin)(struct conn *c, const struct http_request *r, void *arg);
	void (*gone)(void *exchange);
	/* The problem body for a status that the HTTP layer refuses with. */
	struct str (*refusal)(int status);
};

struct server_config {
	int fd; /* bound and listening, not blocking */
	struct tls *tls;
	struct str base_url; /* https://host[:port]; its authority is the only
				Host that is served (421 for others) */
	int max_connections; /* accept pauses above it */
};

struct server *server_new(struct loop *l, const struct server_config *c,
			  const struct server_handler *h, void *arg);
/* Stops accepting; idle connections close, busy ones after their answer.
 * drained(arg) is called once when none is left. */
void server_drain(struct server *s, void (*drained)(void *arg), void *arg);
void server_free(struct server *s);

/* Exactly one answer for each request; r is copied before it returns. Date,
 * Content-Length and Connection are written here; HEAD gets no body. */
void conn_reply(struct conn *c, const struct reply *r);
struct str conn_address(const struct conn *c);  /* of the peer, numeric */
struct str conn_base_url(const struct conn *c); /* of its listener */

#endif
