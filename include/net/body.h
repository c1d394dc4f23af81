/* body: collects the content of one request, by length or by chunks. Chunk
 * extensions and trailers are checked and dropped.
 * Limits: 64 KiB of content, a chunk line 256 bytes, 4,096 chunks, trailers as
 * many and as long as header fields (faults section 5).
 * Callers: http1. A zeroed struct is an empty body; body_free gives its memory
 * back. Source: RFC 9112 section 7.1.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_BODY_H
#define NET_BODY_H

#include "base/buf.h"

enum { BODY_MAX = 65536, BODY_CHUNKS_MAX = 4096, BODY_LINE_MAX = 256 };

enum body_stage {
	BODY_NONE,     /* nothing is due */
	BODY_LENGTH,   /* `left` bytes, then done */
	BODY_SIZE,     /* a chunk's size line */
	BODY_DATA,     /* `left` bytes of a chunk */
	BODY_DATA_END, /* the CRLF behind them */
	BODY_TRAILER,  /* field lines up to an empty one */
};

struct body {
	enum body_stage stage;
	struct buf data;
	struct buf line; /* the part of a line that has come */
	size_t left;
	size_t trailer_bytes;
	unsigned chunks, trailers;
	int status; /* set when body_take says BODY_REFUSED */
};

enum body_state { BODY_MORE, BODY_DONE, BODY_REFUSED };

void body_by_length(struct body *b, size_t n); /* n <= BODY_MAX */
void body_by_chunks(struct body *b);
/* Takes what belongs to the body; *used says how much that was. */
enum body_state body_take(struct body *b, struct str in, size_t *used);
void body_free(void *body);

#endif
