/* limit: wrong user codes by address: ten a minute, then 429 (api.md 3). A
 * fixed table of this worker; addresses that collide share a count.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNIN_LIMIT_H
#define SIGNIN_LIMIT_H

#include "base/str.h"

bool limit_is_reached(struct str address, int64_t now_ms);
void limit_count(struct str address, int64_t now_ms);

#endif
