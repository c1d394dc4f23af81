/* Fuzzes the request parser (net/http1.h) with libFuzzer: whatever comes, it
 * stays within the bytes given, ends each request, and says the same however
 * the bytes are cut. The first byte says where the cut is.
 *   clang -fsanitize=fuzzer,address,undefined ... http1_fuzz.c src/net/{http1,body,line}.c
 * src/base/... SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "net/http1.h"

static const struct http_authority own = { { "localhost", 9 }, 443 };

struct outcome {
	enum http_state state;
	int status;
	size_t used, body, fields;
};

/* The input lies in memory of its exact size, so that reading on is seen. */
static enum http_state take(struct http_reader *r, struct str in, size_t *used)
{
	char *copy = must_alloc(in.n ? in.n : 1);
	enum http_state s;

	if (in.n > 0)
		memcpy(copy, in.p, in.n);
	s = http_reader_take(r, (struct str){ copy, in.n }, used);
	free(copy);
	must(*used <= in.n);
	return s;
}

static struct outcome read_request(struct str in, size_t cut)
{
	AUTO(arena) struct arena *a = arena_new();
	struct http_reader *r = http_reader_new(a, &own);
	const struct http_request *q = http_reader_request(r);
	size_t used = 0, more = 0;
	struct outcome o = { .state = take(r, str_part(in, 0, cut), &used) };

	if (o.state == HTTP_MORE)
		o.state = take(r, str_from(in, used), &more);
	o.status = http_reader_status(r);
	if (o.state == HTTP_DONE) {
		o.used = used + more;
		o.body = q->body.n;
		o.fields = q->fields;
		must(q->body.n <= 65536 && q->path.n > 0 && q->minor <= 9);
	}
	must(o.state != HTTP_REFUSED || o.status >= 400);
	return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct str in = { (const char *)data + 1, n - 1 };
	struct outcome whole, cut;

	if (n == 0)
		return 0;
	whole = read_request(in, in.n);
	cut = read_request(in, data[0] < in.n ? data[0] : in.n / 2);
	must(whole.state == cut.state && whole.status == cut.status);
	must(whole.used == cut.used && whole.body == cut.body &&
	     whole.fields == cut.fields);
	return 0;
}
