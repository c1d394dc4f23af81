/* conf: reads selfinfo.conf and conf.d beside it into one fresh struct. The
 * order of telling is that of the files; rules between keys come last. Callers:
 * selfinfod, selfinfoctl. The files are small (1 MiB at most) and are read
 * blocking, before or beside the loop. Errors: NULL and text in `errors`.
 * SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "settings.h"

enum { FILE_MAX_BYTES = 1024 * 1024, WORDS_MAX = 8, FILES_MAX = 256 };

struct statement_line { /* the words up to a line end or a brace */
	struct token word[WORDS_MAX];
	size_t words; /* may be more than were kept */
	struct token end;
};

const struct setting *setting_find(const struct conf_settings *s, const struct option *o,
				   size_t n)
{
	for (const struct setting *i = s->first; i != NULL; i = i->next)
		if (i->option == o && n-- == 0)
			return i;
	return NULL;
}

static struct statement_line take_line(struct reader *r, struct token first)
{
	struct statement_line l = { .words = 0 };
	struct token t = first;

	while (t.kind == TOKEN_WORD || t.kind == TOKEN_TEXT) {
		if (l.words < WORDS_MAX)
			l.word[l.words] = t;
		l.words++;
		t = lexer_next(r);
	}
	l.end = t;
	return l;
}

/* Up to the brace that closes what was just opened. False at the file's end. */
static bool skip_block(struct reader *r)
{
	int depth = 1;

	while (depth > 0) {
		struct token t = lexer_next(r);

		if (t.kind == TOKEN_END) {
			lexer_back(r, t);
			return false;
		}
		if (t.kind == TOKEN_OPEN)
			depth++;
		if (t.kind == TOKEN_CLOSE)
			depth--;
	}
	return true;
}

static void tell_unclosed(struct reader *r, struct token name)
{
	reader_error(r, name.line, name.column, "the block %.*s { is not closed",
		     STR_ARG(name.text));
}

static const char *near_key(struct str block, struct str name)
{
	const char *word[64];
	size_t n = 0;

	for (size_t i = 0; i < conf_options && n < COUNT(word); i++)
		if (str_is(block, conf_option[i].block))
			word[n++] = conf_option[i].name;
	for (size_t i = 0; i < conf_blocks && block.n == 0 && n < COUNT(word); i++)
		word[n++] = conf_block[i].name;
	return nearest_word(name, word, n);
}

static void tell_unknown_key(struct reader *r, struct str block, struct token name)
{
	const char *near;

	if (block.n == 0)
		reader_error(r, name.line, name.column, "unknown key \"%.*s\"",
			     STR_ARG(name.text));
	else
		reader_error(r, name.line, name.column,
			     "unknown key \"%.*s\" in the block %.*s", STR_ARG(name.text),
			     STR_ARG(block));
	for (size_t i = 0; i < conf_options; i++) {
		const struct option *o = &conf_option[i];

		if (!str_is(name.text, o->name))
			continue;
		if (o->block[0] != '\0')
			reader_hint(r, "%s belongs into the block %s { }", o->name,
				    o->block);
		else
			reader_hint(r, "%s belongs outside of any block", o->name);
		return;
	}
	near = near_key(block, name.text);
	if (near)
		reader_hint(r, "did you mean \"%s\"?", near);
}

static bool told_twice(struct reader *r, const struct conf *c, const struct option *o,
		       struct token name, struct str value)
{
	const struct setting *s = setting_find(c->settings, o, 0);

	if (!(o->flags & OPTION_LIST)) {
		if (s == NULL)
			return false;
		reader_error(r, name.line, name.column, "%s is set twice", o->name);
		reader_hint(r, "first set at %s:%d", s->file, s->line);
		return true;
	}
	if (setting_find(c->settings, o, CONF_LIST_MAX - 1)) {
		reader_error(r, name.line, name.column, "%s is given more than %d times",
			     o->name, CONF_LIST_MAX);
		return true;
	}
	for (; s != NULL; s = s->next) {
		if (s->option != o || !str_eq(s->value, value))
			continue;
		reader_error(r, name.line, name.column,
			     "%s is given twice with the same value", o->name);
		reader_hint(r, "first given at %s:%d", s->file, s->line);
		return true;
	}
	return false;
}

static void take_setting(struct reader *r, struct conf *c, struct str block,
			 const struct statement_line *l)
{
	struct token name = l->word[0];
	const struct option *o = option_find(block, name.text);
	struct setting *s;

	if (o == NULL) {
		if (block.n == 0 && block_find(name.text))
			reader_error(r, name.line, name.column,
				     "%.*s is a block; its { stands on this line",
				     STR_ARG(name.text));
		else
			tell_unknown_key(r, block, name);
		return;
	}
	if (l->words == 1) {
		reader_error(r, name.line, name.column, "%s has no value", o->name);
		return;
	}
	if (l->words > 2) {
		reader_error(r, l->word[2].line, l->word[2].column, "%s takes one value",
			     o->name);
		reader_hint(r, "a value with blanks stands between \" and \"");
		return;
	}
	if (told_twice(r, c, o, name, l->word[1].text))
		return;
	s = arena_alloc(r->a, sizeof(*s));
	*s = (struct setting){ NULL,    o,         l->word[1].text,
			       r->file, name.line, l->word[1].column,
			       r->text };
	*c->settings->last = s;
	c->settings->last = &s->next;
	if (!value_store(r, c, o, l->word[1]))
		s->value = STR_NONE; /* set, but wrong: not missing */
}

static void read_block(struct reader *r, struct conf *c, const struct block *b,
		       struct token opened);

static void enter_block(struct reader *r, struct conf *c, struct str outer,
			const struct statement_line *l)
{
	struct token name = l->words ? l->word[0] : l->end;
	const struct block *b = l->words ? block_find(name.text) : NULL;
	const char *word[16];
	const char *near;

	if (l->words == 0)
		reader_error(r, name.line, name.column, "this { follows no name");
	else if (outer.n > 0)
		reader_error(r, name.line, name.column, "a block inside the block %.*s",
			     STR_ARG(outer));
	else if (b == NULL)
		reader_error(r, name.line, name.column, "unknown block \"%.*s\"",
			     STR_ARG(name.text));
	else if (l->words > 1)
		reader_error(r, l->word[1].line, l->word[1].column,
			     "the block %s takes no label", b->name);
	if (l->words > 0 && outer.n == 0 && b == NULL) {
		for (size_t i = 0; i < conf_blocks; i++)
			word[i] = conf_block[i].name;
		near = nearest_word(name.text, word, conf_blocks);
		if (near)
			reader_hint(r, "did you mean \"%s\"?", near);
	}
	if (l->words == 1 && b != NULL && outer.n == 0)
		read_block(r, c, b, name);
	else if (!skip_block(r) && l->words > 0)
		tell_unclosed(r, name);
}

static void read_line(struct reader *r, struct conf *c, struct str block, struct token t)
{
	struct statement_line l;

	if (t.kind == TOKEN_LINE_END)
		return;
	l = take_line(r, t);
	if (l.words > 0 && l.word[0].kind == TOKEN_TEXT) {
		reader_error(r, t.line, t.column, "a key or a block is expected here");
		if (l.end.kind == TOKEN_OPEN)
			(void)skip_block(r);
	} else if (l.end.kind == TOKEN_OPEN) {
		enter_block(r, c, block, &l);
		return;
	} else if (l.words > 0) {
		take_setting(r, c, block, &l);
	}
	if (l.end.kind == TOKEN_CLOSE || l.end.kind == TOKEN_END)
		lexer_back(r, l.end);
}

static void read_block(struct reader *r, struct conf *c, const struct block *b,
		       struct token opened)
{
	struct opened *o = arena_alloc(r->a, sizeof(*o));

	for (const struct opened *i = c->settings->opened; i != NULL; i = i->next) {
		if (i->block != b || i->file != r->file)
			continue;
		reader_error(r, opened.line, opened.column, "the block %s is there twice",
			     b->name);
		reader_hint(r, "first at %s:%d", i->file, i->line);
		break;
	}
	*o = (struct opened){ c->settings->opened, b,      r->file, opened.line,
			      opened.column,       r->text };
	c->settings->opened = o;
	if (strcmp(b->name, "sandbox") == 0)
		c->sandbox.on = true;
	for (;;) {
		struct token t = lexer_next(r);

		if (t.kind == TOKEN_CLOSE)
			return;
		if (t.kind == TOKEN_END) {
			lexer_back(r, t);
			tell_unclosed(r, opened);
			return;
		}
		read_line(r, c, str_of(b->name), t);
	}
}

static void read_text(struct reader *r, struct conf *c)
{
	for (;;) {
		struct token t = lexer_next(r);

		if (t.kind == TOKEN_END)
			return;
		if (t.kind == TOKEN_CLOSE)
			reader_error(r, t.line, t.column, "this } closes nothing");
		else
			read_line(r, c, STR_NONE, t);
	}
}

static bool slurp(struct reader *r, int fd)
{
	struct stat st;
	struct buf text = { 0 };
	ssize_t n = 0;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		reader_error(r, 0, 0, "this is not a file");
		return false;
	}
	while (text.n <= FILE_MAX_BYTES) {
		n = read(fd, buf_room(&text, 65536), 65536);
		if (n > 0)
			buf_grow(&text, (size_t)n);
		else if (n == 0 || errno != EINTR)
			break;
	}
	if (n < 0)
		reader_error(r, 0, 0, "it cannot be read: %s", strerror(errno));
	else if (text.n > FILE_MAX_BYTES)
		reader_error(r, 0, 0, "it is larger than 1MiB");
	else
		r->text = arena_str(r->a, buf_str(&text));
	buf_free(&text);
	return r->text.p != NULL;
}

static void read_file(struct reader *r, struct conf *c, const char *file)
{
	int fd;

	r->file = file;
	r->text = STR_NONE;
	r->at = r->line_at = 0;
	r->line = 1;
	r->has_next = false;
	fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0) {
		reader_error(r, 0, 0, "it cannot be read: %s", strerror(errno));
		return;
	}
	if (slurp(r, fd))
		read_text(r, c);
	close(fd);
}

static int is_conf(const struct dirent *e)
{
	struct str name = str_of(e->d_name);

	return !str_starts(name, ".") && str_ends(name, ".conf");
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static void read_folder(struct reader *r, struct conf *c, const char *file)
{
	struct str folder = str_of(file);
	struct dirent **entry;
	const char *path;
	int n;

	while (folder.n > 0 && folder.p[folder.n - 1] != '/')
		folder.n--;
	path = arena_printf(r->a, "%.*sconf.d", STR_ARG(folder)).p;
	n = scandir(path, &entry, is_conf, by_bytes);
	if (n < 0) {
		if (errno != ENOENT && errno != ENOTDIR) {
			r->file = path;
			reader_error(r, 0, 0, "it cannot be read: %s", strerror(errno));
		}
		return;
	}
	for (int i = 0; i < n; i++) {
		if (i < FILES_MAX)
			read_file(r, c,
				  arena_printf(r->a, "%s/%s", path, entry[i]->d_name).p);
		free(entry[i]);
	}
	free(entry);
}

static void store_defaults(struct reader *r, struct conf *c)
{
	for (size_t i = 0; i < conf_options; i++) {
		const struct option *o = &conf_option[i];
		AUTO(buf) struct buf text = { 0 };
		struct token t = { .kind = TOKEN_WORD };

		if (setting_find(c->settings, o, 0) || !option_default(o, &text))
			continue;
		t.text = buf_str(&text);
		must(value_store(r, c, o, t)); /* the table is ours */
	}
	if (c->database.operator_dsn.p == NULL)
		c->database.operator_dsn = c->database.dsn;
	if (c->database.owner_dsn.p == NULL)
		c->database.owner_dsn = c->database.operator_dsn;
}

static void join_anchors(struct arena *a, struct conf *c)
{
	struct conf_list all = { 0 };

	all.p = arena_array(a, (size_t)2 * CONF_LIST_MAX, sizeof(*all.p));
	for (size_t i = 0; i < c->card.anchor.n; i++)
		all.p[all.n++] = c->card.anchor.p[i];
	for (size_t i = 0; i < c->sandbox.anchor.n; i++)
		all.p[all.n++] = c->sandbox.anchor.p[i];
	c->card.anchor = all;
}

struct conf *conf_load(const char *file, struct arena *a, struct buf *errors)
{
	struct conf *c = arena_alloc(a, sizeof(*c));
	struct reader r = { .a = a, .errors = errors };

	c->file = str_of(arena_cstr(a, str_of(file)));
	c->settings = arena_alloc(a, sizeof(*c->settings));
	c->settings->last = &c->settings->first;
	read_file(&r, c, c->file.p);
	if (r.text.p != NULL || r.told == 0)
		read_folder(&r, c, c->file.p);
	r.file = c->file.p;
	if (r.text.p == NULL && r.told > 0)
		return NULL; /* an absent file misses nothing further */
	check_whole(&r, c);
	if (r.told > 0)
		return NULL;
	store_defaults(&r, c);
	join_anchors(a, c);
	return c;
}
