/* listen: sockets that wait for connections, bound and not blocking.
 * Callers: selfinfod (before the fork), ops (the control socket).
 * -1 on an error, errno says why.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef OS_LISTEN_H
#define OS_LISTEN_H

#include <stdbool.h>
#include <sys/socket.h>

#include "base/must.h"

/* Several may share one address and are served evenly (SO_REUSEPORT). The first
 * of them is made `alone`: it fails with EADDRINUSE where another process of the
 * same user listens already. */
NODISCARD int listen_tcp(const struct sockaddr *address, socklen_t length, bool alone);

/* A unix socket with that mode. A socket that nobody answers any more is taken
 * away first; EADDRINUSE when somebody does. */
NODISCARD int listen_unix(const char *path, unsigned mode);

#endif
