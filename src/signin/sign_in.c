/* sign_in: the sign-in page and its forms. The page shows a user code and two
 * digits; the browser goes on only with the return code that the agent showed
 * (api.md 3). In the sandbox a persona's button does the same without a card.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/enc.h"
#include "base/log.h"
#include "base/metric.h"
#include "signin_room.h"
#include "store/statements.h"

static struct sign_in *sign_in_of(struct flow *f)
{
	return f->data;
}

/* The page */

static enum step draw(struct flow *f, int status, int tries_left)
{
	struct visit *v = visit_of(f);
	struct card_shown s = card_shown(f->arena, v->i);
	json_t *model = visit_model(f, "/sign-in");
	json_t *personas = web_is_sandbox() ? personas_model() : NULL;
	struct str began = clock_text(f->arena, v->i->created);

	json_object_update_new(
		model,
		json_pack("{s:s, s:s, s:[s%, s%], s:{s:s%, s:s%}, s:i, s:s}", "renew",
			  "/sign-in?new=1", "digits", s.digits, "user_code_parts",
			  s.user_code.p, (size_t)4, s.user_code.p + 4, (size_t)4, "began",
			  "date", began.p, (size_t)10, "time", began.p + 11, (size_t)5,
			  "expires_in", (int)((v->i->step_expires - v->x.now) / 1000),
			  "other_lang",
			  v->x.lang == LANG_EN ? "/sign-in?lang=ja" : "/sign-in?lang=en"));
	if (personas != NULL)
		json_object_set_new(model, "personas", personas);
	if (tries_left >= 0)
		json_object_update_new(model, json_pack("{s:{s:i}, s:b}", "wrong_code",
							"tries_left", tries_left,
							"last_try", tries_left == 1));
	return reply_page(f, status, PAGE_SIGN_IN, model);
}

static enum step add_step(struct flow *f)
{
	struct visit *v = visit_of(f);
	struct card_shown s;
	struct call *c;

	if (call_rows(v->call) == 0) /* another tab was faster */
		return reply_redirect(f, STR("/sign-in"));
	v->i->step = row_int4(v->call, 0, interaction_step__step);
	v->i->step_expires = v->x.now + CARD_STEP_S * INT64_C(1000);
	s = card_shown(f->arena, v->i);
	c = call_new(f->arena, &statement_table[SQL_card_step_add]);
	call_int2(c, s.bucket);
	call_hash(c, s.hash);
	call_int2(c, v->i->bucket);
	call_uuid(c, v->i->cookie);
	call_text(c, str_of(s.digits));
	call_bytea(c, show_bytes(f->arena, v->i));
	call_time(c, v->x.now);
	call_time(c, v->i->step_expires);
	call_int4(c, CARD_TRIES);
	db_ask(f, c, DB_NEEDED);
	v->call = c;
	return WAIT;
}

static enum step draw_new(struct flow *f)
{
	struct visit *v = visit_of(f);

	if (call_rows(v->call) == 0) /* the code is someone else's: take the next */
		return reply_redirect(f, STR("/sign-in?new=1"));
	if (form_value(&v->x.query, "new").p != NULL)
		return reply_redirect(f, STR("/sign-in")); /* a reload renews nothing */
	return draw(f, 200, -1);
}

static enum step ask_step(struct flow *f)
{
	struct visit *v = visit_of(f);
	struct card_shown s;

	if (v->i->signed_in)
		return reply_redirect(f, STR("/consent"));
	v->call = NULL;
	if (v->i->step == 0)
		return NEXT;
	s = card_shown(f->arena, v->i);
	v->call = step_ask(f, s.bucket, s.hash);
	return WAIT;
}

/* A step that the card has signed lasts as long as its return code, so that a
 * reload or another language does not lose it. */
static bool is_open(struct visit *v)
{
	if (v->call == NULL || call_rows(v->call) == 0 ||
	    row_bool(v->call, 0, card_step_state__cancelled))
		return false;
	v->i->step_expires = row_time(v->call, 0, card_step_state__ends);
	return v->i->step_expires > v->x.now;
}

static bool is_used_up(const struct visit *v)
{
	return v->call != NULL && call_rows(v->call) > 0 &&
	       row_int4(v->call, 0, card_step_state__tries) == 0;
}

static enum step show_step(struct flow *f)
{
	struct visit *v = visit_of(f);

	if (is_used_up(v) || v->i->step >= STEPS_MAX)
		return refuse(f, PROBLEM_TOO_MANY_TRIES);
	if (is_open(v) && form_value(&v->x.query, "new").p == NULL)
		return draw(f, 200, -1);
	v->call = call_new(f->arena, &statement_table[SQL_interaction_step]);
	call_int2(v->call, v->i->bucket);
	call_uuid(v->call, v->i->cookie);
	call_int4(v->call, v->i->step);
	call_time(v->call, v->x.now + CARD_STEP_S * INT64_C(1000));
	db_ask(f, v->call, DB_NEEDED);
	return WAIT;
}

const struct stage sign_in_page_stages[] = {
	VISIT,
	{ "ask step", ask_step },
	{ "show step", show_step },
	{ "add step", add_step },
	{ "draw new step", draw_new },
	{ NULL, NULL },
};

/* The forms */

static enum step signed_in(struct flow *f)
{
	struct sign_in *s = sign_in_of(f);

	if (call_rows(s->v.call) == 0)
		return refuse(f, PROBLEM_NO_SESSION);
	reply_field(f, "Set-Cookie",
		    interaction_set_cookie(f->arena, enc_b64url_in(f->arena, s->new_cookie,
								   sizeof(s->new_cookie))));
	return reply_redirect(f, STR("/consent"));
}

static const struct stage signed_in_stages[] = {
	{ "signed in", signed_in },
	{ NULL, NULL },
};

enum step sign_in_as(struct flow *f, int16_t subject_bucket, const uint8_t subject[16],
		     const char *method, struct str issuer, struct str serial)
{
	struct sign_in *s = sign_in_of(f);
	struct call *c = call_new(f->arena, &statement_table[SQL_interaction_sign_in]);

	interaction_cookie_new(s->new_cookie);
	memcpy(s->new_cookie, s->v.cookie, 16); /* the same interaction */
	call_int2(c, s->v.i->bucket);
	call_uuid(c, s->v.cookie);
	interaction_give_secret(c, s->new_cookie);
	call_int2(c, subject_bucket);
	call_uuid(c, subject);
	call_text(c, str_of(method));
	call_bytea(c, issuer);
	call_bytea(c, serial);
	call_time(c, s->v.x.now);
	db_ask(f, c, DB_NEEDED);
	s->v.call = c;
	flow_continue(f, signed_in_stages);
	return WAIT;
}

static enum step sign_in_persona(struct flow *f, struct str name)
{
	const struct persona *p = web_is_sandbox() ? persona_by_name(name) : NULL;

	if (p == NULL)
		return refuse(f, PROBLEM_BAD_REQUEST);
	return sign_in_as(f, digest_bucket(p->subject, 16), p->subject, "persona", STR_NONE,
			  STR_NONE);
}

static enum step say_state(struct flow *f)
{
	struct call *c = visit_of(f)->call;

	if (call_rows(c) > 0 && row_bool(c, 0, card_step_state__cancelled))
		return deny_request(f);
	return step_refuse(f, c);
}

static const struct stage state_stages[] = {
	{ "say state", say_state },
	{ NULL, NULL },
};

static enum step ask_state(struct flow *f)
{
	struct visit *v = visit_of(f);
	struct card_shown s = card_shown(f->arena, v->i);

	v->call = step_ask(f, s.bucket, s.hash);
	flow_continue(f, state_stages);
	return WAIT;
}

/* The second half of a double click comes with the new cookie and the old
 * token; it changes nothing, so it is led on without them being compared. */
static enum step leave_when_signed_in(struct flow *f)
{
	const struct interaction *i = visit_of(f)->i;
	const struct persona *p =
		persona_by_name(form_value(&visit_of(f)->x.form, "persona"));

	if (!i->signed_in)
		return NEXT;
	if (p != NULL && memcmp(p->subject, i->subject, sizeof(i->subject)) != 0)
		return refuse(f, PROBLEM_NO_SESSION); /* somebody else is signed in */
	return reply_redirect(f, STR("/consent"));
}

static enum step take_form(struct flow *f)
{
	struct sign_in *s = sign_in_of(f);
	const struct form *form = &s->v.x.form;
	struct card_shown shown;
	struct call *c;

	if (str_is(form_value(form, "decision"), "cancel"))
		return deny_request(f);
	if (form_value(form, "persona").p != NULL)
		return sign_in_persona(f, form_value(form, "persona"));
	s->typed = typed_code(f->arena, form_value(form, "return_code"), RETURN_CODE);
	shown = card_shown(f->arena, s->v.i);
	digest_sha256(s->typed, s->return_hash);
	c = call_new(f->arena, &statement_table[SQL_card_step_return]);
	call_int2(c, shown.bucket);
	call_hash(c, shown.hash);
	call_uuid(c, s->v.i->cookie);
	call_hash(c, s->return_hash);
	call_time(c, s->v.x.now);
	db_ask(f, c, DB_NEEDED);
	s->v.call = c;
	return WAIT;
}

static enum step check_return(struct flow *f)
{
	struct sign_in *s = sign_in_of(f);
	struct call *c = s->v.call;
	struct str subject;

	if (call_rows(c) == 0 || row_bool(c, 0, card_step_return__cancelled))
		return ask_state(f);
	if (!row_bool(c, 0, card_step_return__is_right)) {
		int tries = row_int4(c, 0, card_step_return__tries);

		s->v.i->step_expires = row_time(c, 0, card_step_return__ends);
		log_event(LOG_INFO, "return_code_wrong", log_number("tries_left", tries));
		return tries > 0 ? draw(f, 403, tries) : refuse(f, PROBLEM_TOO_MANY_TRIES);
	}
	subject = row_bytea(c, 0, card_step_return__subject);
	must(subject.n == 16);
	return sign_in_as(f, row_int2(c, 0, card_step_return__subject_bucket),
			  (const uint8_t *)subject.p, "card",
			  row_bytea(c, 0, card_step_return__issuer),
			  row_bytea(c, 0, card_step_return__serial));
}

const struct stage sign_in_stages[] = {
	VISIT,
	{ "leave when signed in", leave_when_signed_in },
	{ "check form", visit_check_form },
	{ "take form", take_form },
	{ "check return code", check_return },
	{ NULL, NULL },
};
