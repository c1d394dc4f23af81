/* master: starts, watches, replaces and ends workers. A dead worker is replaced
 * at once, one that dies soon again later and later, up to 5 s; one whose loop
 * stands still is ended. The first start waits for the database to answer,
 * because only then it is known that its schema fits (faults-F14).
 * Called by main. Exit codes: 0 after a drain, 1, 78.
 * SPDX-License-Identifier: Apache-2.0 */
#include "master.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "jose/dpop.h"
#include "os/listen.h"
#include "os/notify.h"
#include "os/proc.h"
#include "signin/signin.h"

enum {
	TICK_MS = 200,
	STUCK_MS = 10000,  /* without a heartbeat */
	SETTLED_MS = 1000, /* who lived so long did not fail at its start */
	BACKOFF_FIRST_MS = 100,
	BACKOFF_MOST_MS = 5000,
	START_AGAIN_MS = 1000,
	GENERATIONS = 8, /* of workers that may drain at a time */
	REPLAY_ENTRIES = 1 << 20
};

bool worker_serves(const struct worker_proc *w)
{
	return w != NULL && w->row->state == WORKER_SERVING;
}

struct worker_proc *worker_start(struct master *m, size_t slot, const struct setup *s)
{
	struct board_row *row = board_take(m->board);
	int keep[CONF_LIST_MAX + 1];
	struct worker_proc *w;
	pid_t pid;

	if (row == NULL)
		return NULL;
	for (size_t i = 0; i < m->listeners; i++)
		keep[i] = m->slot[slot].listener[i];
	keep[m->listeners] = m->board->wake;
	pid = proc_fork(keep, m->listeners + 1);
	if (pid == 0)
		worker_run(&(struct place){ .setup = s,
					    .board = m->board,
					    .row = row,
					    .slot = slot,
					    .listener = m->slot[slot].listener,
					    .listeners = m->listeners });
	if (pid < 0) {
		log_event(LOG_ERROR, "fork_failed", log_number("errno", errno));
		board_give(m->board, row);
		return NULL;
	}
	w = must_alloc(sizeof(*w));
	*w = (struct worker_proc){ .next = m->workers,
				   .pid = pid,
				   .slot = slot,
				   .row = row,
				   .started = clock_mono_ms() };
	m->workers = w;
	log_event(LOG_INFO, "worker_started", log_number("worker", (int64_t)slot),
		  log_number("pid", pid));
	return w;
}

void worker_drain(struct master *m, struct worker_proc *w)
{
	if (w->kill_at != 0)
		return;
	w->kill_at = clock_mono_ms() + m->setup->conf->drain_ms;
	kill(w->pid, SIGTERM);
}

static void fill_slot(void *arg)
{
	struct slot *s = arg;
	struct master *m = s->master;

	if (s->current != NULL || m->stopping)
		return;
	s->current = worker_start(m, (size_t)(s - m->slot), m->setup);
	if (s->current == NULL)
		timer_start(m->loop, &s->again, BACKOFF_FIRST_MS, fill_slot, s);
}

static int64_t backoff(struct slot *s, int64_t lived)
{
	int64_t ms;

	if (lived >= SETTLED_MS)
		s->failures = 0;
	ms = s->failures == 0 ? 0 : (int64_t)BACKOFF_FIRST_MS << s->failures;
	if (s->failures < 6)
		s->failures++;
	return ms < BACKOFF_MOST_MS ? ms : BACKOFF_MOST_MS;
}

static void lost(struct master *m, struct worker_proc *w, const struct ended *e)
{
	struct slot *s = &m->slot[w->slot];
	bool asked = w->kill_at != 0 && e->code == 0;

	log_event(asked ? LOG_INFO : LOG_ERROR, "worker_ended",
		  log_number("worker", (int64_t)w->slot), log_number("pid", w->pid),
		  log_number("signal", e->signal), log_number("code", e->code));
	if (s->current != w)
		return;
	s->current = NULL;
	if (e->code == CONF_EXIT && !m->told_ready) {
		m->code = CONF_EXIT; /* another try would end the same way */
		master_stop(m);
	} else if (!m->stopping) {
		timer_start(m->loop, &s->again, backoff(s, clock_mono_ms() - w->started),
			    fill_slot, s);
	}
}

static void worker_ended(struct master *m, const struct ended *e)
{
	struct worker_proc **at = &m->workers, *w;

	while (*at != NULL && (*at)->pid != e->pid)
		at = &(*at)->next;
	w = *at;
	if (w == NULL)
		return;
	*at = w->next;
	board_give(m->board, w->row);
	lost(m, w, e);
	if (w->coming)
		reload_lost(m, w);
	free(w);
	if (m->stopping && m->workers == NULL)
		loop_stop(m->loop);
}

/* Both the words and the end have come. */
static void checker_look(struct master *m)
{
	struct checker *c = &m->checker;

	if (!c->heard || !c->ended)
		return;
	c->pid = 0;
	c->done(m);
	buf_free(&c->told);
}

static void checker_heard(void *arg, int ready)
{
	struct master *m = arg;
	struct checker *c = &m->checker;
	ssize_t n = read(c->fd, buf_room(&c->told, 4096), 4096);

	(void)ready;
	if (n > 0 && c->told.n < 1 << 20) {
		buf_grow(&c->told, (size_t)n);
		return;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	watch_stop(&c->watch);
	close(c->fd);
	c->heard = true;
	checker_look(m);
}

NORETURN static void check_in_child(const char *file, int out)
{
	struct buf told = { 0 };
	enum checked result = check_file(file, false, &told);
	struct str rest = buf_str(&told);

	while (rest.n > 0) {
		ssize_t n = write(out, rest.p, rest.n);

		if (n <= 0)
			break;
		rest = str_from(rest, (size_t)n);
	}
	buf_free(&told);
	exit((int)result);
}

bool checker_start(struct master *m, void (*done)(struct master *))
{
	int fd[2];
	pid_t pid;

	must(m->checker.pid == 0);
	if (pipe(fd) != 0)
		return false;
	pid = proc_fork(&fd[1], 1);
	if (pid == 0)
		check_in_child(m->file, fd[1]);
	close(fd[1]);
	if (pid < 0) {
		close(fd[0]);
		return false;
	}
	m->checker = (struct checker){ .pid = pid, .fd = fd[0], .done = done };
	watch_start(m->loop, &m->checker.watch, fd[0], WATCH_READ, checker_heard, m);
	return true;
}

static void reap(struct master *m)
{
	struct ended e;

	while (proc_reap(&e)) {
		if (e.pid != m->checker.pid) {
			worker_ended(m, &e);
			continue;
		}
		m->checker.ended = true;
		m->checker.code = e.code;
		checker_look(m);
	}
}

static struct loggable tail(struct str s)
{
	size_t most = sizeof(((struct loggable *)0)->text) - 1;

	return log_configured(s.n > most ? str_from(s, s.n - most) : s);
}

void log_told(const char *event, struct str told)
{
	static const struct {
		const char *mark;
		enum log_level level;
	} kind[] = { { ": error: ", LOG_ERROR }, { ": warning: ", LOG_WARN } };

	while (told.p != NULL && told.n > 0) {
		struct str line = str_cut(told, '\n', &told);

		for (size_t i = 0; i < COUNT(kind); i++) {
			size_t n = strlen(kind[i].mark);
			const char *at = memmem(line.p, line.n, kind[i].mark, n);

			if (at == NULL)
				continue;
			log_event(kind[i].level, event,
				  log_word("where",
					   tail(str_part(line, 0, (size_t)(at - line.p)))),
				  log_word("what",
					   log_configured(str_from(
						   line, (size_t)(at - line.p) + n))));
			break;
		}
	}
}

static void start_check(void *arg);

static void start_checked(struct master *m)
{
	struct checker *c = &m->checker;

	if (m->stopping) {
		loop_stop(m->loop);
		return;
	}
	if (c->code == CHECKED_UNREACHABLE) {
		if (!m->told_unreachable)
			log_told("waiting_for_database", buf_str(&c->told));
		m->told_unreachable = true;
		notify_systemd("STATUS=waiting for the database");
		timer_start(m->loop, &m->start_again, START_AGAIN_MS, start_check, m);
		return;
	}
	if (c->code != CHECKED_RIGHT) {
		fwrite(buf_str(&c->told).p, 1, c->told.n, stderr);
		if (c->told.n == 0)
			fprintf(stderr, "selfinfod: error: the check of the "
					"configuration ended by itself\n");
		m->code = CONF_EXIT;
		loop_stop(m->loop);
		return;
	}
	log_told("configuration", buf_str(&c->told));
	for (size_t i = 0; i < m->slots; i++)
		fill_slot(&m->slot[i]);
}

static void start_check(void *arg)
{
	struct master *m = arg;

	if (!m->stopping && !checker_start(m, start_checked))
		timer_start(m->loop, &m->start_again, START_AGAIN_MS, start_check, m);
}

static void tell_ready(struct master *m)
{
	for (size_t i = 0; i < m->slots; i++)
		if (!worker_serves(m->slot[i].current))
			return;
	if (m->told_ready)
		return;
	m->told_ready = true;
	log_event(LOG_INFO, "ready", log_number("workers", (int64_t)m->slots),
		  log_number("ms", clock_mono_ms() - m->started));
	notify_systemd("READY=1\nSTATUS=%zu workers serve", m->slots);
}

static void woken(void *arg, int ready)
{
	struct master *m = arg;
	uint64_t times;

	(void)ready;
	(void)!read(m->board->wake, &times, sizeof(times));
	tell_ready(m);
	reload_look(m);
}

/* false: its loop stands still */
static bool is_alive(struct worker_proc *w, int64_t now)
{
	if (now - w->row->heartbeat < STUCK_MS)
		return true;
	if (!w->stuck)
		log_event(LOG_ERROR, "worker_stuck", log_number("worker", (int64_t)w->slot),
			  log_number("pid", w->pid));
	w->stuck = true;
	return false;
}

static void feed_watchdog(struct master *m, int64_t now, bool all_alive)
{
	if (m->watchdog_ms == 0 || !all_alive || now < m->watchdog_at)
		return;
	notify_systemd("WATCHDOG=1");
	m->watchdog_at = now + m->watchdog_ms / 3;
}

static void tick(void *arg)
{
	struct master *m = arg;
	int64_t now = clock_mono_ms();
	bool all_alive = true;

	for (struct worker_proc *w = m->workers; w != NULL; w = w->next) {
		bool alive = is_alive(w, now);

		all_alive &= alive;
		if (!alive || (w->kill_at != 0 && now >= w->kill_at))
			kill(w->pid, SIGKILL);
	}
	feed_watchdog(m, now, all_alive);
	reload_look(m);
	timer_start(m->loop, &m->tick, TICK_MS, tick, m);
}

static void close_listeners(struct master *m)
{
	for (size_t i = 0; i < m->slots; i++) {
		for (size_t k = 0; k < m->listeners; k++) {
			if (m->slot[i].listener[k] >= 0)
				close(m->slot[i].listener[k]);
			m->slot[i].listener[k] = -1;
		}
	}
}

void master_stop(struct master *m)
{
	bool again = m->stopping;

	m->stopping = true;
	if (!again) {
		log_event(LOG_INFO, "stopping");
		notify_systemd("STOPPING=1\nSTATUS=finishing what has begun");
		reload_give_up(m);
		close_listeners(m);
		for (size_t i = 0; i < m->slots; i++)
			timer_stop(&m->slot[i].again);
	}
	for (struct worker_proc *w = m->workers; w != NULL; w = w->next) {
		worker_drain(m, w);
		if (again)
			kill(w->pid, SIGKILL);
	}
	if (m->workers == NULL)
		loop_stop(m->loop);
}

static void on_signal(void *arg, int number)
{
	struct master *m = arg;

	if (number == SIGCHLD)
		reap(m);
	else if (number == SIGHUP)
		reload_begin(m, NULL);
	else
		master_stop(m);
}

static bool bind_address(struct master *m, size_t at)
{
	const struct conf_address *a = &m->setup->conf->listen.p[at];

	for (size_t i = 0; i < m->slots; i++) {
		int fd = listen_tcp((const struct sockaddr *)&a->socket, a->length, i == 0);

		m->slot[i].listener[at] = fd;
		if (fd >= 0)
			continue;
		fprintf(stderr, "selfinfod: error: listen %.*s: %s\n", STR_ARG(a->text),
			strerror(errno));
		return false;
	}
	return true;
}

static bool bind_all(struct master *m)
{
	const struct conf *c = m->setup->conf;
	bool ok = true;

	m->slots = (size_t)c->workers;
	m->slot = must_alloc(m->slots * sizeof(*m->slot));
	m->listeners = c->listen.n;
	for (size_t i = 0; i < m->slots; i++) {
		m->slot[i].master = m;
		for (size_t k = 0; k < m->listeners; k++)
			m->slot[i].listener[k] = -1;
	}
	for (size_t k = 0; k < m->listeners; k++)
		ok &= bind_address(m, k);
	m->control_fd = listen_unix(c->control.p, 0660);
	if (m->control_fd < 0)
		fprintf(stderr, "selfinfod: error: control %s: %s\n", c->control.p,
			errno == EADDRINUSE ? "another daemon answers there" :
					      strerror(errno));
	return ok && m->control_fd >= 0;
}

static void run(struct master *m)
{
	m->board = board_new(m->slots * GENERATIONS);
	clock_share_offset(&m->board->clock_offset_ms);
	replay_share(REPLAY_ENTRIES);
	signin_share();
	m->loop = loop_new();
	m->started = clock_mono_ms();
	m->watchdog_ms = notify_watchdog_ms();
	signals_start(m->loop, &m->signals, on_signal, m);
	watch_start(m->loop, &m->wake, m->board->wake, WATCH_READ, woken, m);
	m->control = control_new(m->loop, m->control_fd, &commands, m);
	start_check(m);
	tick(m);
	loop_run(m->loop);
	control_free(m->control);
	unlink(m->boot->conf->control.p);
	timer_stop(&m->tick);
	timer_stop(&m->start_again);
	signals_stop(&m->signals);
	watch_stop(&m->wake);
	loop_free(m->loop);
	log_event(LOG_INFO, "stopped", log_number("code", m->code));
}

int master_run(const char *file)
{
	AUTO(buf) struct buf told = { 0 };
	struct master m = { .file = file, .control_fd = -1 };

	signals_hold();
	proc_lock_down();
	m.setup = m.boot = setup_load(file, &told);
	if (m.setup == NULL) {
		fwrite(buf_str(&told).p, 1, told.n, stderr);
		return CONF_EXIT;
	}
	log_threshold((enum log_level)m.setup->conf->log_level);
	if (bind_all(&m))
		run(&m);
	else
		m.code = 1;
	close_listeners(&m);
	free(m.slot);
	if (m.setup != m.boot)
		setup_free(m.setup);
	setup_free(m.boot);
	return m.code;
}
