/* proc: fork with what belongs to it. Called by selfinfod.
 * A sanitizer's leak check traces its own process, which the lock-down would
 * forbid; there it is left out.
 * SPDX-License-Identifier: Apache-2.0 */
#include "os/proc.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define TRACED_BY_ITSELF true
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define TRACED_BY_ITSELF true
#endif
#ifndef TRACED_BY_ITSELF
#define TRACED_BY_ITSELF false
#endif

void proc_lock_down(void)
{
	struct rlimit none = { 0, 0 };

	must(setrlimit(RLIMIT_CORE, &none) == 0);
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	if (!TRACED_BY_ITSELF)
		must(prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0);
}

static int by_number(const void *a, const void *b)
{
	const int *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void close_others(const int *keep, size_t n)
{
	int sorted[64];
	unsigned from = 3;

	must(n <= COUNT(sorted));
	for (size_t i = 0; i < n; i++)
		sorted[i] = keep[i];
	qsort(sorted, n, sizeof(*sorted), by_number);
	for (size_t i = 0; i < n; i++) {
		must(sorted[i] >= 0);
		if ((unsigned)sorted[i] > from)
			must(close_range(from, (unsigned)sorted[i] - 1, 0) == 0);
		if ((unsigned)sorted[i] >= from)
			from = (unsigned)sorted[i] + 1;
	}
	must(close_range(from, UINT_MAX, 0) == 0);
}

pid_t proc_fork(const int *keep, size_t n)
{
	pid_t master = getpid();
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	must(prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0);
	if (getppid() != master)
		_exit(1); /* it ended before the line above */
	close_others(keep, n);
	return 0;
}

void *proc_shared(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	must(p != MAP_FAILED);
	return p;
}

bool proc_reap(struct ended *e)
{
	int status;
	pid_t pid;

	do
		pid = waitpid(-1, &status, WNOHANG);
	while (pid < 0 && errno == EINTR);
	if (pid <= 0)
		return false;
	*e = (struct ended){ .pid = pid, .code = -1 };
	if (WIFEXITED(status))
		e->code = WEXITSTATUS(status);
	else
		e->signal = WTERMSIG(status);
	return true;
}
