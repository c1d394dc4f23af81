/* board: rows are taken and given by the master alone, so no lock is needed.
 * Gauges are of living workers; what only grows is kept.
 * SPDX-License-Identifier: Apache-2.0 */
#include "ops/board.h"

#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "os/proc.h"

static bool is_gauge(enum metric m)
{
	return m == METRIC_CONNECTIONS || m == METRIC_FLOWS;
}

static bool is_maximum(enum metric m)
{
	return m == METRIC_LOOP_PASS_MAX_MS;
}

struct board *board_new(size_t rows)
{
	struct board *b = proc_shared(sizeof(*b) + rows * sizeof(b->row[0]));

	b->rows = rows;
	b->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	must(b->wake >= 0);
	return b;
}

struct board_row *board_take(struct board *b)
{
	for (size_t i = 0; i < b->rows; i++) {
		struct board_row *r = &b->row[i];

		if (r->taken)
			continue;
		memset(r, 0, sizeof(*r));
		r->taken = true;
		r->agencies = -1;
		r->crl_age_s = -1;
		r->heartbeat = clock_mono_ms();
		return r;
	}
	return NULL;
}

static int64_t add(enum metric m, int64_t sum, int64_t one)
{
	if (is_maximum(m))
		return one > sum ? one : sum;
	return sum + one;
}

void board_give(struct board *b, struct board_row *r)
{
	for (size_t m = 0; m < METRIC_COUNT; m++)
		if (!is_gauge((enum metric)m))
			b->past[m] = add((enum metric)m, b->past[m], r->cell[m]);
	r->taken = false;
}

int64_t board_sum(const struct board *b, enum metric m)
{
	int64_t sum = b->past[m];

	for (size_t i = 0; i < b->rows; i++)
		if (b->row[i].taken)
			sum = add(m, sum,
				  __atomic_load_n(&b->row[i].cell[m], __ATOMIC_RELAXED));
	return sum;
}

void board_wake(const struct board *b)
{
	uint64_t one = 1;

	/* full only when it is set already */
	(void)!write(b->wake, &one, sizeof(one));
}
