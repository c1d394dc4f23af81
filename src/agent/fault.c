/* fault: looking up the table of faults and refusals (agent/fault.h).
 * Called by say and main; keeps nothing, never fails.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agent/fault.h"

static const struct {
	int exit_code;
	const char *ja, *en;
} faults[] = {
#define FAULT_ROW(id, exit_code, ja, en) { (exit_code), (ja), (en) },
	AGENT_FAULTS(FAULT_ROW)
#undef FAULT_ROW
};

static const struct {
	const char *slug, *ja, *en;
} refusals[] = {
#define REFUSAL_ROW(slug, ja, en) { (slug), (ja), (en) },
	AGENT_REFUSALS(REFUSAL_ROW)
#undef REFUSAL_ROW
};

int agent_fault_exit(enum agent_fault fault)
{
	must(fault < FAULT_COUNT);
	return faults[fault].exit_code;
}

const char *agent_fault_text(enum agent_fault fault, bool japanese)
{
	must(fault < FAULT_COUNT);
	return japanese ? faults[fault].ja : faults[fault].en;
}

const char *agent_refusal_text(struct str slug, bool japanese)
{
	for (size_t i = 0; i < COUNT(refusals); i++)
		if (str_is(slug, refusals[i].slug))
			return japanese ? refusals[i].ja : refusals[i].en;
	return japanese ? "接続先がこの手続きを断りました。ブラウザーの画面で新しいコードを"
			  "出して、はじめからやり直してください。" :
			  "The gateway refused. Get a new code on the sign-in page and "
			  "start again.";
}
