/* certificate: what the agent reads from the card's certificate: how long it is
 * valid, and whether a signature is its. The subject's name is never looked at.
 * Callers: sign, status. Trust is the gateway's matter.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AGENT_CERTIFICATE_H
#define AGENT_CERTIFICATE_H

#include "base/str.h"

struct certificate_life {
	int64_t from, to; /* wall ms */
};

/* False when it is not exactly one DER certificate with an RSA-2048 key. */
NODISCARD bool certificate_life(struct str der, struct certificate_life *out);
/* RSASSA-PKCS1-v1_5 with SHA-256 */
NODISCARD bool certificate_verifies(struct str der, struct str message,
				    struct str signature);

#endif
