/* notify: tells systemd how the service is, where systemd asked for it
 * (NOTIFY_SOCKET, WATCHDOG_USEC); otherwise nothing happens.
 * Callers: selfinfod's master. Never blocks, never fails.
 * Source: sd_notify(3), sd_watchdog_enabled(3).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef OS_NOTIFY_H
#define OS_NOTIFY_H

#include <stdint.h>

#include "base/must.h"

/* Lines such as "READY=1\nSTATUS=…". */
void notify_systemd(const char *fmt, ...) PRINTF(1, 2);
/* How often WATCHDOG=1 is expected; 0: not at all. */
int64_t notify_watchdog_ms(void);

#endif
