/* sign: see agent/sign.h. The order is the promise: nothing is signed that was
 * not shown, and nothing is sent that does not verify. A transaction on the
 * card holds from select to signature; closing the reader resets the card.
 * Called by sign_in, approve and status.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agent/sign.h"

#include "agent/show.h"
#include "agent/wide.h"
#include "base/signmsg.h"

enum { USER_CODE = 8 };

enum agent_fault sign_open(struct agent *me)
{
	struct agent_gateway *g = &me->gateway;

	if (me->o.gateway == NULL)
		return FAULT_NO_GATEWAY;
	g->arena = me->arena;
	g->tries_left = -1;
	g->origin = gateway_origin(me->arena, str_of(me->o.gateway));
	if (g->origin.p == NULL)
		return FAULT_GATEWAY_URL;
	g->http = http_open(me->o.ca);
	if (g->http != NULL)
		return FAULT_NONE;
	g->why = STR("libcurl cannot start");
	return FAULT_GATEWAY_DOWN;
}

enum agent_fault sign_begin(struct agent *me, const char *user_code,
			    struct gateway_begun *t)
{
	char plain[USER_CODE + 1];
	struct agent_show show;
	const char *why;
	enum agent_fault fault;

	if (!wide_typed(str_of(user_code), plain, sizeof(plain)) ||
	    strlen(plain) != USER_CODE)
		return FAULT_CODE_FORM;
	fault = gateway_begin(&me->gateway, str_of(plain), t);
	if (fault != FAULT_NONE)
		return fault;
	if (!show_read(me->arena, t->show, &show, &why)) {
		me->gateway.why = arena_printf(me->arena, "show: %s", why);
		return FAULT_GATEWAY_SHAPE;
	}
	show_print(me->arena, &me->say, &show);
	return FAULT_NONE;
}

static enum agent_fault look(struct sign_card *card)
{
	enum agent_fault fault = jpki_select(&card->link);

	if (fault == FAULT_NONE)
		fault = jpki_certificate(&card->link, &card->certificate);
	if (fault == FAULT_NONE)
		fault = jpki_tries(&card->link, &card->tries);
	if (fault == FAULT_NONE &&
	    !certificate_life(
		    (struct str){ (char *)card->certificate.p, card->certificate.n },
		    &card->life))
		fault = FAULT_NO_CERTIFICATE;
	return fault;
}

enum agent_fault sign_look(struct agent *me, struct sign_card *card)
{
	enum agent_fault fault = sign_find(me, card->reader);

	if (fault != FAULT_NONE)
		return fault;
	card->link = reader_link(card->reader);
	fault = reader_begin(card->reader);
	if (fault == FAULT_NONE)
		fault = look(card);
	reader_end(card->reader);
	if (fault == FAULT_NONE && card->life.to < clock_wall_ms())
		SAY(&me->say, CERT_EXPIRED,
		    say_date(me->arena, &me->say, date_of_ms(card->life.to)));
	return fault;
}

static enum agent_fault verify_and_sign(struct sign_card *card, struct agent_pin *pin,
					struct str message, struct jpki_bytes *signature)
{
	enum agent_fault fault = jpki_select(&card->link);

	if (fault == FAULT_NONE)
		fault = jpki_verify(&card->link, pin, &card->tries);
	if (fault == FAULT_NONE)
		fault = jpki_sign(&card->link, message, signature);
	return fault == FAULT_NOT_JPKI ? FAULT_CARD_BROKEN : fault;
}

enum agent_fault sign_message(struct sign_card *card, struct agent_pin *pin,
			      struct str message, struct jpki_bytes *signature)
{
	enum agent_fault fault = reader_begin(card->reader);

	if (fault == FAULT_NONE)
		fault = verify_and_sign(card, pin, message, signature);
	pin_wipe(pin);
	reader_end(card->reader);
	if (fault == FAULT_NONE &&
	    !certificate_verifies(
		    (struct str){ (char *)card->certificate.p, card->certificate.n },
		    message, (struct str){ (char *)signature->p, signature->n }))
		fault = FAULT_SIGNATURE_ODD;
	return fault;
}

enum agent_fault sign_transaction(struct agent *me, struct sign_card *card,
				  struct agent_pin *pin, const struct gateway_begun *t,
				  struct str digits, struct gateway_signed *out)
{
	struct str message = signmsg_sign_in(me->arena, me->gateway.origin, t->transaction,
					     t->challenge, digits, t->show);
	struct jpki_bytes signature;
	enum agent_fault fault;

	if (clock_mono_ms() >= t->deadline) {
		pin_wipe(pin);
		return FAULT_TOO_LATE;
	}
	fault = sign_message(card, pin, message, &signature);
	if (fault != FAULT_NONE)
		return fault;
	reader_disconnect(card->reader);
	return gateway_sign(
		&me->gateway, t, digits,
		(struct str){ (char *)card->certificate.p, card->certificate.n },
		(struct str){ (char *)signature.p, signature.n }, out);
}

int sign_fault(struct agent *me, enum agent_fault fault)
{
	const struct agent_gateway *g = &me->gateway;

	if (fault != FAULT_REFUSED) {
		say_fault(&me->error, fault, g->why);
		return agent_fault_exit(fault);
	}
	say_text(&me->error, str_of(agent_refusal_text(g->slug, me->error.japanese)));
	if (g->tries_left == 0)
		SAY(&me->error, TRIES_NONE);
	else if (g->tries_left > 0)
		SAY(&me->error, TRIES_LEFT,
		    arena_printf(me->arena, "%d", (int)g->tries_left));
	return AGENT_REFUSED;
}
