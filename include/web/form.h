/* form: application/x-www-form-urlencoded, from a body or a query. Strict: a
 * name twice, a bad escape, NUL or invalid UTF-8 makes the whole form invalid
 * (oauth-F2). At most 64 pairs. Values live in the arena.
 * Callers: endpoint, oauth, signin. Source: WHATWG URL section 5.1, RFC 6749
 * section 3.1 (a parameter must not appear twice).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_FORM_H
#define WEB_FORM_H

#include "base/arena.h"
#include "base/buf.h"

struct form {
	struct str *name, *value;
	size_t pairs;
};

/* Names in `repeatable` (ended by NULL, may be NULL) may come several times. */
NODISCARD bool form_parse(struct arena *a, struct str text, const char *const *repeatable,
			  struct form *out);
struct str form_value(const struct form *f, const char *name); /* or absent */
bool form_has(const struct form *f, const char *name, struct str value);

/* Appends text percent-encoded for a query value: unreserved stay. */
void form_encode(struct buf *out, struct str text);

#endif
