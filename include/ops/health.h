/* health: is the gateway fit to serve, and what is wrong with its cure. Judged
 * from facts alone, so that status, the ready question and tests agree; no
 * agency can make it unfit (operations O19, O23).
 * Callers: selfinfod's master. The JSON is the caller's.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef OPS_HEALTH_H
#define OPS_HEALTH_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct health {
	int64_t workers_wanted, workers_serving;
	bool database;          /* every worker reaches it */
	int64_t crl_age_s;      /* -1: one is not fresh */
	bool cards;             /* cards can sign in at all */
	int64_t certificate_ms; /* until the server's certificate expires */
	bool stopping;
	bool reload_failed; /* the last one */
};

bool health_is_ready(const struct health *h);
/* [{"check", "ok", "hint"}]: all that ready depends on. */
json_t *health_checks(const struct health *h);
/* [{"what", "cure"}]: what an operator should look at, the worst first. */
json_t *health_trouble(const struct health *h);

#endif
