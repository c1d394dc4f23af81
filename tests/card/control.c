/* control: the unix socket on which tests change the card (see control.h).
 * A client that leaves before its answer loses only the answer. A socket file
 * left behind by a dead emulator is replaced, that of a living one is not.
 * SPDX-License-Identifier: Apache-2.0 */
#include "control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static bool address(const char *path, struct sockaddr_un *at)
{
	size_t size = strlen(path);

	*at = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (size == 0 || size >= sizeof at->sun_path) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(at->sun_path, path, size);
	return true;
}

static int reach(const char *path)
{
	struct sockaddr_un at;
	int fd;

	if (!address(path, &at))
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) != 0) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static bool nobody_listens(const char *path)
{
	int fd = reach(path);

	if (fd >= 0) {
		close(fd);
		errno = EADDRINUSE;
		return false;
	}
	return errno == ENOENT || (errno == ECONNREFUSED && unlink(path) == 0);
}

bool emu_control_open(struct control *c, const char *path)
{
	struct sockaddr_un at;
	mode_t before;
	int made;

	if (!address(path, &at) || !nobody_listens(path))
		return false;
	c->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->listener < 0)
		return false;
	before = umask(0177);
	made = bind(c->listener, (struct sockaddr *)&at, sizeof at);
	umask(before);
	if (made == 0)
		c->path = path;
	return made == 0 && listen(c->listener, 8) == 0;
}

static void drop_client(struct control *c)
{
	if (c->client >= 0)
		close(c->client);
	c->client = -1;
	c->have = 0;
}

void emu_control_close(struct control *c)
{
	drop_client(c);
	if (c->listener >= 0)
		close(c->listener);
	c->listener = -1;
	if (c->path != NULL)
		unlink(c->path);
	c->path = NULL;
}

void emu_control_accept(struct control *c)
{
	c->client = accept4(c->listener, NULL, NULL, SOCK_CLOEXEC);
	c->have = 0;
}

void emu_control_read(struct control *c)
{
	size_t room = sizeof c->in - c->have;
	ssize_t got = recv(c->client, c->in + c->have, room, MSG_DONTWAIT);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		drop_client(c);
		return;
	}
	c->have += (size_t)got;
	if (c->have == sizeof c->in && memchr(c->in, '\n', c->have) == NULL)
		drop_client(c);
}

bool emu_control_next(struct control *c, char line[CONTROL_LINE_MAX])
{
	char *end = c->busy || c->have == 0 ? NULL : memchr(c->in, '\n', c->have);
	size_t size;

	if (end == NULL)
		return false;
	size = (size_t)(end - c->in);
	memcpy(line, c->in, size);
	line[size] = '\0';
	c->have -= size + 1;
	memmove(c->in, end + 1, c->have);
	c->busy = true;
	return true;
}

void emu_control_answer(struct control *c, const char *text)
{
	char out[CONTROL_LINE_MAX];
	int size = snprintf(out, sizeof out, "%s\n", text);

	if (!c->busy)
		return;
	c->busy = false;
	if (c->client < 0)
		return;
	if (size < 0 || (size_t)size >= sizeof out ||
	    send(c->client, out, (size_t)size, MSG_NOSIGNAL) != size)
		drop_client(c);
}

int emu_control_tell(const char *path, const char *command)
{
	char text[CONTROL_LINE_MAX];
	int fd = reach(path);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r+");
	bool told;

	if (f == NULL) {
		fprintf(stderr, "card-emulator: no emulator answers at %s\n", path);
		return EXIT_FAILURE;
	}
	told = fprintf(f, "%s\n", command) > 0 && fflush(f) == 0 &&
	       fgets(text, sizeof text, f) != NULL;
	fclose(f);
	if (!told) {
		fprintf(stderr, "card-emulator: the emulator left without an answer\n");
		return EXIT_FAILURE;
	}
	fputs(text, stdout);
	return strncmp(text, "ok", 2) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
