/* notify: one datagram a message. A path that begins with @ is an abstract
 * socket. Called by selfinfod's master.
 * SPDX-License-Identifier: Apache-2.0 */
#include "os/notify.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/str.h"

static void send_to(const char *path, const char *text, size_t n)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t length = strlen(path);
	int fd;

	if (length < 2 || length >= sizeof(to.sun_path) ||
	    (path[0] != '/' && path[0] != '@'))
		return;
	memcpy(to.sun_path, path, length);
	if (path[0] == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return;
	(void)sendto(fd, text, n, MSG_NOSIGNAL, (const struct sockaddr *)&to,
		     (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
	close(fd);
}

void notify_systemd(const char *fmt, ...)
{
	const char *path = getenv("NOTIFY_SOCKET");
	char text[512];
	va_list args;
	int n;

	if (path == NULL)
		return;
	va_start(args, fmt);
	n = vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	must(n > 0 && (size_t)n < sizeof(text));
	send_to(path, text, (size_t)n);
}

int64_t notify_watchdog_ms(void)
{
	struct str usec = str_of(getenv("WATCHDOG_USEC"));
	struct str pid = str_of(getenv("WATCHDOG_PID"));
	int64_t us, whom;

	if (usec.p == NULL || !str_int(usec, 1000, INT64_MAX, &us))
		return 0;
	if (pid.p != NULL && (!str_int(pid, 1, INT32_MAX, &whom) || whom != getpid()))
		return 0;
	return us / 1000;
}
