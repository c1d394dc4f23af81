/* interaction: the browser's way from the app through sign-in and consent back
 * to the app. The cookie is the id (16 bytes, places the row) and a secret (32
 * bytes, stored as SHA-256); the secret changes at sign-in (oauth-F17).
 * What the pages need again and again (user code, digits, CSRF token, code) is
 * derived from the secret, so that a reload shows the same and nothing secret
 * is stored. Callers: oauth (opens), signin (drives). Lives in the arena.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_INTERACTION_H
#define STORE_INTERACTION_H

#include "store/request.h"

#define INTERACTION_COOKIE 48
#define INTERACTION_LIFE_MS (INT64_C(30) * 60 * 1000)
#define INTERACTION_COOKIE_NAME "__Host-selfinfo"

void interaction_cookie_new(uint8_t cookie[INTERACTION_COOKIE]);
int16_t interaction_bucket(const uint8_t cookie[INTERACTION_COOKIE]);
void interaction_give_secret(struct call *c, const uint8_t cookie[INTERACTION_COOKIE]);
struct str interaction_set_cookie(struct arena *a, struct str text);

struct interaction {
	uint8_t cookie[INTERACTION_COOKIE];
	int16_t bucket, pushed_bucket;
	struct str pushed; /* the hash of the request URI */
	struct str client, name_ja, name_en;
	struct str *redirect_uri;
	size_t redirect_uris;
	struct auth_request *request;
	json_t *purposes;
	int64_t created, step_expires;
	int step;
	bool signed_in;
	int16_t subject_bucket;
	uint8_t subject[16];
	struct str method, issuer, serial;
	int64_t signed_in_at;
};

/* false: no cookie of the right form */
NODISCARD bool interaction_read_cookie(struct str text, uint8_t out[INTERACTION_COOKIE]);
struct call *interaction_ask(struct flow *f, const uint8_t cookie[INTERACTION_COOKIE],
			     int64_t now);
struct interaction *interaction_take(struct flow *f,
				     const uint8_t cookie[INTERACTION_COOKIE],
				     const struct call *c); /* NULL: none */

/* 32 bytes derived from the secret for one purpose and number */
void interaction_derive(const struct interaction *i, const char *purpose, int number,
			uint8_t out[SHA256_LEN]);
struct str interaction_csrf(struct arena *a, const struct interaction *i);
/* {"ja","en"} of the purpose, for pages and the agent; a new reference */
json_t *interaction_purpose(const struct interaction *i);

#endif
