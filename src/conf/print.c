/* print: the configuration as it is in force, each value with where it came
 * from, and the table itself as a commented file. A secret is never printed:
 * its fingerprint is the first 8 bytes of SHA-256 of its file, enough to see
 * whether two machines hold the same one. Callers: selfinfod, selfinfoctl.
 * SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <openssl/crypto.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/enc.h"
#include "settings.h"

static bool needs_quotes(struct str v)
{
	if (v.n == 0)
		return true;
	for (size_t i = 0; i < v.n; i++)
		if (strchr(" \t\"{}#\\", v.p[i]) != NULL || (v.p[i] & 0x80))
			return true;
	return false;
}

static void print_value(struct str v, struct buf *out)
{
	if (!needs_quotes(v)) {
		buf_add(out, v);
		return;
	}
	buf_byte(out, '"');
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] == '"' || v.p[i] == '\\')
			buf_byte(out, '\\');
		buf_byte(out, v.p[i]);
	}
	buf_byte(out, '"');
}

static void print_fingerprint(const char *path, struct buf *out)
{
	uint8_t bytes[16384], hash[SHA256_LEN];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes));

	if (fd >= 0)
		close(fd);
	if (n < 0) {
		buf_adds(out, ", not readable here");
		return;
	}
	digest_sha256((struct str){ (const char *)bytes, (size_t)n }, hash);
	OPENSSL_cleanse(bytes, sizeof(bytes));
	buf_adds(out, ", sha256:");
	enc_hex(out, hash, 8);
}

static void print_line(const struct conf *c, const struct option *o, struct str value,
		       const struct setting *s, struct buf *out)
{
	buf_printf(out, "%s%s ", o->block[0] ? "\t" : "", o->name);
	print_value(value, out);
	if (s == NULL)
		buf_adds(out, "  # default");
	else
		buf_printf(out, "  # %s:%d", s->file, s->line);
	if (o->flags & OPTION_SECRET)
		print_fingerprint(
			((const struct str *)(const void *)((const char *)c + o->at))->p,
			out);
	buf_byte(out, '\n');
}

/* A path is shown as resolved, so that the output means the same anywhere. */
static struct str effective(const struct conf *c, const struct setting *s, size_t n)
{
	const struct option *o = s->option;
	const void *at = (const char *)c + o->at;

	if (o->type == OPTION_FILE || o->type == OPTION_FOLDER || o->type == OPTION_PATH)
		return o->flags & OPTION_LIST ? ((const struct conf_list *)at)->p[n] :
						*(const struct str *)at;
	return s->value;
}

static void print_option(const struct conf *c, const struct option *o, struct buf *out)
{
	AUTO(buf) struct buf text = { 0 };
	const struct setting *s = setting_find(c->settings, o, 0);

	if (s == NULL) {
		if (option_default(o, &text))
			print_line(c, o, buf_str(&text), NULL, out);
		return;
	}
	for (size_t n = 0; (s = setting_find(c->settings, o, n)) != NULL; n++)
		print_line(c, o, effective(c, s, n), s, out);
}

static void print_block(const struct conf *c, const char *block, struct buf *out)
{
	for (size_t i = 0; i < conf_options; i++)
		if (strcmp(conf_option[i].block, block) == 0)
			print_option(c, &conf_option[i], out);
}

void conf_print(const struct conf *c, struct buf *out)
{
	print_block(c, "", out);
	for (size_t i = 0; i < conf_blocks; i++) {
		AUTO(buf) struct buf inside = { 0 };
		bool sandbox = strcmp(conf_block[i].name, "sandbox") == 0;

		print_block(c, conf_block[i].name, &inside);
		if (sandbox ? !c->sandbox.on : inside.n == 0)
			continue;
		buf_printf(out, "%s {\n%.*s}\n", conf_block[i].name,
			   STR_ARG(buf_str(&inside)));
	}
}

static void print_help(const struct option *o, struct buf *out)
{
	const char *tab = o->block[0] ? "\t" : "";
	AUTO(buf) struct buf range = { 0 };

	buf_printf(out, "%s# %s\n%s# %s\n", tab, o->help, tab, o->help_ja);
	option_range(o, &range);
	if (range.n > 0)
		buf_printf(out, "%s# allowed: %.*s\n", tab, STR_ARG(buf_str(&range)));
	if (o->flags & OPTION_REQUIRED)
		buf_printf(out, "%s# required\n", tab);
	if (o->flags & OPTION_PRODUCTION)
		buf_printf(out, "%s# required unless this is a sandbox\n", tab);
	if (o->flags & OPTION_RESTART)
		buf_printf(out, "%s# a change needs a restart\n", tab);
	buf_printf(out, "%s#%s ", tab, o->name);
	if (o->fallback && o->fallback[0])
		buf_adds(out, o->fallback);
	else
		buf_adds(out, o->fallback ? "(one a core)" : "(no default)");
	buf_byte(out, '\n');
}

void conf_print_defaults(struct buf *out)
{
	for (size_t i = 0; i < conf_options; i++)
		if (conf_option[i].block[0] == '\0')
			print_help(&conf_option[i], out);
	for (size_t b = 0; b < conf_blocks; b++) {
		buf_printf(out, "\n# %s\n# %s\n#%s {\n", conf_block[b].help,
			   conf_block[b].help_ja, conf_block[b].name);
		for (size_t i = 0; i < conf_options; i++)
			if (strcmp(conf_option[i].block, conf_block[b].name) == 0)
				print_help(&conf_option[i], out);
		buf_adds(out, "#}\n");
	}
}
