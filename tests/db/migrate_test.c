/* migrate on a real server: a new database, a second run, a changed file, a
 * broken file, stamps, versions behind and ahead (F14). Run by tests/db/run.sh.
 * SPDX-License-Identifier: Apache-2.0 */
#include "db/database.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "db/migrate.h"

static struct {
	struct arena *a;
	PGconn *c;
	char folder[64];
	int reported;
} t;

static void file(const char *name, const char *sql)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", t.folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(sql, f);
	fclose(f);
}

static int begin(void **state)
{
	(void)state;
	database_run("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
	strcpy(t.folder, "/tmp/selfinfo-migrate.XXXXXX");
	assert_non_null(mkdtemp(t.folder));
	file("001-one.sql", "CREATE TABLE one (n int);");
	file("README", "not a migration");
	t.a = arena_new();
	t.c = PQconnectdb(database_dsn());
	PQclear(PQexec(t.c, "SET client_min_messages = warning"));
	t.reported = 0;
	return 0;
}

static int end(void **state)
{
	char command[128];

	(void)state;
	PQfinish(t.c);
	arena_free(t.a);
	snprintf(command, sizeof(command), "rm -r %s", t.folder);
	return system(command);
}

static void report(void *arg, int version, const char *name)
{
	(void)arg;
	(void)name;
	assert_int_equal(version, ++t.reported);
}

static struct str run(enum stamp kind)
{
	return migrate_run(t.a, t.c, str_of(t.folder), kind, report, NULL);
}

static void says(struct str wrong, const char *text)
{
	assert_non_null(wrong.p);
	if (strstr(wrong.p, text) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", wrong.p, text);
}

static void a_new_database_is_built_once(void **state)
{
	(void)state;
	says(migrate_check(t.a, t.c, STAMP_ANY), "selfinfoctl db migrate");
	says(run(STAMP_ANY), "--sandbox or --production");
	assert_null(run(STAMP_SANDBOX).p);
	assert_int_equal(t.reported, 1);
	assert_null(run(STAMP_SANDBOX).p);
	assert_null(run(STAMP_ANY).p);
	assert_int_equal(t.reported, 1);
	assert_null(migrate_check(t.a, t.c, STAMP_SANDBOX).p);
	assert_null(migrate_check(t.a, t.c, STAMP_ANY).p);
	file("002-two.sql", "CREATE TABLE two (n int); INSERT INTO two VALUES (1)");
	assert_null(run(STAMP_ANY).p);
	assert_int_equal(t.reported, 2);
	assert_int_equal(database_number("SELECT count(*) FROM two"), 1);
}

static void another_stamp_is_refused(void **state)
{
	(void)state;
	assert_null(run(STAMP_PRODUCTION).p);
	says(run(STAMP_SANDBOX), "stamped production, not sandbox");
	says(migrate_check(t.a, t.c, STAMP_SANDBOX), "stamped production, not sandbox");
	assert_null(migrate_check(t.a, t.c, STAMP_PRODUCTION).p);
}

static void a_changed_file_is_refused(void **state)
{
	(void)state;
	assert_null(run(STAMP_SANDBOX).p);
	file("001-one.sql", "CREATE TABLE one (n int8);");
	says(run(STAMP_SANDBOX), "is not what was applied");
}

static void a_broken_file_leaves_nothing(void **state)
{
	(void)state;
	file("002-two.sql", "CREATE TABLE two (n int);\nCREATE TABEL three (n int);");
	says(run(STAMP_SANDBOX), "002-two.sql: the database says: syntax error");
	assert_int_equal(t.reported, 1);
	assert_int_equal(
		database_number("SELECT count(*) FROM pg_tables WHERE tablename = 'two'"),
		0);
	file("002-two.sql", "CREATE TABLE two (n int); COMMIT;");
	says(run(STAMP_SANDBOX), "take COMMIT");
}

static void gaps_and_missing_folders_are_named(void **state)
{
	(void)state;
	file("003-three.sql", "SELECT 1");
	says(run(STAMP_SANDBOX), "where number 002 is due");
	says(migrate_run(t.a, t.c, STR("/nowhere"), STAMP_SANDBOX, report, NULL),
	     "cannot be opened");
}

/* F14 one version behind or ahead */
static void other_versions_are_refused(void **state)
{
	(void)state;
	assert_null(run(STAMP_SANDBOX).p);
	database_run("UPDATE schema_migration SET version = version - 1");
	says(migrate_check(t.a, t.c, STAMP_SANDBOX), "this program needs");
	database_run("UPDATE schema_migration SET version = version + 2");
	assert_null(migrate_check(t.a, t.c, STAMP_SANDBOX).p);
	database_run("UPDATE schema_migration SET version = version + 1");
	says(migrate_check(t.a, t.c, STAMP_SANDBOX), "install a newer release");
}

int main(void)
{
#define ON_SERVER(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		ON_SERVER(a_new_database_is_built_once),
		ON_SERVER(another_stamp_is_refused),
		ON_SERVER(a_changed_file_is_refused),
		ON_SERVER(a_broken_file_leaves_nothing),
		ON_SERVER(gaps_and_missing_folders_are_named),
		ON_SERVER(other_versions_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
