/* commands: what the operator asks over the control socket: status, ready,
 * clock (sandbox only), reload, drain. All but a reload is answered at once.
 * Called by master's control socket. Looking is free, changing is for admins.
 * Source: operations O16, O19, api.md 5.
 * SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "master.h"
#include "ops/health.h"

/* A sandbox may be moved by a hundred years, not to where times overflow. */
#define OFFSET_MOST_MS (INT64_C(36525) * CLOCK_DAY_MS)

static struct health health_of(const struct master *m)
{
	struct health h = {
		.workers_wanted = (int64_t)m->slots,
		.cards = m->setup->conf->card.anchor.n > 0,
		.certificate_ms = setup_certificate_ms(m->setup),
		.crl_age_s = -1,
		.stopping = m->stopping,
		.reload_failed = m->reload_failed,
		.database = true,
	};

	for (size_t i = 0; i < m->slots; i++) {
		const struct worker_proc *w = m->slot[i].current;

		if (w == NULL)
			continue;
		h.workers_serving += worker_serves(w);
		h.database &= w->row->database;
		h.crl_age_s = w->row->crl_age_s;
	}
	h.database &= h.workers_serving > 0;
	return h;
}

static const char *state_word(const struct worker_proc *w)
{
	switch ((enum worker_state)w->row->state) {
	case WORKER_STARTING:
		return "starting";
	case WORKER_SERVING:
		return "serving";
	case WORKER_DRAINING:
		return "draining";
	}
	return "unknown";
}

static json_t *workers_of(const struct master *m)
{
	json_t *list = json_array();
	int64_t now = clock_mono_ms();

	for (const struct worker_proc *w = m->workers; w != NULL; w = w->next)
		json_array_append_new(
			list, json_pack("{s:I, s:I, s:s, s:I, s:I}", "worker",
					(json_int_t)w->slot, "pid", (json_int_t)w->pid,
					"state", state_word(w), "uptime_s",
					(json_int_t)((now - w->started) / 1000), "agencies",
					(json_int_t)w->row->agencies));
	return list;
}

static json_t *counters_of(const struct master *m)
{
	json_t *j = json_object();

	for (size_t i = 0; i < METRIC_COUNT; i++)
		json_object_set_new(j, metric_name((enum metric)i),
				    json_integer(board_sum(m->board, (enum metric)i)));
	return j;
}

static void status(struct master *m, struct asker *who, json_t *question)
{
	struct health h = health_of(m);

	(void)question;
	control_answer(
		who,
		json_pack("{s:o, s:b, s:s, s:I, s:I, s:b, s:s, s:I, s:I, s:I, s:o, s:o}",
			  "trouble", health_trouble(&h), "ready", health_is_ready(&h),
			  "version", SELFINFO_VERSION, "pid", (json_int_t)getpid(),
			  "uptime_s", (json_int_t)((clock_mono_ms() - m->started) / 1000),
			  "sandbox", m->setup->conf->sandbox.on, "database",
			  h.database ? "up" : "down", "crl_age_s", (json_int_t)h.crl_age_s,
			  "certificate_days", (json_int_t)(h.certificate_ms / CLOCK_DAY_MS),
			  "clock_offset_ms", (json_int_t)m->board->clock_offset_ms,
			  "workers", workers_of(m), "counters", counters_of(m)));
}

static void ready(struct master *m, struct asker *who, json_t *question)
{
	struct health h = health_of(m);

	(void)question;
	control_answer(who, json_pack("{s:b, s:o}", "ready", health_is_ready(&h), "checks",
				      health_checks(&h)));
}

static bool new_offset(const struct master *m, json_t *question, int64_t *out)
{
	const char *mode = json_string_value(json_object_get(question, "mode"));
	json_t *ms = json_object_get(question, "offset_ms");
	int64_t by = json_integer_value(ms);

	if (!json_is_integer(ms) || by > OFFSET_MOST_MS || by < -OFFSET_MOST_MS ||
	    mode == NULL)
		return false;
	if (strcmp(mode, "set") == 0)
		*out = by;
	else if (strcmp(mode, "add") == 0)
		*out = m->board->clock_offset_ms + by;
	else
		return false;
	return *out <= OFFSET_MOST_MS && *out >= -OFFSET_MOST_MS;
}

static void move_clock(struct master *m, struct asker *who, json_t *question)
{
	int64_t offset;

	if (!m->setup->conf->sandbox.on) {
		control_refuse(who, STR("only a sandbox's clock can be moved"));
		return;
	}
	if (!new_offset(m, question, &offset)) {
		control_refuse(who, STR("clock takes offset_ms, at most 100 years, and "
					"the mode add or set"));
		return;
	}
	if (offset != m->board->clock_offset_ms) {
		__atomic_store_n(&m->board->clock_offset_ms, offset, __ATOMIC_RELAXED);
		log_event(LOG_INFO, "clock_moved", log_number("offset_ms", offset));
	}
	control_answer(who, json_pack("{s:I}", "offset_ms", (json_int_t)offset));
}

static void reload(struct master *m, struct asker *who, json_t *question)
{
	(void)question;
	reload_begin(m, who);
}

static void drain(struct master *m, struct asker *who, json_t *question)
{
	(void)question;
	control_answer(who, json_object());
	if (!m->stopping)
		master_stop(m);
}

static const struct command {
	const char *name;
	void (*run)(struct master *m, struct asker *who, json_t *question);
	bool changes;
} command[] = {
	{ "status", status, false },   { "ready", ready, false },
	{ "clock", move_clock, true }, { "reload", reload, true },
	{ "drain", drain, true },
};

static void asked(void *arg, struct asker *who, const char *name, json_t *question)
{
	for (size_t i = 0; i < COUNT(command); i++) {
		if (strcmp(command[i].name, name) != 0)
			continue;
		if (command[i].changes && !control_may_change(who))
			control_refuse(who, STR("this is for group selfinfo-admin"));
		else
			command[i].run(arg, who, question);
		return;
	}
	control_refuse(who, STR("no such command; there are status, ready, clock, "
				"reload, drain"));
}

static void gone(void *arg, struct asker *who)
{
	struct master *m = arg;

	if (m->reload_asker == who)
		m->reload_asker = NULL;
}

const struct control_handler commands = { asked, gone };
