/* selfinfoctl: the operator's tool. One table of nouns and verbs gives parsing,
 * help and dispatch; a command takes only the options its row names. Exit codes
 * as in ctl.h. Called from a shell, a timer or a script; reads no environment.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"

enum option_bit {
	O_CONNECT = 1, /* config, dsn */
	O_CONTROL = 2,
	O_CATALOGUE = 4,
	O_MIGRATIONS = 8,
	O_FILE = 16,
	O_JSON = 32,
	O_YES = 64,
	O_REPLACE = 128,
	O_GRANTS = 256,
	O_STAMP = 512,
	O_DRY_RUN = 1024,
	O_SUBJECT = 2048,
	O_CLIENT = 4096,
	O_CARD = 8192,
	O_LIMIT = 16384
};

struct option_row {
	const char *name, *value; /* value NULL: a switch */
	unsigned bit;             /* 0: everywhere */
	size_t at;
	const char *help;
};

#define AT(member) offsetof(struct options, member)
static const struct option_row option_row[] = {
	{ "config", "FILE", O_CONNECT, AT(config), "configuration (" CONF_FILE ")" },
	{ "dsn", "DSN", O_CONNECT, AT(dsn),
	  "the database, instead of the configuration's" },
	{ "control", "PATH", O_CONTROL, AT(control), "control socket of the daemon" },
	{ "catalogue", "FOLDER", O_CATALOGUE, AT(catalogue),
	  "folder of catalogue/ and items/" },
	{ "migrations", "FOLDER", O_MIGRATIONS, AT(migrations), "folder of NNN-*.sql" },
	{ "file", "FILE", O_FILE, AT(file), "what to read" },
	{ "subject", "ID", O_SUBJECT, AT(subject), "of this subject" },
	{ "client", "ID", O_CLIENT, AT(client), "of this client" },
	{ "issuer", "HEX", O_CARD, AT(issuer), "SHA-256 of the certificate's issuer name" },
	{ "serial", "HEX", O_CARD, AT(serial), "serial number of the certificate" },
	{ "limit", "N", O_LIMIT, AT(limit), "at most so many, the newest (100)" },
	{ "grants", NULL, O_GRANTS, AT(grants), "revoke also the grants made with it" },
	{ "replace", NULL, O_REPLACE, AT(replace), "take the place of one that is there" },
	{ "sandbox", NULL, O_STAMP, AT(sandbox), "stamp a new database sandbox" },
	{ "production", NULL, O_STAMP, AT(production), "stamp a new database production" },
	{ "dry-run", NULL, O_DRY_RUN, AT(dry_run), "check everything, change nothing" },
	{ "yes", NULL, O_YES, AT(yes), "really do it" },
	{ "json", NULL, O_JSON, AT(json), "JSON instead of a table" },
	{ "help", NULL, 0, AT(help), "this text" },
	{ "version", NULL, 0, AT(version), "the version" },
};

struct command {
	const char *noun, *verb; /* verb NULL: the noun stands alone */
	const char *argument;    /* NULL: none */
	unsigned options;
	enum exit_code (*run)(struct ctl *c);
	const char *help;
};

#define IMPORT (O_CONNECT | O_FILE | O_DRY_RUN | O_JSON)
static const struct command command[] = {
	{ "client", "add", NULL, IMPORT | O_CATALOGUE | O_REPLACE, ctl_client_add,
	  "register the client in a JSON file; it is known within a second" },
	{ "client", "list", NULL, O_CONNECT | O_JSON, ctl_client_list, "all clients" },
	{ "client", "disable", "CLIENT", O_CONNECT | O_JSON, ctl_client_disable,
	  "refuse it from the next request on; its grants stay" },
	{ "client", "enable", "CLIENT", O_CONNECT | O_JSON, ctl_client_enable,
	  "serve it again" },
	{ "agency", "add", NULL, IMPORT | O_CATALOGUE | O_REPLACE, ctl_agency_add,
	  "register the agency in a JSON file" },
	{ "agency", "list", NULL, O_CONNECT | O_JSON, ctl_agency_list, "all agencies" },
	{ "linkage", "import", NULL, IMPORT, ctl_linkage_import,
	  "which agency knows which subject by which code (TSV)" },
	{ "linkage", "withdraw", NULL, IMPORT, ctl_linkage_withdraw,
	  "take wrong rows back, named as they were imported (TSV)" },
	{ "credential", "import", NULL, IMPORT, ctl_credential_import,
	  "which card belongs to which subject (TSV)" },
	{ "credential", "stop", NULL,
	  O_CONNECT | O_SUBJECT | O_CARD | O_GRANTS | O_YES | O_JSON, ctl_credential_stop,
	  "end sign-ins of a lost card, of a subject or by issuer and serial" },
	{ "representation", "import", NULL, IMPORT, ctl_representation_import,
	  "who may act for which child (TSV)" },
	{ "grant", "list", NULL,
	  O_CONNECT | O_CONTROL | O_SUBJECT | O_CLIENT | O_LIMIT | O_JSON, ctl_grant_list,
	  "consents of a subject or a client" },
	{ "grant", "revoke", "GRANT", O_CONNECT | O_CONTROL | O_YES | O_JSON,
	  ctl_grant_revoke, "end a consent and its tokens at once" },
	{ "db", "migrate", NULL, O_CONNECT | O_MIGRATIONS | O_STAMP, ctl_db_migrate,
	  "bring the schema up to this version, as owner" },
	{ "db", "maintain", NULL, O_CONNECT, ctl_db_maintain,
	  "make partitions ahead and purge what has expired, as owner" },
	{ "conf", "check", NULL, O_CONNECT, ctl_conf_check,
	  "tell every error of the configuration" },
	{ "conf", "print", NULL, O_CONNECT, ctl_conf_print,
	  "the configuration in force and where each value comes from" },
	{ "conf", "defaults", NULL, 0, ctl_conf_defaults,
	  "every key with its range, default and meaning" },
	{ "status", NULL, NULL, O_CONNECT | O_CONTROL | O_JSON, ctl_status,
	  "what the daemon says of itself" },
	{ "sandbox", "clock", "+7d|-1h|=0|show", O_CONNECT | O_CONTROL | O_JSON,
	  ctl_sandbox_clock, "move the daemon's clock (sandbox only)" },
	{ "sandbox", "reset", NULL, O_CONNECT | O_CONTROL | O_JSON, ctl_sandbox_reset,
	  "forget all consents and records, card stops too, and reset the clock" },
};

static void print_usage(FILE *out, const struct command *m)
{
	fprintf(out, "usage: selfinfoctl %s%s%s", m->noun, m->verb ? " " : "",
		m->verb ? m->verb : "");
	if (m->argument)
		fprintf(out, " %s", m->argument);
	fprintf(out, " [option ...]\n");
}

static void print_command_help(const struct command *m)
{
	print_usage(stdout, m);
	printf("%s\n\n", m->help);
	for (size_t i = 0; i < COUNT(option_row); i++) {
		const struct option_row *o = &option_row[i];
		char name[64];

		if (o->bit != 0 && !(o->bit & m->options))
			continue;
		snprintf(name, sizeof(name), "--%s%s%s", o->name, o->value ? " " : "",
			 o->value ? o->value : "");
		printf("  %-22s %s\n", name, o->help);
	}
	printf("\nFiles and exit codes: selfinfoctl(8)\n");
}

static void print_help(FILE *out)
{
	fprintf(out, "usage: selfinfoctl noun [verb] [argument] [option ...]\n\n");
	for (size_t i = 0; i < COUNT(command); i++) {
		char name[80];

		snprintf(name, sizeof(name), "%s%s%s%s%s", command[i].noun,
			 command[i].verb ? " " : "", command[i].verb ? command[i].verb : "",
			 command[i].argument ? " " : "",
			 command[i].argument ? command[i].argument : "");
		fprintf(out, "  %-30s %s\n", name, command[i].help);
	}
	fprintf(out, "\n  selfinfoctl noun verb --help tells the options of one of them\n"
		     "  exit: 0 done, 1 failed, 2 wrong use, 3 refused, 4 unreachable, "
		     "78 configuration\n");
}

static bool looks_like_option(const char *s)
{
	/* -1h is an argument of sandbox clock */
	return s[0] == '-' && s[1] != '\0' && !(s[1] >= '0' && s[1] <= '9');
}

static const struct option_row *option_named(struct str name)
{
	for (size_t i = 0; i < COUNT(option_row); i++)
		if (str_is(name, option_row[i].name))
			return &option_row[i];
	return NULL;
}

/* One option at argv[*i]; sets its bit in *given. */
static bool take_option(struct ctl *c, int argc, char **argv, int *i, unsigned *given)
{
	struct str value, name = str_cut(str_of(argv[*i]), '=', &value);
	const struct option_row *o = str_starts(name, "--") ?
					     option_named(str_from(name, 2)) :
					     NULL;
	void *at;

	if (o == NULL) {
		ctl_error("there is no option %.*s", STR_ARG(name));
		return false;
	}
	at = (char *)&c->o + o->at;
	if (o->value == NULL) {
		if (value.p != NULL) {
			ctl_error("--%s takes no value", o->name);
			return false;
		}
		*(bool *)at = true;
	} else {
		if (value.p == NULL) {
			if (*i + 1 >= argc) {
				ctl_error("--%s needs %s", o->name, o->value);
				return false;
			}
			value = str_of(argv[++*i]);
		}
		*(const char **)at = arena_cstr(c->a, value);
	}
	*given |= o->bit;
	return true;
}

struct words {
	const char *word[2 + ARGUMENTS_MAX];
	int n;
	unsigned options;
};

static bool take_line(struct ctl *c, int argc, char **argv, struct words *w)
{
	for (int i = 1; i < argc; i++) {
		if (looks_like_option(argv[i])) {
			if (!take_option(c, argc, argv, &i, &w->options))
				return false;
		} else if (w->n < (int)COUNT(w->word)) {
			w->word[w->n++] = argv[i];
		} else {
			ctl_error("too many words");
			return false;
		}
	}
	return true;
}

static const struct command *command_of(const struct words *w, int *used)
{
	bool noun = false;

	for (size_t i = 0; i < COUNT(command) && w->n > 0; i++) {
		const struct command *m = &command[i];

		if (strcmp(m->noun, w->word[0]) != 0)
			continue;
		noun = true;
		*used = m->verb ? 2 : 1;
		if (m->verb == NULL || (w->n > 1 && strcmp(m->verb, w->word[1]) == 0))
			return m;
	}
	if (!noun && w->n > 0) {
		ctl_error("there is no noun %s; selfinfoctl --help lists them", w->word[0]);
		return NULL;
	}
	ctl_error(w->n > 1 ? "%s has no verb %s" : "%s needs a verb", w->word[0],
		  w->n > 1 ? w->word[1] : "");
	for (size_t i = 0; i < COUNT(command); i++)
		if (strcmp(command[i].noun, w->word[0]) == 0)
			print_usage(stderr, &command[i]);
	return NULL;
}

static bool fits(struct ctl *c, const struct command *m, const struct words *w, int used)
{
	unsigned strange = w->options & ~m->options;

	for (size_t i = 0; strange != 0 && i < COUNT(option_row); i++)
		if (option_row[i].bit & strange)
			ctl_error("--%s means nothing here", option_row[i].name);
	for (int i = used; i < w->n && c->arguments < ARGUMENTS_MAX; i++)
		c->argument[c->arguments++] = w->word[i];
	if (strange == 0 && c->arguments == (m->argument ? 1 : 0))
		return true;
	if (strange == 0)
		ctl_error(m->argument ? "%s is expected, once" : "no argument is expected",
			  m->argument);
	print_usage(stderr, m);
	return false;
}

static enum exit_code run(struct ctl *c, int argc, char **argv)
{
	struct words w = { .n = 0 };
	const struct command *m;
	int used = 0;

	if (!take_line(c, argc, argv, &w))
		return EXIT_WRONG_USE;
	if (c->o.version) {
		printf("selfinfoctl %s\n", SELFINFO_VERSION);
		return EXIT_OK;
	}
	if (w.n == 0) {
		print_help(c->o.help ? stdout : stderr);
		return c->o.help ? EXIT_OK : EXIT_WRONG_USE;
	}
	m = command_of(&w, &used);
	if (m == NULL)
		return EXIT_WRONG_USE;
	if (c->o.help) {
		print_command_help(m);
		return EXIT_OK;
	}
	return fits(c, m, &w, used) ? m->run(c) : EXIT_WRONG_USE;
}

int main(int argc, char **argv)
{
	struct ctl c = { .a = arena_new() };
	enum exit_code code = run(&c, argc, argv);

	if (c.db)
		PQfinish(c.db);
	arena_free(c.a);
	if (fflush(stdout) != 0 && code == EXIT_OK)
		code = EXIT_FAILED; /* what was asked for did not arrive */
	return (int)code;
}
