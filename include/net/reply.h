/* reply: one HTTP/1.1 answer as bytes. Fields that hold CR, LF or NUL stop the
 * worker: whoever builds a field from input has to have checked it.
 * Callers: conn. Nothing is kept.
 * Source: RFC 9112 section 4 and 6, RFC 9110 section 6.6.1.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_REPLY_H
#define NET_REPLY_H

#include "base/buf.h"
#include "net/server.h"

struct reply_way {
	bool head;  /* the answer to HEAD: lengths without the body */
	bool close; /* says Connection: close */
};

void reply_write(struct buf *out, const struct reply *r, struct reply_way way);

#endif
