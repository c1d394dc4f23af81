/* lane: groups, redoing, deadlines and reconnecting of one kind of statement.
 * The backlog decides the size of a group: when a connection can take one, all
 * that waits goes, up to a cap, before one sync; no timer window. When one call
 * of a group errs, PostgreSQL undoes the others, which are done again singly.
 * Callers: pool. Source: faults P1, P3; performance, "Writes".
 * SPDX-License-Identifier: Apache-2.0 */
#include "db/lane.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/rand.h"
#include "db/wire.h"

enum {
	CONNECT_MS = 2000,
	RETRY_FIRST_MS = 20,
	RETRY_MOST_MS = 400,
	ANSWER_MOST = 32 << 20
};

static void jobs_init(struct jobs *q)
{
	*q = (struct jobs){ .last = &q->first };
}

static void jobs_put(struct jobs *q, struct job *j)
{
	j->next = NULL;
	*q->last = j;
	q->last = &j->next;
	q->n++;
}

static struct job *jobs_take(struct jobs *q)
{
	struct job *j = q->first;

	must(j != NULL);
	q->first = j->next;
	if (q->first == NULL)
		q->last = &q->first;
	q->n--;
	return j;
}

/* Older work goes before what waits already. */
static void jobs_put_back(struct jobs *q, struct job *j)
{
	struct job **place = &q->first;

	while (*place != NULL && (*place)->single && (*place)->deadline <= j->deadline)
		place = &(*place)->next;
	j->next = *place;
	*place = j;
	if (j->next == NULL)
		q->last = &j->next;
	q->n++;
}

static void lose(struct lane *lane, struct job *j)
{
	struct call lost = { .statement = j->args->statement, .state = CALL_LOST };

	lane->config.done(j, &lost);
}

static void lose_all(struct lane *lane, struct jobs *q)
{
	while (q->n > 0)
		lose(lane, jobs_take(q));
}

bool lane_put(struct lane *lane, struct job *j)
{
	if (lane->up == 0 || lane->queue.n >= lane->config.queue_most)
		return false;
	jobs_put(&lane->queue, j);
	return true;
}

static struct job *send_next(struct line *line)
{
	struct job *j = jobs_take(&line->lane->queue);

	link_send(line->link, j->args, j);
	jobs_put(&line->sent, j);
	j->last = false;
	return j;
}

static void send_group(struct line *line)
{
	const struct lane_config *c = &line->lane->config;
	struct jobs *q = &line->lane->queue;
	struct job *j = send_next(line);

	for (size_t n = 1; n < c->group_most && !j->single && q->n > 0 && !q->first->single;
	     n++)
		j = send_next(line);
	j->last = true;
	link_sync(line->link);
	line->groups++;
}

/* Single ones leave one behind the other, each with its sync; a group waits for
 * a place. */
static bool can_send(const struct line *line)
{
	const struct lane *lane = line->lane;

	if (line->link == NULL || !link_is_up(line->link) || lane->queue.n == 0)
		return false;
	if (lane->queue.first->single && lane->config.kind != DB_ALONE)
		return line->groups < lane->config.group_most;
	return line->groups < lane->config.groups_most;
}

/* The database says that the work may be tried again as it stands. */
static bool may_retry(const struct job *j, const struct call *result)
{
	const char *code = call_sqlstate(result);

	return !j->retried && (strcmp(code, "40001") == 0 || strcmp(code, "40P01") == 0);
}

/* This connection can no longer do the work it was opened for: a standby that
 * was the primary, a schema that changed below the prepared statements. */
static bool is_stale(const struct call *result)
{
	static const char *const code[] = { "25006", "0A000", "26000" };

	for (size_t i = 0; i < COUNT(code); i++)
		if (strcmp(call_sqlstate(result), code[i]) == 0)
			return true;
	return false;
}

static void line_answered(void *arg, void *tag, struct call *result, bool warned)
{
	struct line *line = arg;
	struct lane *lane = line->lane;
	struct job *j = jobs_take(&line->sent);
	enum call_state state = call_state(result);

	must(j == tag);
	if (j->last)
		line->groups--;
	line->stale = line->stale || is_stale(result);
	if (state == CALL_NEW || (state == CALL_REFUSED && may_retry(j, result))) {
		j->retried = j->retried || state == CALL_REFUSED;
		j->single = true;
		jobs_put_back(&lane->queue, j);
		return;
	}
	if (warned && state == CALL_DONE)
		result->state = CALL_LOST;
	lane->config.done(j, result);
}

static void line_open(void *arg);

static void line_up(void *arg)
{
	struct line *line = arg;

	line->wait_ms = 0;
	line->up = true;
	line->lane->up++;
	line->lane->config.changed();
}

/* Half of the wait is left to chance, so that workers do not come together. */
static void wait_to_retry(struct line *line)
{
	int64_t ms = line->wait_ms ? line->wait_ms * 2 : RETRY_FIRST_MS;

	line->wait_ms = ms < RETRY_MOST_MS ? ms : RETRY_MOST_MS;
	ms = line->wait_ms / 2 + rand_below((uint32_t)line->wait_ms / 2 + 1);
	timer_start(line->lane->loop, &line->retry, ms, line_open, line);
}

/* Once for each time of trouble, not for each try. */
static void tell(const struct line *line, enum link_down why)
{
	if (line->wait_ms > RETRY_FIRST_MS)
		return;
	log_event(LOG_WARN, "database_connection_lost",
		  log_word("reason", log_own_text(link_down_word(why))),
		  log_word("sqlstate", log_configured(str_of(link_sqlstate(line->link)))));
}

static void line_down(void *arg, enum link_down why)
{
	struct line *line = arg;
	struct lane *lane = line->lane;
	bool was_up = line->up;

	if (!was_up || line->stale)
		line->endpoint = (line->endpoint + 1) % lane->config.dsn->endpoints;
	line->up = line->stale = false;
	line->groups = 0;
	lane->up -= was_up;
	wait_to_retry(line);
	tell(line, why);
	link_close(line->link);
	line->link = NULL;
	lose_all(lane, &line->sent);
	if (lane->up == 0)
		lose_all(lane, &lane->queue);
	if (was_up)
		lane->config.changed();
}

static void line_open(void *arg)
{
	static const struct link_handler handler = { line_up, line_down, line_answered };
	struct line *line = arg;
	const struct lane_config *c = &line->lane->config;
	const struct endpoint *e = &c->dsn->endpoint[line->endpoint];

	line->link = link_open(line->lane->loop,
			       &(struct link_config){
				       .keyword = e->keyword,
				       .value = e->value,
				       .statement = c->statement,
				       .statements = c->statements,
				       .kinds = 1U << c->kind,
				       .connect_ms = CONNECT_MS,
				       .max_bytes = ANSWER_MOST,
			       },
			       &handler, line);
}

void lane_send(struct lane *lane)
{
	for (size_t i = 0; i < lane->config.lines; i++) {
		if (lane->line[i].stale)
			line_down(&lane->line[i], LINK_CLOSED);
		while (can_send(&lane->line[i]))
			send_group(&lane->line[i]);
	}
}

static bool has_expired(const struct line *line, int64_t now)
{
	for (const struct job *j = line->sent.first; j != NULL; j = j->next)
		if (j->deadline <= now)
			return true;
	return false;
}

/* The server ends statements before our deadline (statement_timeout), so a
 * connection on which one passes is stuck, and all of it goes. */
void lane_expire(struct lane *lane, int64_t now)
{
	while (lane->queue.n > 0 && lane->queue.first->deadline <= now)
		lose(lane, jobs_take(&lane->queue));
	for (size_t i = 0; i < lane->config.lines; i++)
		if (has_expired(&lane->line[i], now))
			line_down(&lane->line[i], LINK_TIMEOUT);
}

void lane_open(struct lane *lane, struct loop *l, const struct lane_config *c)
{
	*lane = (struct lane){ .config = *c, .loop = l };
	jobs_init(&lane->queue);
	lane->line = must_alloc(c->lines * sizeof(*lane->line));
	for (size_t i = 0; i < c->lines; i++) {
		lane->line[i].lane = lane;
		jobs_init(&lane->line[i].sent);
		line_open(&lane->line[i]);
	}
}

void lane_close(struct lane *lane)
{
	lane->up = 0;
	for (size_t i = 0; i < lane->config.lines; i++) {
		struct line *line = &lane->line[i];

		timer_stop(&line->retry);
		if (line->link != NULL)
			link_close(line->link);
		line->link = NULL;
		lose_all(lane, &line->sent);
	}
	lose_all(lane, &lane->queue);
	free(lane->line);
	*lane = (struct lane){ 0 };
}
