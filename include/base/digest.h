/* digest: SHA-256 and HMAC-SHA-256 (FIPS 180-4, RFC 2104), and the place
 * (bucket) that follows from a hash. Callers: every room. Never fails.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/str.h"

#define SHA256_LEN 32

void digest_sha256(struct str s, uint8_t out[SHA256_LEN]);
void digest_sha256_parts(const struct str *part, size_t parts, uint8_t out[SHA256_LEN]);
void digest_hmac(struct str key, struct str s, uint8_t out[SHA256_LEN]);

/* The 16 bits that place a row: the first two bytes of SHA-256 of its id, as
 * PostgreSQL's int2 (architecture, "Place"). */
int16_t digest_bucket(const void *id, size_t n);

#endif
