/* show: what the citizen is asked to agree to sign for, from the very bytes
 * whose digest is signed. A member that this program cannot show is a refusal
 * to go on: nobody signs what they did not see. Called by sign. Texts live in
 * the arena. Source: formats.md, card protocol.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AGENT_SHOW_H
#define AGENT_SHOW_H

#include "agent/say.h"

#define SHOW_ITEMS_MAX 200

struct show_text {
	struct str ja, en;
};

struct show_item {
	struct str number;
	struct show_text title;
};

struct show_items {
	struct show_item *item;
	size_t count;
};

struct agent_show {
	struct str client_id;
	struct show_text client, purpose;
	struct show_items items, optional;
	bool child;
	enum { SHOW_LATEST, SHOW_AS_OF, SHOW_RANGE } inquiry;
	struct date from, to; /* as_of: both the same */
	bool once;
	struct date until;
	int64_t retention_days;
	int64_t began; /* wall ms */
};

/* False when it is not of the agreed form; *why then names the member. */
NODISCARD bool show_read(struct arena *a, struct str bytes, struct agent_show *out,
			 const char **why);
void show_print(struct arena *a, const struct agent_say *say,
		const struct agent_show *show);

#endif
