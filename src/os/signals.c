/* signals: one signalfd a process. Several of one signal may arrive as one;
 * who handles SIGCHLD therefore asks for all children.
 * Called by selfinfod.
 * SPDX-License-Identifier: Apache-2.0 */
#include "os/signals.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/must.h"

static const int held[] = { SIGTERM, SIGINT, SIGHUP, SIGCHLD };

static sigset_t held_set(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < COUNT(held); i++)
		sigaddset(&set, held[i]);
	return set;
}

void signals_hold(void)
{
	sigset_t set = held_set();
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	must(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
	must(sigaction(SIGPIPE, &ignore, NULL) == 0);
}

static void on_signal(void *arg, int ready)
{
	struct signals *s = arg;
	struct signalfd_siginfo info;

	(void)ready;
	while (s->fd >= 0 && read(s->fd, &info, sizeof(info)) == sizeof(info))
		s->fn(s->arg, (int)info.ssi_signo);
}

void signals_start(struct loop *l, struct signals *s, void (*fn)(void *, int), void *arg)
{
	sigset_t set = held_set();

	*s = (struct signals){ .fn = fn, .arg = arg };
	s->fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	must(s->fd >= 0);
	watch_start(l, &s->watch, s->fd, WATCH_READ, on_signal, s);
}

void signals_stop(struct signals *s)
{
	watch_stop(&s->watch);
	close(s->fd);
	s->fd = -1;
}
