/* migrate: reads the folder, compares it with table schema_migration, applies
 * what is missing under an advisory lock, so that two runs at once do it once.
 * Callers: selfinfoctl db migrate, selfinfod at its start. Nothing outlives a
 * call but what lies in the arena.
 * Errors: the first one, with its remedy; what was applied before it stays.
 * SPDX-License-Identifier: Apache-2.0 */
#include "db/migrate.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/enc.h"

enum { FILES_MAX = 999, FILE_BYTES_MAX = 8 << 20 };

/* any number that nobody else uses: "selfinfo" in ASCII */
#define LOCK_KEY "8315161591301629551"

struct file {
	int version;
	const char *name;
	struct str sql;
	char checksum[2 * SHA256_LEN + 1];
};

struct files {
	struct file list[FILES_MAX];
	int n;
};

struct run {
	struct arena *a;
	PGconn *c;
	const char *folder;
	struct files files;
};

static void free_result(void *r)
{
	PQclear(r);
}

/* The server's text only where it cannot quote a row: never its DETAIL. */
static struct str server_error(struct run *r, const PGresult *result, const char *doing)
{
	const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *place = PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);

	if (text == NULL)
		return arena_printf(r->a,
				    "%s: the connection to the database was lost; "
				    "run it again, what was begun is undone",
				    doing);
	return arena_printf(r->a,
			    "%s: the database says: %s (%s)%s%s; nothing of it was "
			    "kept",
			    doing, text, state ? state : "?",
			    place ? ", at character " : "", place ? place : "");
}

static struct str query(struct run *r, const char *doing, const char *sql, PGresult **out)
{
	PGresult *result = PQexec(r->c, sql);
	ExecStatusType s = PQresultStatus(result);

	if (result != NULL)
		arena_own(r->a, result, free_result);
	*out = result;
	if (s == PGRES_TUPLES_OK || s == PGRES_COMMAND_OK)
		return STR_NONE;
	return server_error(r, result, doing);
}

static struct str execute(struct run *r, const char *doing, const char *sql)
{
	PGresult *ignored;

	return query(r, doing, sql, &ignored);
}

static struct str read_file(struct run *r, const char *name, struct str *out)
{
	const char *path = arena_printf(r->a, "%s/%s", r->folder, name).p;
	struct stat st;
	char *text;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) != 0 || st.st_size > FILE_BYTES_MAX) {
		if (fd >= 0)
			close(fd);
		return arena_printf(r->a,
				    "%s cannot be read (%s); it must be a file of "
				    "at most 8 MiB that this account may read",
				    path, strerror(errno));
	}
	text = arena_alloc(r->a, (size_t)st.st_size + 1);
	n = read(fd, text, (size_t)st.st_size);
	close(fd);
	if (n != st.st_size)
		return arena_printf(r->a, "%s changed while it was read; run it again",
				    path);
	*out = (struct str){ text, (size_t)n };
	return STR_NONE;
}

/* NNN-name.sql */
static bool is_migration(const char *name)
{
	for (int i = 0; i < 3; i++)
		if (name[i] < '0' || name[i] > '9')
			return false;
	return name[3] == '-' && str_ends(str_of(name), ".sql");
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct file *)a)->name, ((const struct file *)b)->name);
}

static struct str list_folder(struct run *r)
{
	DIR *d = opendir(r->folder);
	struct dirent *e;

	if (d == NULL)
		return arena_printf(r->a,
				    "%s cannot be opened (%s); name the folder that "
				    "holds the files 001-….sql",
				    r->folder, strerror(errno));
	while ((e = readdir(d)) != NULL && r->files.n < FILES_MAX) {
		if (!is_migration(e->d_name))
			continue;
		r->files.list[r->files.n++].name = arena_cstr(r->a, str_of(e->d_name));
	}
	closedir(d);
	qsort(r->files.list, (size_t)r->files.n, sizeof(r->files.list[0]), by_name);
	return STR_NONE;
}

static struct str read_folder(struct run *r)
{
	struct str wrong = list_folder(r);

	for (int i = 0; i < r->files.n && wrong.p == NULL; i++) {
		struct file *f = &r->files.list[i];
		uint8_t hash[SHA256_LEN];

		f->version = (int)strtol(f->name, NULL, 10);
		if (f->version != i + 1)
			return arena_printf(
				r->a,
				"%s/%s stands where number %03d is due; "
				"the files are numbered from 001 without gap or "
				"double",
				r->folder, f->name, i + 1);
		wrong = read_file(r, f->name, &f->sql);
		if (wrong.p != NULL)
			break;
		digest_sha256(f->sql, hash);
		memcpy(f->checksum, enc_hex_in(r->a, hash, SHA256_LEN).p,
		       sizeof(f->checksum) - 1);
	}
	if (wrong.p == NULL && r->files.n < SCHEMA_VERSION)
		return arena_printf(r->a,
				    "%s holds %d files, but this program needs %d; "
				    "take the folder of the same release",
				    r->folder, r->files.n, SCHEMA_VERSION);
	return wrong;
}

static const char tables_sql[] =
	"CREATE TABLE IF NOT EXISTS schema_migration ("
	" version int PRIMARY KEY, name text NOT NULL, checksum bytea NOT NULL,"
	" at timestamptz NOT NULL);"
	"CREATE TABLE IF NOT EXISTS stamp ("
	" one bool PRIMARY KEY CHECK (one),"
	" kind text NOT NULL CHECK (kind IN ('sandbox', 'production')));"
	"GRANT SELECT ON schema_migration, stamp TO PUBLIC";

static const char *stamp_word(enum stamp kind)
{
	return kind == STAMP_SANDBOX ? "sandbox" : "production";
}

static struct str wrong_stamp(struct run *r, const char *is, enum stamp kind)
{
	return arena_printf(r->a,
			    "this database is stamped %s, not %s, and that never "
			    "changes; name the right database, or %s",
			    is, stamp_word(kind),
			    kind == STAMP_SANDBOX ?
				    "leave `sandbox { }` out of the configuration" :
				    "put `sandbox { }` into the configuration");
}

/* The stamp of the database; made when this is the first run. */
static struct str stamp(struct run *r, enum stamp kind, int applied)
{
	PGresult *is;
	struct str wrong = query(r, "reading the stamp", "SELECT kind FROM stamp", &is);

	if (wrong.p != NULL)
		return wrong;
	if (PQntuples(is) == 1) {
		const char *word = PQgetvalue(is, 0, 0);

		if (kind != STAMP_ANY && strcmp(word, stamp_word(kind)) != 0)
			return wrong_stamp(r, word, kind);
		return STR_NONE;
	}
	if (applied > 0)
		return STR("the database has a schema but no stamp; somebody changed table "
			   "\"stamp\" by hand: restore it from a copy");
	if (kind == STAMP_ANY)
		return STR("a new database is stamped for ever: say --sandbox or "
			   "--production");
	return execute(r, "stamping the database",
		       arena_printf(r->a, "INSERT INTO stamp VALUES (true, '%s')",
				    stamp_word(kind))
			       .p);
}

/* What was applied must be what the files still say. */
static struct str compare(struct run *r, int *applied)
{
	PGresult *rows;
	struct str wrong = query(r, "reading schema_migration",
				 "SELECT version, name, encode(checksum, 'hex') "
				 "FROM schema_migration ORDER BY version",
				 &rows);

	if (wrong.p != NULL)
		return wrong;
	*applied = PQntuples(rows);
	for (int i = 0; i < *applied; i++) {
		const char *name = PQgetvalue(rows, i, 1);

		if (i >= r->files.n)
			return arena_printf(r->a,
					    "the database already has %s, which %s "
					    "lacks; use a newer release",
					    name, r->folder);
		if (strcmp(PQgetvalue(rows, i, 2), r->files.list[i].checksum) != 0)
			return arena_printf(r->a,
					    "%s/%s is not what was applied as %s; put "
					    "the released file back (a change needs a new "
					    "number)",
					    r->folder, r->files.list[i].name, name);
	}
	return STR_NONE;
}

static struct str apply(struct run *r, const struct file *f)
{
	const char *doing = arena_printf(r->a, "%s/%s", r->folder, f->name).p;
	const char *row =
		arena_printf(
			r->a,
			"INSERT INTO schema_migration VALUES (%d, '%s', '\\x%s', now())",
			f->version, f->name, f->checksum)
			.p;
	struct str wrong = execute(r, doing, "BEGIN");

	if (wrong.p == NULL)
		wrong = execute(r, doing, f->sql.p);
	if (wrong.p == NULL && PQtransactionStatus(r->c) != PQTRANS_INTRANS)
		wrong = arena_printf(r->a,
				     "%s ends its transaction; take COMMIT and "
				     "ROLLBACK out of it",
				     doing);
	if (wrong.p == NULL)
		wrong = execute(r, doing, row);
	if (wrong.p == NULL)
		wrong = execute(r, doing, "COMMIT");
	if (wrong.p != NULL)
		PQclear(PQexec(r->c, "ROLLBACK"));
	return wrong;
}

static bool name_is_plain(const char *name)
{
	for (; *name != '\0'; name++)
		if (strchr("abcdefghijklmnopqrstuvwxyz0123456789-_.", *name) == NULL)
			return false;
	return true;
}

static struct str prepare(struct run *r, enum stamp kind, int *applied)
{
	struct str wrong = STR_NONE;

	for (int i = 0; i < r->files.n && wrong.p == NULL; i++)
		if (!name_is_plain(r->files.list[i].name))
			wrong = arena_printf(r->a,
					     "%s/%s: only a-z, 0-9, - and _ may stand "
					     "in the name",
					     r->folder, r->files.list[i].name);
	if (wrong.p == NULL)
		wrong = execute(r, "making schema_migration", tables_sql);
	if (wrong.p == NULL)
		wrong = compare(r, applied);
	if (wrong.p == NULL)
		wrong = stamp(r, kind, *applied);
	return wrong;
}

struct str migrate_run(struct arena *a, PGconn *c, struct str folder, enum stamp kind,
		       void (*report)(void *arg, int version, const char *name), void *arg)
{
	struct run *r = arena_alloc(a, sizeof(*r));
	struct str wrong;
	int applied = 0;

	r->a = a;
	r->c = c;
	r->folder = arena_cstr(a, folder);
	wrong = read_folder(r);
	if (wrong.p == NULL)
		wrong = execute(r, "waiting for another run",
				"SELECT pg_advisory_lock(" LOCK_KEY ")");
	if (wrong.p != NULL)
		return wrong;
	wrong = prepare(r, kind, &applied);
	for (int i = applied; i < r->files.n && wrong.p == NULL; i++) {
		wrong = apply(r, &r->files.list[i]);
		if (wrong.p == NULL)
			report(arg, r->files.list[i].version, r->files.list[i].name);
	}
	PQclear(PQexec(c, "SELECT pg_advisory_unlock(" LOCK_KEY ")"));
	return wrong;
}

struct str migrate_check(struct arena *a, PGconn *c, enum stamp kind)
{
	struct run r = { .a = a, .c = c };
	PGresult *is;
	struct str wrong = query(&r, "looking for the schema",
				 "SELECT to_regclass('schema_migration') IS NULL", &is);
	int version;

	if (wrong.p != NULL)
		return wrong;
	if (PQgetvalue(is, 0, 0)[0] == 't')
		return STR("the database has no schema yet; run as its owner: "
			   "selfinfoctl db migrate");
	wrong = query(&r, "reading the schema's version",
		      "SELECT coalesce(max(version), 0), (SELECT kind FROM stamp) "
		      "FROM schema_migration",
		      &is);
	if (wrong.p != NULL)
		return wrong;
	version = (int)strtol(PQgetvalue(is, 0, 0), NULL, 10);
	if (version < SCHEMA_VERSION)
		return arena_printf(
			a,
			"the database has schema %d, this program needs %d; run "
			"as its owner: selfinfoctl db migrate",
			version, SCHEMA_VERSION);
	if (version > SCHEMA_VERSION + 1)
		return arena_printf(a,
				    "the database has schema %d, this program knows %d and "
				    "%d; install a newer release",
				    version, SCHEMA_VERSION, SCHEMA_VERSION + 1);
	if (kind != STAMP_ANY && strcmp(PQgetvalue(is, 0, 1), stamp_word(kind)) != 0)
		return wrong_stamp(&r, PQgetvalue(is, 0, 1), kind);
	return STR_NONE;
}

struct str migrate_check_role(struct arena *a, PGconn *c)
{
	struct run r = { .a = a, .c = c };
	PGresult *is;
	struct str wrong = query(&r, "looking at the role's rights",
				 "SELECT has_table_privilege('disclosure', 'INSERT'), "
				 "has_table_privilege('disclosure', 'UPDATE') OR "
				 "has_table_privilege('disclosure', 'DELETE')",
				 &is);

	if (wrong.p != NULL)
		return wrong;
	if (PQgetvalue(is, 0, 0)[0] != 't')
		return STR("the role of database.dsn may not write disclosure records; "
			   "connect as selfinfo_gateway");
	if (PQgetvalue(is, 0, 1)[0] == 't')
		return STR("the role of database.dsn may change or delete disclosure "
			   "records, which the gateway must not; connect as "
			   "selfinfo_gateway");
	return STR_NONE;
}
