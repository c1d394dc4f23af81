/* listen: TCP and unix sockets. Called before anything is served.
 * With SO_REUSEPORT the kernel would let a second daemon of the same user share
 * our port and take half of the connections; binding once without it first
 * tells that apart.
 * SPDX-License-Identifier: Apache-2.0 */
#include "os/listen.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 1024 };

static int give_up(int fd)
{
	int error = errno;

	close(fd);
	errno = error;
	return -1;
}

static int new_socket(int family)
{
	return socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static int bind_tcp(const struct sockaddr *address, socklen_t length, int option)
{
	int on = 1, fd = new_socket(address->sa_family);

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
	    (option != 0 && setsockopt(fd, SOL_SOCKET, option, &on, sizeof(on)) != 0) ||
	    (address->sa_family == AF_INET6 &&
	     setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0) ||
	    bind(fd, address, length) != 0)
		return give_up(fd);
	return fd;
}

int listen_tcp(const struct sockaddr *address, socklen_t length, bool alone)
{
	int fd;

	if (alone) {
		fd = bind_tcp(address, length, 0);
		if (fd < 0)
			return -1;
		/* two that may reuse their address both bind; two cannot listen */
		if (listen(fd, BACKLOG) != 0)
			return give_up(fd);
		close(fd);
	}
	fd = bind_tcp(address, length, SO_REUSEPORT);
	if (fd >= 0 && listen(fd, BACKLOG) != 0)
		return give_up(fd);
	return fd;
}

static bool is_answered(const struct sockaddr_un *to)
{
	int fd = new_socket(AF_UNIX);
	bool answered;

	if (fd < 0)
		return false;
	answered = connect(fd, (const struct sockaddr *)to, sizeof(*to)) == 0 ||
		   errno == EAGAIN;
	close(fd);
	return answered;
}

static bool take_away(const struct sockaddr_un *at)
{
	struct stat st;

	if (lstat(at->sun_path, &st) != 0)
		return errno == ENOENT;
	if (!S_ISSOCK(st.st_mode) || is_answered(at)) {
		errno = EADDRINUSE;
		return false;
	}
	return unlink(at->sun_path) == 0;
}

int listen_unix(const char *path, unsigned mode)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	mode_t mask;
	int fd;

	if (strlen(path) >= sizeof(at.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(at.sun_path, path, strlen(path) + 1);
	if (!take_away(&at))
		return -1;
	fd = new_socket(AF_UNIX);
	if (fd < 0)
		return -1;
	mask = umask(0177); /* nobody else comes in before the mode is set */
	if (bind(fd, (const struct sockaddr *)&at, sizeof(at)) != 0) {
		umask(mask);
		return give_up(fd);
	}
	umask(mask);
	if (chmod(path, mode) != 0 || listen(fd, BACKLOG) != 0)
		return give_up(fd);
	return fd;
}
