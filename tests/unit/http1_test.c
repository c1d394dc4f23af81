/* Unit test of the request parser (net/http1.h) and the body decoder behind it:
 * the same bytes give the same result however they are cut, the text of a
 * request is as promised, and limits hold at their exact edge.
 * Statuses over the wire are the matter of tests/story/http.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/clock.h"
#include "net/http1.h"

static const struct http_authority own = { { "localhost", 9 }, 8443 };

struct outcome {
	enum http_state state;
	int status;
	size_t used;   /* bytes of the request, when it is done */
	size_t looked; /* bytes given until it was decided */
	struct arena *arena;
	const struct http_request *request;
};

/* Gives `bytes` in pieces of `first`, then `step` bytes, as a connection would:
 * what is not used is given again. Each piece lies in memory of its own, so
 * that reading behind it is seen. */
static struct outcome feed(struct str bytes, size_t first, size_t step)
{
	struct outcome o = { .state = HTTP_MORE, .arena = arena_new() };
	struct http_reader *r = http_reader_new(o.arena, &own);

	o.looked = first;
	for (;;) {
		struct str piece = str_part(bytes, o.used, o.looked - o.used);
		char *copy = must_alloc(piece.n ? piece.n : 1);
		size_t used;

		if (piece.n > 0)
			memcpy(copy, piece.p, piece.n);
		o.state = http_reader_take(r, (struct str){ copy, piece.n }, &used);
		free(copy);
		assert_true(used <= piece.n);
		o.used += used;
		if (o.state != HTTP_MORE || o.looked == bytes.n)
			break;
		o.looked = o.looked + step < bytes.n ? o.looked + step : bytes.n;
	}
	o.status = http_reader_status(r);
	o.request = http_reader_request(r);
	return o;
}

static struct outcome whole(const char *bytes)
{
	return feed(str_of(bytes), strlen(bytes), 1);
}

static void assert_outcome(const char *bytes, enum http_state state, int status)
{
	struct outcome o = whole(bytes);

	if (o.state != state || o.status != status)
		fail_msg("state %d status %d for %.60s", o.state, o.status, bytes);
	arena_free(o.arena);
}

static void assert_str(struct str s, const char *z)
{
	assert_int_equal(s.n, strlen(z));
	assert_memory_equal(s.p, z, s.n);
}

#define HOST "Host: localhost:8443\r\n"

static void request_is_as_sent(void **state)
{
	struct outcome o = whole("POST /v1/%E3x/../y?a=b?c HTTP/1.1\r\n"
				 "HOST: LOCALHOST:8443\r\nX-Two: \t one two \t\r\n"
				 "x-two: three\r\nX-None:\r\n"
				 "Content-Length: 5\r\n\r\nhelloNEXT");
	const struct http_request *q = o.request;

	(void)state;
	assert_int_equal(o.state, HTTP_DONE);
	assert_int_equal(o.status, 0);
	assert_int_equal(q->method, HTTP_POST);
	assert_int_equal(q->minor, 1);
	assert_false(q->close);
	assert_str(q->target, "/v1/%E3x/../y?a=b?c");
	assert_str(q->path, "/v1/%E3x/../y");
	assert_str(q->query, "a=b?c");
	assert_str(q->body, "hello");
	assert_int_equal(q->fields, 5);
	assert_str(http_field(q, "x-two"), "one two");
	assert_int_equal(http_field_count(q, "x-two"), 2);
	assert_true(http_field(q, "x-none").p != NULL);
	assert_int_equal(http_field(q, "x-none").n, 0);
	assert_null(http_field(q, "x-absent").p);
	assert_int_equal(o.used, o.looked - strlen("NEXT"));
	arena_free(o.arena);
}

static void absolute_target_is_cut(void **state)
{
	struct outcome o = whole("GET https://localhost:8443?q HTTP/1.1\r\n" HOST "\r\n");

	(void)state;
	assert_int_equal(o.status, 0);
	assert_str(o.request->path, "/");
	assert_str(o.request->query, "q");
	arena_free(o.arena);
}

static void query_may_be_absent_or_empty(void **state)
{
	struct outcome o = whole("GET /a HTTP/1.1\r\n" HOST "\r\n");
	struct outcome p = whole("GET /a? HTTP/1.1\r\n" HOST "\r\n");

	(void)state;
	assert_null(o.request->query.p);
	assert_non_null(p.request->query.p);
	assert_int_equal(p.request->query.n, 0);
	arena_free(o.arena);
	arena_free(p.arena);
}

/* RFC 9112 section 7.1: chunks are joined, extensions and trailers dropped */
static void chunks_are_joined(void **state)
{
	struct outcome o = whole("POST / HTTP/1.1\r\n" HOST
				 "Transfer-Encoding: chunked\r\n\r\n"
				 "3\r\nabc\r\n0000A;x=\"y;\\\"\"\r\n0123456789\r\n"
				 "000\r\nX-Trailer: z\r\n\r\nNEXT");

	(void)state;
	assert_int_equal(o.state, HTTP_DONE);
	assert_str(o.request->body, "abc0123456789");
	assert_int_equal(http_field_count(o.request, "x-trailer"), 0);
	assert_int_equal(o.used, o.looked - strlen("NEXT"));
	arena_free(o.arena);
}

static const char *const samples[] = {
	"GET / HTTP/1.1\r\n" HOST "\r\n",
	"\r\nGET /?a HTTP/1.1\r\n" HOST "Connection: x, close\r\n\r\n",
	"\r\n\r\nGET / HTTP/1.1\r\n" HOST "\r\n",
	"POST / HTTP/1.1\r\n" HOST "Content-Length: 005\r\n\r\nhello",
	"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"
	"1;a\r\n0\r\n2\r\nab\r\n0\r\nA: b\r\nC: d\r\n\r\n",
	"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"
	"2\r\nab\rc\r\n0\r\n\r\n",
	"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"
	"0\r\nHost: x\r\n\r\n",
	"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
	"GET / HTTP/1.1\r\n" HOST "A: b\rc\r\n\r\n",
	"GET / HTTP/1.1\r\n" HOST "A: b\r\n c\r\n\r\n",
	"GET / HTTP/1.1\nHost: a\n\n",
	"GET /%zz HTTP/1.1\r\n" HOST "\r\n",
	"GET / HTTP/1.1\r\nHost: other\r\n\r\n",
	"BREW / HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\nx",
	"GET / HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\nx",
	"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
};

static void assert_same(struct outcome a, struct outcome b)
{
	assert_int_equal(a.state, b.state);
	assert_int_equal(a.status, b.status);
	if (a.state == HTTP_DONE) {
		assert_int_equal(a.used, b.used);
		assert_int_equal(a.request->body.n, b.request->body.n);
		assert_int_equal(a.request->fields, b.request->fields);
	}
	arena_free(b.arena);
}

static void cuts_do_not_matter(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(samples); i++) {
		struct str s = str_of(samples[i]);
		struct outcome o = whole(samples[i]);

		assert_int_not_equal(o.state, HTTP_MORE);
		for (size_t first = 0; first <= s.n; first++)
			assert_same(o, feed(s, first, s.n));
		for (size_t step = 1; step < 9; step++)
			assert_same(o, feed(s, 0, step));
		arena_free(o.arena);
	}
}

/* A refusal comes with the byte that causes it, not with the end of the head. */
static void doubt_is_seen_at_once(void **state)
{
	(void)state;
	assert_outcome("GET / HTTP/1.1\n", HTTP_REFUSED, 400);
	assert_outcome("GET / HTTP/1.1\rX", HTTP_REFUSED, 400);
	assert_outcome("GET /\r\n", HTTP_REFUSED, 400);
	assert_outcome("GET / HTTP/1.1\r\nHost : x\r\n", HTTP_REFUSED, 400);
	assert_outcome("\x16\x03\x01", HTTP_REFUSED, 400);
	assert_outcome("GET / HTTP/1.1\r", HTTP_MORE, 0);
}

/* HTTP/1.1 `method` with a field or target of n bytes */
static struct outcome padded(const char *before, size_t n, const char *after)
{
	struct buf b = { 0 };
	struct outcome o;

	buf_adds(&b, before);
	memset(buf_room(&b, n), 'x', n);
	buf_grow(&b, n);
	buf_adds(&b, after);
	o = feed(buf_str(&b), b.n, 1);
	buf_free(&b);
	return o;
}

static void assert_edge(const char *before, size_t most, const char *after, int status)
{
	struct outcome fits = padded(before, most, after);
	struct outcome exceeds = padded(before, most + 1, after);

	assert_int_equal(fits.state, HTTP_DONE);
	assert_int_equal(exceeds.state, HTTP_REFUSED);
	assert_int_equal(exceeds.status, status);
	arena_free(fits.arena);
	arena_free(exceeds.arena);
}

static void limits_hold_at_their_edge(void **state)
{
	(void)state;
	assert_edge("GET /", 8192 - strlen("GET / HTTP/1.1"), " HTTP/1.1\r\n" HOST "\r\n",
		    414);
	assert_edge("GET / HTTP/1.1\r\n" HOST "A:", 8190, "\r\n\r\n", 431);
}

static void body_has_a_limit(void **state)
{
	(void)state;
	assert_outcome("POST / HTTP/1.1\r\n" HOST "Content-Length: 65536\r\n\r\n",
		       HTTP_MORE, 0);
	assert_outcome("POST / HTTP/1.1\r\n" HOST "Content-Length: 65537\r\n\r\n",
		       HTTP_REFUSED, 413);
	assert_outcome("POST / HTTP/1.1\r\n" HOST
		       "Transfer-Encoding: chunked\r\n\r\n10000\r\n",
		       HTTP_MORE, 0);
	assert_outcome("POST / HTTP/1.1\r\n" HOST
		       "Transfer-Encoding: chunked\r\n\r\n10001\r\n",
		       HTTP_REFUSED, 413);
}

/* What never ends is refused at the limit, long before memory is short. */
static void endless_lines_are_refused(void **state)
{
	struct outcome line = padded("GET /", 9000, "");
	struct outcome field = padded("GET / HTTP/1.1\r\nA: ", 9000, "");
	struct outcome chunk = padded(
		"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n1;", 300, "");

	(void)state;
	assert_int_equal(line.status, 414);
	assert_int_equal(field.status, 431);
	assert_int_equal(chunk.status, 400);
	arena_free(line.arena);
	arena_free(field.arena);
	arena_free(chunk.arena);
}

/* faults-H86: 4,096 chunks pass, one more is refused, both within 5 ms */
static void chunks_are_counted(void **state)
{
	struct buf b = { 0 };
	struct outcome o;
	int64_t began;

	(void)state;
	buf_adds(&b, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 4096; i++)
		buf_adds(&b, "1\r\nx\r\n");
	buf_adds(&b, "0\r\n\r\n");
	o = feed(buf_str(&b), b.n, 1);
	assert_int_equal(o.state, HTTP_DONE);
	assert_int_equal(o.request->body.n, 4096);
	arena_free(o.arena);
	b.n -= strlen("0\r\n\r\n");
	buf_adds(&b, "1\r\nx\r\n0\r\n\r\n");
	began = clock_cpu_us();
	o = feed(buf_str(&b), b.n, 1);
	assert_in_range(clock_cpu_us() - began, 0, 5000);
	assert_int_equal(o.status, 413);
	arena_free(o.arena);
	buf_free(&b);
}

static void authority_is_strict(void **state)
{
	static const struct {
		const char *text;
		int port; /* 0: refused */
	} row[] = {
		{ "a", 443 },
		{ "a:1", 1 },
		{ "a:65535", 65535 },
		{ "[::1]", 443 },
		{ "[::1]:8443", 8443 },
		{ "192.0.2.1:80", 80 },
		{ "a:65536", 0 },
		{ "a:", 0 },
		{ ":1", 0 },
		{ "", 0 },
		{ "a b", 0 },
		{ "[::1", 0 },
		{ "[]", 0 },
		{ "[::1]x", 0 },
		{ "a:1:2", 0 },
		{ "a%20b", 0 },
		{ "a@b", 0 },
		{ "a/b", 0 },
		{ "a:+1", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(row); i++) {
		struct http_authority a;
		bool fine = http_authority(str_of(row[i].text), &a);

		if (fine != (row[i].port != 0) || (fine && a.port != row[i].port))
			fail_msg("%s", row[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(request_is_as_sent),
		cmocka_unit_test(absolute_target_is_cut),
		cmocka_unit_test(query_may_be_absent_or_empty),
		cmocka_unit_test(chunks_are_joined),
		cmocka_unit_test(cuts_do_not_matter),
		cmocka_unit_test(doubt_is_seen_at_once),
		cmocka_unit_test(limits_hold_at_their_edge),
		cmocka_unit_test(body_has_a_limit),
		cmocka_unit_test(endless_lines_are_refused),
		cmocka_unit_test(chunks_are_counted),
		cmocka_unit_test(authority_is_strict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
