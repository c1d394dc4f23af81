/* exchange: the requests of one connection, one after the other. Parses what
 * came, hands whole requests to the handler, takes the answers. An answer given
 * inside `begin` lets the next request follow in the same pass, without
 * recursion; after 16 answers or 64 KiB the connection waits until they are sent,
 * so that pipelining is bounded (faults-H87).
 * Called by conn; calls the handler. SPDX-License-Identifier: Apache-2.0 */
#include "net/conn.h"

#include "base/metric.h"
#include "net/reply.h"

enum { ANSWERS_A_FLUSH = 16, OUT_MAX = 65536 };

#define ALL_METHODS STR("GET, HEAD, POST, OPTIONS")

bool exchange_is_stalled(const struct conn *c)
{
	return c->busy || c->answered || c->answers >= ANSWERS_A_FLUSH ||
	       c->out.n > OUT_MAX;
}

void exchange_done(struct conn *c)
{
	arena_free(c->arena);
	c->arena = NULL;
	c->reader = NULL;
	c->answered = false;
	c->since = loop_now(c->server->loop);
}

void exchange_leave(struct conn *c)
{
	if (c->busy && c->exchange != NULL)
		c->server->handler->gone(c->exchange);
	c->busy = false;
	c->exchange = NULL;
	exchange_done(c);
}

static void answer(struct conn *c, const struct reply *r, bool close)
{
	struct reply_way way = {
		.head = c->reader != NULL && http_reader_is_head(c->reader),
		.close = close,
	};

	reply_write(&c->out, r, way);
	c->closing = close;
	c->answers++;
	c->served = true;
	conn_mark(c);
}

void conn_reply(struct conn *c, const struct reply *r)
{
	must(c->busy);
	answer(c, r,
	       r->close || c->server->draining || http_reader_request(c->reader)->close);
	c->busy = false;
	c->exchange = NULL;
	c->answered = true;
}

void exchange_refuse(struct conn *c, int status, bool close)
{
	const struct server_handler *h = c->server->handler;
	struct http_field allow = { STR("Allow"), ALL_METHODS };
	struct http_field accept = { STR("Accept-Encoding"), STR("identity") };
	struct reply r = { .status = status };

	r.body = h->refusal(status);
	if (r.body.p != NULL)
		r.type = STR("application/problem+json");
	if (status == 405 || status == 415) {
		r.field = status == 405 ? &allow : &accept;
		r.fields = 1;
	}
	/* the handler counts what reaches it */
	metric_add(METRIC_HTTP_REQUESTS, 1);
	metric_add(METRIC_HTTP_REFUSED, 1);
	answer(c, &r, close || c->server->draining);
}

static void begin(struct conn *c, const struct http_request *q)
{
	void *exchange;

	c->busy = true;
	exchange = c->server->handler->begin(c, q, c->server->arg);
	if (c->busy)
		c->exchange = exchange;
	else
		exchange_done(c);
}

static void whole_request(struct conn *c)
{
	const struct http_request *q = http_reader_request(c->reader);
	int status = http_reader_status(c->reader);

	if (status == 0) {
		begin(c, q);
		return;
	}
	exchange_refuse(c, status, q->close);
	exchange_done(c);
}

/* RFC 9110 section 10.1.1 */
static void say_continue(struct conn *c)
{
	if (!http_reader_wants_continue(c->reader))
		return;
	buf_add(&c->out, STR("HTTP/1.1 100 Continue\r\n\r\n"));
	conn_mark(c);
}

static enum http_state take(struct conn *c, struct str in, size_t *used)
{
	bool in_body;
	enum http_state s;

	if (c->reader == NULL) {
		c->arena = arena_new();
		c->reader = http_reader_new(c->arena, &c->server->authority);
		c->since = loop_now(c->server->loop);
	}
	in_body = http_reader_in_body(c->reader);
	s = http_reader_take(c->reader, in, used);
	if (s != HTTP_REFUSED)
		say_continue(c);
	if (http_reader_in_body(c->reader) && !in_body)
		c->since = loop_now(c->server->loop);
	return s;
}

/* Gives back how many bytes are done with. */
static size_t go_through(struct conn *c, struct str in)
{
	size_t done = 0;

	while (!exchange_is_stalled(c) && !c->closing && done < in.n) {
		size_t used;
		enum http_state s = take(c, str_from(in, done), &used);

		done += used;
		if (s == HTTP_MORE)
			break;
		if (s == HTTP_DONE) {
			whole_request(c);
		} else {
			exchange_refuse(c, http_reader_status(c->reader), true);
			exchange_done(c);
		}
	}
	if (c->closing) /* nothing behind the last request is looked at */
		done = in.n;
	return done;
}

void exchange_go_on(struct conn *c)
{
	if (c->in.n == 0)
		return;
	buf_drop(&c->in, go_through(c, buf_str(&c->in)));
	if (c->in.n == 0)
		buf_free(&c->in);
}

/* Mostly nothing waits and the bytes are whole requests: then they are parsed
 * where they lie and an idle connection holds no buffer. */
void exchange_input(struct conn *c, struct str got)
{
	if (c->in.n > 0) {
		buf_add(&c->in, got);
		exchange_go_on(c);
		return;
	}
	buf_add(&c->in, str_from(got, go_through(c, got)));
}
