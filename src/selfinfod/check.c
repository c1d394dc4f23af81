/* check: everything a start needs but the sockets. Nothing stops at the first
 * error. Callers: main (--check), master in a child (its start and reloads).
 * It blocks (at most a few seconds for each host of the database) and uses the
 * rooms' own loaders, which keep what they loaded: never in a process that
 * serves. Source: operations O5, O7, O14.
 * SPDX-License-Identifier: Apache-2.0 */
#include <openssl/x509v3.h>
#include <poll.h>

#include "base/clock.h"
#include "card/cert.h"
#include "db/dsn.h"
#include "db/migrate.h"
#include "db/pool.h"
#include "selfinfod.h"
#include "signin/signin.h"

enum { SOON_DAYS = 14, CONNECT_MS = 3000 };

struct telling {
	struct buf *out;
	unsigned errors;
};

static void tell_error(struct telling *t, struct str why)
{
	t->errors++;
	buf_printf(t->out, "selfinfod: error: %.*s\n", STR_ARG(why));
}

static void tell_warning(struct telling *t, struct str why)
{
	buf_printf(t->out, "selfinfod: warning: %.*s\n", STR_ARG(why));
}

static void check_dates(struct telling *t, const struct setup *s)
{
	struct arena *a = s->arena;
	const char *file = s->conf->tls.certificate.p;
	X509 *x = SSL_CTX_get0_certificate(s->tls->context);
	int64_t left = setup_certificate_ms(s);

	if (X509_cmp_current_time(X509_get0_notBefore(x)) > 0)
		tell_error(t, arena_printf(a, "%s is not valid yet", file));
	if (left <= 0)
		tell_error(t, arena_printf(a, "%s has expired", file));
	else if (left < SOON_DAYS * CLOCK_DAY_MS)
		tell_warning(t, arena_printf(a, "%s expires in %d days", file,
					     (int)(left / CLOCK_DAY_MS)));
}

static void check_name(struct telling *t, const struct setup *s)
{
	X509 *x = SSL_CTX_get0_certificate(s->tls->context);
	struct str host = setup_host(s->arena, s->conf);
	const char *name = arena_cstr(s->arena, host);

	if (X509_check_host(x, name, host.n, 0, NULL) == 1 ||
	    X509_check_ip_asc(x, name, 0) == 1)
		return;
	tell_error(t, arena_printf(s->arena,
				   "%s is not a certificate for %s, the host of "
				   "the issuer",
				   s->conf->tls.certificate.p, name));
}

static void check_cards(struct telling *t, const struct setup *s)
{
	const struct conf *c = s->conf;
	struct str why;

	if (!setup_card(s->arena, c, &why)) {
		tell_error(t, why);
		return;
	}
	if (c->card.anchor.n > 0 && card_crl_age(clock_wall_ms()) < 0)
		tell_warning(t, STR("a revocation list is missing or stale: sign-in "
				    "with a card answers 503 until it is there"));
}

static void check_personas(struct telling *t, const struct setup *s)
{
	struct str why;

	if (!signin_init(s->arena,
			 &(struct signin_config){
				 .catalogue = s->catalogue,
				 .personas = s->conf->sandbox.personas,
			 },
			 &why))
		tell_error(t, why);
}

/* Blocking, as PQconnectdbParams, but with SQLSTATE in the error's text. */
static PGconn *connect_one(const struct endpoint *e)
{
	PGconn *c = PQconnectStartParams(e->keyword, e->value, 0);
	int64_t until = clock_mono_ms() + CONNECT_MS;
	PostgresPollingStatusType want = PGRES_POLLING_WRITING;

	must(c != NULL);
	PQsetErrorVerbosity(c, PQERRORS_VERBOSE);
	while (PQstatus(c) != CONNECTION_BAD && want != PGRES_POLLING_OK &&
	       want != PGRES_POLLING_FAILED) {
		struct pollfd p = { .fd = PQsocket(c), .events = POLLOUT };
		int64_t left = until - clock_mono_ms();

		if (want == PGRES_POLLING_READING)
			p.events = POLLIN;
		if (left <= 0 || poll(&p, 1, (int)left) == 0)
			break;
		want = PQconnectPoll(c);
	}
	return c;
}

/* "… FATAL:  28000: role …": what the server said, absent without a server */
static struct str sqlstate_in(struct str text)
{
	for (size_t i = 0; i + 9 < text.n; i++) {
		struct str s = str_part(text, i + 3, 5);

		if (memcmp(text.p + i, ":  ", 3) == 0 && text.p[i + 8] == ':' &&
		    strspn(s.p, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == s.n)
			return s;
	}
	return STR_NONE;
}

/* Starting, stopping, full: it may let us in a little later. */
static bool is_passing(struct str sqlstate)
{
	return sqlstate.p == NULL || str_starts(sqlstate, "57P") ||
	       str_starts(sqlstate, "53") || str_starts(sqlstate, "08");
}

/* NULL: *why; *passing when another try may help */
static PGconn *connect_to(const struct dsn *dsn, struct arena *a, struct str *why,
			  bool *passing)
{
	*why = STR("no host");
	*passing = false;
	for (size_t i = 0; i < dsn->endpoints; i++) {
		PGconn *c = connect_one(&dsn->endpoint[i]);
		struct str text = str_of(PQerrorMessage(c)), rest;

		if (PQstatus(c) == CONNECTION_OK)
			return c;
		*passing |= is_passing(sqlstate_in(text));
		*why = text.n == 0 ? STR("no answer in time") :
				     arena_str(a, str_cut(text, '\n', &rest));
		PQfinish(c);
	}
	return NULL;
}

/* true: the database was asked, whatever it said */
static bool check_database(struct telling *t, const struct setup *s)
{
	static const struct setting extra[] = {
		{ "application_name", "selfinfod check" },
		{ "gssencmode", "disable" },
		{ "target_session_attrs", "read-write" },
		{ "tcp_user_timeout", "3000" },
		{ "options", "-c statement_timeout=4000 -c lock_timeout=2000" },
		{ NULL, NULL }
	};
	enum stamp kind = s->conf->sandbox.on ? STAMP_SANDBOX : STAMP_PRODUCTION;
	struct dsn dsn;
	struct str why = dsn_read(s->arena, s->conf->database.dsn, extra, &dsn);
	PGconn *c;
	bool lost, passing;

	if (why.p != NULL) {
		tell_error(t, why);
		return true;
	}
	c = connect_to(&dsn, s->arena, &why, &passing);
	if (c == NULL) {
		buf_printf(t->out,
			   "selfinfod: error: the database cannot be reached: "
			   "%.*s\n",
			   STR_ARG(why));
		if (passing)
			return false;
		t->errors++;
		buf_adds(t->out, "    a new database gets its schema and roles by: "
				 "selfinfoctl db migrate\n");
		return true;
	}
	why = migrate_check(s->arena, c, kind);
	if (why.p == NULL)
		why = migrate_check_role(s->arena, c);
	lost = PQstatus(c) != CONNECTION_OK;
	PQfinish(c);
	if (why.p != NULL && !lost)
		tell_error(t, why);
	else if (lost)
		buf_adds(t->out, "selfinfod: error: the database was lost\n");
	return !lost;
}

enum checked check_setup(const struct setup *s, bool offline, struct buf *told)
{
	struct telling t = { .out = told };
	bool reached;

	check_dates(&t, s);
	check_name(&t, s);
	check_cards(&t, s);
	check_personas(&t, s);
	reached = offline || check_database(&t, s);
	if (t.errors > 0)
		return CHECKED_WRONG;
	return reached ? CHECKED_RIGHT : CHECKED_UNREACHABLE;
}

enum checked check_file(const char *file, bool offline, struct buf *told)
{
	struct setup *s = setup_load(file, told);
	enum checked result;

	if (s == NULL)
		return CHECKED_WRONG;
	result = check_setup(s, offline, told);
	setup_free(s);
	return result;
}
