/* jwk: public keys as clients register and send them (RFC 7517, 7518, 7638).
 * EC P-256 and RSA of 2048 to 4096 bits, nothing else; private members, wrong
 * lengths, points off the curve, duplicate members are refused. A key is parsed
 * once and kept. Callers: oauth (registered sets), dpop, selfinfoctl.
 * Lifetime: a key is tied to its arena. Errors: NULL, and *why a constant text
 * without any of the input.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef JOSE_JWK_H
#define JOSE_JWK_H

#include <jansson.h>

#include "base/arena.h"
#include "base/digest.h"

enum jose_alg { JOSE_NONE, JOSE_ES256, JOSE_PS256 };

struct jwk; /* an imported public key */

struct jwk *jwk_parse(struct arena *a, json_t *key, const char **why);
enum jose_alg jwk_alg(const struct jwk *k); /* follows from kty and "alg" */
struct str jwk_kid(const struct jwk *k);    /* absent without one */
void jwk_thumbprint(const struct jwk *k, uint8_t out[SHA256_LEN]);

struct jwks {
	struct jwk **key;
	size_t keys;
};
/* A set {"keys":[…]} of 1 to 16 keys, each usable for signatures. */
struct jwks *jwks_parse(struct arena *a, struct str json, const char **why);

#endif
