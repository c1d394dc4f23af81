/* buf: a growing run of bytes, doubling; called by every room.
 * Stops the worker when memory is out.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <openssl/crypto.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buf_free(struct buf *b)
{
	free(b->p);
	*b = (struct buf){ 0 };
}

char *buf_room(struct buf *b, size_t n)
{
	size_t need;

	must(!__builtin_add_overflow(b->n, n, &need));
	if (need > b->cap) {
		size_t cap = b->cap ? b->cap : 256;

		while (cap < need)
			must(!__builtin_mul_overflow(cap, 2, &cap));
		b->p = must_realloc(b->p, cap);
		b->cap = cap;
	}
	return b->p + b->n;
}

void buf_grow(struct buf *b, size_t n)
{
	must(n <= b->cap - b->n);
	b->n += n;
}

void buf_add(struct buf *b, struct str s)
{
	if (s.n == 0)
		return;
	memcpy(buf_room(b, s.n), s.p, s.n);
	b->n += s.n;
}

void buf_adds(struct buf *b, const char *z)
{
	buf_add(b, str_of(z));
}

void buf_byte(struct buf *b, char c)
{
	*buf_room(b, 1) = c;
	b->n++;
}

void buf_int(struct buf *b, int64_t v)
{
	buf_printf(b, "%lld", (long long)v);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	must(n >= 0);
	buf_room(b, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}

void buf_drop(struct buf *b, size_t n)
{
	must(n <= b->n);
	b->n -= n;
	if (b->n > 0 && n > 0)
		memmove(b->p, b->p + n, b->n);
}

void buf_wipe(struct buf *b)
{
	if (b->cap > 0)
		OPENSSL_cleanse(b->p, b->cap);
	b->n = 0;
}
