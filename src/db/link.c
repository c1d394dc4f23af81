/* link: drives one libpq connection: connect, prepare, then calls in groups that
 * end with a sync. What has been sent stands in a ring, in order; answers wait in
 * it until the sync behind them comes back, because before that nothing is
 * committed (faults P1). Callers: pool and agency, on the loop.
 * Errors: the first one that concerns the connection ends it by `down`.
 * Source: PostgreSQL 15 documentation, chapters 34.4, 34.5 and 55.2.
 * SPDX-License-Identifier: Apache-2.0 */
#include "db/link.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "db/wire.h"

enum what { SENT_PREPARE, SENT_CALL, SENT_SYNC };

struct sent {
	enum what what;
	const struct statement *statement;
	void *tag;
	size_t max_bytes;
	PGresult *result;
};

struct link {
	struct loop *loop;
	struct link_handler handler;
	void *arg;
	const struct statement *statement;
	size_t statements, max_bytes;
	unsigned kinds;
	PGconn *conn;
	struct watch watch;
	struct timer timer; /* to be up; afterwards, to tell an end */
	struct sent *ring;
	/* head: oldest without its sync; next: oldest without its answer */
	size_t cap, head, next, tail;
	size_t unanswered; /* calls */
	int64_t began;     /* bytes read when the oldest answer was seen to begin */
	char sqlstate[6];
	bool up, over, closed, warned, partly;
	enum link_down why;
	int depth; /* inside our own callbacks: close waits for their end */
};

static void drive(void *arg, int ready);

const char *link_down_word(enum link_down why)
{
	static const char *const word[] = {
#define LINK_DOWN_WORD(id, text) text,
		LINK_DOWN_REASONS(LINK_DOWN_WORD)
#undef LINK_DOWN_WORD
	};
	return word[why];
}

bool link_is_up(const struct link *k)
{
	return k->up && !k->over;
}

size_t link_unanswered(const struct link *k)
{
	return k->unanswered;
}

const char *link_sqlstate(const struct link *k)
{
	return k->sqlstate;
}

static struct sent *at(struct link *k, size_t i)
{
	return &k->ring[i & (k->cap - 1)];
}

static void destroy(struct link *k)
{
	for (size_t i = k->head; i != k->tail; i++)
		PQclear(at(k, i)->result);
	free(k->ring);
	free(k);
}

/* Stops the machinery; the struct stays for its owner to close. */
static void stop(struct link *k)
{
	k->over = true;
	timer_stop(&k->timer);
	watch_stop(&k->watch);
	PQfinish(k->conn);
	k->conn = NULL;
}

void link_close(struct link *k)
{
	if (!k->over)
		stop(k);
	k->closed = true;
	if (k->depth == 0)
		destroy(k);
}

static void leave(struct link *k)
{
	if (--k->depth == 0 && k->closed)
		destroy(k);
}

static void down(struct link *k, enum link_down why)
{
	if (k->over)
		return;
	stop(k);
	k->up = false;
	k->handler.down(k->arg, why);
}

static void tell_down(void *arg)
{
	struct link *k = arg;

	k->depth++;
	down(k, k->why);
	leave(k);
}

/* From where the owner called us: it hears of the end from the loop. */
static void down_later(struct link *k, enum link_down why)
{
	k->why = why;
	timer_start(k->loop, &k->timer, 0, tell_down, k);
}

static struct sent *push(struct link *k, enum what what)
{
	struct sent *s;

	if (k->tail - k->head == k->cap) {
		size_t cap = k->cap ? k->cap * 2 : 64;
		struct sent *ring = must_alloc(cap * sizeof(*ring));

		for (size_t i = k->head; i != k->tail; i++)
			ring[i & (cap - 1)] = *at(k, i);
		free(k->ring);
		k->ring = ring;
		k->cap = cap;
	}
	s = at(k, k->tail++);
	*s = (struct sent){ .what = what };
	return s;
}

static void flush(struct link *k)
{
	int left = PQflush(k->conn);

	if (left < 0)
		down_later(k, LINK_CLOSED);
	else
		watch_want(&k->watch, left ? WATCH_READ | WATCH_WRITE : WATCH_READ);
}

void link_send(struct link *k, const struct call *args, void *tag)
{
	const struct statement *s = args->statement;
	int format[WIRE_ARGUMENTS_MAX];
	struct sent *sent;

	must(link_is_up(k) && args->given == s->arguments &&
	     s->arguments <= WIRE_ARGUMENTS_MAX);
	for (int i = 0; i < s->arguments; i++)
		format[i] = 1;
	sent = push(k, SENT_CALL);
	sent->statement = s;
	sent->tag = tag;
	sent->max_bytes = args->max_bytes ? args->max_bytes : k->max_bytes;
	k->unanswered++;
	if (!PQsendQueryPrepared(k->conn, s->name, s->arguments, args->value, args->length,
				 format, 1))
		down_later(k, LINK_CLOSED);
}

void link_sync(struct link *k)
{
	push(k, SENT_SYNC);
	if (!PQpipelineSync(k->conn))
		down_later(k, LINK_CLOSED);
	else
		flush(k);
}

static bool wanted(const struct link *k, const struct statement *s)
{
	return k->kinds == 0 || (k->kinds & 1U << s->kind);
}

static bool prepare(struct link *k, const struct statement *s)
{
	Oid type[WIRE_ARGUMENTS_MAX];

	must(s->arguments <= WIRE_ARGUMENTS_MAX);
	for (int i = 0; i < s->arguments; i++)
		type[i] = wire_oid(s->argument[i]);
	push(k, SENT_PREPARE)->statement = s;
	return PQsendPrepare(k->conn, s->name, s->sql, s->arguments, type) == 1;
}

static void prepare_all(struct link *k)
{
	bool sent = PQsetnonblocking(k->conn, 1) == 0 && PQenterPipelineMode(k->conn) == 1;

	for (size_t i = 0; sent && i < k->statements; i++)
		if (wanted(k, &k->statement[i]))
			sent = prepare(k, &k->statement[i]);
	if (!sent) {
		down(k, LINK_CLOSED);
		return;
	}
	watch_start(k->loop, &k->watch, PQsocket(k->conn), WATCH_READ, drive, k);
	link_sync(k);
}

/* A step of the connection. libpq may open another socket in it, so the old one
 * is not watched meanwhile. */
static void connect_step(void *arg, int ready)
{
	struct link *k = arg;
	PostgresPollingStatusType s;

	(void)ready;
	k->depth++;
	watch_stop(&k->watch);
	s = PQconnectPoll(k->conn);
	if (s == PGRES_POLLING_OK)
		prepare_all(k);
	else if (s == PGRES_POLLING_FAILED)
		down(k, LINK_CONNECT);
	else
		watch_start(k->loop, &k->watch, PQsocket(k->conn),
			    s == PGRES_POLLING_READING ? WATCH_READ : WATCH_WRITE,
			    connect_step, k);
	leave(k);
}

static void hand_out_call(struct link *k, struct sent s, bool undone)
{
	struct call result = { .statement = s.statement, .result = s.result };
	ExecStatusType is = PQresultStatus(s.result);

	k->unanswered--;
	if (is == PGRES_FATAL_ERROR) {
		const char *code = PQresultErrorField(s.result, PG_DIAG_SQLSTATE);

		result.state = CALL_REFUSED;
		memcpy(result.sqlstate, code, 5);
	} else if (undone) {
		result.state = CALL_NEW;
	} else if (wire_bytes(s.result) > s.max_bytes) {
		result.state = CALL_REFUSED;
		memcpy(result.sqlstate, "LARGE", 6);
	} else if (!wire_fits(s.statement, s.result)) {
		result.state = CALL_REFUSED;
		memcpy(result.sqlstate, "TYPES", 6);
	} else {
		result.state = CALL_DONE;
	}
	k->handler.answered(k->arg, s.tag, &result, k->warned);
	PQclear(result.result);
}

/* An error at the commit itself concerns all of the group; when that is one
 * call, the error is its answer. */
static bool group_failed(struct link *k, size_t end, PGresult **commit_error)
{
	bool failed = *commit_error != NULL;

	for (size_t i = k->head; i != end; i++) {
		ExecStatusType s = PQresultStatus(at(k, i)->result);

		failed = failed || s == PGRES_FATAL_ERROR || s == PGRES_PIPELINE_ABORTED;
	}
	if (*commit_error != NULL && end - k->head == 1) {
		PQclear(at(k, k->head)->result);
		at(k, k->head)->result = *commit_error;
		*commit_error = NULL;
	}
	return failed;
}

static void came_up(struct link *k)
{
	k->up = true;
	timer_stop(&k->timer);
	k->handler.up(k->arg);
}

/* The sync at k->next came back: what stands before it is final. */
static void sync_came(struct link *k)
{
	size_t end = k->next;
	PGresult *commit_error = at(k, end)->result;
	bool failed;

	at(k, end)->result = NULL;
	failed = group_failed(k, end, &commit_error);
	PQclear(commit_error);
	k->next = end + 1;
	while (!k->over && k->head != end) {
		struct sent s = *at(k, k->head++);

		if (s.what == SENT_CALL) {
			hand_out_call(k, s, failed);
			continue;
		}
		PQclear(s.result);
		if (failed)
			down(k, LINK_PREPARE);
	}
	if (k->over)
		return;
	k->head = end + 1;
	k->warned = false;
	if (!k->up)
		came_up(k);
}

/* An error without a code is libpq's own: the connection broke. FATAL ends the
 * session behind it. */
static bool ends_connection(struct link *k, const PGresult *r)
{
	const char *code = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	const char *severity = PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED);

	if (code == NULL || severity == NULL || strlen(code) != 5)
		return true;
	memcpy(k->sqlstate, code, 6);
	return strcmp(severity, "ERROR") != 0;
}

/* libpq keeps an answer in its buffer until all of it is there, so its size is
 * taken from TCP: what came, less what still waits to be read. On a local socket
 * it stays 0, and hand_out_call finds what is too large when it is there. */
static int64_t bytes_read(const struct link *k)
{
	struct tcp_info info;
	socklen_t n = sizeof(info);
	int fd = PQsocket(k->conn), waiting = 0;

	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n) != 0 ||
	    n < offsetof(struct tcp_info, tcpi_segs_out) ||
	    ioctl(fd, FIONREAD, &waiting) != 0)
		return 0;
	return (int64_t)info.tcpi_bytes_received - waiting;
}

/* The oldest answer is there in part only. */
static bool grows_too_large(struct link *k)
{
	const struct sent *s = at(k, k->next);

	if (s->what != SENT_CALL)
		return false;
	if (!k->partly) {
		k->partly = true;
		k->began = bytes_read(k);
		return false;
	}
	return bytes_read(k) - k->began > (int64_t)s->max_bytes;
}

/* One result; false when the link is over. */
static bool take(struct link *k, PGresult *r)
{
	struct sent *s = at(k, k->next);

	if (r == NULL) { /* the end of one answer */
		k->partly = false;
		if (s->what != SENT_SYNC && s->result != NULL)
			k->next++;
		return true;
	}
	if (PQresultStatus(r) == PGRES_PIPELINE_SYNC) {
		PQclear(r);
		if (s->what == SENT_SYNC)
			sync_came(k);
		else
			down(k, LINK_PROTOCOL);
		return !k->over;
	}
	if (PQresultStatus(r) == PGRES_FATAL_ERROR && ends_connection(k, r)) {
		PQclear(r);
		down(k, LINK_CLOSED);
		return false;
	}
	if (s->result != NULL ||
	    (s->what == SENT_SYNC && PQresultStatus(r) != PGRES_FATAL_ERROR)) {
		PQclear(r);
		down(k, LINK_PROTOCOL);
		return false;
	}
	s->result = r;
	return true;
}

static void take_all(struct link *k)
{
	unsigned idle = 0;

	while (k->next != k->tail && !PQisBusy(k->conn)) {
		PGresult *r = PQgetResult(k->conn);

		idle = r == NULL ? idle + 1 : 0;
		if (idle > 2 || PQstatus(k->conn) == CONNECTION_BAD) {
			PQclear(r);
			down(k, LINK_CLOSED);
			return;
		}
		if (!take(k, r))
			return;
	}
	if (k->next != k->tail && grows_too_large(k))
		down(k, LINK_TOO_LARGE);
}

static void drive(void *arg, int ready)
{
	struct link *k = arg;

	k->depth++;
	if (ready & WATCH_READ) {
		if (PQconsumeInput(k->conn))
			take_all(k);
		else
			down(k, LINK_CLOSED);
	}
	if (!k->over && (ready & WATCH_WRITE || k->watch.want & WATCH_WRITE))
		flush(k);
	leave(k);
}

static void notice(void *arg, const PGresult *r)
{
	struct link *k = arg;
	const char *severity = PQresultErrorField(r, PG_DIAG_SEVERITY_NONLOCALIZED);

	if (severity != NULL && strcmp(severity, "WARNING") == 0)
		k->warned = true;
}

struct link *link_open(struct loop *l, const struct link_config *c,
		       const struct link_handler *h, void *arg)
{
	struct link *k = must_alloc(sizeof(*k));

	k->loop = l;
	k->handler = *h;
	k->arg = arg;
	k->statement = c->statement;
	k->statements = c->statements;
	k->kinds = c->kinds;
	k->max_bytes = c->max_bytes;
	k->conn = PQconnectStartParams(c->keyword, c->value, 0);
	must(k->conn != NULL);
	PQsetNoticeReceiver(k->conn, notice, k);
	if (PQstatus(k->conn) == CONNECTION_BAD) {
		down_later(k, LINK_CONNECT);
		return k;
	}
	k->why = LINK_TIMEOUT;
	timer_start(l, &k->timer, c->connect_ms, tell_down, k);
	watch_start(l, &k->watch, PQsocket(k->conn), WATCH_WRITE, connect_step, k);
	return k;
}
