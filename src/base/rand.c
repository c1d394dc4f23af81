/* rand: OpenSSL's generator behind three shapes of randomness.
 * Called by every room; a generator that fails stops the process.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/rand.h"

#include <openssl/rand.h>

void rand_bytes(void *out, size_t n)
{
	must(n <= 65536 && RAND_bytes(out, (int)n) == 1);
}

uint32_t rand_below(uint32_t limit)
{
	uint32_t r, reject;

	must(limit > 0);
	reject = (uint32_t)-limit % limit; /* the uneven head of the range */
	do {
		rand_bytes(&r, sizeof(r));
	} while (r < reject);
	return r % limit;
}

void rand_uuid(uint8_t out[16])
{
	rand_bytes(out, 16);
	out[6] = (uint8_t)((out[6] & 0x0F) | 0x40);
	out[8] = (uint8_t)((out[8] & 0x3F) | 0x80);
}

struct str rand_human(struct arena *a, size_t n)
{
	static const char alphabet[] = RAND_HUMAN_ALPHABET;
	char *p = arena_secret(a, n + 1);

	for (size_t i = 0; i < n; i++)
		p[i] = alphabet[rand_below(sizeof(alphabet) - 1)];
	return (struct str){ p, n };
}
