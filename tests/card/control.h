/* control: the unix socket on which tests change the card in the reader. One
 * client at a time, a command a line, an answer a line (`ok …` or `error …`);
 * the next line is read only when the one before is answered. Called by the
 * emulator's loop and by `--tell`. The socket file is made mode 0600 and
 * removed again by emu_control_close.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_CARD_CONTROL_H
#define TESTS_CARD_CONTROL_H

#include <stdbool.h>
#include <stddef.h>

enum { CONTROL_LINE_MAX = 4096 };

struct control {
	const char *path;
	int listener; /* -1: no control wanted */
	int client;   /* -1: nobody is there */
	bool busy;    /* a command is not answered yet */
	size_t have;
	char in[CONTROL_LINE_MAX];
};

bool emu_control_open(struct control *control, const char *path);
void emu_control_close(struct control *control);

void emu_control_accept(struct control *control);
void emu_control_read(struct control *control);

/* Takes the next command into line, if there is one and none is open. */
bool emu_control_next(struct control *control, char line[CONTROL_LINE_MAX]);
void emu_control_answer(struct control *control, const char *text);

/* The other side: one command, its answer on standard output; an exit status. */
int emu_control_tell(const char *path, const char *command);

#endif
