/* conn: one TLS connection: handshake, reading, writing once a tick, time-outs,
 * the end. Made by server on accept; freed by conn_end and nothing else, and
 * the handler hears `gone` when it still had a request.
 * Needs SIGPIPE ignored by the program: a write to a connection the client has
 * reset is an error here, not a signal.
 * Times are faults section 5, in milliseconds.
 * SPDX-License-Identifier: Apache-2.0 */
#include "net/conn.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/metric.h"

enum {
	HANDSHAKE_MS = 10000,
	HEAD_MS = 10000,
	BODY_MS = 30000,  /* and from then on at least BODY_RATE */
	BODY_RATE = 1024, /* bytes a second */
	IDLE_MS = 60000,
	STALL_MS = 30000, /* a reader that takes nothing */
	DRAIN_MS = 5000,  /* a new connection's first request, draining */
	LINGER_MS = 2000,
	ALERT_MS = 500, /* so that a TLS alert is read, not reset */
	LINGER_BYTES = 1 << 20,
	IN_MAX = 16384, /* waits behind a request in flight */
	READS_A_PASS = 4,
	READ_SIZE = 16384,
};

#define NEVER INT64_MAX

/* The connections to look at in this tick's flush. */
static struct {
	struct loop *loop;
	struct conn *first;
} flush;

static char scratch[READ_SIZE]; /* what was just read; no state */

void conn_mark(struct conn *c)
{
	if (c->flush_link != NULL)
		return;
	c->flush_next = flush.first;
	c->flush_link = &flush.first;
	if (c->flush_next != NULL)
		c->flush_next->flush_link = &c->flush_next;
	flush.first = c;
}

static void unmark(struct conn *c)
{
	if (c->flush_link == NULL)
		return;
	*c->flush_link = c->flush_next;
	if (c->flush_next != NULL)
		c->flush_next->flush_link = c->flush_link;
	c->flush_link = NULL;
}

static void look_again(struct conn *c)
{
	conn_mark(c);
	loop_again(c->server->loop);
}

void conn_end(struct conn *c)
{
	struct server *s = c->server;

	exchange_leave(c);
	unmark(c);
	watch_stop(&c->watch);
	timer_stop(&c->timer);
	SSL_free(c->ssl);
	close(c->fd);
	buf_free(&c->in);
	buf_free(&c->out);
	*c->link = c->next;
	if (c->next != NULL)
		c->next->link = c->link;
	free(c);
	metric_add(METRIC_CONNECTIONS, -1);
	server_conn_gone(s);
}

static void reset(struct conn *c)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	conn_end(c);
}

/* The timer is moved only when it would look too late; when it looks too early
 * it is set anew. So a request on a kept connection touches no timer. */
static void on_timer(void *arg);

static void set_deadline(struct conn *c, int64_t at)
{
	int64_t now = loop_now(c->server->loop);

	c->deadline = at;
	if (at == NEVER || (c->armed != 0 && c->armed <= at))
		return;
	c->armed = at;
	timer_start(c->server->loop, &c->timer, at - now, on_timer, c);
}

/* Ends our side and throws away what still comes, lest the kernel resets the
 * connection and the last bytes we said are lost (RFC 9112 section 9.6). */
static void linger(struct conn *c, int64_t ms)
{
	exchange_leave(c);
	buf_free(&c->in);
	buf_free(&c->out);
	SSL_free(c->ssl);
	c->ssl = NULL;
	c->state = CONN_LINGER;
	if (c->eof || shutdown(c->fd, SHUT_WR) != 0) {
		conn_end(c);
		return;
	}
	watch_want(&c->watch, WATCH_READ);
	set_deadline(c, loop_now(c->server->loop) + ms);
}

static void say_goodbye(struct conn *c)
{
	ERR_clear_error();
	SSL_shutdown(c->ssl);
	ERR_clear_error();
}

static void throw_away(struct conn *c)
{
	ssize_t n = recv(c->fd, scratch, sizeof(scratch), 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n > 0)
		c->thrown += (size_t)n;
	if (n <= 0 || c->thrown > LINGER_BYTES)
		conn_end(c);
}

static int64_t due_at(const struct conn *c)
{
	int64_t bytes_ms;

	if (c->blocked)
		return c->since + STALL_MS;
	if (c->busy)
		return NEVER;
	if (c->reader == NULL || (http_reader_is_blank(c->reader) && c->in.n == 0))
		return c->since + (c->server->draining ? DRAIN_MS : IDLE_MS);
	if (!http_reader_in_body(c->reader))
		return c->since + HEAD_MS;
	bytes_ms = (int64_t)http_reader_body_bytes(c->reader) * 1000 / BODY_RATE;
	return c->since + (bytes_ms > BODY_MS ? bytes_ms : BODY_MS);
}

static bool may_read(const struct conn *c)
{
	if (c->eof || c->closing || c->blocked)
		return false;
	return !exchange_is_stalled(c) || c->in.n < IN_MAX;
}

/* What to wait for now, and until when. */
static void settle(struct conn *c)
{
	int want = 0;

	if (may_read(c))
		want |= WATCH_READ;
	if (c->blocked || c->wants_write)
		want |= WATCH_WRITE;
	watch_want(&c->watch, want);
	set_deadline(c, due_at(c));
}

/* TLS or the peer broke: false when the connection is gone or lingers. */
static bool read_stopped(struct conn *c, int n)
{
	switch (SSL_get_error(c->ssl, n)) {
	case SSL_ERROR_WANT_READ:
		return true;
	case SSL_ERROR_WANT_WRITE:
		c->wants_write = true;
		return true;
	case SSL_ERROR_ZERO_RETURN:
		if (c->guard.abused)
			break;
		c->eof = true;
		conn_mark(c);
		return true;
	case SSL_ERROR_SSL:
		if (ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
			break;
		linger(c, ALERT_MS);
		return false;
	default:
		break;
	}
	conn_end(c);
	return false;
}

static void read_some(struct conn *c)
{
	c->unread = false;
	c->wants_write = false;
	for (int i = 0; i < READS_A_PASS; i++) {
		int n;

		ERR_clear_error();
		n = SSL_read(c->ssl, scratch, sizeof(scratch));
		if (n <= 0) {
			c->unread = false; /* at most a part of a record */
			if (read_stopped(c, n))
				settle(c);
			return;
		}
		c->guard.messages = 0;
		exchange_input(c, (struct str){ scratch, (size_t)n });
		c->unread = SSL_has_pending(c->ssl) == 1;
		if (!c->unread || !may_read(c))
			break;
	}
	if (c->unread)
		conn_mark(c);
	settle(c);
}

/* True when all is sent; may end. */
static bool write_out(struct conn *c)
{
	while (c->sent < c->out.n) {
		size_t left = c->out.n - c->sent;
		int n;

		ERR_clear_error();
		n = SSL_write(c->ssl, c->out.p + c->sent,
			      left > INT32_MAX ? INT32_MAX : (int)left);
		if (n <= 0) {
			int error = SSL_get_error(c->ssl, n);

			if (error != SSL_ERROR_WANT_WRITE && error != SSL_ERROR_WANT_READ) {
				conn_end(c);
				return false;
			}
			if (!c->blocked)
				c->since = loop_now(c->server->loop);
			c->blocked = true;
			settle(c);
			return false;
		}
		if (c->blocked)
			c->since = loop_now(c->server->loop);
		c->sent += (size_t)n;
	}
	c->blocked = false;
	c->sent = 0;
	buf_free(&c->out);
	return true;
}

/* The client said its last byte: what it asked in full is answered. */
static bool is_finished(const struct conn *c)
{
	return c->eof && !exchange_is_stalled(c) && c->out.n == 0;
}

static void look_after(struct conn *c)
{
	if (c->answered)
		exchange_done(c);
	if (!write_out(c))
		return;
	c->answers = 0;
	if (c->closing) {
		say_goodbye(c);
		linger(c, LINGER_MS);
		return;
	}
	exchange_go_on(c);
	if (is_finished(c)) {
		say_goodbye(c);
		conn_end(c);
		return;
	}
	if (c->out.n > 0)
		look_again(c);
	if (c->unread && may_read(c)) {
		loop_again(c->server->loop);
		read_some(c);
		return;
	}
	settle(c);
}

/* Whoever is marked while this runs is looked at in the next tick. */
static void flush_all(void *arg)
{
	struct conn *c, *round = flush.first;

	(void)arg;
	if (round != NULL)
		round->flush_link = &round;
	flush.first = NULL;
	while ((c = round) != NULL) {
		unmark(c);
		if (c->state == CONN_OPEN)
			look_after(c);
	}
	if (flush.first != NULL)
		loop_again(flush.loop);
}

void conn_flush_on(struct loop *l)
{
	if (flush.loop == l)
		return;
	flush.loop = l;
	loop_at_flush(l, flush_all, NULL);
}

static void go_on_shaking(struct conn *c)
{
	int n;

	ERR_clear_error();
	n = SSL_accept(c->ssl);
	if (n == 1) {
		metric_add(METRIC_TLS_HANDSHAKES, 1);
		c->guard.messages = 0;
		c->state = CONN_OPEN;
		c->since = loop_now(c->server->loop);
		read_some(c);
		return;
	}
	switch (SSL_get_error(c->ssl, n)) {
	case SSL_ERROR_WANT_READ:
		watch_want(&c->watch, WATCH_READ);
		return;
	case SSL_ERROR_WANT_WRITE:
		watch_want(&c->watch, WATCH_WRITE);
		return;
	case SSL_ERROR_SSL:
		metric_add(METRIC_TLS_FAILED, 1);
		linger(c, ALERT_MS);
		return;
	default:
		metric_add(METRIC_TLS_FAILED, 1);
		conn_end(c);
	}
}

static void on_ready(void *arg, int ready)
{
	struct conn *c = arg;

	if (c->state == CONN_HANDSHAKE) {
		go_on_shaking(c);
	} else if (c->state == CONN_LINGER) {
		throw_away(c);
	} else if (ready & WATCH_WRITE && !c->wants_write) {
		conn_mark(c);
	} else {
		read_some(c);
	}
}

static void time_is_up(struct conn *c)
{
	if (c->state == CONN_HANDSHAKE) {
		metric_add(METRIC_TLS_FAILED, 1);
		conn_end(c);
	} else if (c->state == CONN_LINGER) {
		conn_end(c);
	} else if (c->blocked) {
		reset(c);
	} else if (c->reader == NULL || http_reader_is_blank(c->reader)) {
		say_goodbye(c);
		conn_end(c);
	} else {
		exchange_refuse(c, 408, true);
		exchange_done(c);
	}
}

static void on_timer(void *arg)
{
	struct conn *c = arg;

	c->armed = 0;
	if (c->state == CONN_OPEN)
		c->deadline = due_at(c);
	if (c->deadline > loop_now(c->server->loop))
		set_deadline(c, c->deadline);
	else
		time_is_up(c);
}

static void set_address(struct conn *c, const struct sockaddr_storage *peer)
{
	const struct sockaddr_in *v4 = (const void *)peer;
	const struct sockaddr_in6 *v6 = (const void *)peer;
	const void *from = &v6->sin6_addr;
	int family = AF_INET6;

	if (peer->ss_family == AF_INET) {
		family = AF_INET;
		from = &v4->sin_addr;
	} else if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
		family = AF_INET;
		from = &v6->sin6_addr.s6_addr[12];
	}
	if (inet_ntop(family, from, c->address, sizeof(c->address)) == NULL)
		c->address[0] = '\0';
}

struct str conn_address(const struct conn *c)
{
	return str_of(c->address);
}

struct str conn_base_url(const struct conn *c)
{
	return buf_str(&c->server->base_url);
}

void conn_start(struct server *s, int fd, const struct sockaddr_storage *peer)
{
	struct conn *c = must_alloc(sizeof(*c));

	c->server = s;
	c->fd = fd;
	set_address(c, peer);
	c->ssl = SSL_new(s->tls->context);
	must(c->ssl != NULL && SSL_set_fd(c->ssl, fd) == 1);
	SSL_set_accept_state(c->ssl);
	tls_guard_start(&c->guard, c->ssl);
	c->next = s->conns;
	c->link = &s->conns;
	if (c->next != NULL)
		c->next->link = &c->next;
	s->conns = c;
	metric_add(METRIC_CONNECTIONS, 1);
	watch_start(s->loop, &c->watch, fd, WATCH_READ, on_ready, c);
	set_deadline(c, loop_now(s->loop) + HANDSHAKE_MS);
}

/* A connection that was never served still gets its first request answered:
 * the client cannot know that we are leaving. */
void conn_drain(struct conn *c)
{
	if (c->state != CONN_OPEN)
		return;
	if (c->served && c->reader == NULL && c->out.n == 0) {
		say_goodbye(c);
		conn_end(c);
		return;
	}
	settle(c);
}
