/* worker: one event loop that serves. It begins with what its master loaded,
 * connects to the database in the background, and accepts when place key and
 * agencies are there; from then on a lost database means 503, not the end.
 * On SIGTERM it takes no connection any more and ends when the last is answered;
 * the master ends what lasts longer than `drain`.
 * Called by master in a child. Never returns; 78 when a file was wrong.
 * SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "agency/agency.h"
#include "base/clock.h"
#include "base/log.h"
#include "card/cert.h"
#include "db/pool.h"
#include "disclose/disclose.h"
#include "net/server.h"
#include "oauth/oauth.h"
#include "os/signals.h"
#include "retrieval/retrieval.h"
#include "selfinfod.h"
#include "signin/signin.h"
#include "store/place.h"
#include "store/statements.h"
#include "web/endpoint.h"

enum { HEARTBEAT_MS = 500, AGENCIES_MS = 1000, RETRY_MS = 250, KEPT_BYTES = 16 << 20 };

static const struct route *const tables[] = { oauth_routes, signin_routes, retrieval_routes,
					      web_routes };

static struct worker {
	const struct place *place;
	struct board_row *row;
	struct arena *arena;
	struct loop *loop;
	struct signals signals;
	struct timer heartbeat, key_again, agencies_again;
	struct arena *key_arena, *agencies_arena; /* of the call under way */
	struct call *key, *agencies;
	struct server *server[CONF_LIST_MAX];
	size_t servers, drained;
	bool draining;
} worker;

static void set_state(enum worker_state state)
{
	worker.row->state = (int)state;
	board_wake(worker.place->board);
}

static void beat(void *arg)
{
	(void)arg;
	worker.row->heartbeat = clock_mono_ms();
	worker.row->crl_age_s = card_crl_age(clock_wall_ms());
	timer_start(worker.loop, &worker.heartbeat, HEARTBEAT_MS, beat, NULL);
}

static void serve_when_ready(void)
{
	const struct place *p = worker.place;
	const struct conf *c = p->setup->conf;

	if (worker.servers > 0 || worker.draining || !place_key_is_set() ||
	    worker.row->agencies < 0)
		return;
	for (size_t i = 0; i < p->listeners; i++)
		worker.server[worker.servers++] =
			server_new(worker.loop,
				   &(struct server_config){
					   .fd = p->listener[i],
					   .tls = p->setup->tls,
					   .base_url = c->issuer,
					   .max_connections = (int)c->connections,
				   },
				   web_handler(), NULL);
	set_state(WORKER_SERVING);
}

static void ask_key(void *arg);

static void key_came(void *arg)
{
	struct str key = STR_NONE;

	(void)arg;
	if (call_state(worker.key) == CALL_DONE && call_rows(worker.key) == 1)
		key = row_bytea(worker.key, 0, place_key_load__key);
	if (key.n == 32) {
		place_key_set(key);
		OPENSSL_cleanse((void *)(uintptr_t)key.p, key.n);
	} else {
		if (call_state(worker.key) != CALL_LOST)
			log_event(LOG_ERROR, "place_key_not_loaded");
		timer_start(worker.loop, &worker.key_again, RETRY_MS, ask_key, NULL);
	}
	arena_free(worker.key_arena);
	worker.key_arena = NULL;
	serve_when_ready();
}

static void ask_key(void *arg)
{
	(void)arg;
	if (worker.key_arena != NULL || place_key_is_set())
		return;
	worker.key_arena = arena_new();
	worker.key = call_new(worker.key_arena, &statement_table[SQL_place_key_load]);
	db_ask_call(worker.key, key_came, NULL);
}

static struct agency_row agency_of(const struct call *c, int row)
{
	struct agency_row r = {
		.id = row_text(c, row, agencies_load__agency),
		.name_ja = row_text(c, row, agencies_load__name_ja),
		.name_en = row_text(c, row, agencies_load__name_en),
		.provider_kind = row_text(c, row, agencies_load__provider_kind),
		.address = row_text(c, row, agencies_load__address),
		.port = row_int4(c, row, agencies_load__port),
		.dbname = row_text(c, row, agencies_load__dbname),
		.username = row_text(c, row, agencies_load__username),
		.sslmode = row_text(c, row, agencies_load__sslmode),
		.sslrootcert = row_text(c, row, agencies_load__sslrootcert),
		.credential = row_text(c, row, agencies_load__credential),
		.deadline_ms = row_int4(c, row, agencies_load__deadline_ms),
	};

	r.item = row_texts(c, row, agencies_load__items, &r.items);
	return r;
}

static void take_agencies(const struct call *c, struct arena *a)
{
	size_t n = (size_t)call_rows(c);
	struct agency_row *row = arena_array(a, n + 1, sizeof(*row));

	for (size_t i = 0; i < n; i++)
		row[i] = agency_of(c, (int)i);
	agency_set(row, n);
	worker.row->agencies = (int64_t)n;
}

static void ask_agencies(void *arg);

static void agencies_came(void *arg)
{
	(void)arg;
	if (call_state(worker.agencies) == CALL_DONE)
		take_agencies(worker.agencies, worker.agencies_arena);
	else if (call_state(worker.agencies) == CALL_REFUSED)
		log_event(LOG_ERROR, "agencies_not_loaded");
	arena_free(worker.agencies_arena);
	worker.agencies_arena = NULL;
	if (worker.draining)
		return;
	timer_start(worker.loop, &worker.agencies_again,
		    worker.row->agencies < 0 ? RETRY_MS : AGENCIES_MS, ask_agencies, NULL);
	serve_when_ready();
}

static void ask_agencies(void *arg)
{
	(void)arg;
	if (worker.agencies_arena != NULL)
		return;
	worker.agencies_arena = arena_new();
	worker.agencies = call_new(worker.agencies_arena,
				   &statement_table[SQL_agencies_load]);
	db_ask_call(worker.agencies, agencies_came, NULL);
}

static void database_changed(void *arg, bool up)
{
	(void)arg;
	worker.row->database = up;
	board_wake(worker.place->board);
	if (!up)
		return;
	ask_key(NULL);
	ask_agencies(NULL);
}

/* What a flow asked before it ended, such as how a delivery went, is done too. */
static void end_when_quiet(void *arg)
{
	(void)arg;
	if (worker.drained == worker.servers && pool_waiting() == 0)
		loop_stop(worker.loop);
}

static void one_drained(void *arg)
{
	(void)arg;
	if (++worker.drained < worker.servers)
		return;
	loop_at_flush(worker.loop, end_when_quiet, NULL);
	loop_again(worker.loop);
}

/* Sockets belong to the master; what waits in them is another worker's. */
static void drain(void)
{
	worker.draining = true;
	set_state(WORKER_DRAINING);
	for (size_t i = 0; i < worker.servers; i++) {
		server_drain(worker.server[i], one_drained, NULL);
		close(worker.place->listener[i]);
	}
	if (worker.servers == 0)
		loop_stop(worker.loop);
	timer_stop(&worker.agencies_again);
	timer_stop(&worker.key_again);
}

static void on_signal(void *arg, int number)
{
	(void)arg;
	if (number == SIGTERM && !worker.draining)
		drain();
}

static bool init_rooms(struct str *why)
{
	const struct setup *s = worker.place->setup;
	const struct conf *c = s->conf;

	flow_init(worker.loop);
	web_init(worker.loop, &(struct web_config){
				      .base_url = c->issuer,
				      .sandbox = c->sandbox.on,
				      .phone = c->contact.phone,
				      .hours_ja = c->contact.hours,
				      .hours_en = c->contact.hours_en,
				      .tables = tables,
				      .count = COUNT(tables),
			      });
	oauth_init(&(struct oauth_config){ .catalogue = s->catalogue,
					   .par_lifetime_ms = c->par_lifetime_ms });
	retrieval_init(s->catalogue);
	agency_init(worker.loop);
	disclose_init(worker.loop);
	return setup_card(worker.arena, c, why) &&
	       signin_init(worker.arena,
			   &(struct signin_config){ .catalogue = s->catalogue,
						    .personas = c->sandbox.personas },
			   why);
}

static void end(void)
{
	for (size_t i = 0; i < worker.servers; i++)
		server_free(worker.server[i]);
	agency_close();
	pool_close();
	timer_stop(&worker.heartbeat);
	timer_stop(&worker.key_again);
	timer_stop(&worker.agencies_again);
	signals_stop(&worker.signals);
	loop_free(worker.loop);
	arena_free(worker.arena);
}

/* A tick's flows go together, and the allocator would give the top of the heap
 * back each time and fetch it again for the next: a tenth of a request's time. */
static void keep_memory(void)
{
	mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
}

void worker_run(const struct place *p)
{
	struct str why;

	keep_memory();
	worker = (struct worker){
		.place = p, .row = p->row, .arena = arena_new(), .loop = loop_new()
	};
	metric_share(p->row->cell);
	signals_start(worker.loop, &worker.signals, on_signal, NULL);
	if (!init_rooms(&why)) {
		log_event(LOG_ERROR, "worker_cannot_start",
			  log_word("why", log_configured(why)));
		exit(CONF_EXIT);
	}
	pool_on_change(database_changed, NULL);
	pool_init(worker.loop, &(struct pool_config){ .dsn = p->setup->conf->database.dsn,
						      .statement = statement_table,
						      .statements = STATEMENT_COUNT });
	beat(NULL);
	loop_run(worker.loop);
	end();
	exit(0);
}
