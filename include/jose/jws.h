/* jws: compact JWS from outside (RFC 7515): split, checked, verified by cjose.
 * We parse header and payload ourselves first (no duplicates, no crit, no b64,
 * exact alphabet and lengths, depth at most 16, at most 16 KiB in all), take
 * the algorithm from the key and never from the token.
 * Callers: oauth (client assertions), dpop. Nothing is kept; all lives in the
 * arena. `verdict` says what was wrong, never a value.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef JOSE_JWS_H
#define JOSE_JWS_H

#include "jose/jwk.h"

enum verdict {
	V_OK,
	V_MALFORMED,
	V_TYPE,
	V_ALGORITHM,
	V_KEY,
	V_CLAIMS,
	V_TIME,
	V_AUDIENCE,
	V_REPLAYED,
	V_BAD_SIGNATURE
};
const char *verdict_word(enum verdict v); /* for the log */

struct jws {
	struct str compact;
	json_t *header, *payload; /* objects, tied to the arena */
	struct str kid;           /* absent without one */
	struct str typ;           /* absent without one */
	enum jose_alg alg;        /* what the header claims */
};

NODISCARD enum verdict jws_parse(struct arena *a, struct str compact, struct jws *out);
NODISCARD enum verdict jws_verify(const struct jws *s, const struct jwk *key);

/* Claims as needed everywhere: a text claim, or absent when it is missing or
 * not a string; a NumericDate in seconds, false when missing or not an
 * integer within 0..2^53. */
struct str claim_text(const struct jws *s, const char *name);
NODISCARD bool claim_time(const struct jws *s, const char *name, int64_t *out);

#endif
