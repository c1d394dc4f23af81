/* consent: the page that says who wants what, about whom, why and until when,
 * and the decision (pages-P18 to P23, oauth-F11 to F16). The decision is taken
 * once: the pushed request keeps who decided and for which grant, so a double
 * click, another tab or another browser never makes a second code.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/enc.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/rand.h"
#include "base/tree.h"
#include "card_request.h"
#include "consent_request.h"
#include "store/statements.h"

enum { CODE_LIFE_S = 60, ONCE_LIFE_S = 60 + 600 };

static struct consent *consent_of(struct flow *f)
{
	return f->data;
}

static const struct details *details_of(const struct consent *c)
{
	return c->v.i->request->details;
}

/* Was the card stopped since the sign-in, and whom may this person act for
 * today? */

static void ask_card(struct flow *f)
{
	struct consent *c = consent_of(f);
	const struct interaction *i = c->v.i;
	struct card_identity card = { .serial_n = i->serial.n };

	must(i->issuer.n == sizeof(card.issuer) && i->serial.n <= sizeof(card.serial));
	memcpy(card.issuer, i->issuer.p, sizeof(card.issuer));
	memcpy(card.serial, i->serial.p, i->serial.n);
	c->card = call_new(f->arena, &statement_table[SQL_credential_load]);
	call_int2(c->card, card_bucket(&card));
	call_hash(c->card, card.issuer);
	call_bytea(c->card, i->serial);
	db_ask(f, c->card, DB_NEEDED);
}

static enum step ask_standing(struct flow *f)
{
	struct consent *c = consent_of(f);

	if (!c->v.i->signed_in)
		return reply_redirect(f, STR("/sign-in"));
	if (c->v.i->issuer.p != NULL)
		ask_card(f);
	if (!details_of(c)->child)
		return c->card != NULL ? WAIT : NEXT;
	c->v.call = call_new(f->arena, &statement_table[SQL_children_load]);
	call_int2(c->v.call, c->v.i->subject_bucket);
	call_uuid(c->v.call, c->v.i->subject);
	call_date(c->v.call, date_of_ms(c->v.x.now));
	db_ask(f, c->v.call, DB_NEEDED);
	return WAIT;
}

/* What the page calls a child: derived, so that no id of ours leaves. */
static struct str child_handle(struct arena *a, const struct interaction *i,
			       const uint8_t subject[16])
{
	uint8_t mac[SHA256_LEN], both[SHA256_LEN + 16];

	interaction_derive(i, "child", 0, mac);
	memcpy(both, mac, SHA256_LEN);
	memcpy(both + SHA256_LEN, subject, 16);
	digest_sha256((struct str){ (char *)both, sizeof(both) }, mac);
	return enc_hex_in(a, mac, 8);
}

static enum step take_standing(struct flow *f)
{
	struct consent *c = consent_of(f);

	if (c->card != NULL &&
	    (call_rows(c->card) == 0 || row_bool(c->card, 0, credential_load__stopped)))
		return refuse(f, PROBLEM_CARD_REVOKED);
	if (!details_of(c)->child)
		return NEXT;
	c->children = (size_t)call_rows(c->v.call);
	c->child = arena_array(f->arena, c->children + 1, sizeof(*c->child));
	for (size_t i = 0; i < c->children; i++) {
		struct str id = row_bytea(c->v.call, (int)i, children_load__child);

		must(id.n == 16);
		memcpy(c->child[i].subject, id.p, 16);
		c->child[i].bucket = row_int2(c->v.call, (int)i,
					      children_load__child_bucket);
		c->child[i].handle = child_handle(f->arena, c->v.i, c->child[i].subject);
	}
	if (c->children == 0)
		return refuse(f, PROBLEM_NO_CHILD);
	return NEXT;
}

/* The page */

static json_t *item_model(struct arena *a, struct str number)
{
	const struct item *item = catalogue_item(signin_catalogue(), number);
	struct str ja, en;

	if (item == NULL)
		return NULL;
	ja = item_contents(a, item, true, 4);
	en = item_contents(a, item, false, 4);
	return json_pack("{s:s%, s:{s:s%, s:s%}, s:{s:s%, s:s%}, s:s%, s:b}", "item",
			 item->number.p, item->number.n, "title", "ja", item->title_ja.p,
			 item->title_ja.n, "en", item->title_en.p, item->title_en.n,
			 "inside", "ja", ja.p, ja.n, "en", en.p, en.n, "provider_kind",
			 item->provider_kind.p, item->provider_kind.n, "special",
			 item->special);
}

static json_t *items_model(struct arena *a, const struct str *number, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		json_t *one = item_model(a, number[i]);

		if (one != NULL)
			json_array_append_new(list, one);
	}
	return list;
}

static json_t *date_model(struct arena *a, struct date d)
{
	return json_pack("{s:s}", "date", date_text(a, d).p);
}

static json_t *inquiry_model(struct arena *a, const struct inquiry *i)
{
	if (i->kind == INQUIRY_AS_OF)
		return json_pack("{s:o}", "as_of", date_model(a, i->from));
	if (i->kind == INQUIRY_RANGE)
		return json_pack("{s:{s:o, s:o}}", "range", "from", date_model(a, i->from),
				 "to", date_model(a, i->to));
	return json_pack("{s:b}", "latest", 1);
}

static json_t *children_model(struct arena *a, const struct consent *c)
{
	json_t *list = json_array();

	for (size_t i = 0; i < c->children; i++) {
		json_t *label = persona_label(c->child[i].subject);

		if (label == NULL)
			label = json_pack("{s:s, s:s}", "ja",
					  arena_printf(a, "お子さま（%zu人目）", i + 1).p,
					  "en", arena_printf(a, "Child %zu", i + 1).p);
		json_array_append_new(list, json_pack("{s:s, s:o, s:b}", "id",
						      c->child[i].handle.p, "label", label,
						      "checked", c->children == 1));
	}
	return list;
}

/* All that the citizen is shown, without what differs from visit to visit: its
 * digest is kept with the grant (pages-P24). */
static json_t *shown_model(struct flow *f)
{
	struct consent *c = consent_of(f);
	const struct details *d = details_of(c);
	struct arena *a = f->arena;
	json_t *access = d->once ? json_pack("{s:b}", "once", 1) :
				   json_pack("{s:o}", "until", date_model(a, d->until));
	json_t *m = json_pack("{s:o, s:o, s:o, s:o, s:i}", "purpose",
			      interaction_purpose(c->v.i), "items",
			      items_model(a, d->item, d->items), "inquiry",
			      inquiry_model(a, &d->inquiry), "access", access,
			      "retention_days", d->retention_days);

	must(m != NULL);
	if (d->optionals > 0)
		json_object_set_new(m, "optional_items",
				    items_model(a, d->optional, d->optionals));
	if (d->child)
		json_object_set_new(m, "children", children_model(a, c));
	else
		json_object_set_new(m, "self", json_true());
	return m;
}

/* Drawn again: what was ticked stays ticked (pages-P32). */
static void keep_ticks(const struct consent *c, json_t *optional)
{
	json_t *one;
	size_t i;

	json_array_foreach(optional, i, one)
	{
		if (client_may(c->ticked, c->ticks, tree_member(one, "item")))
			json_object_set_new(one, "ticked", json_true());
	}
}

static enum step draw(struct flow *f, int status, bool no_child_chosen)
{
	struct visit *v = visit_of(f);
	json_t *model = visit_model(f, "/consent");
	json_t *shown = shown_model(f);

	json_object_update(model, shown);
	json_decref(shown);
	json_object_set_new(model, "other_lang",
			    json_string(v->x.lang == LANG_EN ? "/consent?lang=ja" :
							       "/consent?lang=en"));
	keep_ticks(consent_of(f), json_object_get(model, "optional_items"));
	if (no_child_chosen)
		json_object_set_new(model, "no_child_chosen", json_true());
	return reply_page(f, status, PAGE_CONSENT, model);
}

/* Once decided, no second form pretends that there is something to decide. */
static enum step ask_decision(struct flow *f)
{
	struct visit *v = visit_of(f);

	v->call = call_new(f->arena, &statement_table[SQL_pushed_state]);
	call_int2(v->call, v->i->pushed_bucket);
	call_bytea(v->call, v->i->pushed);
	db_ask(f, v->call, DB_NEEDED);
	return WAIT;
}

static enum step draw_page(struct flow *f)
{
	const struct call *c = visit_of(f)->call;

	if (call_rows(c) == 0 || row_bool(c, 0, pushed_state__decided))
		return refuse(f, PROBLEM_URI_UNKNOWN);
	return draw(f, 200, false);
}

const struct stage consent_page_stages[] = {
	VISIT,
	{ "ask standing", ask_standing },
	{ "take standing", take_standing },
	{ "ask decision", ask_decision },
	{ "draw page", draw_page },
	{ NULL, NULL },
};

/* The decision */

static void decide(struct flow *f, const uint8_t *grant_id)
{
	struct visit *v = visit_of(f);
	struct call *c = call_new(f->arena, &statement_table[SQL_pushed_decide]);

	call_int2(c, v->i->pushed_bucket);
	call_bytea(c, v->i->pushed);
	call_uuid(c, v->i->cookie);
	call_uuid(c, grant_id);
	call_time(c, v->x.now);
	db_ask(f, c, DB_NEEDED);
	v->call = c;
}

static enum step say_denied(struct flow *f)
{
	struct visit *v = visit_of(f);

	if (call_rows(v->call) == 0)
		return refuse(f, PROBLEM_URI_UNKNOWN);
	if (row_bytea(v->call, 0, pushed_decide__grant_id).p != NULL)
		return refuse(f, PROBLEM_URI_UNKNOWN); /* this browser has allowed before */
	metric_add(METRIC_GRANTS_REFUSED, 1);
	return reply_redirect(f, request_answer(f->arena, v->i->request, web_base_url(),
						"error", STR("access_denied")));
}

static const struct stage deny_stages[] = {
	{ "say denied", say_denied },
	{ NULL, NULL },
};

enum step deny_request(struct flow *f)
{
	decide(f, NULL);
	flow_continue(f, deny_stages);
	return WAIT;
}

/* The optional items that were ticked; false when one was never offered. */
static bool take_optional_items(struct flow *f)
{
	struct consent *c = consent_of(f);
	const struct details *d = details_of(c);
	const struct form *form = &c->v.x.form;

	c->ticked = arena_array(f->arena, d->optionals + 1, sizeof(struct str));
	c->left_out = arena_array(f->arena, d->optionals + 1, sizeof(struct str));
	for (size_t i = 0; i < d->optionals; i++) {
		if (form_has(form, "optional_item", d->optional[i]))
			c->ticked[c->ticks++] = d->optional[i];
		else
			c->left_out[c->left_outs++] = d->optional[i];
	}
	for (size_t i = 0; i < form->pairs; i++)
		if (str_is(form->name[i], "optional_item") &&
		    !client_may(d->optional, d->optionals, form->value[i]))
			return false;
	return true;
}

static const struct child *chosen_child(const struct consent *c)
{
	struct str chosen = form_value(&c->v.x.form, "beneficiary");

	for (size_t i = 0; i < c->children; i++)
		if (str_eq(c->child[i].handle, chosen))
			return &c->child[i];
	return NULL;
}

static enum step take_form(struct flow *f)
{
	struct consent *c = consent_of(f);
	struct str decision = form_value(&c->v.x.form, "decision");

	if (str_is(decision, "deny"))
		return deny_request(f);
	if (!str_is(decision, "allow") || !take_optional_items(f))
		return refuse(f, PROBLEM_BAD_REQUEST);
	if (details_of(c)->child) {
		const struct child *child = chosen_child(c);

		if (child == NULL)
			return draw(f, 400, true);
		c->beneficiary = *child;
	} else {
		memcpy(c->beneficiary.subject, c->v.i->subject, 16);
		c->beneficiary.bucket = c->v.i->subject_bucket;
	}
	return NEXT;
}

/* The app's own name for the beneficiary: made at the first consent. */
static enum step ask_name(struct flow *f)
{
	struct consent *c = consent_of(f);
	struct call *call = call_new(f->arena, &statement_table[SQL_pairwise_name]);
	uint8_t name[16];

	rand_uuid(name);
	call_int2(call, c->beneficiary.bucket);
	call_text(call, c->v.i->client);
	call_uuid(call, c->beneficiary.subject);
	call_uuid(call, name);
	call_time(call, c->v.x.now);
	db_ask(f, call, DB_NEEDED);
	c->v.call = call;
	return WAIT;
}

static enum step take_decision(struct flow *f)
{
	struct consent *c = consent_of(f);
	struct str name = row_bytea(c->v.call, 0, pairwise_name__name);

	must(name.n == 16);
	memcpy(c->name, name.p, 16);
	rand_uuid(c->grant_id);
	decide(f, c->grant_id);
	return WAIT;
}

static void give_terms(struct call *call, struct flow *f, const struct details *d,
		       int64_t now)
{
	int64_t expires = d->once ? now + ONCE_LIFE_S * INT64_C(1000) :
				    date_start_ms(d->until) + CLOCK_DAY_MS;
	json_t *shown = shown_model(f);
	char *text = json_dumps(shown, JSON_COMPACT | JSON_SORT_KEYS);
	uint8_t hash[SHA256_LEN];

	must(text != NULL);
	digest_sha256(str_of(text), hash);
	free(text);
	json_decref(shown);
	call_text(call, str_of(inquiry_word(d->inquiry.kind)));
	call_date(call, d->inquiry.from);
	call_date(call, d->inquiry.to);
	call_text(call, d->purpose);
	call_bool(call, d->once);
	call_date(call, d->until);
	call_time(call, expires);
	call_int4(call, d->retention_days);
	call_text(call, catalogue_version(signin_catalogue()));
	call_hash(call, hash);
}

/* The code is derived from the session, so that a double click gets the same. */
static void give_code(struct call *call, struct flow *f)
{
	struct consent *c = consent_of(f);
	const struct auth_request *q = c->v.i->request;
	uint8_t mac[SHA256_LEN];

	interaction_derive(c->v.i, "code", 0, mac);
	c->code = handle_of_bytes(f->arena, c->v.i->subject_bucket, mac);
	call_hash(call, c->code.hash);
	call_text(call, q->redirect_uri);
	call_text(call, q->challenge);
	call_text(call, q->jkt);
	call_text(call, q->scope.p ? q->scope : STR(""));
	call_time(call, c->v.x.now + CODE_LIFE_S * INT64_C(1000));
}

static enum step make_grant(struct flow *f)
{
	struct consent *c = consent_of(f);
	const struct interaction *i = c->v.i;
	const struct details *d = details_of(c);
	struct call *call;
	struct str id;

	if (call_rows(c->v.call) == 0)
		return refuse(f, PROBLEM_URI_UNKNOWN); /* decided by another browser */
	id = row_bytea(c->v.call, 0, pushed_decide__grant_id);
	if (id.p == NULL)
		return say_denied(f); /* this browser has refused before */
	call = call_new(f->arena, &statement_table[SQL_grant_make]);
	call_int2(call, i->subject_bucket);
	call_uuid(call, (const uint8_t *)id.p);
	call_text(call, i->client);
	call_uuid(call, i->subject);
	call_text(call, d->child ? STR("child") : STR("self"));
	call_int2(call, c->beneficiary.bucket);
	call_uuid(call, c->beneficiary.subject);
	call_uuid(call, c->name);
	call_texts(call, d->item, d->items);
	call_texts(call, c->ticked, c->ticks);
	call_texts(call, c->left_out, c->left_outs);
	give_terms(call, f, d, c->v.x.now);
	call_text(call, i->method);
	call_time(call, i->signed_in_at);
	call_bytea(call, i->issuer);
	call_bytea(call, i->serial);
	call_time(call, c->v.x.now);
	give_code(call, f);
	db_ask(f, call, DB_NEEDED);
	c->v.call = call;
	return WAIT;
}

static enum step say_allowed(struct flow *f)
{
	struct consent *c = consent_of(f);

	if (call_rows(c->v.call) > 0) {
		metric_add(METRIC_GRANTS_MADE, 1);
		log_event(LOG_INFO, "grant_made",
			  log_word("client", log_configured(c->v.i->client)));
	}
	return reply_redirect(f, request_answer(f->arena, c->v.i->request, web_base_url(),
						"code", c->code.text));
}

const struct stage consent_stages[] = {
	VISIT,
	{ "check form", visit_check_form },
	{ "ask standing", ask_standing },
	{ "take standing", take_standing },
	{ "take form", take_form },
	{ "ask name", ask_name },
	{ "take decision", take_decision },
	{ "make grant", make_grant },
	{ "say allowed", say_allowed },
	{ NULL, NULL },
};
