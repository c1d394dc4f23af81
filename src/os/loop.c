/* loop: libevent gives one pass of ready events at a time; we run and flush
 * behind each pass. Called by every room above base.
 * Passes are measured; the longest is a metric (faults-I6).
 * SPDX-License-Identifier: Apache-2.0 */
#include "os/loop.h"

#include <event2/event.h>
#include <stdlib.h>
#include <sys/time.h>

#include "base/clock.h"
#include "base/metric.h"
#include "base/must.h"

enum { HOOKS = 8 };

struct hook {
	void (*fn)(void *);
	void *arg;
};

struct loop {
	struct event_base *base;
	struct hook run[HOOKS], flush[HOOKS];
	int runs, flushes;
	bool stopped, again;
	int64_t now;
};

struct loop *loop_new(void)
{
	struct loop *l = must_alloc(sizeof(*l));
	struct event_config *c = event_config_new();

	must(c != NULL);
	event_config_set_flag(c, EVENT_BASE_FLAG_NOLOCK);
	l->base = event_base_new_with_config(c);
	event_config_free(c);
	must(l->base != NULL);
	l->now = clock_mono_ms();
	return l;
}

void loop_free(struct loop *l)
{
	event_base_free(l->base);
	free(l);
}

static void add_hook(struct hook *hook, int *count, void (*fn)(void *), void *arg)
{
	must(*count < HOOKS);
	hook[(*count)++] = (struct hook){ fn, arg };
}

void loop_at_run(struct loop *l, void (*fn)(void *), void *arg)
{
	add_hook(l->run, &l->runs, fn, arg);
}

void loop_at_flush(struct loop *l, void (*fn)(void *), void *arg)
{
	add_hook(l->flush, &l->flushes, fn, arg);
}

void loop_again(struct loop *l)
{
	l->again = true;
}

void loop_stop(struct loop *l)
{
	l->stopped = true;
}

int64_t loop_now(struct loop *l)
{
	return l->now;
}

/* libevent waits inside the pass, so its length is taken from the first
 * callback: `awake` is set there. */
static void mark_awake(struct loop *l)
{
	if (l->now == 0)
		l->now = clock_mono_ms();
}

void loop_run(struct loop *l)
{
	while (!l->stopped) {
		int flags = EVLOOP_ONCE | (l->again ? EVLOOP_NONBLOCK : 0);
		int64_t end;

		l->again = false;
		l->now = 0;
		must(event_base_loop(l->base, flags) >= 0);
		mark_awake(l);
		for (int i = 0; i < l->runs; i++)
			l->run[i].fn(l->run[i].arg);
		for (int i = 0; i < l->flushes; i++)
			l->flush[i].fn(l->flush[i].arg);
		end = clock_mono_ms();
		metric_max(METRIC_LOOP_PASS_MAX_MS, end - l->now);
	}
	l->stopped = false;
}

static void watch_ready(evutil_socket_t fd, short what, void *arg)
{
	struct watch *w = arg;

	(void)fd;
	mark_awake(w->loop);
	w->fn(w->arg, what & EV_READ ? WATCH_READ : WATCH_WRITE);
}

void watch_start(struct loop *l, struct watch *w, int fd, int want, void (*fn)(void *, int),
		 void *arg)
{
	*w = (struct watch){ .loop = l, .fn = fn, .arg = arg };
	w->read = event_new(l->base, fd, EV_READ | EV_PERSIST, watch_ready, w);
	w->write = event_new(l->base, fd, EV_WRITE | EV_PERSIST, watch_ready, w);
	must(w->read != NULL && w->write != NULL);
	watch_want(w, want);
}

static void switch_event(struct event *e, bool was, bool is)
{
	if (is && !was)
		must(event_add(e, NULL) == 0);
	else if (was && !is)
		must(event_del(e) == 0);
}

void watch_want(struct watch *w, int want)
{
	switch_event(w->read, w->want & WATCH_READ, want & WATCH_READ);
	switch_event(w->write, w->want & WATCH_WRITE, want & WATCH_WRITE);
	w->want = want;
}

void watch_stop(struct watch *w)
{
	if (w->read == NULL)
		return;
	event_free(w->read);
	event_free(w->write);
	*w = (struct watch){ 0 };
}

static void timer_fired(evutil_socket_t fd, short what, void *arg)
{
	struct timer *t = arg;

	(void)fd;
	(void)what;
	mark_awake(t->loop);
	t->fn(t->arg);
}

void timer_start(struct loop *l, struct timer *t, int64_t ms, void (*fn)(void *), void *arg)
{
	struct timeval tv;

	if (ms < 0)
		ms = 0;
	tv = (struct timeval){ ms / 1000, ms % 1000 * 1000 };
	t->loop = l;
	t->fn = fn;
	t->arg = arg;
	if (t->event == NULL)
		t->event = event_new(l->base, -1, 0, timer_fired, t);
	must(t->event != NULL && event_add(t->event, &tv) == 0);
}

void timer_stop(struct timer *t)
{
	if (t->event != NULL)
		event_free(t->event);
	t->event = NULL;
}

static void signal_came(evutil_socket_t number, short what, void *arg)
{
	struct signal_watch *s = arg;

	(void)what;
	s->fn(s->arg, (int)number);
}

void signal_start(struct loop *l, struct signal_watch *s, int number,
		  void (*fn)(void *, int), void *arg)
{
	s->fn = fn;
	s->arg = arg;
	s->event = event_new(l->base, number, EV_SIGNAL | EV_PERSIST, signal_came, s);
	must(s->event != NULL && event_add(s->event, NULL) == 0);
}

void signal_stop(struct signal_watch *s)
{
	if (s->event != NULL)
		event_free(s->event);
	s->event = NULL;
}
