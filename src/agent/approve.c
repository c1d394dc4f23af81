/* approve: a sign-in without a terminal, for the sandbox and for tests. The
 * return code alone goes to standard output, all else to standard error. Who
 * runs it answers for having read what is shown. Called by main.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agent/sign.h"

static enum agent_fault insert(struct agent *me)
{
	const char *why = NULL;
	enum agent_fault fault = FAULT_NONE;

	if (me->o.card != NULL)
		fault = emulator_insert(&me->o, clock_mono_ms() + me->o.wait_seconds * 1000,
					&why);
	me->gateway.why = str_of(why);
	return fault;
}

static enum agent_fault load_pin(struct agent *me, struct agent_pin **pin)
{
	const char *why = NULL;
	enum agent_fault fault = pin_new(pin);

	if (fault == FAULT_NONE)
		fault = pin_load(*pin, me->o.pin_file, &why);
	me->gateway.why = str_of(why);
	return fault;
}

static enum agent_fault sign_with(struct agent *me, struct agent_pin *pin,
				  const struct gateway_begun *t, struct gateway_signed *out)
{
	AUTO(reader) struct agent_reader *reader = NULL;
	static struct sign_card card;
	enum agent_fault fault = reader_open(&reader);

	card = (struct sign_card){ .reader = reader };
	if (fault == FAULT_NONE)
		fault = sign_look(me, &card);
	if (fault == FAULT_NONE && card.tries == 0)
		fault = FAULT_PIN_LOCKED;
	if (fault == FAULT_NONE && card.tries == JPKI_TRIES_LAST)
		SAY(&me->say, PIN_LEFT, STR("1"));
	if (fault == FAULT_NONE)
		fault = sign_transaction(me, &card, pin, t, str_of(me->o.digits), out);
	if (fault == FAULT_PIN_WRONG)
		me->gateway.why = arena_printf(me->arena, "%d", card.tries);
	return fault;
}

static enum agent_fault approve(struct agent *me, struct gateway_signed *out)
{
	AUTO(pin) struct agent_pin *pin = NULL;
	struct gateway_begun t;
	enum agent_fault fault = load_pin(me, &pin);

	if (fault == FAULT_NONE)
		fault = sign_open(me);
	if (fault == FAULT_NONE)
		fault = insert(me);
	if (fault == FAULT_NONE)
		fault = sign_begin(me, me->o.user_code, &t);
	if (fault == FAULT_NONE)
		fault = sign_with(me, pin, &t, out);
	return fault;
}

int command_approve(struct agent *me)
{
	struct gateway_signed result;
	enum agent_fault fault = approve(me, &result);

	if (fault != FAULT_NONE)
		return sign_fault(me, fault);
	printf("%.*s\n", STR_ARG(result.return_code));
	return fflush(stdout) == 0 ? AGENT_OK : AGENT_FAILED;
}
