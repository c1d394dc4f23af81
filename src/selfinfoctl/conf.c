/* conf: where a command finds the database, the daemon and the catalogue: the
 * options first, else selfinfo.conf. With --dsn and without --config no file is
 * read, so that the tool also works on a machine without the daemon.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "ctl.h"

static enum exit_code load(struct ctl *c)
{
	AUTO(buf) struct buf errors = { 0 };

	if (c->conf != NULL)
		return EXIT_OK;
	c->conf = conf_load(c->o.config ? c->o.config : CONF_FILE, c->a, &errors);
	if (c->conf != NULL)
		return EXIT_OK;
	fwrite(errors.p, 1, errors.n, stderr);
	return EXIT_CONFIG;
}

enum exit_code ctl_config(struct ctl *c)
{
	return c->o.dsn && !c->o.config ? EXIT_OK : load(c);
}

const char *ctl_catalogue(const struct ctl *c)
{
	if (c->o.catalogue)
		return c->o.catalogue;
	return c->conf ? c->conf->catalogue.p : "/usr/share/selfinfo/schemas";
}

const char *ctl_migrations(const struct ctl *c)
{
	if (c->o.migrations)
		return c->o.migrations;
	return c->conf ? c->conf->database.migrations.p : "/usr/share/selfinfo/schemas/db";
}

const char *ctl_control(const struct ctl *c)
{
	if (c->o.control)
		return c->o.control;
	return c->conf ? c->conf->control.p : "/run/selfinfo/control.sock";
}

const char *ctl_dsn(const struct ctl *c, enum role r)
{
	if (c->o.dsn)
		return c->o.dsn;
	return r == ROLE_OWNER ? c->conf->database.owner_dsn.p :
				 c->conf->database.operator_dsn.p;
}

enum exit_code ctl_conf_check(struct ctl *c)
{
	enum exit_code code = load(c);

	if (code == EXIT_OK)
		printf("%s: no error\n", c->conf->file.p);
	return code;
}

enum exit_code ctl_conf_print(struct ctl *c)
{
	AUTO(buf) struct buf out = { 0 };
	enum exit_code code = load(c);

	if (code != EXIT_OK)
		return code;
	conf_print(c->conf, &out);
	fwrite(out.p, 1, out.n, stdout);
	return EXIT_OK;
}

enum exit_code ctl_conf_defaults(struct ctl *c)
{
	AUTO(buf) struct buf out = { 0 };

	(void)c;
	conf_print_defaults(&out);
	fwrite(out.p, 1, out.n, stdout);
	return EXIT_OK;
}
