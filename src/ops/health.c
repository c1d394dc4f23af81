/* health: one table of checks. Each says whether it holds up readiness; the
 * order is that of an operator's attention. Called by selfinfod's master.
 * SPDX-License-Identifier: Apache-2.0 */
#include "ops/health.h"

#include "base/clock.h"

#define CERTIFICATE_WARN_MS (14 * CLOCK_DAY_MS)

static bool is_going_on(const struct health *h)
{
	return !h->stopping;
}

static bool has_database(const struct health *h)
{
	return h->database;
}

static bool has_workers(const struct health *h)
{
	return h->workers_serving >= h->workers_wanted;
}

static bool has_a_worker(const struct health *h)
{
	return h->workers_serving > 0;
}

static bool has_fresh_crl(const struct health *h)
{
	return !h->cards || h->crl_age_s >= 0;
}

static bool has_certificate(const struct health *h)
{
	return h->certificate_ms > 0;
}

static bool certificate_lasts(const struct health *h)
{
	return h->certificate_ms > CERTIFICATE_WARN_MS;
}

static bool last_reload_worked(const struct health *h)
{
	return !h->reload_failed;
}

static const struct check {
	const char *name;
	bool (*holds)(const struct health *h);
	bool needed; /* to be ready */
	bool milder; /* than the one before it, and not said beside it */
	const char *what, *cure;
} check[] = {
	{ "running", is_going_on, true, false, "the daemon is stopping",
	  "systemctl start selfinfod when it has ended" },
	{ "database", has_database, true, false,
	  "the database cannot be reached or written",
	  "look at PostgreSQL and at database.dsn; selfinfod --check tells more" },
	{ "worker", has_a_worker, true, false, "no worker serves",
	  "the log tells why workers end: event worker_ended" },
	{ "workers", has_workers, false, true, "some workers do not serve",
	  "the log tells why workers end: event worker_ended" },
	{ "certificate", has_certificate, true, false,
	  "the server's certificate has expired",
	  "put a new one at tls.certificate, then send SIGHUP to selfinfod" },
	{ "certificate_lasts", certificate_lasts, false, true,
	  "the server's certificate expires within 14 days",
	  "put a new one at tls.certificate, then send SIGHUP to selfinfod" },
	{ "crl", has_fresh_crl, true, false,
	  "a revocation list is missing or stale: nobody can sign in with a card",
	  "fetch the list again into the file of card.crl" },
	{ "reload", last_reload_worked, false, false,
	  "the last reload failed: an older configuration is in force",
	  "selfinfod --check shows the errors" },
};

bool health_is_ready(const struct health *h)
{
	for (size_t i = 0; i < COUNT(check); i++)
		if (check[i].needed && !check[i].holds(h))
			return false;
	return true;
}

json_t *health_checks(const struct health *h)
{
	json_t *list = json_array();

	for (size_t i = 0; i < COUNT(check); i++) {
		bool ok = check[i].holds(h);

		if (check[i].needed)
			json_array_append_new(list,
					      json_pack("{s:s, s:b, s:s*}", "check",
							check[i].name, "ok", ok, "hint",
							ok ? NULL : check[i].cure));
	}
	return list;
}

json_t *health_trouble(const struct health *h)
{
	json_t *list = json_array();

	for (size_t i = 0; i < COUNT(check); i++) {
		if (check[i].holds(h))
			continue;
		if (!check[i].milder || check[i - 1].holds(h))
			json_array_append_new(list,
					      json_pack("{s:s, s:s}", "what", check[i].what,
							"cure", check[i].cure));
	}
	return list;
}
