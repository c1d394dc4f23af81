/* describe: compares each heading of the .sql files with what a real server says
 * about the statement: number and types of arguments and columns, columns that
 * changed places, and whether it may run as the gateway's role. The database is
 * built from schemas/db first. Run by tests/db/run.sh; exits 1 with one line an error.
 * Usage: describe SCHEMA_FOLDER. SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/migrate.h"
#include "db/wire.h"
#include "store/statements.h"

static int errors;

static void wrong(const struct statement *s, const char *what, const char *is,
		  const char *should)
{
	fprintf(stderr, "%s: %s: the server says %s, the heading %s\n", s->name, what, is,
		should);
	errors++;
}

static void compare_type(const struct statement *s, const char *what, Oid is,
			 enum db_type should)
{
	char text[32] = "another type";

	if (is == wire_oid(should))
		return;
	snprintf(text, sizeof(text), "type %u", is);
	for (int t = 0; t < DB_TYPE_COUNT; t++)
		if (wire_oid((enum db_type)t) == is)
			snprintf(text, sizeof(text), "%s", wire_type_name((enum db_type)t));
	wrong(s, what, text, wire_type_name(should));
}

static void compare_number(const struct statement *s, const char *what, int is, int should)
{
	char a[16], b[16];

	snprintf(a, sizeof(a), "%d", is);
	snprintf(b, sizeof(b), "%d", should);
	if (is != should)
		wrong(s, what, a, b);
}

/* The types the server finds by itself, without our telling; where it cannot,
 * with ours. */
static PGresult *prepare(PGconn *c, const struct statement *s)
{
	Oid type[WIRE_ARGUMENTS_MAX];
	PGresult *r;

	for (int i = 0; i < s->arguments; i++)
		type[i] = wire_oid(s->argument[i]);
	r = PQprepare(c, s->name, s->sql, s->arguments, type);
	if (PQresultStatus(r) != PGRES_COMMAND_OK) {
		fprintf(stderr, "%s: %s", s->name, PQerrorMessage(c));
		errors++;
		PQclear(r);
		return NULL;
	}
	PQclear(r);
	r = PQprepare(c, "", s->sql, 0, NULL);
	if (PQresultStatus(r) == PGRES_COMMAND_OK) {
		PQclear(r);
		return PQdescribePrepared(c, "");
	}
	PQclear(r);
	return PQdescribePrepared(c, s->name);
}

/* A heading may give a column a better name, but not that of another column
 * which the server does not call so. */
static bool is_exchanged(const struct statement *s, const PGresult *r, int column)
{
	const char *name = PQfname(r, column);

	if (strcmp(name, s->column_name[column]) == 0)
		return false;
	for (int i = 0; i < s->columns && i < PQnfields(r); i++)
		if (strcmp(name, s->column_name[i]) == 0)
			return strcmp(name, PQfname(r, i)) != 0;
	return false;
}

static void compare(PGconn *c, const struct statement *s)
{
	PGresult *r = prepare(c, s);
	char what[96];

	if (r == NULL)
		return;
	compare_number(s, "arguments", PQnparams(r), s->arguments);
	for (int i = 0; i < PQnparams(r) && i < s->arguments; i++) {
		snprintf(what, sizeof(what), "argument $%d", i + 1);
		compare_type(s, what, PQparamtype(r, i), s->argument[i]);
	}
	compare_number(s, "columns", PQnfields(r), s->columns);
	for (int i = 0; i < PQnfields(r) && i < s->columns; i++) {
		snprintf(what, sizeof(what), "column %s", s->column_name[i]);
		compare_type(s, what, PQftype(r, i), s->column[i]);
		if (is_exchanged(s, r, i))
			wrong(s, what, PQfname(r, i), s->column_name[i]);
	}
	PQclear(r);
}

/* The plan is made only when it runs; EXPLAIN with NULLs makes it, and with it
 * the check of rights. */
static void may_run(PGconn *c, const struct statement *s)
{
	char sql[4096];
	int n = snprintf(sql, sizeof(sql), "EXPLAIN EXECUTE %s%s", s->name,
			 s->arguments ? "(" : "");
	PGresult *r;

	for (int i = 0; i < s->arguments; i++)
		n += snprintf(sql + n, sizeof(sql) - (size_t)n, "%sNULL", i ? ", " : "");
	if (s->arguments)
		snprintf(sql + n, sizeof(sql) - (size_t)n, ")");
	r = PQexec(c, sql);
	if (PQresultStatus(r) != PGRES_TUPLES_OK) {
		fprintf(stderr, "%s: as the gateway's role: %s", s->name,
			PQerrorMessage(c));
		errors++;
	}
	PQclear(r);
}

static void report(void *arg, int version, const char *name)
{
	(void)name;
	*(int *)arg = version;
}

int main(int argc, char **argv)
{
	AUTO(arena) struct arena *a = arena_new();
	const char *host = getenv("SELFINFO_TEST_SOCKET");
	struct str failed;
	PGconn *c;
	int last = 0;

	if (argc != 2 || host == NULL) {
		fputs("usage: tests/db/run.sh describe SCHEMA_FOLDER\n", stderr);
		return 2;
	}
	c = PQsetdbLogin(host, NULL, NULL, NULL, "postgres", "postgres", NULL);
	PQclear(PQexec(c, "SET client_min_messages = warning"));
	failed = migrate_run(a, c, str_of(argv[1]), STAMP_SANDBOX, report, &last);
	if (failed.p != NULL) {
		fprintf(stderr, "%s\n", failed.p);
		return 1;
	}
	if (last != SCHEMA_VERSION) {
		fprintf(stderr, "the last file of %s is %d, SCHEMA_VERSION is %d\n",
			argv[1], last, SCHEMA_VERSION);
		errors++;
	}
	PQfinish(c);
	c = PQsetdbLogin(host, NULL, NULL, NULL, "postgres", "selfinfo_gateway", NULL);
	for (int i = 0; i < STATEMENT_COUNT; i++) {
		compare(c, &statement_table[i]);
		may_run(c, &statement_table[i]);
	}
	PQfinish(c);
	printf("%d statements, %d errors\n", STATEMENT_COUNT, errors);
	return errors > 0;
}
