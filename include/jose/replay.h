/* replay: proof ids of all workers, in shared memory made before the fork and
 * bounded; it fails closed when full. Two tables, one for each span of
 * REPLAY_SPAN_MS of monotonic time, so an id is kept for at least one whole
 * span, longer than a proof can pass (90 s, oauth-D5); steps of the wall clock
 * neither empty nor prolong it (faults-F43).
 * Callers: the master (replay_share), dpop (replay_first).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef JOSE_REPLAY_H
#define JOSE_REPLAY_H

#include "base/digest.h"

#define REPLAY_SPAN_MS INT64_C(100000)

/* Call in the master before the fork. `entries` is what one span may hold,
 * rounded up to a power of two; an entry takes 64 bytes for both tables
 * together. A further call, as at a reload, keeps the memory as it is. */
void replay_share(size_t entries);

/* True once for each (key, jti, base_url + path) among all workers. */
NODISCARD bool replay_first(const uint8_t thumbprint[SHA256_LEN], struct str jti,
			    struct str base_url, struct str path);

/* The clock of the spans, clock_mono_ms unless a test turns it. */
void replay_clock(int64_t (*mono_ms)(void));

#endif
