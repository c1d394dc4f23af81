/* signals: the signals of a process as events of its loop. They stay blocked
 * from the master's start on and are read from a descriptor, so that a child
 * begins with none pending and none of them can hit the wrong loop.
 * Callers: selfinfod. Source: signalfd(2). Errors stop the process.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef OS_SIGNALS_H
#define OS_SIGNALS_H

#include "os/loop.h"

/* Before anything else starts: SIGTERM, SIGINT, SIGHUP and SIGCHLD come through
 * signals_start alone, SIGPIPE never. */
void signals_hold(void);

struct signals {
	int fd;
	struct watch watch;
	void (*fn)(void *arg, int signal);
	void *arg;
};

/* fn may stop the watch; what else is pending then stays so. */
void signals_start(struct loop *l, struct signals *s, void (*fn)(void *arg, int signal),
		   void *arg);
void signals_stop(struct signals *s);

#endif
