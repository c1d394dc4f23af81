/* conn: what server, conn and exchange share about one connection. Not for
 * other rooms; theirs is net/server.h.
 * conn owns the socket, TLS, buffers and time-outs; exchange owns the request
 * being read or answered; server owns the list. Any function that says "may
 * end" may free the connection.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_CONN_H
#define NET_CONN_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "net/server.h"

enum conn_state {
	CONN_HANDSHAKE, /* left when TLS stands, fails or 10 s have passed */
	CONN_OPEN,      /* left by an error, a time-out or the last answer */
	CONN_LINGER,    /* nothing more is said; what comes is thrown away */
};

struct conn {
	struct server *server;
	struct conn *next, **link;             /* of the server */
	struct conn *flush_next, **flush_link; /* waits for the flush */
	int fd;
	enum conn_state state;
	SSL *ssl;
	struct tls_guard guard;
	struct watch watch;
	struct timer timer;
	int64_t deadline, armed; /* when it is due, when the timer looks */
	int64_t since;           /* start of what the deadline measures */
	struct buf in;           /* came, not looked at */
	struct buf out;          /* said */
	size_t sent;             /* of it */
	size_t thrown;           /* bytes ignored while lingering */
	bool blocked;            /* the socket takes no more */
	bool unread;             /* TLS holds bytes no event will announce */
	bool wants_write;        /* TLS must write before it reads on */
	bool eof;                /* the client said its last byte properly */
	bool closing;            /* nothing more is read; ends when `out` is sent */
	bool served;             /* at least one request was answered */
	/* exchange.c */
	struct arena *arena;
	struct http_reader *reader;
	void *exchange;
	bool busy;        /* the handler has the request */
	bool answered;    /* its answer is in `out`, its memory still there */
	unsigned answers; /* since the last flush */
	char address[INET6_ADDRSTRLEN];
};

struct server {
	struct loop *loop;
	struct tls *tls;
	int listener;
	struct watch watch;
	struct timer retry, farewell;
	const struct server_handler *handler;
	void *arg;
	struct buf base_url;
	struct http_authority authority; /* borrowed from base_url */
	struct conn *conns;
	int connections, max_connections;
	bool draining, in_trouble;
	void (*drained)(void *arg);
	void *drained_arg;
};

/* conn.c */
void conn_start(struct server *s, int fd, const struct sockaddr_storage *peer);
void conn_end(struct conn *c);      /* at once; the handler hears `gone` */
void conn_drain(struct conn *c);    /* may end */
void conn_mark(struct conn *c);     /* look at it in this tick's flush */
void conn_flush_on(struct loop *l); /* once a loop */

/* exchange.c */
void exchange_input(struct conn *c, struct str got); /* new bytes came */
void exchange_go_on(struct conn *c);                 /* looks again at what waits in `in` */
void exchange_refuse(struct conn *c, int status, bool close);
void exchange_done(struct conn *c);             /* frees the answered request */
void exchange_leave(struct conn *c);            /* the client went away */
bool exchange_is_stalled(const struct conn *c); /* takes no input now */

/* server.c */
void server_conn_gone(struct server *s); /* one connection less */

#endif
