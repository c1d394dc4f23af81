/* step: why a card step can go no further. Asked when a try of digits or return
 * code found no open step. Called by the pages and the agent's end points, each
 * of which first looks for what only it has to say.
 * Source: formats.md (card_step_state).
 * SPDX-License-Identifier: Apache-2.0 */
#include "signin_room.h"

#include "store/statements.h"

struct call *step_ask(struct flow *f, int16_t bucket, const uint8_t user_code[SHA256_LEN])
{
	struct call *c = call_new(f->arena, &statement_table[SQL_card_step_state]);

	call_int2(c, bucket);
	call_hash(c, user_code);
	db_ask(f, c, DB_NEEDED);
	return c;
}

enum step step_refuse(struct flow *f, const struct call *c)
{
	if (call_rows(c) > 0 && row_int4(c, 0, card_step_state__tries) == 0)
		return refuse(f, PROBLEM_TOO_MANY_TRIES);
	return refuse(f, PROBLEM_CARD_EXPIRED_STEP);
}
