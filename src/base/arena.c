/* arena: blocks in a list, foreign objects in another.
 * A request mostly fits the first block of 4 KiB, so a flow costs one malloc.
 * Called by every room; stops the worker when memory is out.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>

enum { FIRST_BLOCK = 4096, ALIGN = 16 };

struct block {
	struct block *next;
	size_t size, used;
	_Alignas(16) char bytes[];
};

struct tied {
	struct tied *next;
	void *object;
	void (*release)(void *);
};

struct secret {
	void *p;
	size_t n;
};

struct arena {
	struct block *block; /* the one being filled, older ones behind it */
	struct tied *tied;
};

static struct block *block_new(size_t n)
{
	struct block *b = must_alloc(sizeof(*b) + n);

	b->size = n;
	return b;
}

struct arena *arena_new(void)
{
	struct block *b = block_new(FIRST_BLOCK);
	struct arena *a = (struct arena *)(void *)b->bytes;

	b->used = (sizeof(*a) + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	a->block = b;
	return a;
}

void arena_free(struct arena *a)
{
	struct block *b, *next;

	if (a == NULL)
		return;
	for (struct tied *t = a->tied; t != NULL; t = t->next)
		t->release(t->object);
	for (b = a->block; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
}

void *arena_alloc(struct arena *a, size_t n)
{
	struct block *b = a->block;
	void *p;

	must(n < SIZE_MAX / 4);
	n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (b->size - b->used < n) {
		size_t size = b->size < 65536 ? b->size * 2 : b->size;

		b = block_new(n > size ? n : size);
		b->next = a->block;
		a->block = b;
	}
	p = b->bytes + b->used;
	b->used += n;
	return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t n;

	must(!__builtin_mul_overflow(count, size, &n));
	return arena_alloc(a, n);
}

void arena_own(struct arena *a, void *object, void (*release)(void *))
{
	struct tied *t = arena_alloc(a, sizeof(*t));

	t->object = object;
	t->release = release;
	t->next = a->tied;
	a->tied = t;
}

static void wipe(void *p)
{
	struct secret *s = p;

	OPENSSL_cleanse(s->p, s->n);
}

void *arena_secret(struct arena *a, size_t n)
{
	struct secret *s = arena_alloc(a, sizeof(*s));

	s->p = arena_alloc(a, n);
	s->n = n;
	arena_own(a, s, wipe);
	return s->p;
}

char *arena_cstr(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n + 1);

	if (s.n > 0)
		memcpy(p, s.p, s.n);
	return p;
}

struct str arena_str(struct arena *a, struct str s)
{
	if (s.p == NULL)
		return s;
	return (struct str){ arena_cstr(a, s), s.n };
}

struct str arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	char *p;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	must(n >= 0);
	p = arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return (struct str){ p, (size_t)n };
}
