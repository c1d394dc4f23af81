/* dpop: a proof of possession (RFC 9449 section 4.3). Cheap checks come first
 * (form, claims, time, ath, URL), then the signature, then the replay memory.
 * Imported keys are cached by thumbprint (an LRU of a process).
 * Callers: oauth (PAR, token), access. Nothing of the proof is logged.
 * Times: wall ms; a proof is good from 60 s before to 30 s after its iat.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef JOSE_DPOP_H
#define JOSE_DPOP_H

#include "jose/jws.h"
#include "jose/replay.h" /* replay_share, once in the master */

#define JKT_LEN 43 /* base64url of SHA-256 */

struct dpop_expect {
	struct str method;       /* "POST" */
	struct str base_url;     /* of the listener, https://host[:port] */
	struct str path;         /* of the request, without query */
	struct str access_token; /* absent at the authorization server */
	int64_t now_ms;
};

NODISCARD enum verdict dpop_check(struct arena *a, struct str proof,
				  const struct dpop_expect *e, char jkt[JKT_LEN + 1]);

#endif
