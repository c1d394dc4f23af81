/* line: character classes of HTTP and lines that end with CRLF and nothing
 * else. Nothing is kept; all text is borrowed from the caller.
 * Callers: http1, body, reply.
 * Source: RFC 9110 section 5.6, RFC 9112 section 2.2, RFC 3986 section 2.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_LINE_H
#define NET_LINE_H

#include "base/str.h"

enum char_class {
	CHAR_TOKEN = 1,  /* tchar */
	CHAR_TARGET = 2, /* what a URI may hold, without # [ ] */
	CHAR_VALUE = 4,  /* HTAB, SP, VCHAR, obs-text */
	CHAR_HEX = 8,
	CHAR_HOST = 16, /* letters, digits, - . _ */
	CHAR_DIGIT = 32,
};

extern const uint8_t char_classes[256];

static inline bool char_is(char c, enum char_class k)
{
	return (char_classes[(uint8_t)c] & k) != 0;
}

bool line_all(struct str s, enum char_class k); /* true for an empty text */

enum line { LINE_MORE, LINE_ENDS, LINE_BAD };

/* Goes on scanning `in` from *at. LINE_ENDS: *at is the place of its CR, the
 * LF follows. LINE_MORE: *at is where to go on when more has come. LINE_BAD: a
 * bare CR or LF or another control character. */
enum line line_scan(struct str in, size_t *at);

/* Splits a field line; false when it is malformed (no colon, a blank before
 * it, a leading blank, a name that is no token). */
NODISCARD bool line_field(struct str line, struct str *name, struct str *value);

#endif
