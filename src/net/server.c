/* server: accepts, counts, drains. One a listener and worker; made by
 * selfinfod behind the fork. Accepting pauses while descriptors are short or
 * the limit is reached, without spinning.
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "net/conn.h"

enum { ACCEPTS_A_PASS = 64, RETRY_MS = 200 };

static void accept_again(void *arg)
{
	struct server *s = arg;
	bool room = s->connections < s->max_connections;

	if (!s->draining)
		watch_want(&s->watch, room ? WATCH_READ : 0);
}

/* The other errors of accept(2) concern the one connection that came. */
static bool is_shortage(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

static void accept_failed(struct server *s, int error)
{
	if (!is_shortage(error))
		return;
	if (!s->in_trouble)
		log_event(LOG_ERROR, "accept_paused", log_number("errno", error));
	s->in_trouble = true;
	watch_want(&s->watch, 0);
	timer_start(s->loop, &s->retry, RETRY_MS, accept_again, s);
}

static void on_connection(void *arg, int ready)
{
	struct server *s = arg;

	(void)ready;
	for (int i = 0; i < ACCEPTS_A_PASS; i++) {
		struct sockaddr_storage peer = { 0 };
		socklen_t n = sizeof(peer);
		int fd;

		if (s->connections >= s->max_connections) {
			watch_want(&s->watch, 0);
			return;
		}
		fd = accept4(s->listener, (struct sockaddr *)&peer, &n,
			     SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (fd < 0) {
			accept_failed(s, errno);
			return;
		}
		s->in_trouble = false;
		s->connections++;
		conn_start(s, fd, &peer);
	}
}

struct server *server_new(struct loop *l, const struct server_config *c,
			  const struct server_handler *h, void *arg)
{
	struct server *s = must_alloc(sizeof(*s));
	struct str url = c->base_url;
	int on = 1;

	s->loop = l;
	s->tls = c->tls;
	s->listener = c->fd;
	s->handler = h;
	s->arg = arg;
	s->max_connections = c->max_connections;
	must(str_starts(url, "https://") && c->max_connections > 0);
	buf_add(&s->base_url, url);
	must(http_authority(str_from(buf_str(&s->base_url), strlen("https://")),
			    &s->authority));
	/* accepted sockets inherit it on Linux: one call instead of many */
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	conn_flush_on(l);
	watch_start(l, &s->watch, c->fd, WATCH_READ, on_connection, s);
	return s;
}

static void say_drained(void *arg)
{
	struct server *s = arg;

	timer_stop(&s->farewell);
	s->drained(s->drained_arg);
}

/* Through a timer, so that the program may free the server there. */
static void check_drained(struct server *s)
{
	if (!s->draining || s->connections > 0 || s->drained == NULL)
		return;
	timer_start(s->loop, &s->farewell, 0, say_drained, s);
}

void server_conn_gone(struct server *s)
{
	s->connections--;
	if (!s->in_trouble)
		accept_again(s);
	check_drained(s);
}

void server_drain(struct server *s, void (*drained)(void *), void *arg)
{
	s->draining = true;
	s->drained = drained;
	s->drained_arg = arg;
	watch_stop(&s->watch);
	timer_stop(&s->retry);
	for (struct conn *c = s->conns, *next; c != NULL; c = next) {
		next = c->next;
		conn_drain(c);
	}
	check_drained(s);
}

void server_free(struct server *s)
{
	if (s == NULL)
		return;
	s->draining = true;
	s->drained = NULL;
	watch_stop(&s->watch);
	timer_stop(&s->retry);
	while (s->conns != NULL)
		conn_end(s->conns);
	timer_stop(&s->farewell);
	buf_free(&s->base_url);
	free(s);
}
