/* options: what the command line, the environment and the configuration file
 * say, in that order. Called by main once, before anything is reached. Strings
 * belong to argv, the environment or the arena.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AGENT_OPTIONS_H
#define AGENT_OPTIONS_H

#include "agent/fault.h"
#include "base/arena.h"

enum agent_command {
	COMMAND_SIGN_IN,
	COMMAND_APPROVE,
	COMMAND_STATUS,
	COMMAND_HELP,
	COMMAND_VERSION,
};

struct agent_options {
	enum agent_command command;
	const char *user_code, *digits, *pin_file;
	const char *gateway, *ca, *reader, *config;
	const char *card, *card_control, *cards; /* the virtual card */
	bool japanese;
	int64_t wait_seconds;
};

/* FAULT_USAGE, FAULT_CONFIGURATION: *why tells what is wrong. */
NODISCARD enum agent_fault options_read(struct arena *a, int argc, char **argv,
					struct agent_options *out, struct str *why);
/* One configuration file's text; values already set stay. */
NODISCARD bool options_read_file(struct arena *a, struct str name, struct str text,
				 struct agent_options *o, struct str *why);
void options_help(bool japanese);

#endif
