/* card-emulator: a JPKI card in the virtual reader, for tests and the sandbox.
 *   card-emulator --host H --port N [--card DIR] [--state FILE] [--control PATH]
 *   card-emulator --control PATH --tell COMMAND
 * Prints `inserted` or `empty` when the reader's clients can see that, then
 * serves until SIGTERM; ends with 1 when the reader goes away. Commands:
 * `insert DIR`, `remove`, `truncate-next`, `state`, `restore`; the first two
 * are answered when the reader has really seen the change.
 * SPDX-License-Identifier: Apache-2.0 */
#include "control.h"
#include "link.h"
#include "profile.h"
#include "tries.h"

#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

enum { READER_SECONDS = 10 }; /* a reader looks several times a second */

struct options {
	const char *card, *host, *port, *state, *control, *tell;
};

struct emulator {
	struct options ask;
	struct tries *tries;
	struct card *card; /* in the reader, or on its way in or out */
	struct card *next; /* goes in when `card` is out */
	struct link link;
	struct control control;
	int signals;
	bool changing; /* the reader has not seen the change yet */
	bool failed;   /* the reader is gone or does not look */
	time_t deadline;
};

static time_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static void say(const char *text)
{
	puts(text);
	fflush(stdout);
}

/* Ends a change: to whoever asked on the socket, or to standard output when
 * it is the one from the command line. */
static void settle(struct emulator *e, const char *text)
{
	e->changing = false;
	if (e->control.busy)
		emu_control_answer(&e->control, text);
	else if (strcmp(text, "ok") == 0)
		say(e->card != NULL ? "inserted" : "empty");
}

static void begin_change(struct emulator *e)
{
	e->changing = true;
	e->deadline = now() + READER_SECONDS;
}

static bool put_in(struct emulator *e)
{
	e->card = e->next;
	e->next = NULL;
	if (emu_link_connect(&e->link, e->ask.host, e->ask.port, e->card))
		return true;
	emu_profile_free(e->card);
	e->card = NULL;
	return false;
}

static void command_insert(struct emulator *e, const char *folder)
{
	const char *why = NULL;
	char text[CONTROL_LINE_MAX];

	e->next = emu_profile_load(folder, &why);
	if (e->next != NULL && !emu_tries_lend(e->tries, e->next)) {
		emu_profile_free(e->next);
		e->next = NULL;
		why = "too many cards in the state file";
	}
	if (e->next == NULL) {
		snprintf(text, sizeof text, "error %s", why);
		settle(e, text);
		return;
	}
	begin_change(e);
	if (e->card != NULL)
		emu_link_leave(&e->link);
	else if (!put_in(e))
		settle(e, "error the reader cannot be reached");
}

static void command_remove(struct emulator *e)
{
	if (e->card == NULL) {
		settle(e, "error no card is in the reader");
		return;
	}
	begin_change(e);
	emu_link_leave(&e->link);
}

static void command_state(struct emulator *e)
{
	char text[CONTROL_LINE_MAX] = "ok none";

	if (e->card != NULL)
		snprintf(text, sizeof text, "ok %s auth %d sign %d", e->card->name,
			 e->card->pair[CARD_AUTH].secret.left,
			 e->card->pair[CARD_SIGN].secret.left);
	emu_control_answer(&e->control, text);
}

static void command_truncate(struct emulator *e)
{
	if (e->card != NULL)
		e->card->truncate_next = true;
	emu_control_answer(&e->control,
			   e->card != NULL ? "ok" : "error no card is in the reader");
}

static void command(struct emulator *e, const char *line)
{
	if (strncmp(line, "insert ", 7) == 0)
		command_insert(e, line + 7);
	else if (strcmp(line, "remove") == 0)
		command_remove(e);
	else if (strcmp(line, "truncate-next") == 0)
		command_truncate(e);
	else if (strcmp(line, "state") == 0)
		command_state(e);
	else if (strcmp(line, "restore") == 0)
		emu_control_answer(&e->control,
				   emu_tries_restore(e->tries, e->card) ?
					   "ok" :
					   "error the state file cannot be written");
	else
		emu_control_answer(&e->control, "error unknown command");
}

/* Goes on with a change after the reader was heard. False: it is gone. */
static bool follow_link(struct emulator *e)
{
	if (e->link.state == LINK_LOST)
		return false;
	if (!e->changing)
		return true;
	if (e->link.state == LINK_PRESENT) {
		settle(e, "ok");
	} else if (e->link.state == LINK_NONE && e->card != NULL) {
		emu_profile_free(e->card);
		e->card = NULL;
		if (e->next == NULL)
			settle(e, "ok");
		else if (!put_in(e))
			settle(e, "error the reader cannot be reached");
	}
	return true;
}

static bool step(struct emulator *e)
{
	struct pollfd p[] = {
		{ .fd = e->signals, .events = POLLIN },
		{ .fd = e->link.fd, .events = POLLIN },
		{ .fd = e->control.client < 0 && !e->control.busy ? e->control.listener :
								    -1,
		  .events = POLLIN },
		{ .fd = e->control.busy ? -1 : e->control.client, .events = POLLIN },
	};
	char line[CONTROL_LINE_MAX];

	if (poll(p, sizeof p / sizeof *p, e->changing ? 1000 : -1) < 0)
		return false;
	if (p[0].revents != 0)
		return false;
	if (p[1].revents != 0)
		emu_link_read(&e->link);
	if (!follow_link(e)) {
		e->failed = true;
		return false;
	}
	if (p[2].revents != 0)
		emu_control_accept(&e->control);
	if (p[3].revents != 0)
		emu_control_read(&e->control);
	while (emu_control_next(&e->control, line))
		command(e, line);
	if (e->changing && now() >= e->deadline) {
		settle(e, "error the reader did not see the change in time");
		e->failed = true;
		return false;
	}
	return true;
}

static int block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static const char *start(struct emulator *e)
{
	const char *why = NULL;

	e->signals = block_signals();
	if (e->signals < 0)
		return "signals cannot be received";
	e->tries = emu_tries_open(e->ask.state);
	if (e->tries == NULL)
		return "the state file cannot be read";
	if (e->ask.control != NULL && !emu_control_open(&e->control, e->ask.control))
		return "the control socket cannot be made";
	if (e->ask.card == NULL) {
		say("empty");
		return NULL;
	}
	e->next = emu_profile_load(e->ask.card, &why);
	if (e->next == NULL)
		return why;
	if (!emu_tries_lend(e->tries, e->next))
		return "too many cards in the state file";
	begin_change(e);
	return put_in(e) ? NULL : "the reader cannot be reached";
}

static void finish(struct emulator *e)
{
	emu_control_close(&e->control);
	emu_link_close(&e->link);
	emu_profile_free(e->card);
	emu_profile_free(e->next);
	emu_tries_close(e->tries);
	if (e->signals >= 0)
		close(e->signals);
}

static bool parse(int argc, char **argv, struct options *o)
{
	static const struct option known[] = {
		{ "card", required_argument, NULL, 'c' },
		{ "host", required_argument, NULL, 'h' },
		{ "port", required_argument, NULL, 'p' },
		{ "state", required_argument, NULL, 's' },
		{ "control", required_argument, NULL, 'u' },
		{ "tell", required_argument, NULL, 't' },
		{ 0 },
	};
	int letter;

	while ((letter = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (letter) {
		case 'c':
			o->card = optarg;
			break;
		case 'h':
			o->host = optarg;
			break;
		case 'p':
			o->port = optarg;
			break;
		case 's':
			o->state = optarg;
			break;
		case 'u':
			o->control = optarg;
			break;
		case 't':
			o->tell = optarg;
			break;
		default:
			return false;
		}
	}
	if (o->tell != NULL)
		return optind == argc && o->control != NULL;
	return optind == argc && o->port != NULL && (o->card != NULL || o->control != NULL);
}

int main(int argc, char **argv)
{
	static struct emulator e = {
		.ask = { .host = "127.0.0.1" },
		.signals = -1,
		.link = { .fd = -1 },
		.control = { .listener = -1, .client = -1 },
	};
	const char *why;
	int status = EXIT_SUCCESS;

	if (!parse(argc, argv, &e.ask)) {
		fprintf(stderr, "usage: card-emulator --port N [--host H] [--card DIR] "
				"[--state FILE] [--control PATH]\n"
				"       card-emulator --control PATH --tell COMMAND\n");
		return 2;
	}
	if (e.ask.tell != NULL)
		return emu_control_tell(e.ask.control, e.ask.tell);
	why = start(&e);
	while (why == NULL && step(&e))
		;
	if (why == NULL && e.failed)
		why = "the reader went away";
	if (why != NULL) {
		fprintf(stderr, "card-emulator: %s\n", why);
		status = EXIT_FAILURE;
	}
	finish(&e);
	return status;
}
