/* agency: the bodies that hold records, each reached over connections of its
 * own: nothing of one can slow another down. Deadline, cap on what is in flight
 * and queued, circuit breaker, one retry where nothing ran.
 * Callers: selfinfod (agency_set), disclose (the rest). agency_ask takes a
 * ticket of the flow and always answers it: with the rows of provide(), or with
 * SOURCE_UNAVAILABLE at its deadline; it never fails the flow. The slot lives in
 * the flow's arena, and so does what it points to. Times are milliseconds.
 * Source: api.md 4, faults F21 to F36.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AGENCY_AGENCY_H
#define AGENCY_AGENCY_H

#include "base/clock.h"
#include "flow/flow.h"

struct agency_row { /* of table "agency" */
	struct str id, name_ja, name_en, provider_kind;
	struct str address; /* numeric IP or socket directory */
	int port;
	struct str dbname, username, sslmode, sslrootcert;
	struct str credential; /* file that holds the password, or empty */
	int deadline_ms;
	const struct str *item;
	size_t items;
};

struct agency; /* one of the set; valid until the next agency_set */

void agency_init(struct loop *l);
/* Replaces the set; rows are copied. An unchanged row keeps its connection. */
void agency_set(const struct agency_row *row, size_t rows);
void agency_close(void); /* for tidy ends and tests */

const struct agency *agency_find(struct str id); /* NULL: none */
const struct agency_row *agency_row(const struct agency *a);
bool agency_serves(const struct agency *a, struct str item);

enum source_state { SOURCE_ASKING, SOURCE_ANSWERED, SOURCE_UNAVAILABLE };

struct provided { /* one row of provide() */
	struct str item, status;
	struct date recorded_on, current_to, retained_from; /* day 0: NULL */
	struct str records;                                 /* jsonb's text; absent: NULL */
};

struct source_answer {
	enum source_state state;
	/* connect, timeout, busy, circuit_open, agency_error, too_large */
	const char *reason;
	struct provided *row; /* one for each item asked for at most */
	size_t rows;
	size_t unasked; /* rows for items that were not asked for: dropped */
};

struct agency_question {
	struct str person_code;
	const struct str *item;
	size_t items;
	struct date from, to; /* day 0 both: latest */
	struct str purpose;
	int64_t most_ms; /* the caller's patience; 0: the agency's deadline alone */
};

void agency_ask(struct flow *f, struct str agency, const struct agency_question *q,
		struct source_answer *slot);

#endif
