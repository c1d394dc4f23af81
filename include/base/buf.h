/* buf: bytes that grow. Owns its memory until buf_free; buf_str borrows it and
 * is valid until the next change. A zeroed struct is an empty buffer. The
 * caller bounds how large it may become. Callers: every room.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/str.h"

struct buf {
	char *p;
	size_t n, cap;
};

void buf_free(struct buf *b);
static inline void auto_buf(struct buf *b)
{
	buf_free(b);
}

void buf_add(struct buf *b, struct str s);
void buf_adds(struct buf *b, const char *z);
void buf_byte(struct buf *b, char c);
void buf_int(struct buf *b, int64_t v);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
char *buf_room(struct buf *b, size_t n); /* n writable bytes behind the end */
void buf_grow(struct buf *b, size_t n);  /* n of them are now part of it */
void buf_drop(struct buf *b, size_t n);  /* the first n go */
void buf_wipe(struct buf *b);            /* overwrites, then empties */

static inline struct str buf_str(const struct buf *b)
{
	return (struct str){ b->p ? b->p : "", b->n };
}

#endif
