/* database: the blocking connection of one command, and its errors as exit
 * codes. What the server says is shown only where it cannot quote a row: its
 * DETAIL never, its message for the classes of connection, rights, schema and
 * resources. Callers: the commands.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/enc.h"
#include "ctl.h"

static void free_result(void *r)
{
	PQclear(r);
}

const char *ctl_sqlstate(const PGresult *r)
{
	const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;

	return state ? state : "";
}

static bool may_be_shown(struct str state)
{
	static const char *const class[] = { "08", "28", "3D", "3F", "42",
					     "53", "55", "57", "58", "P0" };

	for (size_t i = 0; i < COUNT(class); i++)
		if (str_starts(state, class[i]))
			return true;
	return false;
}

enum exit_code ctl_tell_database(const struct ctl *c, const PGresult *r)
{
	const char *state = ctl_sqlstate(r);
	const char *text = r ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;

	if (PQstatus(c->db) != CONNECTION_OK) {
		ctl_error("the connection to the database was lost; what was begun is "
			  "undone");
		return EXIT_UNREACHABLE;
	}
	if (text && may_be_shown(str_of(state)))
		ctl_error("the database refused: %s (%s)", text, state);
	else
		ctl_error("the database refused (%s)", state);
	if (strcmp(state, "42P01") == 0)
		fprintf(stderr, "    selfinfoctl db migrate brings the schema\n");
	return EXIT_FAILED;
}

enum exit_code ctl_query(struct ctl *c, PGresult **out, const char *sql, int n,
			 const char *const *value)
{
	PGresult *r = PQexecParams(c->db, sql, n, NULL, value, NULL, NULL, 0);

	if (r)
		arena_own(c->a, r, free_result);
	if (out)
		*out = r;
	if (r == NULL ||
	    (PQresultStatus(r) != PGRES_TUPLES_OK && PQresultStatus(r) != PGRES_COMMAND_OK))
		return ctl_tell_database(c, r);
	return EXIT_OK;
}

enum exit_code ctl_do(struct ctl *c, const char *sql)
{
	PGresult *r = PQexec(c->db, sql);
	bool ok = r && (PQresultStatus(r) == PGRES_COMMAND_OK ||
			PQresultStatus(r) == PGRES_TUPLES_OK);
	enum exit_code code = ok ? EXIT_OK : ctl_tell_database(c, r);

	PQclear(r);
	return code;
}

enum exit_code ctl_commit(struct ctl *c)
{
	return ctl_do(c, c->o.dry_run ? "ROLLBACK" : "COMMIT");
}

static void no_notice(void *arg, const PGresult *r)
{
	(void)arg;
	(void)r; /* "relation exists, skipping" helps nobody */
}

enum exit_code ctl_connect(struct ctl *c, enum role r)
{
	enum exit_code code = ctl_config(c);
	const char *keyword[] = { "connect_timeout", "application_name", "dbname", NULL };
	const char *value[] = { "5", "selfinfoctl", NULL, NULL };

	if (code != EXIT_OK || c->db != NULL)
		return code;
	value[2] = ctl_dsn(c, r);
	c->db = PQconnectdbParams(keyword, value, 1);
	if (c->db == NULL || PQstatus(c->db) != CONNECTION_OK) {
		struct str text = str_of(c->db ? PQerrorMessage(c->db) : "no memory"), rest;

		ctl_error("the database cannot be reached: %.*s",
			  STR_ARG(str_cut(text, '\n', &rest)));
		return EXIT_UNREACHABLE;
	}
	PQsetNoticeReceiver(c->db, no_notice, NULL);
	return ctl_do(c, "SET search_path = public, pg_temp; "
			 "SET TIME ZONE 'Asia/Tokyo'; SET DateStyle = 'ISO, YMD'; "
			 "SET lock_timeout = '10s'; SET client_encoding = 'UTF8'");
}

const char *sql_array(struct arena *a, const struct str *v, size_t n)
{
	AUTO(buf) struct buf out = { 0 };

	buf_byte(&out, '{');
	for (size_t i = 0; i < n; i++) {
		buf_adds(&out, i ? ",\"" : "\"");
		for (size_t k = 0; k < v[i].n; k++) {
			if (v[i].p[k] == '"' || v[i].p[k] == '\\')
				buf_byte(&out, '\\');
			buf_byte(&out, v[i].p[k]);
		}
		buf_byte(&out, '"');
	}
	buf_byte(&out, '}');
	return arena_cstr(a, buf_str(&out));
}

const char *sql_time(struct arena *a, int64_t wall_ms)
{
	return arena_cstr(a, clock_text(a, wall_ms));
}

const char *sql_int(struct arena *a, int64_t v)
{
	return arena_cstr(a, arena_printf(a, "%lld", (long long)v));
}

const char *sql_bucket(struct arena *a, const uint8_t uuid[16])
{
	return sql_int(a, digest_bucket(uuid, 16));
}

bool uuid_read(const char *text, uint8_t out[16])
{
	return text != NULL && dec_uuid(str_of(text), out);
}
