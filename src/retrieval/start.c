/* start: one retrieval, read as a list: check the token, see what is wanted,
 * ask, screen, record, answer. What may not leave is refused before a byte of it
 * is written. Called through the routes.
 * A retrieval whose record finds the grant changed is decided once more: a new
 * epoch writes again, anything else refuses (formats.md).
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "base/metric.h"
#include "base/rand.h"
#include "retrieval_room.h"
#include "store/statements.h"

enum { WRITES_MAX = 3, MARGIN_MS = 1000, ENDING_MS = 500, ENDINGS_MAX = 120 };

static struct retrieval *retrieval_of(struct flow *f)
{
	return f->data;
}

/* A key that is held open would block the app's own retry, so its end is tried
 * until the database has it; 90 s later the statement itself takes it as ended. */
struct ending {
	struct arena *arena;
	struct loop *loop;
	struct timer timer;
	struct call *call;
	int16_t bucket;
	uint8_t number[16];
	int tries;
};

static void end_again(void *arg);

static void ended(void *arg)
{
	struct ending *e = arg;

	timer_stop(&e->timer);
	if (call_state(e->call) == CALL_DONE || e->tries >= ENDINGS_MAX)
		arena_free(e->arena);
	else
		timer_start(e->loop, &e->timer, ENDING_MS, end_again, e);
}

static void end_again(void *arg)
{
	struct ending *e = arg;

	e->tries++;
	e->call = call_new(e->arena, &statement_table[SQL_retrieval_end]);
	call_int2(e->call, e->bucket);
	call_uuid(e->call, e->number);
	call_time(e->call, clock_wall_ms());
	db_ask_call(e->call, ended, e);
}

static void end_key(struct flow *f)
{
	struct retrieval *r = retrieval_of(f);
	struct arena *a;
	struct ending *e;

	if (!r->begun)
		return;
	r->begun = false;
	a = arena_new();
	e = arena_alloc(a, sizeof(*e));
	e->arena = a;
	e->loop = f->loop;
	e->bucket = r->g.access.grant.bucket;
	memcpy(e->number, r->d.retrieval, sizeof(e->number));
	end_again(e);
}

void retrieval_left(struct flow *f)
{
	end_key(f);
}

static enum step refuse_and_record(struct flow *f, enum problem_id why, const char *reason)
{
	struct retrieval *r = retrieval_of(f);

	disclose_refused(&r->g.access.grant, reason, clock_wall_ms());
	metric_add(METRIC_RETRIEVALS_REFUSED, 1);
	end_key(f);
	return refuse(f, why);
}

static enum step check_request(struct flow *f)
{
	struct retrieval *r = retrieval_of(f);
	enum problem_id why;

	if (!read_request(f, r, &why))
		return refuse(f, why);
	r->d.access = &r->g.access;
	r->d.inquiry = r->inquiry;
	r->d.most_ms = r->wait_ms;
	flow_deadline(f, r->wait_ms + MARGIN_MS + 5000);
	if (!disclose_want(f, &r->d, retrieval_catalogue(), r->item, r->items))
		return refuse(f, PROBLEM_ITEM_NOT_GRANTED);
	return NEXT;
}

/* With a key: the retrieval of that key again, or a new one (api.md 2). */
static enum step begin(struct flow *f)
{
	struct retrieval *r = retrieval_of(f);
	struct grant *g = &r->g.access.grant;
	struct call *c;

	rand_uuid(r->d.retrieval);
	if (!r->has_key)
		return NEXT;
	c = call_new(f->arena, &statement_table[SQL_retrieval_begin]);
	call_int2(c, g->bucket);
	call_uuid(c, r->d.retrieval);
	call_uuid(c, g->id);
	call_hash(c, r->key_hash);
	call_hash(c, r->body_hash);
	call_time(c, clock_wall_ms());
	db_ask(f, c, DB_NEEDED);
	r->g.call = c;
	return WAIT;
}

static enum step say_why_not(struct flow *f)
{
	struct call *c = retrieval_of(f)->g.call;

	if (call_rows(c) > 0 && !row_bool(c, 0, retrieval_why__same_body))
		return refuse(f, PROBLEM_KEY_BODY);
	return refuse(f, PROBLEM_KEY_BUSY);
}

static const struct stage why_not_stages[] = {
	{ "say why not", say_why_not },
	{ NULL, NULL },
};

static enum step take_number(struct flow *f)
{
	struct retrieval *r = retrieval_of(f);
	struct str number;

	if (!r->has_key)
		return NEXT;
	if (call_rows(r->g.call) > 0) {
		number = row_bytea(r->g.call, 0, retrieval_begin__number);
		must(number.n == sizeof(r->d.retrieval));
		memcpy(r->d.retrieval, number.p, number.n);
		r->begun = true;
		return NEXT;
	}
	r->g.call = call_new(f->arena, &statement_table[SQL_retrieval_why]);
	call_int2(r->g.call, r->g.access.grant.bucket);
	call_uuid(r->g.call, r->g.access.grant.id);
	call_hash(r->g.call, r->key_hash);
	call_hash(r->g.call, r->body_hash);
	db_ask(f, r->g.call, DB_NEEDED);
	flow_continue(f, why_not_stages);
	return WAIT;
}

static bool is_used_by_another(const struct retrieval *r)
{
	struct str by = r->g.access.used_by;

	return by.p != NULL && memcmp(by.p, r->d.retrieval, sizeof(r->d.retrieval)) != 0;
}

/* A child's linkages lie where the child's rows lie. */
static enum step load_linkages(struct flow *f)
{
	struct retrieval *r = retrieval_of(f);
	struct grant *g = &r->g.access.grant;

	if (is_used_by_another(r))
		return refuse_and_record(f, PROBLEM_GRANT_USED, "used");
	if (g->beneficiary_bucket == g->bucket)
		return NEXT;
	r->g.call = linkages_ask(f, g);
	return WAIT;
}

static enum step ask_agencies(struct flow *f)
{
	struct retrieval *r = retrieval_of(f);
	struct grant *g = &r->g.access.grant;

	if (g->beneficiary_bucket != g->bucket)
		linkages_take(r->g.call, &r->g.access);
	disclose_ask(f, &r->d);
	return WAIT;
}

static enum step screen(struct flow *f)
{
	disclose_screen(f, &retrieval_of(f)->d);
	return NEXT;
}

static enum step write_record(struct flow *f)
{
	struct retrieval *r = retrieval_of(f);

	r->writes++;
	disclose_record(f, &r->d);
	return WAIT;
}

static enum step answer(struct flow *f);
static enum step decide_again(struct flow *f);

static const struct stage again_stages[] = {
	{ "load grant again", access_reload },
	{ "decide again", decide_again },
	{ "write record", write_record },
	{ "answer", answer },
	{ NULL, NULL },
};

static enum step decide_again(struct flow *f)
{
	struct retrieval *r = retrieval_of(f);
	struct access *a = &r->g.access;
	int epoch = a->grant.epoch;

	if (!access_take(f, r->g.call, a) || a->grant.revoked)
		return refuse_and_record(f, PROBLEM_GRANT_REVOKED, "revoked");
	if (a->grant.paused)
		return refuse_and_record(f, PROBLEM_GRANT_PAUSED, "paused");
	if (a->grant.expires <= clock_wall_ms() || !a->may_act)
		return refuse_and_record(f, PROBLEM_GRANT_ENDED, "ended");
	if (a->grant.once && is_used_by_another(r))
		return refuse_and_record(f, PROBLEM_GRANT_USED, "used");
	if (a->grant.epoch == epoch || r->writes >= WRITES_MAX)
		return refuse(f, PROBLEM_UNAVAILABLE);
	return NEXT;
}

static enum step answer(struct flow *f)
{
	struct retrieval *r = retrieval_of(f);
	enum step s;

	if (r->d.recorded == REFUSED_BY_GRANT) {
		flow_continue(f, again_stages);
		return NEXT;
	}
	must(r->d.recorded == DISCLOSED || r->d.recorded == NOTHING_TO_DISCLOSE);
	metric_add(METRIC_RETRIEVALS, 1);
	s = reply_text(f, 200, "application/json", result_json(f, r));
	disclose_delivered(&r->d, true);
	end_key(f);
	return s;
}

const struct stage retrieve_stages[] = {
	ACCESS_STAGES,
	{ "check request", check_request },
	{ "begin", begin },
	{ "take number", take_number },
	{ "load linkages", load_linkages },
	{ "ask agencies", ask_agencies },
	{ "screen", screen },
	{ "write record", write_record },
	{ "answer", answer },
	{ NULL, NULL },
};
