/* breaker: see agency/breaker.h; no memory, no error.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agency/breaker.h"

#include "base/rand.h"

enum { FAILURES_MOST = 5, WAIT_FIRST_MS = 5000, WAIT_MOST_MS = 25000 };

static void open_circuit(struct breaker *b, int64_t now)
{
	int64_t ms = b->wait_ms ? b->wait_ms * 2 : WAIT_FIRST_MS;

	b->open = true;
	b->wait_ms = ms < WAIT_MOST_MS ? ms : WAIT_MOST_MS;
	b->probe_at = now + b->wait_ms + rand_below((uint32_t)b->wait_ms / 5);
}

bool breaker_failed(struct breaker *b, int64_t now)
{
	bool was_open = b->open;

	b->failures++;
	if (b->failures < FAILURES_MOST)
		return false;
	open_circuit(b, now);
	return !was_open;
}

void breaker_answered(struct breaker *b)
{
	*b = (struct breaker){ 0 };
}

bool breaker_reached(struct breaker *b)
{
	bool was_open = b->open;

	b->open = false;
	if (was_open)
		b->failures = FAILURES_MOST - 1;
	return was_open;
}

bool breaker_probe_is_due(const struct breaker *b, int64_t now)
{
	return b->open && now >= b->probe_at;
}
