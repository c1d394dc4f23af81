/* output: tables for people, JSON for programs, errors on stderr. Columns are
 * as wide as their widest cell; a Japanese character takes two places. No
 * colour is used. Callers: the commands.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "ctl.h"

enum { COLUMNS_MAX = 16 };

void ctl_error(const char *fmt, ...)
{
	va_list ap;

	fputs("selfinfoctl: error: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

static int width(struct str s)
{
	size_t at = 0;
	int n = 0;

	while (at < s.n)
		n += text_next(s, &at) >= 0x1100 ? 2 : 1;
	return n;
}

/* {1,3-4} of an array reads better as "1 3-4"; a NULL is a dash. */
static struct str cell(struct arena *a, const PGresult *r, int row, int column)
{
	struct str s = str_of(PQgetvalue(r, row, column));
	char *copy;

	if (PQgetisnull(r, row, column))
		return STR("-");
	if (!str_starts(s, "{") || !str_ends(s, "}"))
		return s;
	copy = arena_cstr(a, str_part(s, 1, s.n - 2));
	for (char *i = copy; *i; i++)
		if (*i == ',')
			*i = ' ';
	return copy[0] ? str_of(copy) : STR("-");
}

static void print_cell(struct str s, int wide, bool last)
{
	printf("%.*s", STR_ARG(s));
	if (last)
		putchar('\n');
	else
		printf("%*s", wide - width(s) + 2, "");
}

static void print_table(struct arena *a, const PGresult *r)
{
	int columns = PQnfields(r), rows = PQntuples(r), wide[COLUMNS_MAX];

	must(columns <= COLUMNS_MAX);
	for (int k = 0; k < columns; k++) {
		wide[k] = width(str_of(PQfname(r, k)));
		for (int i = 0; i < rows; i++) {
			int w = width(cell(a, r, i, k));

			if (w > wide[k])
				wide[k] = w;
		}
	}
	for (int k = 0; k < columns; k++)
		print_cell(str_of(PQfname(r, k)), wide[k], k == columns - 1);
	for (int i = 0; i < rows; i++)
		for (int k = 0; k < columns; k++)
			print_cell(cell(a, r, i, k), wide[k], k == columns - 1);
}

void ctl_print_json(json_t *j)
{
	char *text = json_dumps(j, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_ENCODE_ANY);

	must(text != NULL);
	puts(text);
	free(text);
}

enum exit_code ctl_list(struct ctl *c, const char *nothing, const char *sql, int n,
			const char *const *value)
{
	PGresult *r;
	enum exit_code code;
	json_t *j;

	if (c->o.json)
		sql = arena_printf(c->a,
				   "SELECT coalesce(json_agg(row_to_json(x)), '[]') "
				   "FROM (%s) x",
				   sql)
			      .p;
	code = ctl_query(c, &r, sql, n, value);
	if (code != EXIT_OK)
		return code;
	if (c->o.json) {
		j = json_loads(PQgetvalue(r, 0, 0), 0, NULL);
		must(j != NULL);
		ctl_print_json(j);
		json_decref(j);
	} else if (PQntuples(r) == 0) {
		puts(nothing);
	} else {
		print_table(c->a, r);
	}
	return EXIT_OK;
}

void ctl_done(const struct ctl *c, const char *what, const char *id, const char *result)
{
	json_t *j;

	if (!c->o.json) {
		printf("%s %s %s%s\n", what, id, result,
		       c->o.dry_run ? " (tried only, nothing changed)" : "");
		return;
	}
	j = json_pack("{s:s, s:s, s:s, s:b}", "what", what, "id", id, "result", result,
		      "dry_run", c->o.dry_run);
	must(j != NULL);
	ctl_print_json(j);
	json_decref(j);
}
