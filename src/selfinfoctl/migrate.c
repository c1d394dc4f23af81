/* migrate: `db migrate`, as the owner, and the question whether a database is a
 * sandbox. The stamp of a new database is what the options say, else what the
 * configuration says; options that contradict the configuration are refused,
 * because a sandbox in a production database could never be taken back.
 * SPDX-License-Identifier: Apache-2.0 */
#include "db/migrate.h"

#include <stdio.h>

#include "ctl.h"

static bool choose(const struct ctl *c, enum stamp *kind)
{
	enum stamp of_conf = STAMP_ANY;

	if (c->conf != NULL && c->o.dsn == NULL)
		of_conf = c->conf->sandbox.on ? STAMP_SANDBOX : STAMP_PRODUCTION;
	*kind = c->o.sandbox ? STAMP_SANDBOX : c->o.production ? STAMP_PRODUCTION : of_conf;
	return of_conf == STAMP_ANY || *kind == of_conf;
}

static void report(void *arg, int version, const char *name)
{
	(void)arg;
	(void)version; /* the name begins with it */
	printf("%s applied\n", name);
}

static enum exit_code tell(const struct ctl *c, struct str wrong)
{
	if (wrong.p == NULL)
		return EXIT_OK;
	ctl_error("%.*s", STR_ARG(wrong));
	return PQstatus(c->db) == CONNECTION_OK ? EXIT_REFUSED : EXIT_UNREACHABLE;
}

enum exit_code ctl_db_migrate(struct ctl *c)
{
	enum stamp kind;
	enum exit_code code;

	if (c->o.sandbox && c->o.production) {
		ctl_error("--sandbox and --production exclude each other");
		return EXIT_WRONG_USE;
	}
	code = ctl_config(c);
	if (code == EXIT_OK && !choose(c, &kind)) {
		ctl_error("the configuration says %s",
			  c->conf->sandbox.on ? "sandbox { }" :
						"production: it has no sandbox { }");
		code = EXIT_REFUSED;
	}
	if (code == EXIT_OK)
		code = ctl_connect(c, ROLE_OWNER);
	if (code != EXIT_OK)
		return code;
	return tell(
		c, migrate_run(c->a, c->db, str_of(ctl_migrations(c)), kind, report, NULL));
}

enum exit_code ctl_need_sandbox(struct ctl *c)
{
	return tell(c, migrate_check(c->a, c->db, STAMP_SANDBOX));
}
