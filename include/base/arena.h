/* arena: memory of one lifetime. All that was allocated or tied goes together,
 * last tied first freed. arena_alloc never returns NULL and gives zeroed,
 * aligned memory; sizes are bounded by the caller. Not for threads.
 * Callers: every room; a flow, a connection and a configuration have one each.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdarg.h>

#include "base/str.h"

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *a); /* NULL is allowed */
static inline void auto_arena(struct arena **a)
{
	arena_free(*a);
}

void *arena_alloc(struct arena *a, size_t n);
void *arena_array(struct arena *a, size_t count, size_t size);
/* Ties a foreign object: freed with the arena by free(object). */
void arena_own(struct arena *a, void *object, void (*release)(void *));
/* The last n bytes allocated hold a secret: wiped before they are freed. */
void *arena_secret(struct arena *a, size_t n);

struct str arena_str(struct arena *a, struct str s); /* a copy */
char *arena_cstr(struct arena *a, struct str s);     /* a copy with NUL */
struct str arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);

#endif
