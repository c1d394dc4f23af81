/* client: kept TLS connections over epoll. Handshakes are made before the clock
 * starts; then each connection has one request under way until all are answered.
 * Callers: load.c. SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/load.h"

enum { IN_MAX = 1 << 16, EVENTS = 256 };

struct wire {
	SSL *ssl;
	int fd;
	struct str out;  /* what is left to send */
	size_t in, need; /* bytes here; of the whole answer, 0: not known yet */
	int64_t since;
	char buffer[IN_MAX];
};

struct client {
	SSL_CTX *ctx;
	struct wire **wire;
	size_t wires;
	int epoll;
	const struct plan *plan;
	size_t begun, done;
	int64_t *took;
	struct str last;
};

static void connect_to(const struct target *t, struct wire *w)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)atoi(t->port)) };
	int on = 1;

	w->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (w->fd < 0 || inet_pton(AF_INET, t->address, &to.sin_addr) != 1 ||
	    connect(w->fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		fail("connecting to %s:%s: %s", t->address, t->port, strerror(errno));
	setsockopt(w->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static struct wire *wire_open(struct client *c, const struct target *t)
{
	struct wire *w = must_alloc(sizeof(*w));
	struct epoll_event e = { .events = EPOLLIN, .data = { .ptr = w } };

	connect_to(t, w);
	w->ssl = SSL_new(c->ctx);
	if (w->ssl == NULL || SSL_set_fd(w->ssl, w->fd) != 1 || SSL_connect(w->ssl) != 1)
		fail("TLS with %s:%s: %s", t->address, t->port,
		     ERR_reason_error_string(ERR_peek_error()));
	if (fcntl(w->fd, F_SETFL, O_NONBLOCK) != 0 ||
	    epoll_ctl(c->epoll, EPOLL_CTL_ADD, w->fd, &e) != 0)
		fail("epoll: %s", strerror(errno));
	return w;
}

struct client *client_open(const struct target *t, size_t connections)
{
	static const unsigned char http11[] = "\x08http/1.1";
	struct client *c = must_alloc(sizeof(*c));

	c->ctx = SSL_CTX_new(TLS_client_method());
	c->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (c->ctx == NULL || c->epoll < 0 ||
	    SSL_CTX_load_verify_locations(c->ctx, t->ca_file, NULL) != 1 ||
	    SSL_CTX_set_alpn_protos(c->ctx, http11, sizeof(http11) - 1) != 0)
		fail("no TLS client with %s", t->ca_file);
	SSL_CTX_set_verify(c->ctx, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_min_proto_version(c->ctx, TLS1_3_VERSION);
	SSL_CTX_set_read_ahead(c->ctx, 1);
	SSL_CTX_set_mode(c->ctx, SSL_MODE_ENABLE_PARTIAL_WRITE);
	c->wire = must_alloc(connections * sizeof(struct wire *));
	for (; c->wires < connections; c->wires++)
		c->wire[c->wires] = wire_open(c, t);
	return c;
}

void client_close(struct client *c)
{
	for (size_t i = 0; i < c->wires; i++) {
		SSL_free(c->wire[i]->ssl);
		close(c->wire[i]->fd);
		free(c->wire[i]);
	}
	close(c->epoll);
	SSL_CTX_free(c->ctx);
	free(c->wire);
	free(c);
}

static void send_rest(struct wire *w)
{
	while (w->out.n > 0) {
		int n = SSL_write(w->ssl, w->out.p, (int)w->out.n);

		if (n <= 0)
			fail("a request could not be written at once");
		w->out = str_from(w->out, (size_t)n);
	}
}

static void begin(struct client *c, struct wire *w)
{
	if (c->begun == c->plan->total)
		return;
	w->out = c->plan->request[c->begun++ % c->plan->requests];
	w->in = w->need = 0;
	w->since = now_ns();
	send_rest(w);
}

/* The answers measured here all have a Content-Length. */
static void read_head(struct wire *w)
{
	const char *end = memmem(w->buffer, w->in, "\r\n\r\n", 4), *length;

	if (end == NULL)
		return;
	length = memmem(w->buffer, (size_t)(end - w->buffer), "Content-Length: ", 16);
	if (strncmp(w->buffer, "HTTP/1.1 200 ", 13) != 0 || length == NULL)
		fail("not the answer that is measured:\n%.*s", (int)w->in, w->buffer);
	w->need = (size_t)(end + 4 - w->buffer) + (size_t)atol(length + 16);
	if (w->need > sizeof(w->buffer))
		fail("an answer of %zu bytes", w->need);
}

static void take_answer(struct client *c, struct wire *w)
{
	const char *say = c->plan->must_say;

	if (w->in != w->need)
		fail("more came than was asked for");
	if (say != NULL && memmem(w->buffer, w->in, say, strlen(say)) == NULL)
		fail("an answer without %s:\n%.*s", say, (int)w->in, w->buffer);
	c->took[c->done++] = now_ns() - w->since;
	c->last = (struct str){ w->buffer, w->in };
	begin(c, w);
}

static void ready(struct client *c, struct wire *w)
{
	for (;;) {
		int n = SSL_read(w->ssl, w->buffer + w->in,
				 (int)(sizeof(w->buffer) - w->in));

		if (n <= 0) {
			if (SSL_get_error(w->ssl, n) == SSL_ERROR_WANT_READ)
				return;
			fail("the connection ended within an answer");
		}
		w->in += (size_t)n;
		if (w->need == 0)
			read_head(w);
		if (w->need > 0 && w->in >= w->need) {
			take_answer(c, w);
			return;
		}
		if (!SSL_has_pending(w->ssl))
			return;
	}
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

struct outcome client_run(struct client *c, const struct plan *p)
{
	struct epoll_event event[EVENTS];
	struct outcome o = { 0 };
	int64_t start;

	c->plan = p;
	c->begun = c->done = 0;
	c->took = must_alloc(p->total * sizeof(*c->took));
	start = now_ns();
	for (size_t i = 0; i < c->wires; i++)
		begin(c, c->wire[i]);
	while (c->done < p->total) {
		int n = epoll_wait(c->epoll, event, EVENTS, 20000);

		if (n == 0)
			fail("no answer within 20 s");
		for (int i = 0; i < n; i++)
			ready(c, event[i].data.ptr);
	}
	o.ns = now_ns() - start;
	qsort(c->took, c->done, sizeof(*c->took), by_size);
	o.p50_ns = c->took[c->done / 2];
	o.p99_ns = c->took[c->done * 99 / 100];
	o.answer = c->last;
	free(c->took);
	return o;
}
