/* flow: runs stages until one waits; counts answers; a queue of ready flows is
 * emptied once a tick. Called by web (owner) and by whoever answers tickets.
 * A flow that is left while it runs is freed when its stage returns.
 * SPDX-License-Identifier: Apache-2.0 */
#include "flow/flow.h"

#include <stdlib.h>

#include "base/metric.h"

struct ticket {
	struct flow *flow;
	struct ticket *next, **link;
};

static struct {
	struct flow *first, **last;
	struct loop *loop;
} queue;

static void make_ready(struct flow *f)
{
	if (f->ready)
		return;
	f->ready = true;
	f->ready_next = NULL;
	*queue.last = f;
	queue.last = &f->ready_next;
	loop_again(queue.loop);
}

static void unqueue(struct flow *f)
{
	struct flow **at = &queue.first;

	if (!f->ready)
		return;
	while (*at != f)
		at = &(*at)->ready_next;
	*at = f->ready_next;
	if (queue.last == &f->ready_next)
		queue.last = at;
	f->ready = false;
}

struct flow *flow_new(struct loop *l, const struct stage *table,
		      const struct flow_owner *owner)
{
	struct arena *a = arena_new();
	struct flow *f = arena_alloc(a, sizeof(*f));

	f->arena = a;
	f->loop = l;
	f->stage = table;
	f->owner = owner;
	metric_add(METRIC_FLOWS, 1);
	return f;
}

void flow_start(struct flow *f)
{
	make_ready(f);
}

static void release(struct flow *f)
{
	for (struct ticket *t = f->tickets, *next; t != NULL; t = next) {
		next = t->next;
		t->flow = NULL;
		t->link = NULL;
	}
	unqueue(f);
	timer_stop(&f->deadline);
	metric_add(METRIC_FLOWS, -1);
	arena_free(f->arena);
}

void flow_leave(struct flow *f)
{
	must(!f->running);
	release(f);
}

static void end(struct flow *f)
{
	f->owner->ended(f);
	release(f);
}

static void run(struct flow *f)
{
	enum step s = NEXT;

	f->running = true;
	while (f->failure == FAIL_NONE && s == NEXT && f->stage->run != NULL) {
		const struct stage *now = f->stage++;

		s = now->run(f);
		if (s == WAIT && f->waiting == 0)
			s = NEXT;
	}
	f->running = false;
	if (f->failure != FAIL_NONE) {
		f->owner->failed(f, f->failure);
		s = DONE;
	}
	if (s == DONE) {
		end(f);
		return;
	}
	must(s == WAIT); /* a table whose last stage says NEXT is a defect */
}

static void run_ready(void *arg)
{
	struct flow *f;

	(void)arg;
	while ((f = queue.first) != NULL) {
		unqueue(f);
		run(f);
	}
}

void flow_init(struct loop *l)
{
	queue.first = NULL;
	queue.last = &queue.first;
	queue.loop = l;
	loop_at_run(l, run_ready, NULL);
}

static void deadline_passed(void *arg)
{
	struct flow *f = arg;

	f->failure = FAIL_DEADLINE;
	make_ready(f);
}

void flow_deadline(struct flow *f, int64_t ms)
{
	timer_start(f->loop, &f->deadline, ms, deadline_passed, f);
}

const char *flow_stage_name(const struct flow *f)
{
	return f->stage->name ? f->stage->name : "end";
}

void flow_continue(struct flow *f, const struct stage *table)
{
	f->stage = table;
}

struct ticket *ticket_new(struct flow *f)
{
	struct ticket *t = must_alloc(sizeof(*t));

	t->flow = f;
	t->next = f->tickets;
	t->link = &f->tickets;
	if (t->next != NULL)
		t->next->link = &t->next;
	f->tickets = t;
	f->waiting++;
	return t;
}

struct flow *ticket_flow(const struct ticket *t)
{
	return t->flow;
}

static void close_ticket(struct ticket *t, enum failure why)
{
	struct flow *f = t->flow;

	if (f != NULL) {
		*t->link = t->next;
		if (t->next != NULL)
			t->next->link = t->link;
		if (why != FAIL_NONE && f->failure == FAIL_NONE)
			f->failure = why;
		f->waiting--;
		if ((f->waiting == 0 || f->failure != FAIL_NONE) && !f->running)
			make_ready(f);
	}
	free(t);
}

void ticket_answered(struct ticket *t)
{
	close_ticket(t, FAIL_NONE);
}

void ticket_failed(struct ticket *t, enum failure why)
{
	must(why != FAIL_NONE);
	close_ticket(t, why);
}
