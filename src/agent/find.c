/* find: waits for the card. Each reader that holds a card is asked once for the
 * JPKI application; a card that is none is named, and waiting goes on until the
 * right one comes or the time is up. Called by sign and its commands.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agent/sign.h"

struct search {
	struct agent *me;
	struct agent_reader *reader;
	struct reader_list list, tried; /* tried: cards that are not ours */
	enum agent_fault last;          /* why it has not been found yet */
	enum agent_word told;
};

/* Says what is waited for, once until it changes. */
static void tell(struct search *s, enum agent_word word)
{
	if (s->told == word)
		return;
	s->told = word;
	say_words(&s->me->say, word, AGENT_VALUES());
}

static bool is_wanted(const struct search *s, const struct reader_slot *slot)
{
	const char *name = s->me->o.reader;

	return name == NULL || strcmp(name, slot->name) == 0;
}

static bool was_tried(const struct search *s, const struct reader_slot *slot)
{
	for (size_t i = 0; i < s->tried.count; i++)
		if (s->tried.slot[i].state == slot->state &&
		    strcmp(s->tried.slot[i].name, slot->name) == 0)
			return true;
	return false;
}

static void remember(struct search *s, const struct reader_slot *slot)
{
	size_t i = 0;

	while (i < s->tried.count && strcmp(s->tried.slot[i].name, slot->name) != 0)
		i++;
	if (i == READERS_MAX)
		return;
	s->tried.slot[i] = *slot;
	if (i == s->tried.count)
		s->tried.count++;
}

static enum agent_fault try_slot(struct search *s, const struct reader_slot *slot)
{
	struct jpki_link link = reader_link(s->reader);
	enum agent_fault fault = reader_connect(s->reader, slot->name);

	if (fault != FAULT_NONE)
		return fault;
	fault = reader_begin(s->reader);
	if (fault == FAULT_NONE)
		fault = jpki_select(&link);
	reader_end(s->reader);
	if (fault != FAULT_NONE)
		reader_disconnect(s->reader);
	return fault;
}

/* True when a card was found, or when looking on is of no use. */
static bool look_through(struct search *s)
{
	bool any_reader = false, any_card = false;

	for (size_t i = 0; i < s->list.count; i++) {
		const struct reader_slot *slot = &s->list.slot[i];

		if (!is_wanted(s, slot))
			continue;
		any_reader = true;
		if (!slot->present)
			continue;
		any_card = true;
		if (was_tried(s, slot))
			continue;
		s->last = try_slot(s, slot);
		if (s->last == FAULT_NONE || s->last == FAULT_NO_SERVICE)
			return true;
		if (s->last == FAULT_CARD_REMOVED || s->last == FAULT_CARD_BUSY)
			continue; /* worth another try without a change */
		remember(s, slot);
		SAY(&s->me->say, OTHER_CARD, str_of(slot->name));
		s->last = FAULT_NOT_JPKI;
	}
	if (!any_reader)
		s->last = s->me->o.reader != NULL ? FAULT_NO_SUCH_READER : FAULT_NO_READER;
	else if (!any_card)
		s->last = FAULT_NO_CARD;
	return false;
}

enum agent_fault sign_find(struct agent *me, struct agent_reader *r)
{
	static struct search s;
	int64_t deadline = clock_mono_ms() + me->o.wait_seconds * 1000;

	s = (struct search){ .me = me, .reader = r, .told = WORD_COUNT };
	for (;;) {
		enum agent_fault fault = reader_look(r, &s.list);

		if (fault != FAULT_NONE)
			return fault;
		if (look_through(&s))
			return s.last;
		if (clock_mono_ms() >= deadline)
			break;
		if (s.last == FAULT_NO_READER || s.last == FAULT_NO_SUCH_READER)
			tell(&s, WORD_WAIT_READER);
		else if (s.last == FAULT_NO_CARD)
			tell(&s, WORD_WAIT_CARD);
		fault = reader_wait(r, &s.list, deadline);
		if (fault != FAULT_NONE)
			return fault;
	}
	if (s.last == FAULT_NO_SUCH_READER)
		me->gateway.why = str_of(me->o.reader);
	return s.last == FAULT_CARD_REMOVED ? FAULT_NO_CARD : s.last;
}
