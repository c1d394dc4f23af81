/* provide: the contract call as a statement, and the check of what came back
 * against the contract; the contents of records are for disclose to screen.
 * Callers: agency's own modules. Source: api.md 4, schemas/agency/contract.sql.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AGENCY_PROVIDE_H
#define AGENCY_PROVIDE_H

#include "agency/agency.h"
#include "db/call.h"

extern const struct statement provide_statement;

struct call *provide_call(struct arena *a, const struct agency_question *q);
/* Fills the slot from a finished call: with rows, or with a reason. */
void provide_take(struct arena *a, const struct call *c, const struct agency_question *q,
		  struct source_answer *slot);

#endif
