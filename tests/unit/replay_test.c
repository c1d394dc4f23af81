/* replay: a proof id passes once among all workers, is kept long enough, and
 * what does not fit is refused. Workers are real processes here; the clock of
 * the spans is turned by hand. Source: oauth-D5.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "jose/replay.h"

enum { ENTRIES = 32768, WORKERS = 4, IDS = 20000, ROUNDS = 3000 };

#define BASE STR("https://gateway.example")
#define PATH STR("/token")

/* Shared by the test and its workers. */
struct ground {
	_Atomic int64_t now; /* of the spans' clock, ms */
	int64_t step;        /* it moves by itself at each reading */
	_Atomic uint32_t ready, wins[IDS];
};

static struct ground *ground;
static const uint8_t key[SHA256_LEN] = { 1 }, key2[SHA256_LEN] = { 2 };

static int64_t turned_clock(void)
{
	return atomic_fetch_add(&ground->now, ground->step);
}

static int make_ground(void **state)
{
	(void)state;
	ground = mmap(NULL, sizeof(*ground), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(ground, MAP_FAILED);
	ground->now = 5 * REPLAY_SPAN_MS;
	log_to(open("/dev/null", O_WRONLY | O_CLOEXEC));
	replay_clock(turned_clock);
	replay_share(ENTRIES - 1000);
	return 0;
}

/* Every test begins with empty tables: two spans later. */
static int begin(void **state)
{
	(void)state;
	ground->step = 0;
	ground->now = (ground->now / REPLAY_SPAN_MS + 3) * REPLAY_SPAN_MS;
	ground->ready = 0;
	for (int i = 0; i < IDS; i++)
		ground->wins[i] = 0;
	return 0;
}

static bool first(struct str jti)
{
	return replay_first(key, jti, BASE, PATH);
}

static bool first_number(uint32_t i)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "n%u", i);

	return first((struct str){ text, (size_t)n });
}

static void an_id_passes_once(void **state)
{
	(void)state;
	assert_true(first(STR("a")));
	assert_false(first(STR("a")));
	assert_false(first(STR("a")));
}

/* key, jti and address make the id; none can stand for another */
static void other_keys_ids_and_addresses_are_others(void **state)
{
	(void)state;
	assert_true(replay_first(key, STR("a"), BASE, STR("/b")));
	assert_true(replay_first(key2, STR("a"), BASE, STR("/b")));
	assert_true(replay_first(key, STR("b"), BASE, STR("/b")));
	assert_true(replay_first(key, STR("a"), BASE, STR("/c")));
	assert_true(replay_first(key, STR("a"), STR("https://b"), STR("/b")));
	assert_true(replay_first(key, STR("ah"), STR("ttps://b"), STR("/b")));
	assert_false(replay_first(key, STR("a"), BASE, STR("/b")));
}

/* A proof can pass for 90 s at most: 30 s before to 60 s after its iat. */
static void an_id_is_kept_for_ninety_seconds(void **state)
{
	(void)state;
	for (int64_t at = 0; at < REPLAY_SPAN_MS; at += 1000) {
		int64_t start;

		begin(state);
		start = ground->now + at;
		ground->now = start;
		assert_true(first(STR("a")));
		for (int64_t t = 0; t <= 90000; t += 10000) {
			ground->now = start + t;
			assert_false(first(STR("a")));
		}
	}
}

static void an_id_is_forgotten_after_two_spans(void **state)
{
	(void)state;
	assert_true(first(STR("a")));
	ground->now += 2 * REPLAY_SPAN_MS;
	assert_true(first(STR("a")));
	assert_false(first(STR("a")));
}

static void a_second_share_keeps_the_memory(void **state)
{
	(void)state;
	assert_true(first(STR("a")));
	replay_share(100);
	assert_false(first(STR("a")));
}

static void a_full_memory_refuses(void **state)
{
	uint32_t n = 0, more = 0;

	(void)state;
	while (n < 2 * ENTRIES && first_number(n))
		n++;
	assert_in_range(n, ENTRIES / 2, ENTRIES);
	for (uint32_t i = 0; i < 4 * ENTRIES; i++)
		more += first_number(n + 1 + i);
	assert_in_range(n + more, ENTRIES * 9 / 10, ENTRIES);
	assert_false(first_number(0)); /* still known */
	assert_false(first_number(n / 2));
	ground->now += REPLAY_SPAN_MS; /* the other table has room */
	assert_true(first(STR("new")));
	assert_false(first_number(0));
	ground->now += REPLAY_SPAN_MS;
	assert_false(first_number(0)); /* the replay counts as seen, too */
	assert_true(first_number(1));
}

static void wait_for_all(uint32_t target)
{
	atomic_fetch_add(&ground->ready, 1);
	while (atomic_load(&ground->ready) < target)
		sched_yield();
}

static void in_workers(void (*work)(void))
{
	pid_t pid[WORKERS];
	int status;

	for (int i = 0; i < WORKERS; i++) {
		pid[i] = fork();
		assert_true(pid[i] >= 0);
		if (pid[i] == 0) {
			work();
			_exit(0);
		}
	}
	for (int i = 0; i < WORKERS; i++) {
		assert_int_equal(waitpid(pid[i], &status, 0), pid[i]);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
}

static void try_every_id(void)
{
	wait_for_all(WORKERS);
	for (uint32_t i = 0; i < IDS; i++)
		if (first_number(i))
			atomic_fetch_add(&ground->wins[i], 1);
}

static void among_workers_exactly_one_wins(void **state)
{
	(void)state;
	in_workers(try_every_id);
	for (int i = 0; i < IDS; i++)
		assert_int_equal(ground->wins[i], 1);
}

static void try_in_step(void)
{
	for (uint32_t i = 0; i < ROUNDS; i++) {
		wait_for_all((i + 1) * WORKERS);
		if (first_number(i))
			atomic_fetch_add(&ground->wins[i], 1);
	}
}

/* Each reading of the clock moves it by a ninth of a span, so that in most
 * rounds the span changes between the workers' steps; who spans it may lose
 * together with the others, but two never win. */
static void at_the_edge_of_a_span_two_never_win(void **state)
{
	uint32_t won = 0;

	(void)state;
	ground->step = REPLAY_SPAN_MS / 9;
	in_workers(try_in_step);
	for (int i = 0; i < ROUNDS; i++) {
		assert_in_range(ground->wins[i], 0, 1);
		won += ground->wins[i];
	}
	print_message("%u of %d rounds had a winner\n", won, ROUNDS);
	assert_in_range(won, ROUNDS / 2, ROUNDS);
}

static void alone_at_the_edge_of_a_span_one_wins(void **state)
{
	(void)state;
	ground->step = REPLAY_SPAN_MS * 2 / 5;
	for (uint32_t i = 0; i < 1000; i++)
		assert_true(first_number(i));
}

static int held_at; /* which reading of the first worker waits */
static bool second_comes, second_won;

/* The first worker is held up at a reading while a span passes; a second
 * worker may come and go with the same id. */
static int64_t clock_that_holds_up(void)
{
	int64_t before = ground->now;

	if (held_at-- != 0)
		return before;
	ground->now += REPLAY_SPAN_MS;
	if (second_comes)
		second_won = first(STR("a"));
	return before;
}

static void hold_up(int reading, bool second, bool *first_won)
{
	ground->now += REPLAY_SPAN_MS - 1;
	held_at = reading;
	second_comes = second;
	second_won = false;
	replay_clock(clock_that_holds_up);
	*first_won = first(STR("a"));
	replay_clock(turned_clock);
}

static void a_worker_held_up_before_it_wrote_does_not_win_too(void **state)
{
	bool first_won;

	(void)state;
	hold_up(0, true, &first_won);
	assert_true(second_won);
	assert_false(first_won);
}

static void a_worker_held_up_after_it_wrote_is_the_only_one(void **state)
{
	bool first_won;

	(void)state;
	hold_up(1, true, &first_won);
	assert_false(second_won);
	(void)first_won; /* either is safe: the id is spent */
	assert_false(first(STR("a")));
}

static void what_a_worker_held_up_wrote_is_kept_as_long(void **state)
{
	bool first_won;

	(void)state;
	hold_up(0, false, &first_won);
	assert_true(first_won);
	ground->now += 90000;
	assert_false(first(STR("a")));
}

static void use_one_id(void)
{
	if (!first(STR("a")))
		_exit(1);
}

static void a_worker_that_ended_leaves_its_ids(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	assert_true(pid >= 0);
	if (pid == 0) {
		use_one_id();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_false(first(STR("a")));
}

#define T(id, function)                                        \
	{                                                      \
		id ": " #function, function, begin, NULL, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T("oauth-D5", an_id_passes_once),
		T("oauth-D5", other_keys_ids_and_addresses_are_others),
		T("oauth-D5", an_id_is_kept_for_ninety_seconds),
		T("oauth-D5", an_id_is_forgotten_after_two_spans),
		T("oauth-D5", a_second_share_keeps_the_memory),
		T("oauth-D5", a_full_memory_refuses),
		T("oauth-D5", among_workers_exactly_one_wins),
		T("oauth-D5", at_the_edge_of_a_span_two_never_win),
		T("oauth-D5", alone_at_the_edge_of_a_span_one_wins),
		T("oauth-D5", a_worker_held_up_before_it_wrote_does_not_win_too),
		T("oauth-D5", a_worker_held_up_after_it_wrote_is_the_only_one),
		T("oauth-D5", what_a_worker_held_up_wrote_is_kept_as_long),
		T("oauth-D5", a_worker_that_ended_leaves_its_ids),
	};

	return cmocka_run_group_tests(tests, make_ground, NULL);
}
