/* breaker: counts an agency's failures in a row. Five open the circuit: every
 * question is then answered at once, and only a probe tries the agency, after 5 s
 * at first, later up to 30 s, with a part left to chance (faults F22).
 * One leaves the open state by a probe that works; the first failure behind it
 * opens it again. Callers: agency's peer. Times are monotonic milliseconds.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AGENCY_BREAKER_H
#define AGENCY_BREAKER_H

#include "base/must.h"

#include <stdbool.h>
#include <stdint.h>

struct breaker {
	int failures; /* in a row */
	bool open;
	int64_t wait_ms, probe_at;
};

/* true: the circuit has just opened */
NODISCARD bool breaker_failed(struct breaker *b, int64_t now);
void breaker_answered(struct breaker *b); /* an answer: all is well */
/* A probe came through. true: the circuit was open and has closed. */
NODISCARD bool breaker_reached(struct breaker *b);
bool breaker_probe_is_due(const struct breaker *b, int64_t now);

#endif
