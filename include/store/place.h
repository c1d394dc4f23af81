/* place: handles and where their rows lie. A handle of a known subject is 34
 * bytes: the bucket hidden by an HMAC of the 32 random bytes behind it. Only
 * SHA-256 of a handle is stored. A grant id is its bucket, hidden likewise, and
 * a UUID. A handle of no known subject (request URI, user code, cookie) lies in
 * the bucket of its own hash and has nothing in front.
 * Callers: store, oauth, signin, retrieval, access. Text lives in the arena.
 * Source: architecture, "Place".
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_PLACE_H
#define STORE_PLACE_H

#include "base/arena.h"
#include "base/digest.h"

struct handle {
	struct str text; /* base64url, the secret: for its owner alone */
	int16_t bucket;
	uint8_t hash[SHA256_LEN]; /* of the handle's bytes */
};

#define HANDLE_TEXT 46 /* 34 bytes */
#define LOOSE_TEXT 43  /* 32 bytes */

void place_key_set(struct str key); /* 32 bytes, once a worker */
bool place_key_is_set(void);

struct handle handle_new(struct arena *a, int16_t bucket);
/* from 32 bytes that are as good as random (a MAC), for what must come out the
 * same when asked twice */
struct handle handle_of_bytes(struct arena *a, int16_t bucket, const uint8_t b[32]);
NODISCARD bool handle_read(struct str text, struct handle *out);

struct handle loose_new(struct arena *a);
NODISCARD bool loose_read(struct str text, struct handle *out);

struct str grant_id_text(struct arena *a, int16_t bucket, const uint8_t id[16]);
NODISCARD bool grant_id_read(struct str text, int16_t *bucket, uint8_t id[16]);

#endif
