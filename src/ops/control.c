/* control: accepts, reads a line, hands it on, writes the answer. An asker has
 * one question at a time; what it sends meanwhile waits in the socket.
 * Called by selfinfod's master. Who changes something is judged by the kernel's
 * word on the peer.
 * SPDX-License-Identifier: Apache-2.0 */
#include "ops/control.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"

enum { LINE_MOST = 4096, ASKERS_MOST = 32, SILENCE_MS = 60000 };

#define ADMINS "selfinfo-admin"

struct control {
	struct loop *loop;
	struct watch watch;
	int fd;
	const struct control_handler *handler;
	void *arg;
	struct asker *first;
	size_t askers;
};

struct asker {
	struct control *control;
	struct asker *next, **link;
	int fd;
	struct watch watch;
	struct timer silence;
	struct buf in, out;
	size_t sent;
	bool waits;  /* for its answer */
	bool inside; /* asked() runs: its caller sends the answer */
	bool may_change;
};

static void free_asker(struct asker *a)
{
	struct control *c = a->control;

	*a->link = a->next;
	if (a->next != NULL)
		a->next->link = a->link;
	watch_stop(&a->watch);
	timer_stop(&a->silence);
	close(a->fd);
	buf_free(&a->in);
	buf_free(&a->out);
	free(a);
	if (c->askers-- == ASKERS_MOST)
		watch_want(&c->watch, WATCH_READ);
}

static void end(struct asker *a)
{
	if (a->waits)
		a->control->handler->gone(a->control->arg, a);
	free_asker(a);
}

static void fell_silent(void *arg)
{
	struct asker *a = arg;

	if (a->waits && a->out.n == 0)
		return; /* it is we who are silent */
	end(a);
}

/* false: the asker is gone */
static bool flush(struct asker *a)
{
	while (a->sent < a->out.n) {
		ssize_t n = send(a->fd, a->out.p + a->sent, a->out.n - a->sent,
				 MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			watch_want(&a->watch, WATCH_WRITE);
			return true;
		}
		if (n <= 0) {
			end(a);
			return false;
		}
		a->sent += (size_t)n;
	}
	a->out.n = a->sent = 0;
	watch_want(&a->watch, WATCH_READ);
	return true;
}

static bool take_line(struct asker *a);

static void put(struct asker *a, json_t *answer)
{
	char *text;

	must(a->waits && answer != NULL);
	if (json_object_get(answer, "ok") == NULL)
		json_object_set_new(answer, "ok", json_true());
	text = json_dumps(answer, JSON_COMPACT);
	must(text != NULL);
	buf_printf(&a->out, "%s\n", text);
	free(text);
	json_decref(answer);
	a->waits = false;
	timer_start(a->control->loop, &a->silence, SILENCE_MS, fell_silent, a);
}

void control_answer(struct asker *a, json_t *answer)
{
	put(a, answer);
	if (!a->inside && flush(a))
		(void)take_line(a); /* what came meanwhile */
}

static json_t *refusal(struct str why)
{
	return json_pack("{s:b, s:s%}", "ok", 0, "error", why.p, why.n);
}

void control_refuse(struct asker *a, struct str why)
{
	control_answer(a, refusal(why));
}

bool control_may_change(const struct asker *a)
{
	return a->may_change;
}

static void ask(struct asker *a, struct str line)
{
	json_t *question = json_loadb(line.p, line.n, JSON_REJECT_DUPLICATES, NULL);
	const char *command = json_string_value(json_object_get(question, "command"));

	a->waits = true;
	a->inside = true;
	if (command != NULL)
		a->control->handler->asked(a->control->arg, a, command, question);
	else
		put(a, refusal(STR("a line is a JSON object with \"command\"")));
	a->inside = false;
	json_decref(question);
}

/* false: the asker is gone */
static bool take_line(struct asker *a)
{
	while (!a->waits && a->out.n == 0) {
		struct str in = buf_str(&a->in);
		size_t end_at = str_find(in, '\n');

		if (end_at == in.n) {
			if (in.n <= LINE_MOST)
				return true;
			end(a);
			return false;
		}
		ask(a, str_part(in, 0, end_at));
		buf_drop(&a->in, end_at + 1);
		if (!flush(a))
			return false;
	}
	return true;
}

static void receive(struct asker *a)
{
	ssize_t n = recv(a->fd, buf_room(&a->in, LINE_MOST), LINE_MOST, MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		end(a);
		return;
	}
	buf_grow(&a->in, (size_t)n);
	if (!take_line(a))
		return;
	/* while it waits it has nothing to say but that it leaves */
	if (a->in.n > (size_t)LINE_MOST)
		end(a);
}

static void ready(void *arg, int what)
{
	struct asker *a = arg;

	if (what & WATCH_WRITE) {
		if (flush(a))
			(void)take_line(a);
		return;
	}
	receive(a);
}

static bool is_admin(const gid_t *group, size_t n)
{
	const struct group *admins = getgrnam(ADMINS);

	for (size_t i = 0; admins != NULL && i < n; i++)
		if (group[i] == admins->gr_gid)
			return true;
	return false;
}

static bool peer_may_change(int fd)
{
	struct ucred peer;
	gid_t group[64];
	socklen_t n = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) != 0)
		return false;
	if (peer.uid == 0 || peer.uid == geteuid() || is_admin(&peer.gid, 1))
		return true;
	n = sizeof(group);
	return getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, group, &n) == 0 &&
	       is_admin(group, n / sizeof(*group));
}

static void add_asker(struct control *c, int fd)
{
	struct asker *a = must_alloc(sizeof(*a));

	a->control = c;
	a->fd = fd;
	a->may_change = peer_may_change(fd);
	a->next = c->first;
	a->link = &c->first;
	if (a->next != NULL)
		a->next->link = &a->next;
	c->first = a;
	watch_start(c->loop, &a->watch, fd, WATCH_READ, ready, a);
	timer_start(c->loop, &a->silence, SILENCE_MS, fell_silent, a);
	if (++c->askers == ASKERS_MOST)
		watch_want(&c->watch, 0);
}

static void on_asker(void *arg, int what)
{
	struct control *c = arg;
	int fd = accept4(c->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)what;
	if (fd >= 0)
		add_asker(c, fd);
}

struct control *control_new(struct loop *l, int fd, const struct control_handler *h,
			    void *arg)
{
	struct control *c = must_alloc(sizeof(*c));

	*c = (struct control){ .loop = l, .fd = fd, .handler = h, .arg = arg };
	watch_start(l, &c->watch, fd, WATCH_READ, on_asker, c);
	return c;
}

void control_free(struct control *c)
{
	for (struct asker *a = c->first, *next; a != NULL; a = next) {
		next = a->next;
		free_asker(a);
	}
	watch_stop(&c->watch);
	free(c);
}
