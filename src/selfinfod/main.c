/* main: the command line of selfinfod. Exit codes: 0, 1 it could not start, 2
 * wrong use, 75 the database does not answer (--check), 78 configuration.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "selfinfod.h"

enum { WRONG_USE = 2 };

struct options {
	const char *config;
	bool check, offline, print_config, print_defaults, help, version;
};

static const struct option_row {
	const char *name, *value, *help;
	size_t at;
} option_row[] = {
	{ "config", "FILE", "the configuration; without it " CONF_FILE,
	  offsetof(struct options, config) },
	{ "check", NULL, "do all that a start does except binding, tell and end",
	  offsetof(struct options, check) },
	{ "offline", NULL, "with --check: leave the database out",
	  offsetof(struct options, offline) },
	{ "print-config", NULL, "each value with its origin; secrets as fingerprints",
	  offsetof(struct options, print_config) },
	{ "print-defaults", NULL, "every key with unit, range, default and help",
	  offsetof(struct options, print_defaults) },
	{ "help", NULL, "this text", offsetof(struct options, help) },
	{ "version", NULL, "the version", offsetof(struct options, version) },
};

static void print_help(FILE *out)
{
	fprintf(out, "usage: selfinfod [option ...]\n\n");
	for (size_t i = 0; i < COUNT(option_row); i++) {
		const struct option_row *o = &option_row[i];
		char name[64];

		snprintf(name, sizeof(name), "--%s%s%s", o->name, o->value ? " " : "",
			 o->value ? o->value : "");
		fprintf(out, "  %-18s %s\n", name, o->help);
	}
	fprintf(out,
		"\n  exit: 0 done, 1 could not start, 2 wrong use, 75 the database "
		"does not answer\n  (--check), 78 configuration; more in selfinfod(8)\n");
}

static const struct option_row *option_named(struct str name)
{
	for (size_t i = 0; i < COUNT(option_row); i++)
		if (str_is(name, option_row[i].name))
			return &option_row[i];
	return NULL;
}

static bool take_option(struct options *o, int argc, char **argv, int *i)
{
	struct str value, name = str_cut(str_of(argv[*i]), '=', &value);
	const struct option_row *row = str_starts(name, "--") ?
					       option_named(str_from(name, 2)) :
					       NULL;
	void *at;

	if (row == NULL) {
		fprintf(stderr, "selfinfod: there is no option %.*s\n", STR_ARG(name));
		return false;
	}
	at = (char *)o + row->at;
	if (row->value == NULL) {
		*(bool *)at = true;
		if (value.p != NULL)
			fprintf(stderr, "selfinfod: --%s takes no value\n", row->name);
		return value.p == NULL;
	}
	if (value.p == NULL && *i + 1 < argc)
		value = str_of(argv[++*i]);
	*(const char **)at = value.p; /* it ends where the argument ends */
	if (value.p == NULL)
		fprintf(stderr, "selfinfod: --%s needs %s\n", row->name, row->value);
	return value.p != NULL;
}

static int run_check(const struct options *o)
{
	AUTO(buf) struct buf told = { 0 };
	enum checked result = check_file(o->config, o->offline, &told);

	fwrite(buf_str(&told).p, 1, told.n, stderr);
	if (result == CHECKED_RIGHT)
		printf("%s: no error\n", o->config);
	return (int)result;
}

static int run_print(const struct options *o)
{
	AUTO(arena) struct arena *a = arena_new();
	AUTO(buf) struct buf out = { 0 }, errors = { 0 };
	struct conf *c;

	if (o->print_defaults) {
		conf_print_defaults(&out);
	} else {
		c = conf_load(o->config, a, &errors);
		if (c == NULL) {
			fwrite(buf_str(&errors).p, 1, errors.n, stderr);
			return CONF_EXIT;
		}
		conf_print(c, &out);
	}
	fwrite(buf_str(&out).p, 1, out.n, stdout);
	return 0;
}

int main(int argc, char **argv)
{
	struct options o = { .config = CONF_FILE };
	int code = 0;

	for (int i = 1; i < argc; i++) {
		if (!take_option(&o, argc, argv, &i)) {
			print_help(stderr);
			return WRONG_USE;
		}
	}
	if (o.help)
		print_help(stdout);
	else if (o.version)
		printf("selfinfod %s\n", SELFINFO_VERSION);
	else if (o.print_config || o.print_defaults)
		code = run_print(&o);
	else if (o.check)
		code = run_check(&o);
	else
		return master_run(o.config);
	return fflush(stdout) == 0 ? code : 1;
}
