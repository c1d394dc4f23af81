/* ask: the way to the private keys. What holds a key only signs; nobody reads
 * it. Today the key is read here, in the process that asks; the keeper process
 * comes behind this door and no caller changes.
 * Callers: net (TLS), later oauth (signed tokens). The EVP_PKEY is tied to the
 * arena. On an error *why names file and reason, never contents.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef KEEP_ASK_H
#define KEEP_ASK_H

#include <openssl/evp.h>

#include "base/arena.h"

/* A private key for OpenSSL's use from a PEM file of mode 0400, 0600 or 0640
 * at most; NULL on error. */
EVP_PKEY *keep_private_key(struct arena *a, const char *file, struct str *why);

#endif
