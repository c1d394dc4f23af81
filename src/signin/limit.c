/* limit: counts within windows of a minute, in cells that all workers share. A
 * cell is one number, window in front and count behind, changed by one atomic
 * step, so no two workers lose a count. Called by the agent's end points.
 * SPDX-License-Identifier: Apache-2.0 */
#include "limit.h"

#include "base/digest.h"
#include "os/proc.h"
#include "signin/signin.h"

enum { CELLS = 4096, MOST = 10, WINDOW_MS = 60000, COUNT_BITS = 16 };

static uint64_t *cell;

void signin_share(void)
{
	if (cell == NULL) /* a reload keeps the counts */
		cell = proc_shared(CELLS * sizeof(*cell));
}

static uint64_t *cell_of(struct str address)
{
	must(cell != NULL);
	return &cell[(uint16_t)digest_bucket(address.p, address.n) % CELLS];
}

static uint64_t window_of(int64_t now_ms)
{
	return (uint64_t)(now_ms / WINDOW_MS);
}

int limit_wait_s(struct str address, int64_t now_ms)
{
	uint64_t c = __atomic_load_n(cell_of(address), __ATOMIC_RELAXED);

	if (c >> COUNT_BITS != window_of(now_ms) || (c & ((1u << COUNT_BITS) - 1)) < MOST)
		return 0;
	return (int)((WINDOW_MS - now_ms % WINDOW_MS + 999) / 1000);
}

void limit_count(struct str address, int64_t now_ms)
{
	uint64_t *at = cell_of(address), was = __atomic_load_n(at, __ATOMIC_RELAXED), is;

	do {
		is = was >> COUNT_BITS == window_of(now_ms) ?
			     was + 1 :
			     window_of(now_ms) << COUNT_BITS | 1;
	} while (!__atomic_compare_exchange_n(at, &was, is, false, __ATOMIC_RELAXED,
					      __ATOMIC_RELAXED));
}
