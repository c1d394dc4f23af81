/* control: questions to the running daemon over its unix socket: one line of
 * JSON there, one back. {"command":"status"}, {"command":"clock","mode":"add"
 * or "set","offset_ms":N}; the answer has "ok" and, when false, "error".
 * Callers: status, sandbox, and ctl_now. A silent daemon is given up after 5 s.
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "ctl.h"

enum { ANSWER_MAX = 1024 * 1024 };

static int open_socket(const char *path)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	struct timeval patience = { .tv_sec = 5 };
	int fd;

	if (strlen(path) >= sizeof(to.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(to.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	close(fd);
	return -1;
}

static bool send_all(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		p += sent;
		n -= (size_t)sent;
	}
	return true;
}

static bool receive_line(int fd, struct buf *line)
{
	while (line->n < ANSWER_MAX) {
		ssize_t n = recv(fd, buf_room(line, 4096), 4096, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		buf_grow(line, (size_t)n);
		if (line->p[line->n - 1] == '\n')
			return true;
	}
	return false;
}

static json_t *exchange(int fd, json_t *question)
{
	AUTO(buf) struct buf line = { 0 };
	char *text = json_dumps(question, JSON_COMPACT);
	json_t *answer = NULL;

	must(text != NULL);
	buf_printf(&line, "%s\n", text);
	free(text);
	if (send_all(fd, line.p, line.n)) {
		line.n = 0;
		if (receive_line(fd, &line))
			answer = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, NULL);
	}
	if (answer && !json_is_object(answer)) {
		json_decref(answer);
		answer = NULL;
	}
	return answer;
}

static json_t *ask(const char *path, json_t *question, const char **why)
{
	int fd = open_socket(path);
	json_t *answer;

	*why = fd < 0 ? strerror(errno) : "it gave no answer";
	if (fd < 0)
		return NULL;
	answer = exchange(fd, question);
	close(fd);
	return answer;
}

enum exit_code ctl_ask(const struct ctl *c, json_t *question, json_t **answer)
{
	const char *path = ctl_control(c), *why;

	*answer = ask(path, question, &why);
	if (*answer == NULL) {
		ctl_error("the daemon cannot be reached at %s: %s", path, why);
		return EXIT_UNREACHABLE;
	}
	if (json_is_true(json_object_get(*answer, "ok")))
		return EXIT_OK;
	why = json_string_value(json_object_get(*answer, "error"));
	ctl_error("the daemon refused: %s", why ? why : "no reason given");
	json_decref(*answer);
	*answer = NULL;
	return EXIT_REFUSED;
}

json_t *ctl_try(const struct ctl *c, json_t *question)
{
	const char *why;

	return ask(ctl_control(c), question, &why);
}

int64_t ctl_now(struct ctl *c)
{
	int64_t now = clock_wall_ms();
	json_t *question, *answer, *offset;

	if (c->conf == NULL || !c->conf->sandbox.on)
		return now;
	question = json_pack("{s:s, s:s, s:i}", "command", "clock", "mode", "add",
			     "offset_ms", 0);
	must(question != NULL);
	answer = ctl_try(c, question);
	json_decref(question);
	offset = json_object_get(answer, "offset_ms");
	if (json_is_integer(offset))
		now += json_integer_value(offset);
	json_decref(answer);
	return now;
}
