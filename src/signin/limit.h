/* limit: wrong user codes by address: ten a minute, then 429 (api.md 3). A
 * fixed table of all workers (signin_share); addresses that collide share a count,
 * which at most MOST are let through and cannot overflow.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNIN_LIMIT_H
#define SIGNIN_LIMIT_H

#include "base/str.h"

/* Seconds to wait before the next try; 0 when it may be now. */
int limit_wait_s(struct str address, int64_t now_ms);
void limit_count(struct str address, int64_t now_ms);

#endif
