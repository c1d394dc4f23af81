/* selfinfo-card: the citizen's side of a sign-in with the My Number card. Talks
 * to the card reader and to the configured gateway; shows what is signed; the
 * PIN goes to the card and nowhere else (mission, promise 7). Leaves no core
 * and cannot be attached to by other programs of the same user.
 * SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "agent/sign.h"

static bool leave_no_traces(void)
{
	const struct rlimit none = { 0, 0 };

	signal(SIGPIPE, SIG_IGN);
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 &&
	       setrlimit(RLIMIT_CORE, &none) == 0;
}

static int run(struct agent *me)
{
	switch (me->o.command) {
	case COMMAND_APPROVE:
		me->say = me->error;
		return command_approve(me);
	case COMMAND_STATUS:
		return command_status(me);
	case COMMAND_HELP:
		options_help(me->o.japanese);
		return AGENT_OK;
	case COMMAND_VERSION:
		puts("selfinfo-card " SELFINFO_VERSION);
		return AGENT_OK;
	default:
		return command_sign_in(me);
	}
}

int main(int argc, char **argv)
{
	struct agent me = { .arena = arena_new() };
	enum agent_fault fault;
	int result;

	if (!leave_no_traces()) {
		fputs("selfinfo-card: core dumps cannot be switched off\n", stderr);
		arena_free(me.arena);
		return AGENT_FAILED;
	}
	fault = options_read(me.arena, argc, argv, &me.o, &me.gateway.why);
	me.say = say_to(stdout, me.o.japanese);
	me.error = say_to(stderr, me.o.japanese);
	result = fault != FAULT_NONE ? sign_fault(&me, fault) : run(&me);
	http_close(me.gateway.http);
	arena_free(me.arena);
	return result;
}
