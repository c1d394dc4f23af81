/* client: a registered app, row of table "client", with its keys imported.
 * Callers: oauth, signin. client_ask puts the question, client_take reads the
 * answer in a later stage: NULL for an unknown or disabled client. The struct
 * lives in the flow's arena; keys are cached in the process until the row
 * changes and are borrowed for the stage that asks for them.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_CLIENT_H
#define STORE_CLIENT_H

#include "db/pool.h"
#include "jose/jwk.h"

struct client {
	struct str id, name_ja, name_en;
	struct str *redirect_uri, *grant_type, *item, *on_behalf_of;
	size_t redirect_uris, grant_types, items, on_behalf_ofs;
	struct str scope;
	json_t *purposes; /* {code: {"ja","en"}} */
	struct str jwks;
	int64_t changed;
	int max_access_days, max_retention_days;
};

struct call *client_ask(struct flow *f, struct str client_id);
struct client *client_take(struct flow *f, struct str client_id, const struct call *c);

bool client_may(const struct str *list, size_t n, struct str word);
/* The key for a JWS header's kid (absent: the only one that fits), or NULL. */
const struct jwk *client_key(const struct client *c, struct str kid, enum jose_alg alg);

/* A client assertion is used once, on all nodes (oauth-C2): the call's row is
 * there when it was the first. */
struct call *assertion_use(struct flow *f, struct str client_id, struct str jti,
			   int64_t expires_ms);

#endif
