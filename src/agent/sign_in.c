/* sign_in: the conversation with the citizen (pages-P13, P16): code, what is
 * signed, the two digits or "no", card, PIN, return code. Nothing is signed
 * before the digits are typed. Called by main; reads standard input and, for
 * the PIN alone, /dev/tty.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "agent/sign.h"
#include "agent/wide.h"
#include "base/text.h"

static const char *const noes[] = {
	"NO",     "N",    "Q",          "QUIT",     "CANCEL",         "いいえ",
	"やめる", "中止", "キャンセル", "取りやめ", "心当たりがない", "心当たりなし",
};

/* A line without its end; absent at the end of input. */
static struct str ask(struct agent *me, enum agent_word prompt)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t got;
	struct str answer = STR_NONE;

	say_prompt(&me->say, prompt);
	got = getline(&line, &room, stdin);
	if (got < 0)
		say_blank(&me->say);
	else
		answer = arena_str(me->arena,
				   str_trim(str_cut((struct str){ line, (size_t)got }, '\n',
						    &(struct str){ 0 })));
	free(line);
	return answer;
}

static bool is_no(struct str answer)
{
	char plain[16];

	for (size_t i = 0; i < COUNT(noes); i++)
		if (str_is(answer, noes[i]) || (wide_typed(answer, plain, sizeof(plain)) &&
						strcmp(plain, noes[i]) == 0))
			return true;
	return false;
}

static bool are_digits(struct str answer, char digits[3])
{
	return wide_typed(answer, digits, 3) && strlen(digits) == 2 &&
	       strspn(digits, "0123456789") == 2;
}

static enum agent_fault cancel(struct agent *me, const struct gateway_begun *t)
{
	if (gateway_cancel(&me->gateway, t) != FAULT_NONE)
		SAY(&me->say, CANCEL_UNTOLD);
	me->gateway.why = STR_NONE;
	return FAULT_CANCELLED;
}

static enum agent_fault ask_digits(struct agent *me, const struct gateway_begun *t,
				   char digits[3])
{
	for (;;) {
		struct str answer = ask(me, WORD_ASK_DIGITS);

		if (answer.p == NULL || is_no(answer))
			return cancel(me, t);
		if (are_digits(answer, digits))
			return FAULT_NONE;
		if (clock_mono_ms() >= t->deadline)
			return FAULT_TOO_LATE;
		SAY(&me->say, DIGITS_AGAIN);
	}
}

static enum agent_fault ask_pin(struct agent *me, const struct sign_card *card,
				struct agent_pin *pin)
{
	enum agent_fault fault;

	if (card->tries == 0)
		return FAULT_PIN_LOCKED;
	if (card->tries == JPKI_TRIES_LAST)
		SAY(&me->say, PIN_LAST);
	else
		SAY(&me->say, PIN_LEFT, arena_printf(me->arena, "%d", card->tries));
	while ((fault = pin_ask(pin, say_word(&me->say, WORD_ASK_PIN))) == FAULT_PIN_FORM)
		say_fault(&me->error, fault, STR_NONE);
	return fault;
}

static enum agent_fault ask_and_sign(struct agent *me, struct sign_card *card,
				     struct agent_pin *pin, const struct gateway_begun *t,
				     struct str digits, struct gateway_signed *out)
{
	enum agent_fault fault;

	SAY(&me->say, PIN_WHICH);
	for (;;) {
		fault = ask_pin(me, card, pin);
		if (fault == FAULT_CANCELLED)
			return cancel(me, t);
		if (fault == FAULT_NONE)
			fault = sign_transaction(me, card, pin, t, digits, out);
		if (fault != FAULT_PIN_WRONG)
			return fault;
		say_fault(&me->error, fault, arena_printf(me->arena, "%d", card->tries));
	}
}

static void show_result(struct agent *me, const struct gateway_signed *result)
{
	say_blank(&me->say);
	SAY(&me->say, DONE, arena_printf(me->arena, "%d", (int)result->expires_in));
	say_blank(&me->say);
	banner_print(me->say.out, result->return_code, 4);
	say_blank(&me->say);
	SAY(&me->say, RETURN_CODE, result->return_code);
	SAY(&me->say, KEEP_SECRET);
}

static enum agent_fault card_part(struct agent *me, const struct gateway_begun *t,
				  struct str digits, struct gateway_signed *out)
{
	AUTO(reader) struct agent_reader *reader = NULL;
	AUTO(pin) struct agent_pin *pin = NULL;
	static struct sign_card card;
	enum agent_fault fault = pin_new(&pin);

	if (fault == FAULT_NONE)
		fault = reader_open(&reader);
	card = (struct sign_card){ .reader = reader };
	if (fault == FAULT_NONE)
		fault = sign_look(me, &card);
	if (fault == FAULT_NONE)
		fault = ask_and_sign(me, &card, pin, t, digits, out);
	return fault;
}

static enum agent_fault converse(struct agent *me, struct gateway_signed *result)
{
	struct str code = str_of(me->o.user_code);
	struct gateway_begun t;
	char digits[3];
	enum agent_fault fault = sign_open(me);

	if (fault != FAULT_NONE)
		return fault;
	SAY(&me->say, TITLE);
	SAY(&me->say, GATEWAY, me->gateway.origin);
	if (code.p == NULL)
		code = ask(me, WORD_ASK_CODE);
	if (code.p == NULL)
		return FAULT_NO_TERMINAL;
	fault = sign_begin(me, arena_cstr(me->arena, code), &t);
	if (fault == FAULT_NONE)
		fault = ask_digits(me, &t, digits);
	return fault != FAULT_NONE ? fault : card_part(me, &t, str_of(digits), result);
}

int command_sign_in(struct agent *me)
{
	struct gateway_signed result;
	enum agent_fault fault = converse(me, &result);

	if (fault != FAULT_NONE)
		return sign_fault(me, fault);
	show_result(me, &result);
	return AGENT_OK;
}
