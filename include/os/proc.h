/* proc: child processes that belong to their master: they die with it, hold no
 * descriptor but those they are given, and never a loop of their parent's.
 * Callers: selfinfod. A child leaves by exit() and never returns into what its
 * parent was doing. Source: prctl(2), close_range(2).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef OS_PROC_H
#define OS_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/must.h"

/* No core files and no tracing by equals, no new rights through a program that
 * is run. Once, at the start; children inherit it. */
void proc_lock_down(void);

/* fork(2); in the child (0) the kernel ends it when its parent ends, and all
 * descriptors but 0 to 2 and the given ones are closed. -1: errno says why. */
NODISCARD pid_t proc_fork(const int *keep, size_t n);

/* Memory that a process and its later children share, zeroed. Never freed. */
void *proc_shared(size_t n);

/* One child that has ended; false: none has. */
struct ended {
	pid_t pid;
	int code;   /* of exit, -1 when a signal ended it */
	int signal; /* 0 when it ended by itself */
};
NODISCARD bool proc_reap(struct ended *e);

#endif
