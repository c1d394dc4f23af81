/* check: the rules between keys (what is required, what a sandbox may) and, for
 * the daemon, the files named. A missing key is told at its block, else for the
 * whole file. Callers: conf.c; selfinfod at its start and in --check.
 * Source: operations O5 to O7. Errors: text, one line a fault.
 * SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <unistd.h>

#include "settings.h"

static const struct opened *block_opened(const struct conf *c, const char *name)
{
	const struct opened *found = NULL;

	for (const struct opened *i = c->settings->opened; i != NULL; i = i->next)
		if (strcmp(i->block->name, name) == 0)
			found = i; /* the list begins with the last */
	return found;
}

static void tell_at(struct reader *r, const struct setting *s, const char *text)
{
	struct reader there = *r;

	there.file = s->file;
	there.text = s->source;
	reader_error(&there, s->line, s->column, "%s", text);
	r->told = there.told;
}

static void check_required(struct reader *r, const struct conf *c)
{
	for (size_t i = 0; i < conf_options; i++) {
		const struct option *o = &conf_option[i];
		const struct opened *block;

		if (!(o->flags & OPTION_REQUIRED) &&
		    !((o->flags & OPTION_PRODUCTION) && !c->sandbox.on))
			continue;
		if (setting_find(c->settings, o, 0))
			continue;
		if (o->block[0] == '\0') {
			reader_error(r, 0, 0, "%s is missing", o->name);
		} else if ((block = block_opened(c, o->block)) == NULL) {
			reader_error(r, 0, 0, "%s is missing in a block %s { }", o->name,
				     o->block);
		} else {
			struct reader there = *r;

			there.file = block->file;
			there.text = block->source;
			reader_error(&there, block->line, block->column,
				     "%s is missing in the block %s", o->name, o->block);
			r->told = there.told;
		}
		reader_hint(r, "%s", o->help);
	}
}

static bool is_loopback(const struct conf_address *a)
{
	if (a->socket.ss_family == AF_INET) {
		const struct sockaddr_in *v4 = (const void *)&a->socket;

		return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
	}
	return IN6_IS_ADDR_LOOPBACK(
		&((const struct sockaddr_in6 *)(const void *)&a->socket)->sin6_addr);
}

/* What the sandbox trusts must be out of the world's reach. */
static void check_sandbox(struct reader *r, const struct conf *c)
{
	const struct option *listen = option_find(STR_NONE, STR("listen"));
	const struct setting *s;
	size_t stored = 0;

	if (!c->sandbox.on)
		return;
	for (size_t i = 0; (s = setting_find(c->settings, listen, i)) != NULL; i++) {
		if (s->value.p == NULL)
			continue; /* told already, and not stored */
		if (is_loopback(&c->listen.p[stored++]))
			continue;
		tell_at(r, s, "a sandbox listens on loopback only");
		reader_hint(r, "allowed: 127.0.0.0/8 and [::1], or no sandbox { }");
	}
}

void check_whole(struct reader *r, struct conf *c)
{
	check_required(r, c);
	check_sandbox(r, c);
}

static void check_file(const struct option *o, const char *path, struct reader *r)
{
	struct stat st;
	bool folder = o->type == OPTION_FOLDER;

	if (stat(path, &st) != 0) {
		reader_error(r, 0, 0, "%s %s: %s", o->name, path, strerror(errno));
		return;
	}
	if (folder ? !S_ISDIR(st.st_mode) : !S_ISREG(st.st_mode))
		reader_error(r, 0, 0, "%s %s is not a %s", o->name, path,
			     folder ? "folder" : "file");
	else if (access(path, folder ? R_OK | X_OK : R_OK) != 0)
		reader_error(r, 0, 0, "%s %s: %s", o->name, path, strerror(errno));
	else if ((o->flags & OPTION_SECRET) && (st.st_mode & 0177) != 0) {
		reader_error(r, 0, 0, "%s %s has mode %04o", o->name, path,
			     (unsigned)st.st_mode & 07777);
		reader_hint(r, "a secret has mode 0400 or 0600");
	}
}

bool conf_check_files(const struct conf *c, struct buf *errors)
{
	struct reader r = { .errors = errors, .file = c->file.p };

	for (size_t i = 0; i < conf_options; i++) {
		const struct option *o = &conf_option[i];
		const void *value = (const char *)c + o->at;

		if (o->type != OPTION_FILE && o->type != OPTION_FOLDER)
			continue;
		if (o->flags & OPTION_LIST) {
			const struct conf_list *list = value;

			for (size_t n = 0; n < list->n; n++)
				check_file(o, list->p[n].p, &r);
		} else if (((const struct str *)value)->p != NULL) {
			check_file(o, ((const struct str *)value)->p, &r);
		}
	}
	return r.told == 0;
}
