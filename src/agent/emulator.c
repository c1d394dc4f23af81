/* emulator: for the sandbox, tells the virtual card which card to be. The
 * folder of the cards is locked as long as this process lives, so that two
 * sign-ins at once do not pull each other's card. Called by approve; talks to
 * tests/card's control socket: one line, one answer.
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "agent/sign.h"

enum { ANSWER_MS = 15000, LOCK_AGAIN_NS = 20 * 1000 * 1000 };

static bool hold(const char *folder, int64_t deadline)
{
	const struct timespec pause = { 0, LOCK_AGAIN_NS };
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* until the end */

	while (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK || clock_mono_ms() >= deadline)
			return false;
		nanosleep(&pause, NULL);
	}
	return fd >= 0;
}

static int reach(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(at.sun_path))
		return -1;
	memcpy(at.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool is_ok(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char answer[3] = "";
	size_t n = 0;

	while (n < sizeof(answer)) {
		ssize_t got;

		if (poll(&p, 1, ANSWER_MS) != 1)
			return false;
		got = recv(fd, answer + n, sizeof(answer) - n, 0);
		if (got <= 0)
			return false;
		n += (size_t)got;
	}
	return memcmp(answer, "ok\n", 3) == 0;
}

static const char *tell(int fd, const char *folder)
{
	char line[PATH_MAX + 16];
	int n = snprintf(line, sizeof(line), "insert %s\n", folder);

	if (n < 0 || (size_t)n >= sizeof(line) || strchr(folder, '\n') != NULL)
		return "path too long";
	if (send(fd, line, (size_t)n, MSG_NOSIGNAL) != n || !is_ok(fd))
		return "the emulator did not put the card in";
	return NULL;
}

enum agent_fault emulator_insert(const struct agent_options *o, int64_t deadline,
				 const char **why)
{
	char path[PATH_MAX], folder[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/%s", o->cards, o->card);
	int fd;

	*why = "no such card";
	if (n < 0 || (size_t)n >= sizeof(path) || realpath(path, folder) == NULL)
		return FAULT_EMULATOR;
	*why = "another sign-in is using the virtual card";
	if (!hold(o->cards, deadline))
		return FAULT_EMULATOR;
	fd = reach(o->card_control);
	*why = fd < 0 ? "no emulator answers on the control socket" : tell(fd, folder);
	if (fd >= 0)
		close(fd);
	return *why == NULL ? FAULT_NONE : FAULT_EMULATOR;
}
