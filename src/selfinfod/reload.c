/* reload: takes a new configuration whole or not at all. It is checked in a
 * child, loaded, and given to a second set of workers on the same sockets; when
 * all of them serve, the old ones drain. Any error leaves everything as it was.
 * One at a time; one asked for meanwhile follows. Called by master.
 * Source: operations O13 to O15, faults-F41.
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <signal.h>

#include "base/clock.h"
#include "base/log.h"
#include "master.h"
#include "os/notify.h"

enum { STARTING_MOST_MS = 15000 };

static void answer(struct master *m, json_t *j)
{
	struct asker *who = m->reload_asker;

	m->reload_asker = NULL;
	if (who != NULL)
		control_answer(who, j);
	else
		json_decref(j);
}

static void over(struct master *m)
{
	m->reload = RELOAD_NONE;
	if (m->told_ready)
		notify_systemd("READY=1\nSTATUS=%zu workers serve%s", m->slots,
			       m->reload_failed ? "; the last reload failed" : "");
	if (!m->reload_again || m->stopping)
		return;
	m->reload_again = false;
	reload_begin(m, NULL);
}

static void fail(struct master *m, const char *why, struct str told)
{
	m->reload_failed = true;
	log_event(LOG_ERROR, "reload_failed", log_word("why", log_own_text(why)));
	log_told("reload_error", told);
	answer(m, json_pack("{s:b, s:s, s:s%}", "ok", 0, "error", why, "told",
			    told.p ? told.p : "", told.n));
	over(m);
}

/* The workers that have come so far go again. */
static void send_away(struct master *m)
{
	for (struct worker_proc *w = m->workers; w != NULL; w = w->next) {
		if (!w->coming)
			continue;
		w->coming = false;
		w->kill_at = clock_mono_ms();
		kill(w->pid, SIGKILL);
	}
	setup_free(m->coming);
	m->coming = NULL;
}

static void take_over(struct master *m)
{
	struct setup *old = m->setup;

	for (struct worker_proc *w = m->workers; w != NULL; w = w->next)
		if (!w->coming)
			worker_drain(m, w);
	m->setup = m->coming;
	m->coming = NULL;
	for (struct worker_proc *w = m->workers; w != NULL; w = w->next) {
		if (!w->coming)
			continue;
		w->coming = false;
		timer_stop(&m->slot[w->slot].again);
		m->slot[w->slot].current = w;
		m->slot[w->slot].failures = 0;
	}
	if (old != m->boot)
		setup_free(old);
	log_threshold((enum log_level)m->setup->conf->log_level);
	m->reload_failed = false;
	log_event(LOG_INFO, "reloaded");
	answer(m, json_object());
	over(m);
}

void reload_look(struct master *m)
{
	size_t serving = 0;

	if (m->reload != RELOAD_STARTING)
		return;
	for (struct worker_proc *w = m->workers; w != NULL; w = w->next)
		serving += w->coming && worker_serves(w);
	if (serving == m->slots) {
		take_over(m);
	} else if (clock_mono_ms() >= m->reload_ends) {
		send_away(m);
		fail(m, "the new workers did not come to serve in time", STR_NONE);
	}
}

void reload_lost(struct master *m, const struct worker_proc *w)
{
	(void)w;
	if (m->reload != RELOAD_STARTING)
		return;
	send_away(m);
	fail(m, "a new worker ended at its start", STR_NONE);
}

void reload_give_up(struct master *m)
{
	if (m->reload == RELOAD_STARTING)
		send_away(m);
	if (m->reload != RELOAD_NONE)
		fail(m, "the daemon is stopping", STR_NONE);
}

static void start_workers(struct master *m)
{
	AUTO(buf) struct buf names = { 0 };

	setup_keep(m->coming, m->boot, &names);
	if (names.n > 0)
		log_event(LOG_WARN, "needs_restart",
			  log_word("keys", log_configured(buf_str(&names))));
	m->reload = RELOAD_STARTING;
	m->reload_ends = clock_mono_ms() + STARTING_MOST_MS;
	for (size_t i = 0; i < m->slots; i++) {
		struct worker_proc *w = worker_start(m, i, m->coming);

		if (w != NULL) {
			w->coming = true;
			continue;
		}
		send_away(m);
		fail(m, "too many workers are still draining; try again later", STR_NONE);
		return;
	}
}

static void checked(struct master *m)
{
	struct checker *c = &m->checker;
	AUTO(buf) struct buf told = { 0 };

	if (m->reload != RELOAD_CHECKING)
		return; /* given up meanwhile */
	if (c->code != CHECKED_RIGHT) {
		fail(m, "the configuration is wrong; the old one stays in force",
		     buf_str(&c->told));
		return;
	}
	log_told("configuration", buf_str(&c->told));
	m->coming = setup_load(m->file, &told);
	if (m->coming == NULL)
		fail(m, "the configuration changed while it was read", buf_str(&told));
	else if (m->coming->conf->sandbox.on != m->boot->conf->sandbox.on) {
		setup_free(m->coming);
		m->coming = NULL;
		fail(m, "sandbox { } comes and goes with a restart only", STR_NONE);
	} else {
		start_workers(m);
	}
}

void reload_begin(struct master *m, struct asker *who)
{
	if (m->stopping || !m->told_ready || m->reload != RELOAD_NONE) {
		if (who != NULL)
			control_refuse(who, m->stopping    ? STR("the daemon is stopping") :
					    !m->told_ready ? STR("it is not ready yet") :
							     STR("a reload is under way"));
		else
			m->reload_again = m->reload != RELOAD_NONE;
		return;
	}
	m->reload_asker = who;
	notify_systemd("RELOADING=1\nMONOTONIC_USEC=%lld000", (long long)clock_mono_ms());
	m->reload = RELOAD_CHECKING;
	if (!checker_start(m, checked))
		fail(m, "no process for the check", STR_NONE);
}
