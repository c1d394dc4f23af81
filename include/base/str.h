/* str: a borrowed run of bytes. It owns nothing, is not ended by NUL, and is
 * valid as long as what it points into. An absent value has p == NULL, an
 * empty one has n == 0. Callers: every room.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/must.h"

struct str {
	const char *p;
	size_t n;
};

#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })
#define STR_NONE ((struct str){ NULL, 0 })
/* for printf("%.*s", STR_ARG(s)) */
#define STR_ARG(s) (int)(s).n, (s).p ? (s).p : ""

static inline struct str str_of(const char *z)
{
	return (struct str){ z, z ? strlen(z) : 0 };
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool str_is(struct str a, const char *z)
{
	return str_eq(a, str_of(z));
}

bool str_is_nocase(struct str a, const char *z); /* ASCII only */
bool str_starts(struct str a, const char *z);
bool str_ends(struct str a, const char *z);
struct str str_from(struct str a, size_t at);           /* a[at..] */
struct str str_part(struct str a, size_t at, size_t n); /* clipped to a */
struct str str_trim(struct str a);                      /* SP and HTAB */
/* the text before the first `c`, and *rest after it; without a `c` all of a,
 * and *rest is absent. */
struct str str_cut(struct str a, char c, struct str *rest);
size_t str_find(struct str a, char c); /* a.n when it is not there */

/* ASCII decimal digits alone, no sign, no leading zero but "0" itself. */
NODISCARD bool str_int(struct str a, int64_t min, int64_t max, int64_t *out);
/* for secrets: time depends on the lengths only */
bool str_eq_secret(struct str a, struct str b);

#endif
