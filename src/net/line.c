/* line: one table of classes, one scanner. Called by http1 and body for each
 * byte that arrives, so each byte is looked at once.
 * SPDX-License-Identifier: Apache-2.0 */
#include "net/line.h"

#define T CHAR_TOKEN
#define U CHAR_TARGET
#define V CHAR_VALUE
#define X CHAR_HEX
#define H CHAR_HOST
#define D CHAR_DIGIT

const uint8_t char_classes[256] = {
	['\t'] = V,
	[' '] = V,
	['!'] = T | U | V,
	['"'] = V,
	['#'] = T | V,
	['$'] = T | U | V,
	['%'] = T | U | V,
	['&'] = T | U | V,
	['\''] = T | U | V,
	['('] = U | V,
	[')'] = U | V,
	['*'] = T | U | V,
	['+'] = T | U | V,
	[','] = U | V,
	['-'] = T | U | V | H,
	['.'] = T | U | V | H,
	['/'] = U | V,
	['0' ... '9'] = T | U | V | X | H | D,
	[':'] = U | V,
	[';'] = U | V,
	['<'] = V,
	['='] = U | V,
	['>'] = V,
	['?'] = U | V,
	['@'] = U | V,
	['A' ... 'F'] = T | U | V | X | H,
	['G' ... 'Z'] = T | U | V | H,
	['['] = V,
	['\\'] = V,
	[']'] = V,
	['^'] = T | V,
	['_'] = T | U | V | H,
	['`'] = T | V,
	['a' ... 'f'] = T | U | V | X | H,
	['g' ... 'z'] = T | U | V | H,
	['{'] = V,
	['|'] = T | V,
	['}'] = V,
	['~'] = T | U | V,
	[0x80 ... 0xff] = V,
};

bool line_all(struct str s, enum char_class k)
{
	for (size_t i = 0; i < s.n; i++)
		if (!char_is(s.p[i], k))
			return false;
	return true;
}

/* True when one of the eight bytes is below SP or is DEL; TAB is left to the
 * table. Carries between the bytes can only say yes too often. */
static bool has_control(const char *p)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones << 7;
	uint64_t w, below, del;

	memcpy(&w, p, sizeof(w));
	below = (w - ones * 0x20) & ~w & tops;
	w ^= ones * 0x7f;
	del = (w - ones) & ~w & tops;
	return (below | del) != 0;
}

enum line line_scan(struct str in, size_t *at)
{
	size_t i = *at;

	while (in.n - i >= 8 && !has_control(in.p + i))
		i += 8;
	while (i < in.n && char_is(in.p[i], CHAR_VALUE))
		i++;
	*at = i;
	if (i == in.n)
		return LINE_MORE;
	if (in.p[i] != '\r')
		return LINE_BAD;
	if (i + 1 == in.n)
		return LINE_MORE;
	return in.p[i + 1] == '\n' ? LINE_ENDS : LINE_BAD;
}

bool line_field(struct str line, struct str *name, struct str *value)
{
	size_t n = 0;

	while (n < line.n && char_is(line.p[n], CHAR_TOKEN))
		n++;
	if (n == 0 || n == line.n || line.p[n] != ':')
		return false;
	*name = (struct str){ line.p, n };
	*value = str_trim(str_from(line, n + 1));
	return true;
}
