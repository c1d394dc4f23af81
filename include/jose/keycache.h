/* keycache: keys that proofs carried before, ready to verify; the 10,000 used
 * last (LRU), by RFC 7638 thumbprint, which covers every member that makes the
 * key. A key is borrowed until the next call. One cache a process.
 * Callers: dpop. Errors: NULL and *why when a new key is not on the curve.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef JOSE_KEYCACHE_H
#define JOSE_KEYCACHE_H

#include "jose/key.h"

#define KEYCACHE_KEYS 10000

const struct jwk *keycache_get(const struct key_form *f, const char **why);
size_t keycache_keys(void);
void keycache_clear(void);

#endif
