/* limit: counts within windows of a minute, in 4,096 cells.
 * Called by the agent's end points.
 * SPDX-License-Identifier: Apache-2.0 */
#include "limit.h"

#include "base/digest.h"

enum { CELLS = 4096, MOST = 10, WINDOW_MS = 60000 };

static struct cell {
	int64_t began;
	int count;
} cell[CELLS];

static struct cell *cell_of(struct str address, int64_t now_ms)
{
	struct cell *c = &cell[(uint16_t)digest_bucket(address.p, address.n) % CELLS];

	if (now_ms - c->began >= WINDOW_MS || now_ms < c->began)
		*c = (struct cell){ .began = now_ms };
	return c;
}

int limit_wait_s(struct str address, int64_t now_ms)
{
	const struct cell *c = cell_of(address, now_ms);

	return c->count < MOST ? 0 : (int)((c->began + WINDOW_MS - now_ms + 999) / 1000);
}

void limit_count(struct str address, int64_t now_ms)
{
	cell_of(address, now_ms)->count++;
}
