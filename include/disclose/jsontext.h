/* jsontext: strict lexing of JSON strings and numbers in place (RFC 8259):
 * valid UTF-8, no control characters, no lone surrogates, no NUL, numbers that
 * a double can hold and of at most 64 characters. Nothing is copied.
 * Callers: screen. The results borrow the text.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef DISCLOSE_JSONTEXT_H
#define DISCLOSE_JSONTEXT_H

#include "base/buf.h"

#define JSONTEXT_NUMBER_MAX 64

struct jsontext_string {
	struct str raw; /* between the quotes, escapes as they stand */
	size_t digits;  /* at least as many as it holds, of either width */
	bool escaped;
};

struct jsontext_number {
	struct str raw;
	bool integer; /* neither fraction nor exponent */
};

/* *at points behind the opening quote (or at the first character of the
 * number) and is moved behind the closing one. False: not JSON. */
NODISCARD bool jsontext_string(const unsigned char **at, const unsigned char *end,
			       struct jsontext_string *out);
NODISCARD bool jsontext_number(const unsigned char **at, const unsigned char *end,
			       struct jsontext_number *out);
/* Appends the characters of a string that was lexed before. */
void jsontext_unescape(struct buf *out, struct str raw);

#endif
