/* maintain: `db maintain`, run daily by a timer as the owner. Makes the month
 * partitions three months ahead (and those of rows that fell into DEFAULT,
 * which it moves there first, in the same transaction), then purges what has
 * expired a day ago, 500 rows a transaction, so that nothing waits for it.
 * Months are Japan's. Running it twice changes nothing. Called by main.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "ctl.h"

enum { MONTHS_AHEAD = 3, TRIES = 5 };

/* parent, DEFAULT partition, column of the key */
static const char tables_sql[] =
	"SELECT p.partrelid::regclass::text, p.partdefid::regclass::text, a.attname "
	"FROM pg_partitioned_table p JOIN pg_class c ON c.oid = p.partrelid "
	"JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0] "
	"WHERE p.partstrat = 'r' AND p.partnatts = 1 AND p.partdefid <> 0 "
	"AND a.atttypid = 'timestamptz'::regtype "
	"AND c.relnamespace = 'public'::regnamespace ORDER BY 1";

struct table {
	const char *parent, *rest, *column;
};

/* Every month that lacks its partition: those ahead, those of rows in DEFAULT. */
static enum exit_code months(struct ctl *c, const struct table *t, PGresult **r)
{
	const char *value[] = { sql_time(c->a, ctl_now(c)), t->parent };
	const char *sql = arena_printf(c->a,
				       "SELECT to_char(m, 'YYYY_MM'), m::timestamptz, "
				       "(m + interval '1 month')::timestamptz FROM ("
				       "SELECT date_trunc('month', $1::timestamptz) + n * "
				       "interval '1 month' AS m "
				       "FROM generate_series(0, %d) n UNION "
				       "SELECT DISTINCT date_trunc('month', %s) FROM %s) x "
				       "WHERE to_regclass(quote_ident($2::text || '_' || "
				       "to_char(m, 'YYYY_MM'))) "
				       "IS NULL ORDER BY m LIMIT 120",
				       MONTHS_AHEAD, t->column, t->rest)
				  .p;

	return ctl_query(c, r, sql, COUNT(value), value);
}

/* One try; the lock on DEFAULT keeps new rows of the month out meanwhile. */
static enum exit_code make_partition(struct ctl *c, const struct table *t,
				     const char *month, const char *from, const char *to,
				     bool *busy)
{
	const char *part = arena_printf(c->a, "%s_%s", t->parent, month).p;
	PGresult *r = PQexec(c->db, arena_printf(c->a,
						 "BEGIN; SET LOCAL lock_timeout = '2s'; "
						 "LOCK TABLE %s IN ACCESS EXCLUSIVE MODE; "
						 "CREATE TABLE %s (LIKE %s INCLUDING "
						 "DEFAULTS INCLUDING CONSTRAINTS); "
						 "REVOKE ALL ON %s FROM PUBLIC; "
						 "WITH moved AS (DELETE FROM %s WHERE %s "
						 ">= '%s' AND %s < '%s' RETURNING *) "
						 "INSERT INTO %s SELECT * FROM moved; "
						 "ALTER TABLE %s ATTACH PARTITION %s FOR "
						 "VALUES FROM ('%s') TO ('%s'); "
						 "COMMIT",
						 t->rest, part, t->parent, part, t->rest,
						 t->column, from, t->column, to, part,
						 t->parent, part, from, to)
					    .p);
	enum exit_code code = EXIT_OK;

	*busy = strcmp(ctl_sqlstate(r), "55P03") == 0;
	if (r == NULL || PQresultStatus(r) != PGRES_COMMAND_OK)
		code = *busy ? EXIT_FAILED : ctl_tell_database(c, r);
	PQclear(r);
	if (code == EXIT_OK)
		printf("%s made\n", part);
	else if (PQstatus(c->db) == CONNECTION_OK)
		PQclear(PQexec(c->db, "ROLLBACK"));
	return code;
}

static enum exit_code make_months(struct ctl *c, const struct table *t)
{
	PGresult *r;
	enum exit_code code = months(c, t, &r);

	for (int i = 0; code == EXIT_OK && i < PQntuples(r); i++) {
		bool busy = true;

		for (int n = 0; busy && n < TRIES; n++)
			code = make_partition(c, t, PQgetvalue(r, i, 0),
					      PQgetvalue(r, i, 1), PQgetvalue(r, i, 2),
					      &busy);
		if (busy)
			ctl_error("%s was in use the whole time; run this again", t->rest);
	}
	return code;
}

static enum exit_code make_all(struct ctl *c)
{
	PGresult *r;
	enum exit_code code = ctl_query(c, &r, tables_sql, 0, NULL);

	for (int i = 0; code == EXIT_OK && i < PQntuples(r); i++) {
		const struct table t = { PQgetvalue(r, i, 0), PQgetvalue(r, i, 1),
					 PQgetvalue(r, i, 2) };

		code = make_months(c, &t);
	}
	return code;
}

/* What nobody can use any more, a day after its end. Refused and used ones
 * stay as long, so that a replay is still told from the unknown. */
static const struct purge {
	const char *table, *past; /* $1 is a day ago */
} purge[] = {
	{ "card_transaction", "expires < $1" },
	{ "card_step", "expires < $1" },
	{ "interaction", "expires < $1" },
	{ "pushed", "expires < $1 AND NOT EXISTS (SELECT FROM interaction i "
		    "WHERE i.pushed_bucket = pushed.bucket AND i.pushed = pushed.handle)" },
	{ "code", "expires < $1" },
	{ "assertion", "expires < $1" },
	{ "token", "expires < $1" },
	{ "retrieval", "begun < $1" },
};

static enum exit_code purge_table(struct ctl *c, const struct purge *p, int64_t *total)
{
	const char *value[] = { sql_time(c->a, ctl_now(c) - CLOCK_DAY_MS) };
	const char *sql = arena_printf(c->a,
				       "DELETE FROM %s WHERE ctid = ANY(ARRAY(SELECT ctid "
				       "FROM %s WHERE %s "
				       "LIMIT 500 FOR UPDATE SKIP LOCKED))",
				       p->table, p->table, p->past)
				  .p;
	int64_t n = 1;

	*total = 0;
	while (n > 0) {
		PGresult *r = PQexecParams(c->db, sql, 1, NULL, value, NULL, NULL, 0);
		enum exit_code code = r && PQresultStatus(r) == PGRES_COMMAND_OK ?
					      EXIT_OK :
					      ctl_tell_database(c, r);

		n = code == EXIT_OK ? strtoll(PQcmdTuples(r), NULL, 10) : 0;
		PQclear(r);
		if (code != EXIT_OK)
			return code;
		*total += n;
	}
	return EXIT_OK;
}

enum exit_code ctl_db_maintain(struct ctl *c)
{
	enum exit_code code = ctl_connect(c, ROLE_OWNER);

	if (code == EXIT_OK)
		code = make_all(c);
	for (size_t i = 0; code == EXIT_OK && i < COUNT(purge); i++) {
		int64_t n;

		code = purge_table(c, &purge[i], &n);
		if (code == EXIT_OK && n > 0)
			printf("%s: %lld rows purged\n", purge[i].table, (long long)n);
	}
	return code;
}
