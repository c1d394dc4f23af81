/* retrieval_room: the state of one retrieval. Private to retrieval.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef RETRIEVAL_ROOM_H
#define RETRIEVAL_ROOM_H

#include "access/access.h"
#include "disclose/disclose.h"
#include "retrieval/retrieval.h"

struct retrieval {
	struct guarded g; /* first: token, grant, linkages */
	struct disclosure d;
	struct str *item; /* named in the body; none: all */
	size_t items;
	struct inquiry inquiry;
	int64_t wait_ms;
	uint8_t key_hash[SHA256_LEN], body_hash[SHA256_LEN];
	bool has_key, begun;
	int writes; /* of the record, tried */
};

extern const struct stage retrieve_stages[], grant_stages[], catalogue_stages[],
	item_stages[], schema_stages[];
const struct catalogue *retrieval_catalogue(void);

/* false: refuse with *why */
NODISCARD bool read_request(struct flow *f, struct retrieval *r, enum problem_id *why);
/* The answer's body (api.md 2), in the flow's arena. */
struct str result_json(struct flow *f, const struct retrieval *r);
void retrieval_left(struct flow *f);

#endif
