/* reader: card readers and the card in one of them, over PC/SC. One process
 * opens one context and at most one card. A transaction keeps other programs
 * off the card between begin and end; closing resets the card, which drops a
 * verified PIN. Times are monotonic ms. Callers: find, sign, status.
 * Source: PC/SC part 3, 5; pcsc-lite's winscard.h.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AGENT_READER_H
#define AGENT_READER_H

#include "agent/fault.h"
#include "agent/jpki.h"

#define READER_NAME_MAX 128
#define READERS_MAX 16

struct reader_slot {
	char name[READER_NAME_MAX];
	unsigned long state; /* as PC/SC gave it, with its count of events */
	bool present;        /* a card is in it */
};

struct reader_list {
	size_t count;
	struct reader_slot slot[READERS_MAX];
};

struct agent_reader;

NODISCARD enum agent_fault reader_open(struct agent_reader **out);
void reader_close(struct agent_reader *r); /* NULL is allowed */
static inline void auto_reader(struct agent_reader **r)
{
	reader_close(*r);
}

NODISCARD enum agent_fault reader_look(struct agent_reader *r, struct reader_list *out);
/* Returns when a reader or card came or went, or soon by itself; never later
 * than `deadline`. */
NODISCARD enum agent_fault reader_wait(struct agent_reader *r,
				       const struct reader_list *seen, int64_t deadline);

NODISCARD enum agent_fault reader_connect(struct agent_reader *r, const char *name);
void reader_disconnect(struct agent_reader *r);
NODISCARD enum agent_fault reader_begin(struct agent_reader *r);
void reader_end(struct agent_reader *r);
struct jpki_link reader_link(struct agent_reader *r); /* borrowed */

#endif
