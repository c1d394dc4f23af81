/* grant: a consent in force: what a person allowed an app to see. Row of table
 * "grants"; the tokens that stand for it. grant_from reads the columns that
 * grant_load and access_load share.
 * Callers: access, oauth, disclose, retrieval. Lives in the flow's arena.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_GRANT_H
#define STORE_GRANT_H

#include "store/details.h"

struct grant {
	int16_t bucket;
	uint8_t id[16];
	struct str client;
	uint8_t subject[16];
	bool child;
	int16_t beneficiary_bucket;
	uint8_t beneficiary[16], beneficiary_name[16];
	struct str *item, *optional, *left_out;
	size_t items, optionals, left_outs;
	struct inquiry inquiry;
	struct str purpose;
	bool once;
	struct date until;
	int64_t expires, created;
	int retention_days;
	int epoch;
	bool revoked, paused;
};

/* An access token that is alive, with its grant and the beneficiary's linkages
 * when these lie in the same bucket. */
struct access {
	struct {
		int16_t bucket;
		uint8_t hash[SHA256_LEN];
	} token;
	struct str jkt, scope;
	int64_t expires;
	bool may_act; /* the representation of a child still stands */
	struct grant grant;
	struct str used_by; /* a once grant's retrieval (16 bytes), or absent */
	struct str *agency, *person_code;
	size_t linkages;
};

struct call *grant_ask(struct flow *f, int16_t bucket, const uint8_t id[16]);
struct grant *grant_take(struct flow *f, int16_t bucket, const uint8_t id[16],
			 const struct call *c); /* NULL: none */

struct call *access_ask(struct flow *f, int16_t bucket, const uint8_t hash[SHA256_LEN],
			int64_t now);
bool access_take(struct flow *f, const struct call *c, struct access *out);
struct call *linkages_ask(struct flow *f, const struct grant *g);
void linkages_take(const struct call *c, struct access *out);

/* Is the item one of those granted? *required: it was not an optional one. */
bool grant_holds(const struct grant *g, struct str item, bool *required);
/* As granted, for token answers and GET /v1/grant (api.md 1). */
json_t *grant_json(struct arena *a, const struct grant *g);

#endif
