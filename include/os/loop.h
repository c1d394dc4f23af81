/* loop: one event loop a process, over libevent. One tick = read (callbacks of
 * descriptors and timers), run (registered functions, in order: the flows that
 * became ready), flush (registered functions: every connection writes once).
 * Nothing that runs on it may block. Callers: every room above.
 * Watches and timers are embedded in the caller's structs; the caller stops
 * them before freeing. Times are monotonic milliseconds.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef OS_LOOP_H
#define OS_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct event;
struct loop;

struct loop *loop_new(void);
void loop_free(struct loop *l);
void loop_run(struct loop *l); /* until loop_stop */
void loop_stop(struct loop *l);
int64_t loop_now(struct loop *l); /* monotonic ms at the start of this tick */

/* Called once a tick after reading (run) or after running (flush), in the order
 * of registration. */
void loop_at_run(struct loop *l, void (*fn)(void *arg), void *arg);
void loop_at_flush(struct loop *l, void (*fn)(void *arg), void *arg);
/* One more tick follows at once, without waiting for an event. */
void loop_again(struct loop *l);

enum { WATCH_READ = 1, WATCH_WRITE = 2 };

struct watch {
	struct event *read, *write;
	struct loop *loop;
	void (*fn)(void *arg, int ready);
	void *arg;
	int want;
};

/* Starts watching fd; fn(arg, WATCH_READ and/or WATCH_WRITE). */
void watch_start(struct loop *l, struct watch *w, int fd, int want,
		 void (*fn)(void *arg, int ready), void *arg);
void watch_want(struct watch *w, int want); /* cheap when unchanged */
void watch_stop(struct watch *w);           /* before the fd is closed */

struct timer {
	struct event *event;
	struct loop *loop;
	void (*fn)(void *arg);
	void *arg;
};

void timer_start(struct loop *l, struct timer *t, int64_t ms, void (*fn)(void *arg),
		 void *arg);      /* again: moves it */
void timer_stop(struct timer *t); /* also when not started */

struct signal_watch {
	struct event *event;
	void (*fn)(void *arg, int number);
	void *arg;
};
void signal_start(struct loop *l, struct signal_watch *s, int number,
		  void (*fn)(void *arg, int number), void *arg);
void signal_stop(struct signal_watch *s);

#endif
