/* status: readers, cards, tries left and how long the certificate is valid;
 * never whose card it is. Waits for nothing. Called by main. Exit 0 when a card
 * could sign now, 1 when a card is there that cannot, 4 when none is there.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agent/sign.h"

struct look {
	struct agent *me;
	struct agent_reader *reader;
	int result;
};

static void say_certificate(struct look *l, const struct certificate_life *life)
{
	const struct agent_say *say = &l->me->say;
	struct arena *a = l->me->arena;

	SAY(say, STATUS_VALID, say_date(a, say, date_of_ms(life->from)),
	    say_date(a, say, date_of_ms(life->to)));
	if (clock_wall_ms() >= life->from && clock_wall_ms() <= life->to)
		return;
	say_words(say,
		  clock_wall_ms() > life->to ? WORD_STATUS_EXPIRED : WORD_STATUS_NOT_YET,
		  AGENT_VALUES());
	l->result = AGENT_FAILED;
}

static void say_tries(struct look *l, int left)
{
	if (left > 0) {
		SAY(&l->me->say, STATUS_TRIES, arena_printf(l->me->arena, "%d", left));
		return;
	}
	SAY(&l->me->say, STATUS_LOCKED);
	l->result = AGENT_FAILED;
}

static void look_inside(struct look *l, const struct jpki_link *link)
{
	static struct jpki_bytes der;
	struct certificate_life life;
	int left = 0;

	l->result = AGENT_OK;
	SAY(&l->me->say, STATUS_JPKI);
	if (jpki_tries(link, &left) != FAULT_NONE) {
		SAY(&l->me->say, STATUS_OTHER);
		l->result = AGENT_FAILED;
		return;
	}
	say_tries(l, left);
	if (jpki_certificate(link, &der) == FAULT_NONE &&
	    certificate_life((struct str){ (char *)der.p, der.n }, &life)) {
		say_certificate(l, &life);
		return;
	}
	SAY(&l->me->say, STATUS_NO_CERT);
	l->result = AGENT_FAILED;
}

static void look_at(struct look *l, const struct reader_slot *slot)
{
	struct jpki_link link = reader_link(l->reader);
	enum agent_fault fault;

	SAY(&l->me->say, STATUS_READER, str_of(slot->name));
	if (!slot->present) {
		SAY(&l->me->say, STATUS_EMPTY);
		return;
	}
	fault = reader_connect(l->reader, slot->name);
	if (fault == FAULT_NONE)
		fault = reader_begin(l->reader);
	if (fault == FAULT_NONE)
		fault = jpki_select(&link);
	if (fault == FAULT_NONE)
		look_inside(l, &link);
	else if (fault == FAULT_CARD_BUSY)
		say_fault(&l->me->say, fault, STR_NONE);
	else
		SAY(&l->me->say, STATUS_OTHER);
	reader_disconnect(l->reader);
}

static void say_gateway(struct agent *me)
{
	struct str origin = gateway_origin(me->arena, str_of(me->o.gateway));

	if (origin.p == NULL)
		SAY(&me->say, STATUS_NO_GATEWAY);
	else
		SAY(&me->say, GATEWAY, origin);
}

int command_status(struct agent *me)
{
	AUTO(reader) struct agent_reader *reader = NULL;
	static struct reader_list list;
	struct look l = { me, NULL, AGENT_UNREACHABLE };
	enum agent_fault fault;

	say_gateway(me);
	fault = reader_open(&reader);
	if (fault == FAULT_NONE)
		fault = reader_look(reader, &list);
	if (fault == FAULT_NONE && list.count == 0)
		fault = FAULT_NO_READER;
	if (fault != FAULT_NONE)
		return sign_fault(me, fault);
	l.reader = reader;
	for (size_t i = 0; i < list.count; i++)
		if (me->o.reader == NULL || strcmp(me->o.reader, list.slot[i].name) == 0)
			look_at(&l, &list.slot[i]);
	return l.result;
}
