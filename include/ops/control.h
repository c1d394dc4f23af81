/* control: the operator's unix socket: one JSON object a line in, one out, and
 * the connection stays open for the next. Every answer has "ok"; a refusal also
 * "error". Looking is for all whom the socket's mode lets in; changing is for
 * root, the daemon's own user and group selfinfo-admin (SO_PEERCRED).
 * Callers: selfinfod's master. Lifetime: an asker is valid until its answer was
 * given or `gone` was called. A line is at most 4 KiB, a silent peer is left
 * after 60 s.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef OPS_CONTROL_H
#define OPS_CONTROL_H

#include <jansson.h>

#include "base/arena.h"
#include "os/loop.h"

struct control;
struct asker;

struct control_handler {
	/* Answers with control_answer or control_refuse, now or later. */
	void (*asked)(void *arg, struct asker *a, const char *command, json_t *question);
	/* who has left before its answer. */
	void (*gone)(void *arg, struct asker *a);
};

/* fd is bound and listening (os/listen.h) and stays the caller's. */
struct control *control_new(struct loop *l, int fd, const struct control_handler *h,
			    void *arg);
void control_free(struct control *c); /* `gone` is not told */

void control_answer(struct asker *a, json_t *answer); /* taken; "ok" is set */
void control_refuse(struct asker *a, struct str why);
bool control_may_change(const struct asker *a);

#endif
