/* leaf: SHA-256(0x00 || SHA-256(salt || canonical record)), evidence.md.
 * The canonical record is JCS (RFC 8785) of all columns but bucket, salt and
 * leaf; times in Japan's time, digests in base64url, absent dates null.
 * Private to disclose.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef DISCLOSE_LEAF_H
#define DISCLOSE_LEAF_H

#include "disclose/disclose.h"

void leaf_make(struct record_row *row, const struct grant *g, const uint8_t retrieval[16],
	       int64_t at);

#endif
