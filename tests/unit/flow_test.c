/* flow: stages in order, waiting, failing, leaving.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "flow/flow.h"

static struct loop *loop;
static char story[64];
static struct ticket *ticket[2];
static enum failure failed_with;
static int ended;

static void tell(const char *word)
{
	size_t told = strlen(story);
	int n = snprintf(story + told, sizeof(story) - told, "%s ", word);

	assert_in_range(n, 1, sizeof(story) - told - 1);
}

static void on_failed(struct flow *f, enum failure why)
{
	(void)f;
	failed_with = why;
}

static void on_ended(struct flow *f)
{
	(void)f;
	ended++;
	loop_stop(loop);
}

static const struct flow_owner owner = { on_failed, on_ended };

static enum step ask_two(struct flow *f)
{
	tell("ask");
	ticket[0] = ticket_new(f);
	ticket[1] = ticket_new(f);
	return WAIT;
}

static enum step go_on(struct flow *f)
{
	(void)f;
	tell("next");
	return NEXT;
}

static enum step wait_for_nothing(struct flow *f)
{
	(void)f;
	tell("nothing");
	return WAIT;
}

static enum step finish(struct flow *f)
{
	(void)f;
	tell("done");
	return DONE;
}

static const struct stage table[] = { { "ask", ask_two },
				      { "nothing", wait_for_nothing },
				      { "next", go_on },
				      { "done", finish },
				      { NULL, NULL } };

static int fresh(void **state)
{
	(void)state;
	loop = loop_new();
	flow_init(loop);
	story[0] = '\0';
	failed_with = FAIL_NONE;
	ended = 0;
	return 0;
}

static int gone(void **state)
{
	(void)state;
	loop_free(loop);
	return 0;
}

static struct timer later;

static void answer_both(void *arg)
{
	(void)arg;
	tell("one");
	ticket_answered(ticket[0]);
	tell("two");
	ticket_answered(ticket[1]);
}

static void goes_on_when_all_is_answered(void **state)
{
	(void)state;
	flow_start(flow_new(loop, table, &owner));
	timer_start(loop, &later, 1, answer_both, NULL);
	loop_run(loop);
	timer_stop(&later);
	assert_string_equal(story, "ask one two nothing next done ");
	assert_int_equal(ended, 1);
	assert_int_equal(failed_with, FAIL_NONE);
}

static void fail_one(void *arg)
{
	(void)arg;
	ticket_failed(ticket[1], FAIL_DATABASE);
}

/* the other answer comes late and falls on nothing */
static void a_needed_failure_ends_before_the_next_stage(void **state)
{
	(void)state;
	flow_start(flow_new(loop, table, &owner));
	timer_start(loop, &later, 1, fail_one, NULL);
	loop_run(loop);
	timer_stop(&later);
	assert_string_equal(story, "ask ");
	assert_int_equal(failed_with, FAIL_DATABASE);
	assert_int_equal(ended, 1);
	assert_null(ticket_flow(ticket[0]));
	ticket_answered(ticket[0]);
}

static void leave_it(void *arg)
{
	flow_leave(arg);
	loop_stop(loop);
}

static void a_flow_that_is_left_is_freed_and_its_tickets_know(void **state)
{
	struct flow *f = flow_new(loop, table, &owner);

	(void)state;
	flow_start(f);
	timer_start(loop, &later, 1, leave_it, f);
	loop_run(loop);
	timer_stop(&later);
	assert_int_equal(ended, 0);
	assert_null(ticket_flow(ticket[0]));
	assert_null(ticket_flow(ticket[1]));
	ticket_answered(ticket[0]);
	ticket_failed(ticket[1], FAIL_DATABASE);
}

static void the_deadline_ends_a_flow_that_waits(void **state)
{
	struct flow *f = flow_new(loop, table, &owner);

	(void)state;
	flow_start(f);
	flow_deadline(f, 1);
	loop_run(loop);
	assert_int_equal(failed_with, FAIL_DEADLINE);
	assert_string_equal(story, "ask ");
	ticket_answered(ticket[0]);
	ticket_answered(ticket[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(goes_on_when_all_is_answered, fresh, gone),
		cmocka_unit_test_setup_teardown(a_needed_failure_ends_before_the_next_stage,
						fresh, gone),
		cmocka_unit_test_setup_teardown(
			a_flow_that_is_left_is_freed_and_its_tickets_know, fresh, gone),
		cmocka_unit_test_setup_teardown(the_deadline_ends_a_flow_that_waits, fresh,
						gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
