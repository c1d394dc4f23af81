/* rand: random bytes of the kernel's quality (OpenSSL's DRBG); stops the
 * process when there are none. Callers: every room; safe after a fork.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_RAND_H
#define BASE_RAND_H

#include "base/arena.h"

void rand_bytes(void *out, size_t n);
uint32_t rand_below(uint32_t limit); /* even, 0 <= r < limit */
void rand_uuid(uint8_t out[16]);     /* version 4 */
/* n characters of the alphabet without 0 O 1 I, for people (pages-P14) */
struct str rand_human(struct arena *a, size_t n);

#define RAND_HUMAN_ALPHABET "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"

#endif
