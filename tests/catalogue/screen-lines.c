/* screen-lines: judges lines of "item TAB array of records" from stdin with
 * the gateway's screen and prints a line for each:
 *   verdict TAB reason TAB path TAB cut count TAB text
 * For tests/catalogue/differential.mjs only. Argument: the folder schemas/.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "disclose/screen.h"

static void judge(const struct catalogue *c, struct str line)
{
	static const char *const name[] = { "ok", "withheld", "agency_error" };
	AUTO(arena) struct arena *a = arena_new();
	struct screen_result r;
	struct str json, number = str_cut(line, '\t', &json);
	const struct item *item = catalogue_item(c, number);
	enum screened v;

	must(item != NULL);
	v = screen_records(a, item, json, &r);
	printf("%s\t%s\t%.*s\t%zu\t%.*s\n", name[v], r.reason ? r.reason : "",
	       STR_ARG(r.path), r.cut, STR_ARG(r.text));
}

int main(int argc, char **argv)
{
	AUTO(arena) struct arena *a = arena_new();
	struct str why;
	struct catalogue *c = catalogue_load(a, argc > 1 ? argv[1] : "schemas", &why);
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	if (c == NULL) {
		fprintf(stderr, "%.*s\n", STR_ARG(why));
		return 1;
	}
	while ((n = getline(&line, &cap, stdin)) > 0) {
		struct str s = { line, (size_t)n };

		if (s.p[s.n - 1] == '\n')
			s.n--;
		judge(c, s);
	}
	free(line);
	return 0;
}
