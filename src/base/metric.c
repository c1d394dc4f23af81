/* metric: a row of atomic cells; each worker has its own row.
 * Called by every room.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/metric.h"

static int64_t private_cell[METRIC_COUNT];
static int64_t *cell = private_cell;

static const char *const name[] = {
#define METRIC_NAME(id, text) text,
	METRICS(METRIC_NAME)
#undef METRIC_NAME
};

void metric_share(int64_t *shared)
{
	cell = shared;
}

void metric_add(enum metric m, int64_t n)
{
	__atomic_fetch_add(&cell[m], n, __ATOMIC_RELAXED);
}

void metric_max(enum metric m, int64_t n)
{
	if (n > metric_get(m))
		__atomic_store_n(&cell[m], n, __ATOMIC_RELAXED);
}

int64_t metric_get(enum metric m)
{
	return __atomic_load_n(&cell[m], __ATOMIC_RELAXED);
}

const char *metric_name(enum metric m)
{
	return name[m];
}
