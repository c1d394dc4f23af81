/* add: what registering an app and a body have in common: the file, the
 * catalogue it is checked against, and what is said of the row. Called by client
 * and agency. Errors are told on stderr.
 * SPDX-License-Identifier: Apache-2.0 */
#include "sheet.h"

enum exit_code add_begin(struct ctl *c, struct sheet *f, struct catalogue **cat)
{
	enum exit_code code;
	struct str why;

	if (c->o.file == NULL) {
		ctl_error("--file FILE is expected");
		return EXIT_WRONG_USE;
	}
	code = ctl_config(c);
	if (code != EXIT_OK)
		return code;
	*cat = catalogue_load(c->a, ctl_catalogue(c), &why);
	if (*cat == NULL) {
		ctl_error("the catalogue: %.*s", STR_ARG(why));
		return EXIT_CONFIG;
	}
	return sheet_open(f, c->a, c->o.file) ? EXIT_OK : EXIT_REFUSED;
}

enum exit_code add_end(struct ctl *c, const PGresult *row, const char *what, const char *id)
{
	enum exit_code code;

	if (PQntuples(row) == 0) {
		ctl_error("%s %s is registered already; --replace takes its place", what,
			  id);
		return EXIT_REFUSED;
	}
	code = ctl_commit(c);
	if (code == EXIT_OK)
		ctl_done(c, what, id,
			 PQgetvalue(row, 0, 0)[0] == 't' ? "added" : "replaced");
	return code;
}
