/* era: a day as citizens write it (pages-P12): 令和8年11月24日(2026年), or
 * 24 November 2026. Eras begin on the day they were proclaimed for; before
 * 1873, when Japan took the Gregorian calendar (明治6年1月1日), only the western
 * year is written, since the days of the two calendars do not meet.
 * Callers: page. Appends plain text, no markup; never fails.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_ERA_H
#define WEB_ERA_H

#include "base/clock.h"
#include "web/page_ops.h"

void era_write(struct buf *out, struct date d, enum lang lang);

#endif
