/* ops: the board's rows and sums, health's judgement, and the control socket
 * with askers who are slow, rude or gone.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "ops/board.h"
#include "ops/control.h"
#include "ops/health.h"
#include "os/listen.h"

/* A worker that ends takes its gauges along; what it counted stays. */
static void counters_outlive_their_worker(void **state)
{
	struct board *b = board_new(2);
	struct board_row *one = board_take(b), *two = board_take(b);

	(void)state;
	assert_null(board_take(b));
	one->cell[METRIC_HTTP_REQUESTS] = 5;
	two->cell[METRIC_HTTP_REQUESTS] = 7;
	one->cell[METRIC_CONNECTIONS] = 3;
	one->cell[METRIC_LOOP_PASS_MAX_MS] = 9;
	two->cell[METRIC_LOOP_PASS_MAX_MS] = 4;
	assert_int_equal(board_sum(b, METRIC_HTTP_REQUESTS), 12);
	assert_int_equal(board_sum(b, METRIC_LOOP_PASS_MAX_MS), 9);
	assert_int_equal(board_sum(b, METRIC_CONNECTIONS), 3);
	board_give(b, one);
	assert_int_equal(board_sum(b, METRIC_HTTP_REQUESTS), 12);
	assert_int_equal(board_sum(b, METRIC_LOOP_PASS_MAX_MS), 9);
	assert_int_equal(board_sum(b, METRIC_CONNECTIONS), 0);
	one = board_take(b);
	assert_non_null(one);
	assert_int_equal(one->cell[METRIC_HTTP_REQUESTS], 0);
	assert_int_equal(one->agencies, -1);
	close(b->wake);
}

static const struct health well = {
	.workers_wanted = 2,
	.workers_serving = 2,
	.database = true,
	.crl_age_s = 60,
	.cards = true,
	.certificate_ms = 90 * CLOCK_DAY_MS,
};

static size_t troubles(const struct health *h)
{
	json_t *list = health_trouble(h);
	size_t n = json_array_size(list);

	json_decref(list);
	return n;
}

static void what_is_well_has_no_trouble(void **state)
{
	(void)state;
	assert_true(health_is_ready(&well));
	assert_int_equal(troubles(&well), 0);
}

static void each_needed_check_holds_up_readiness(void **state)
{
	struct health h;

	(void)state;
	h = well, h.database = false;
	assert_false(health_is_ready(&h));
	h = well, h.crl_age_s = -1;
	assert_false(health_is_ready(&h));
	h.cards = false;
	assert_true(health_is_ready(&h));
	h = well, h.certificate_ms = -1;
	assert_false(health_is_ready(&h));
	assert_int_equal(troubles(&h), 1); /* not: expires soon, too */
	h = well, h.stopping = true;
	assert_false(health_is_ready(&h));
	h = well, h.workers_serving = 0;
	assert_false(health_is_ready(&h));
	assert_int_equal(troubles(&h), 1);
}

static void lesser_trouble_is_told_only(void **state)
{
	struct health h;

	(void)state;
	h = well, h.workers_serving = 1;
	assert_true(health_is_ready(&h));
	assert_int_equal(troubles(&h), 1);
	h = well, h.certificate_ms = 3 * CLOCK_DAY_MS;
	assert_true(health_is_ready(&h));
	assert_int_equal(troubles(&h), 1);
	h = well, h.reload_failed = true;
	assert_true(health_is_ready(&h));
	assert_int_equal(troubles(&h), 1);
}

/* The control socket on a loop, asked from the same process. */
static struct ground {
	char folder[64], path[96];
	struct loop *loop;
	struct control *control;
	int fd;
	struct asker *later; /* asked "later", not answered */
	int gone;
	struct timer turn;
} ground;

static void asked(void *arg, struct asker *who, const char *command, json_t *question)
{
	static char large[300000];

	(void)arg;
	memset(large, 'x', sizeof(large));
	if (strcmp(command, "later") == 0)
		ground.later = who;
	else if (strcmp(command, "large") == 0)
		control_answer(who, json_pack("{s:s%}", "text", large, sizeof(large)));
	else if (strcmp(command, "no") == 0)
		control_refuse(who, STR("not so"));
	else
		control_answer(who, json_pack("{s:O?}", "echo",
					      json_object_get(question, "value")));
}

static void gone(void *arg, struct asker *who)
{
	(void)arg;
	if (ground.later == who)
		ground.later = NULL;
	ground.gone++;
}

static const struct control_handler handler = { asked, gone };

static int open_ground(void **state)
{
	(void)state;
	strcpy(ground.folder, "/tmp/selfinfo-ops.XXXXXX");
	if (mkdtemp(ground.folder) == NULL)
		return -1;
	snprintf(ground.path, sizeof(ground.path), "%s/socket", ground.folder);
	ground.fd = listen_unix(ground.path, 0660);
	ground.loop = loop_new();
	ground.control = control_new(ground.loop, ground.fd, &handler, NULL);
	ground.gone = 0;
	ground.later = NULL;
	return ground.fd >= 0 ? 0 : -1;
}

static int close_ground(void **state)
{
	(void)state;
	control_free(ground.control);
	timer_stop(&ground.turn);
	loop_free(ground.loop);
	close(ground.fd);
	unlink(ground.path);
	rmdir(ground.folder);
	return 0;
}

static void stop(void *arg)
{
	(void)arg;
	loop_stop(ground.loop);
}

static void turn(int64_t ms)
{
	timer_start(ground.loop, &ground.turn, ms, stop, NULL);
	loop_run(ground.loop);
}

static int join(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	memcpy(at.sun_path, ground.path, strlen(ground.path));
	assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

static void say(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* What has come until `bytes` are there or two seconds are over. */
static struct str hear(int fd, size_t bytes)
{
	static char text[400000];
	int64_t until = clock_mono_ms() + 2000;
	size_t n = 0;

	while (n < bytes && clock_mono_ms() < until) {
		ssize_t got;

		turn(2);
		got = recv(fd, text + n, sizeof(text) - n, 0);
		if (got == 0)
			break;
		if (got > 0)
			n += (size_t)got;
	}
	return (struct str){ text, n };
}

static void a_line_for_a_line(void **state)
{
	int fd = join();

	(void)state;
	say(fd, "{\"command\":\"echo\",\"value\":7}\n");
	assert_true(str_is(hear(fd, 21), "{\"echo\":7,\"ok\":true}\n"));
	say(fd, "{\"command\":\"no\"}\n");
	assert_true(str_is(hear(fd, 30), "{\"ok\":false,\"error\":\"not so\"}\n"));
	say(fd, "{\"command\":\"echo\",\"value\":1}\n{\"command\":\"echo\",\"value\":2}\n");
	assert_true(str_is(hear(fd, 42),
			   "{\"echo\":1,\"ok\":true}\n{\"echo\":2,\"ok\":true}\n"));
	close(fd);
}

static void rude_askers_are_refused_or_left(void **state)
{
	int fd = join();
	char *much = must_alloc(10001);

	(void)state;
	say(fd, "not json\n");
	assert_true(str_starts(hear(fd, 20), "{\"ok\":false"));
	say(fd, "{\"command\":1}\n");
	assert_true(str_starts(hear(fd, 20), "{\"ok\":false"));
	memset(much, 'x', 10000);
	much[10000] = '\0';
	say(fd, much);
	assert_int_equal(hear(fd, 1).n, 0); /* closed */
	free(much);
	close(fd);
	fd = join();
	say(fd, "{\"command\":\"ec"); /* leaves in mid-line */
	close(fd);
	turn(20);
	assert_int_equal(ground.gone, 0);
}

static void an_answer_may_come_later(void **state)
{
	int fd = join();

	(void)state;
	say(fd, "{\"command\":\"later\"}\n{\"command\":\"echo\",\"value\":3}\n");
	turn(20);
	assert_non_null(ground.later);
	control_answer(ground.later, json_object());
	/* and what was asked behind it follows */
	assert_true(str_is(hear(fd, 33), "{\"ok\":true}\n{\"echo\":3,\"ok\":true}\n"));
	close(fd);
}

static void who_leaves_before_is_told_of(void **state)
{
	int fd = join();

	(void)state;
	say(fd, "{\"command\":\"later\"}\n");
	turn(20);
	assert_non_null(ground.later);
	close(fd);
	turn(20);
	assert_int_equal(ground.gone, 1);
	assert_null(ground.later);
}

static void a_long_answer_is_written_as_it_is_read(void **state)
{
	int fd = join();

	(void)state;
	say(fd, "{\"command\":\"large\"}\n");
	assert_int_equal(hear(fd, 300022).n, 300022);
	close(fd);
}

static void many_askers_wait_their_turn(void **state)
{
	int fd[40];

	(void)state;
	for (size_t i = 0; i < COUNT(fd); i++) {
		fd[i] = join();
		say(fd[i], "{\"command\":\"echo\",\"value\":0}\n");
	}
	assert_int_equal(hear(fd[31], 21).n, 21);
	for (size_t i = 0; i < 10; i++)
		close(fd[i]);
	assert_int_equal(hear(fd[39], 21).n, 21);
	for (size_t i = 10; i < COUNT(fd); i++)
		close(fd[i]);
}

int main(void)
{
#define ON_GROUND(test) cmocka_unit_test_setup_teardown(test, open_ground, close_ground)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counters_outlive_their_worker),
		cmocka_unit_test(what_is_well_has_no_trouble),
		cmocka_unit_test(each_needed_check_holds_up_readiness),
		cmocka_unit_test(lesser_trouble_is_told_only),
		ON_GROUND(a_line_for_a_line),
		ON_GROUND(rude_askers_are_refused_or_left),
		ON_GROUND(an_answer_may_come_later),
		ON_GROUND(who_leaves_before_is_told_of),
		ON_GROUND(a_long_answer_is_written_as_it_is_read),
		ON_GROUND(many_askers_wait_their_turn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
