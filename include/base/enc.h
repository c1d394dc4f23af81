/* enc: hex, base64url (RFC 4648 section 5, no padding), base64, and UUIDs.
 * Decoders are strict: alphabet, length and unused bits are checked; a wrong
 * text gives false and writes nothing the caller may use.
 * Callers: every room.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_ENC_H
#define BASE_ENC_H

#include "base/arena.h"
#include "base/buf.h"

#define ENC_B64URL_LEN(n) (((n)*4 + 2) / 3)

void enc_hex(struct buf *out, const void *p, size_t n);
void enc_b64url(struct buf *out, const void *p, size_t n);
void enc_b64(struct buf *out, const void *p, size_t n);
struct str enc_b64url_in(struct arena *a, const void *p, size_t n);
struct str enc_hex_in(struct arena *a, const void *p, size_t n);

int dec_hex_digit(char c); /* of either case; -1 for another character */
NODISCARD bool dec_hex(struct str s, void *out, size_t n);    /* exactly n bytes */
NODISCARD bool dec_b64url(struct str s, void *out, size_t n); /* exactly n */
/* any length: the bytes live in the arena; absent (p NULL) when malformed */
struct str dec_b64url_in(struct arena *a, struct str s);
struct str dec_b64_in(struct arena *a, struct str s); /* padded, no blanks */

#define UUID_TEXT 36
void enc_uuid(const uint8_t id[16], char out[UUID_TEXT + 1]);
NODISCARD bool dec_uuid(struct str s, uint8_t out[16]); /* lower case */

#endif
