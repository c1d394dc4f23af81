/* peer: questions of one agency. Each has a sync of its own, so that one that
 * errs or takes long undoes none of the others (they only read, nothing has to
 * commit together). A lost connection costs each question one of its two tries.
 * Callers: agency, on the loop; answers never run a stage.
 * Source: faults F21 to F36.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agency/peer.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>

#include "agency/place.h"
#include "agency/provide.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/rand.h"
#include "db/wire.h"

enum {
	SENT_MOST = 64,
	WAITING_MOST = 256,
	CONNECT_MS = 1000,
	CONNECT_GAP_MS = 500, /* F36: at most two connects a second */
	IDLE_MS = 60000,
	STUCK_MS = 1000, /* beyond the deadline, which the server keeps too */
	ANSWER_MOST = 2 << 20
};

static struct agency *todo; /* peers with questions that wait to be sent */

static void asks_init(struct asks *q)
{
	*q = (struct asks){ .last = &q->first };
}

static void asks_put(struct asks *q, struct ask *k)
{
	k->next = NULL;
	*q->last = k;
	q->last = &k->next;
	q->n++;
}

static struct ask *asks_take(struct asks *q)
{
	struct ask *k = q->first;

	must(k != NULL);
	q->first = k->next;
	if (q->first == NULL)
		q->last = &q->first;
	q->n--;
	return k;
}

static void list_todo(struct agency *p)
{
	if (p->todo)
		return;
	p->todo = true;
	p->todo_next = todo;
	todo = p;
}

static void wait_to_send(struct agency *p, struct ask *k)
{
	asks_put(&p->waiting, k);
	list_todo(p);
}

bool peer_is_busy(const struct agency *p)
{
	return p->waiting.n + p->sent.n > 0;
}

/* Tells the flow, if it is still there. The ask's place may stay held. */
static void unavailable(struct ask *k, const char *reason)
{
	if (k->answered)
		return;
	k->answered = true;
	metric_add(METRIC_AGENCY_FAILED, 1);
	if (ticket_flow(k->ticket) != NULL)
		*k->slot = (struct source_answer){ .state = SOURCE_UNAVAILABLE,
						   .reason = reason };
	ticket_answered(k->ticket);
}

static void end_unavailable(struct ask *k, const char *reason)
{
	unavailable(k, reason);
	free(k);
}

static void end_all(struct asks *q, const char *reason)
{
	while (q->n > 0)
		end_unavailable(asks_take(q), reason);
}

static void close_link(struct agency *p)
{
	if (p->link != NULL)
		link_close(p->link);
	p->link = NULL;
}

/* Takes all of a queue away, so that it can be filled anew. */
static struct asks empty(struct asks *q)
{
	struct asks all = *q;

	if (all.first == NULL)
		asks_init(&all);
	asks_init(q);
	return all;
}

static void failed(struct agency *p, const char *why)
{
	int64_t now = clock_mono_ms();

	if (p->breaker.failures == 0)
		log_event(LOG_WARN, "agency_failed",
			  log_word("agency", log_configured(p->row.id)),
			  log_word("reason", log_own_text(why)));
	if (!breaker_failed(&p->breaker, now))
		return;
	log_event(LOG_WARN, "agency_circuit_open",
		  log_word("agency", log_configured(p->row.id)));
	close_link(p);
	end_all(&p->sent, "circuit_open");
	end_all(&p->waiting, "circuit_open");
}

/* Each question has two tries; those of `q` have just had one. */
static void try_again(struct agency *p, struct asks q, const char *reason)
{
	while (q.n > 0) {
		struct ask *k = asks_take(&q);

		if (k->retried || k->answered) {
			end_unavailable(k, reason);
			continue;
		}
		k->retried = true;
		wait_to_send(p, k);
	}
}

/* The connection is gone. What was under way goes before what waits; when
 * nothing was, it could not be reached, which is a try of those that wait. */
static void after_loss(struct agency *p, bool was_up, const char *reason)
{
	struct asks sent = empty(&p->sent), waiting = empty(&p->waiting);

	try_again(p, sent, reason);
	if (!was_up)
		try_again(p, waiting, reason);
	else
		while (waiting.n > 0)
			wait_to_send(p, asks_take(&waiting));
}

static void up(void *arg)
{
	struct agency *p = arg;

	p->was_up = true;
	p->idle_since = clock_mono_ms();
	if (breaker_reached(&p->breaker))
		log_event(LOG_INFO, "agency_circuit_closed",
			  log_word("agency", log_configured(p->row.id)));
}

static const char *reason_of(enum link_down why)
{
	switch (why) {
	case LINK_PREPARE:
	case LINK_PROTOCOL:
		return "agency_error";
	case LINK_TOO_LARGE:
		return "too_large";
	default:
		return "connect";
	}
}

static void down(void *arg, enum link_down why)
{
	struct agency *p = arg;
	const char *reason = reason_of(why);
	bool was_up = p->was_up, counts = p->sent.n > 0 || !was_up;

	if (why == LINK_PREPARE)
		log_event(LOG_WARN, "agency_contract_broken",
			  log_word("agency", log_configured(p->row.id)),
			  log_word("sqlstate",
				   log_configured(str_of(link_sqlstate(p->link)))));
	close_link(p);
	if ((why == LINK_TOO_LARGE || why == LINK_PROTOCOL) && p->sent.n > 0)
		end_unavailable(asks_take(&p->sent), reason); /* its own doing */
	if (!was_up && strcmp(reason, "connect") != 0)
		end_all(&p->waiting, reason); /* another try would end alike */
	after_loss(p, was_up, reason);
	if (counts)
		failed(p, link_down_word(why));
}

static void answers(struct agency *p)
{
	p->answered_at = clock_mono_ms();
	breaker_answered(&p->breaker);
}

static void answered(void *arg, void *tag, struct call *result, bool warned)
{
	struct agency *p = arg;
	struct ask *k = asks_take(&p->sent);
	bool cancelled = strcmp(call_sqlstate(result), "57014") == 0;
	struct flow *f;

	(void)warned; /* it only read */
	must(k == tag);
	p->head_since = p->idle_since = clock_mono_ms();
	if (k->answered) { /* too late */
		free(k);
		return;
	}
	f = ticket_flow(k->ticket);
	if (f != NULL) {
		call_move(k->call, result);
		provide_take(f->arena, k->call, &k->question, k->slot);
		if (k->slot->state != SOURCE_ANSWERED)
			metric_add(METRIC_AGENCY_FAILED, 1);
	}
	ticket_answered(k->ticket);
	free(k);
	if (cancelled)
		failed(p, "timeout");
	else
		answers(p);
}

/* The password of the row's credential, for this connect only. */
static bool read_password(struct str path, char *out, size_t size)
{
	FILE *f;
	bool ok;

	out[0] = '\0';
	if (path.n == 0)
		return true;
	f = fopen(path.p, "re"); /* arena_str put a NUL behind it */
	if (f == NULL)
		return false;
	setvbuf(f, NULL, _IONBF, 0); /* no copy of it stays behind */
	ok = fgets(out, (int)size, f) != NULL;
	fclose(f);
	out[strcspn(out, "\r\n")] = '\0';
	return ok;
}

static void open_link(struct agency *p, int64_t now)
{
	static const struct link_handler handler = { up, down, answered };
	char password[1024];
	size_t n = 0;

	p->was_up = false;
	p->connect_at = now + CONNECT_GAP_MS + rand_below(CONNECT_GAP_MS / 5);
	if (!read_password(p->row.credential, password, sizeof(password))) {
		log_event(LOG_ERROR, "agency_credential_unreadable",
			  log_word("agency", log_configured(p->row.id)));
		after_loss(p, false, "connect");
		failed(p, "connect");
		return;
	}
	while (strcmp(p->endpoint.keyword[n], "password") != 0)
		n++;
	p->endpoint.value[n] = password;
	p->link = link_open(p->loop,
			    &(struct link_config){
				    .keyword = p->endpoint.keyword,
				    .value = p->endpoint.value,
				    .statement = &provide_statement,
				    .statements = 1,
				    .connect_ms = CONNECT_MS,
				    .max_bytes = ANSWER_MOST,
			    },
			    &handler, p);
	p->endpoint.value[n] = "";
	OPENSSL_cleanse(password, sizeof(password));
}

static void send_waiting(struct agency *p)
{
	if (p->waiting.n == 0)
		return;
	if (p->link == NULL) {
		int64_t now = clock_mono_ms();

		if (now >= p->connect_at)
			open_link(p, now);
		return;
	}
	while (link_is_up(p->link) && p->waiting.n > 0 && p->sent.n < SENT_MOST) {
		struct ask *k = asks_take(&p->waiting);

		if (ticket_flow(k->ticket) == NULL) { /* nobody waits any more */
			end_unavailable(k, "timeout");
			continue;
		}
		if (p->sent.n == 0)
			p->head_since = clock_mono_ms();
		asks_put(&p->sent, k);
		link_send(p->link, k->args, k);
		link_sync(p->link);
	}
}

void peer_send_all(void)
{
	struct agency *list = todo;

	todo = NULL;
	while (list != NULL) {
		struct agency *p = list;

		list = p->todo_next;
		p->todo = false;
		send_waiting(p);
		if (p->waiting.n > 0)
			list_todo(p);
	}
}

void peer_ask(struct agency *p, struct flow *f, const struct agency_question *q,
	      struct source_answer *slot)
{
	struct call *args, *c = provide_call(f->arena, q);
	struct ask *k = wire_copy(c, sizeof(*k), &args);
	int64_t ms = p->row.deadline_ms;

	k->impatient = q->most_ms > 0 && q->most_ms < ms;
	if (k->impatient)
		ms = q->most_ms;
	*slot = (struct source_answer){ .state = SOURCE_ASKING };
	k->args = args;
	k->call = c;
	k->slot = slot;
	k->question = *q;
	k->ticket = ticket_new(f);
	k->deadline = clock_mono_ms() + ms;
	metric_add(METRIC_AGENCY_ASKED, 1);
	if (p->breaker.open)
		end_unavailable(k, "circuit_open");
	else if (p->waiting.n >= WAITING_MOST)
		end_unavailable(k, "busy");
	else
		wait_to_send(p, k);
}

/* Not when the caller was impatient, nor when the agency went on answering others
 * all the while: then it is busy, not ill (a burst opens no circuit). */
static bool is_to_blame(const struct agency *p, const struct ask *k)
{
	return !k->impatient && p->answered_at < k->deadline - p->row.deadline_ms;
}

/* The number of those whose agency is to blame. */
static int expire_waiting(struct agency *p, int64_t now)
{
	struct asks waiting = empty(&p->waiting);
	int expired = 0;

	while (waiting.n > 0) {
		struct ask *k = asks_take(&waiting);

		if (k->deadline > now) {
			asks_put(&p->waiting, k);
			continue;
		}
		expired += is_to_blame(p, k);
		end_unavailable(k, "timeout");
	}
	return expired;
}

static int expire_sent(struct agency *p, int64_t now)
{
	int expired = 0;

	for (struct ask *k = p->sent.first; k != NULL; k = k->next) {
		if (k->answered || k->deadline > now)
			continue;
		unavailable(k, "timeout");
		expired += is_to_blame(p, k);
	}
	return expired;
}

/* The server ends a statement at the deadline; a connection that says nothing
 * well behind it is dead, whatever TCP says. */
static bool is_stuck(const struct agency *p, int64_t now)
{
	return p->sent.n > 0 && now - p->head_since > p->row.deadline_ms + STUCK_MS;
}

void peer_watch(struct agency *p, int64_t now)
{
	int expired = expire_waiting(p, now) + expire_sent(p, now);

	for (; expired > 0 && !p->breaker.open; expired--)
		failed(p, "timeout");
	if (p->link != NULL && is_stuck(p, now)) {
		close_link(p);
		after_loss(p, true, "timeout");
	}
	if (p->link != NULL && link_is_up(p->link) && !peer_is_busy(p) &&
	    now - p->idle_since > IDLE_MS)
		close_link(p);
	if (p->link == NULL && !p->leaving && breaker_probe_is_due(&p->breaker, now))
		open_link(p, now);
}

struct agency *peer_new(struct loop *l, const struct agency_row *row)
{
	struct agency *p = must_alloc(sizeof(*p));

	p->loop = l;
	p->arena = arena_new();
	p->row = place_copy(p->arena, row);
	p->endpoint = place_endpoint(p->arena, &p->row);
	asks_init(&p->waiting);
	asks_init(&p->sent);
	return p;
}

void peer_leave(struct agency *p)
{
	p->leaving = true;
}

bool peer_is_done(const struct agency *p)
{
	return p->leaving && !peer_is_busy(p);
}

void peer_free(struct agency *p)
{
	struct agency **at = &todo;

	close_link(p);
	end_all(&p->sent, "connect");
	end_all(&p->waiting, "connect");
	while (*at != NULL && *at != p)
		at = &(*at)->todo_next;
	if (*at == p)
		*at = p->todo_next;
	arena_free(p->arena);
	free(p);
}
