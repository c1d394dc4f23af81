/* os: children hold nothing they were not given and die with their master;
 * signals wait; sockets tell who is there already; systemd is told.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "os/listen.h"
#include "os/notify.h"
#include "os/proc.h"
#include "os/signals.h"

enum { PATIENCE_MS = 5000 };

static bool reaped(struct ended *e)
{
	int64_t until = clock_mono_ms() + PATIENCE_MS;

	while (!proc_reap(e)) {
		if (clock_mono_ms() > until)
			return false;
		poll(NULL, 0, 5);
	}
	return true;
}

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) != -1;
}

static void a_child_holds_what_it_was_given_alone(void **state)
{
	int fd[2], others[2];
	struct ended e;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(fd), 0);
	assert_int_equal(pipe(others), 0);
	pid = proc_fork((const int[]){ others[1], fd[1] }, 2);
	if (pid == 0)
		_exit(is_open(fd[1]) && is_open(others[1]) && !is_open(fd[0]) &&
				      !is_open(others[0]) && is_open(2) ?
			      7 :
			      1);
	assert_true(pid > 0);
	assert_true(reaped(&e));
	assert_int_equal(e.pid, pid);
	assert_int_equal(e.code, 7);
	assert_int_equal(e.signal, 0);
	for (int i = 0; i < 2; i++) {
		close(fd[i]);
		close(others[i]);
	}
}

static void a_signal_that_ended_it_is_told(void **state)
{
	pid_t pid = proc_fork(NULL, 0);
	struct ended e;

	(void)state;
	if (pid == 0)
		for (;;)
			pause();
	assert_false(proc_reap(&e));
	kill(pid, SIGKILL);
	assert_true(reaped(&e));
	assert_int_equal(e.signal, SIGKILL);
	assert_int_equal(e.code, -1);
}

/* faults-F40: no orphan */
static void a_child_dies_with_its_master(void **state)
{
	int fd[2];
	char c;
	pid_t master;

	(void)state;
	assert_int_equal(pipe(fd), 0);
	master = fork();
	if (master == 0) {
		pid_t child = proc_fork(&fd[1], 1);

		if (child == 0)
			for (;;)
				pause();
		close(fd[1]);
		for (;;)
			pause();
	}
	close(fd[1]);
	poll(NULL, 0, 50); /* most often the child is there; if not, it ends itself */
	kill(master, SIGKILL);
	waitpid(master, NULL, 0);
	/* the pipe ends when nobody holds it any more */
	assert_int_equal(
		poll(&(struct pollfd){ .fd = fd[0], .events = POLLIN }, 1, PATIENCE_MS), 1);
	assert_int_equal(read(fd[0], &c, 1), 0);
	close(fd[0]);
}

static void shared_memory_is_shared_and_zeroed(void **state)
{
	int64_t *cell = proc_shared(3 * sizeof(*cell));
	struct ended e;
	pid_t pid;

	(void)state;
	assert_int_equal(cell[0] | cell[1] | cell[2], 0);
	pid = proc_fork(NULL, 0);
	if (pid == 0) {
		cell[1] = 42;
		_exit(0);
	}
	assert_true(reaped(&e));
	assert_int_equal(cell[1], 42);
}

/* In a child: what is given up here could not be taken back. */
static void locked_down_leaves_no_core(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (pid == 0) {
		proc_lock_down();
		_exit(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 7 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), 7);
}

struct caught {
	struct loop *loop;
	int number[4], n;
};

static void catch_signal(void *arg, int number)
{
	struct caught *c = arg;

	c->number[c->n++] = number;
	if (number == SIGTERM)
		loop_stop(c->loop);
}

static void signals_wait_for_the_loop(void **state)
{
	struct caught c = { .loop = loop_new() };
	struct signals s;

	(void)state;
	signals_hold();
	raise(SIGHUP);
	raise(SIGHUP); /* the same, still pending */
	raise(SIGPIPE);
	raise(SIGTERM);
	signals_start(c.loop, &s, catch_signal, &c);
	loop_run(c.loop);
	assert_int_equal(c.n, 2);
	assert_int_equal(c.number[0], SIGHUP);
	assert_int_equal(c.number[1], SIGTERM);
	signals_stop(&s);
	loop_free(c.loop);
}

static struct sockaddr_in loopback(int port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
				     .sin_port = htons((uint16_t)port) };
}

static void one_address_for_many_but_not_for_strangers(void **state)
{
	struct sockaddr_in a = loopback(0);
	socklen_t n = sizeof(a);
	int first, second;

	(void)state;
	first = listen_tcp((struct sockaddr *)&a, n, false);
	assert_true(first >= 0);
	assert_int_equal(getsockname(first, (struct sockaddr *)&a, &n), 0);
	second = listen_tcp((struct sockaddr *)&a, n, false);
	assert_true(second >= 0);
	assert_int_equal(listen_tcp((struct sockaddr *)&a, n, true), -1);
	assert_int_equal(errno, EADDRINUSE);
	close(first);
	close(second);
	first = listen_tcp((struct sockaddr *)&a, n, true);
	assert_true(first >= 0);
	close(first);
}

static void a_stale_unix_socket_is_taken_away(void **state)
{
	char folder[] = "/tmp/selfinfo-os.XXXXXX", path[64], file[64];
	struct stat st;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/socket", folder);
	snprintf(file, sizeof(file), "%s/file", folder);
	fd = listen_unix(path, 0660);
	assert_true(fd >= 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	assert_int_equal(listen_unix(path, 0660), -1);
	assert_int_equal(errno, EADDRINUSE);
	close(fd);
	fd = listen_unix(path, 0600);
	assert_true(fd >= 0);
	close(fd);
	close(open(file, O_CREAT | O_WRONLY, 0600));
	assert_int_equal(listen_unix(file, 0600), -1); /* never a plain file */
	assert_int_equal(stat(file, &st), 0);
	unlink(path);
	unlink(file);
	rmdir(folder);
}

static void systemd_is_told_when_it_asks(void **state)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	char name[64], text[64] = "";
	socklen_t n;

	(void)state;
	notify_systemd("READY=1"); /* nobody asked: nothing happens */
	snprintf(name, sizeof(name), "@selfinfo-os-test-%d", (int)getpid());
	memcpy(at.sun_path, name, strlen(name));
	at.sun_path[0] = '\0';
	n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
	assert_int_equal(bind(fd, (struct sockaddr *)&at, n), 0);
	setenv("NOTIFY_SOCKET", name, 1);
	notify_systemd("READY=1\nSTATUS=%d workers", 3);
	assert_int_equal(recv(fd, text, sizeof(text) - 1, 0), 24);
	assert_string_equal(text, "READY=1\nSTATUS=3 workers");
	unsetenv("NOTIFY_SOCKET");
	close(fd);
}

static void the_watchdog_is_for_its_process(void **state)
{
	char pid[16];

	(void)state;
	assert_int_equal(notify_watchdog_ms(), 0);
	setenv("WATCHDOG_USEC", "30000000", 1);
	assert_int_equal(notify_watchdog_ms(), 30000);
	setenv("WATCHDOG_PID", "1", 1);
	assert_int_equal(notify_watchdog_ms(), 0);
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("WATCHDOG_PID", pid, 1);
	assert_int_equal(notify_watchdog_ms(), 30000);
	setenv("WATCHDOG_USEC", "soon", 1);
	assert_int_equal(notify_watchdog_ms(), 0);
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_child_holds_what_it_was_given_alone),
		cmocka_unit_test(a_signal_that_ended_it_is_told),
		cmocka_unit_test(a_child_dies_with_its_master),
		cmocka_unit_test(shared_memory_is_shared_and_zeroed),
		cmocka_unit_test(locked_down_leaves_no_core),
		cmocka_unit_test(one_address_for_many_but_not_for_strangers),
		cmocka_unit_test(a_stale_unix_socket_is_taken_away),
		cmocka_unit_test(systemd_is_told_when_it_asks),
		cmocka_unit_test(the_watchdog_is_for_its_process),
		cmocka_unit_test(signals_wait_for_the_loop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
