/* str: comparing and cutting borrowed text; nothing is copied or kept.
 * Called by every room.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"

#include <openssl/crypto.h>
#include <strings.h>

bool str_is_nocase(struct str a, const char *z)
{
	size_t n = strlen(z);

	return a.n == n && (n == 0 || strncasecmp(a.p, z, n) == 0);
}

bool str_starts(struct str a, const char *z)
{
	size_t n = strlen(z);

	return a.n >= n && (n == 0 || memcmp(a.p, z, n) == 0);
}

bool str_ends(struct str a, const char *z)
{
	size_t n = strlen(z);

	return a.n >= n && (n == 0 || memcmp(a.p + a.n - n, z, n) == 0);
}

struct str str_from(struct str a, size_t at)
{
	if (at > a.n)
		at = a.n;
	return (struct str){ a.p ? a.p + at : NULL, a.n - at };
}

struct str str_part(struct str a, size_t at, size_t n)
{
	struct str tail = str_from(a, at);

	if (tail.n > n)
		tail.n = n;
	return tail;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

struct str str_trim(struct str a)
{
	while (a.n > 0 && is_blank(a.p[0]))
		a = (struct str){ a.p + 1, a.n - 1 };
	while (a.n > 0 && is_blank(a.p[a.n - 1]))
		a.n--;
	return a;
}

size_t str_find(struct str a, char c)
{
	const char *at = a.n ? memchr(a.p, c, a.n) : NULL;

	return at ? (size_t)(at - a.p) : a.n;
}

struct str str_cut(struct str a, char c, struct str *rest)
{
	size_t at = str_find(a, c);

	*rest = at < a.n ? str_from(a, at + 1) : STR_NONE;
	return (struct str){ a.p, at };
}

bool str_int(struct str a, int64_t min, int64_t max, int64_t *out)
{
	int64_t v = 0;

	if (a.n == 0 || a.n > 19 || (a.n > 1 && a.p[0] == '0'))
		return false;
	for (size_t i = 0; i < a.n; i++) {
		int digit = a.p[i] - '0';

		if (digit < 0 || digit > 9)
			return false;
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, digit, &v))
			return false;
	}
	if (v < min || v > max)
		return false;
	*out = v;
	return true;
}

bool str_eq_secret(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || CRYPTO_memcmp(a.p, b.p, a.n) == 0);
}
