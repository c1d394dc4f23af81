/* key: the inside of struct jwk, in two steps so that a key met before is not
 * imported again: key_read looks at the form of a JWK and takes its
 * thumbprint (microseconds), key_import builds what verifies.
 * Callers: jwk, jws, keycache and dpop only; other rooms use jose/jwk.h.
 * Lifetime: key_import's result belongs to the caller until key_free.
 * Errors: false or NULL, and *why a constant text.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef JOSE_KEY_H
#define JOSE_KEY_H

#include <cjose/jwk.h>

#include "jose/jwk.h"

#define KEY_RSA_MAX 512 /* bytes of a modulus of 4096 bits */

struct key_form {
	enum jose_alg alg;
	uint8_t x[32], y[32];         /* EC */
	uint8_t n[KEY_RSA_MAX], e[4]; /* RSA */
	size_t n_len, e_len;
	uint8_t thumbprint[SHA256_LEN]; /* RFC 7638 */
};

struct jwk {
	enum jose_alg alg;
	size_t signature; /* its length in bytes under this key */
	struct str kid;
	uint8_t thumbprint[SHA256_LEN];
	cjose_jwk_t *cjose;
};

NODISCARD bool key_read(json_t *jwk, struct key_form *out, const char **why);
struct jwk *key_import(const struct key_form *f, const char **why);
void key_free(void *jwk);

#endif
