/* import: see import.h. Errors name file and line only: the rows are about
 * people. After 100 errors the rest is counted. A file that takes longer than
 * two seconds says how far it is on stderr.
 * SPDX-License-Identifier: Apache-2.0 */
#include "import.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/enc.h"
#include "base/text.h"

enum { ERRORS_SHOWN = 100, LINE_MAX_BYTES = 4096, CHUNK = 65536 };

void import_error(struct import *i, const char *fmt, ...)
{
	va_list ap;

	if (++i->told > ERRORS_SHOWN)
		return;
	fprintf(stderr, "%s:%lld: error: ", i->file, (long long)i->line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

static const char *column_name(const struct import *i, int column)
{
	struct str rest = str_of(i->kind->header), name = STR_NONE;

	for (int k = 0; k <= column; k++)
		name = str_cut(rest, '\t', &rest);
	return arena_cstr(i->c->a, name);
}

void import_text(struct import *i, struct str s)
{
	buf_byte(&i->row, '\t');
	for (size_t k = 0; k < s.n; k++) {
		if (s.p[k] == '\\')
			buf_byte(&i->row, '\\');
		buf_byte(&i->row, s.p[k]);
	}
}

void import_int(struct import *i, int64_t v)
{
	buf_byte(&i->row, '\t');
	buf_int(&i->row, v);
}

void import_hex(struct import *i, struct str bytes)
{
	buf_adds(&i->row, "\t\\\\x");
	enc_hex(&i->row, bytes.p, bytes.n);
}

void import_uuid(struct import *i, int column)
{
	uint8_t id[16];

	if (!dec_uuid(i->cell[column], id)) {
		import_error(i, "%s is not a UUID in lower case", column_name(i, column));
		return;
	}
	import_int(i, digest_bucket(id, sizeof(id)));
	import_text(i, i->cell[column]);
}

void import_dates(struct import *i, int from, int to, bool open_end)
{
	struct date first, last;
	bool open = open_end && i->cell[to].n == 0;

	if (!date_parse(i->cell[from], &first)) {
		import_error(i, "%s is not a date YYYY-MM-DD", column_name(i, from));
	} else if (!open && !date_parse(i->cell[to], &last)) {
		import_error(i, "%s is not a date YYYY-MM-DD", column_name(i, to));
	} else if (!open && date_days(last) < date_days(first)) {
		import_error(i, "%s is before %s", column_name(i, to),
			     column_name(i, from));
	} else {
		import_text(i, i->cell[from]);
		import_text(i, open ? STR("") : i->cell[to]);
		if (open)
			buf_adds(&i->row, "\\N");
	}
}

static bool split(struct import *i, struct str line)
{
	int n = 0;

	for (struct str rest = line; rest.p != NULL; n++) {
		struct str cell = str_cut(rest, '\t', &rest);

		if (n < i->kind->columns)
			i->cell[n] = cell;
	}
	if (n != i->kind->columns)
		import_error(i, "%d columns where %d are expected", n, i->kind->columns);
	else if (!text_is_utf8(line) || memchr(line.p, '\0', line.n) ||
		 memchr(line.p, '\r', line.n))
		import_error(i, "this is not UTF-8, or it holds NUL or CR");
	else
		return true;
	return false;
}

/* The next line without its LF; false at the end or after an error. */
static bool next_line(struct import *i, FILE *in, char **text, size_t *room,
		      struct str *line)
{
	ssize_t n = getline(text, room, in);

	if (n < 0) {
		if (ferror(in))
			import_error(i, "it cannot be read: %s", strerror(errno));
		return false;
	}
	i->line++;
	if ((*text)[n - 1] != '\n') {
		import_error(i, "the last line does not end with LF: is the file whole?");
		return false;
	}
	if (n > LINE_MAX_BYTES) {
		import_error(i, "this line is longer than %d bytes", LINE_MAX_BYTES);
		return false;
	}
	*line = (struct str){ *text, (size_t)n - 1 };
	return true;
}

static void show_progress(const struct import *i, int64_t *shown_at)
{
	int64_t now = clock_mono_ms();

	if (now - *shown_at < 2000)
		return;
	*shown_at = now;
	fprintf(stderr, "%s import: %lld lines read\n", i->kind->what, (long long)i->line);
}

static bool put(struct import *i, struct buf *chunk, size_t least)
{
	if (chunk->n == 0 || chunk->n < least)
		return true;
	if (PQputCopyData(i->c->db, chunk->p, (int)chunk->n) != 1)
		return false;
	chunk->n = 0;
	return true;
}

static bool copy_lines(struct import *i, FILE *in, struct buf *chunk)
{
	char *text = NULL;
	size_t room = 0;
	struct str line;
	int64_t shown_at = clock_mono_ms();
	bool sent = true;

	while (sent && next_line(i, in, &text, &room, &line)) {
		int before = i->told;

		if (i->line == 1) {
			if (!str_is(line, i->kind->header)) {
				import_error(i, "the header is not the expected one");
				break;
			}
			continue;
		}
		i->row.n = 0;
		buf_int(&i->row, i->line);
		if (split(i, line))
			i->kind->take(i);
		if (i->told == before) {
			buf_byte(&i->row, '\n');
			buf_add(chunk, buf_str(&i->row));
			sent = put(i, chunk, CHUNK);
		}
		if (i->line % 1024 == 0)
			show_progress(i, &shown_at);
	}
	free(text);
	if (i->line == 0 && i->told == 0)
		import_error(i, "the file is empty; the header is missing");
	return sent && put(i, chunk, 1);
}

static enum exit_code copy_file(struct import *i, FILE *in)
{
	AUTO(buf) struct buf chunk = { 0 };
	PGresult *r = PQexec(i->c->db, "COPY incoming FROM STDIN");
	bool ok = r && PQresultStatus(r) == PGRES_COPY_IN;
	enum exit_code code = ok ? EXIT_OK : ctl_tell_database(i->c, r);

	PQclear(r);
	if (!ok)
		return code;
	ok = copy_lines(i, in, &chunk);
	PQputCopyEnd(i->c->db, ok ? NULL : "given up");
	while ((r = PQgetResult(i->c->db)) != NULL) {
		if (PQresultStatus(r) != PGRES_COMMAND_OK && code == EXIT_OK)
			code = ctl_tell_database(i->c, r);
		PQclear(r);
	}
	return code;
}

static enum exit_code check_rows(struct import *i)
{
	for (size_t k = 0; k < IMPORT_CHECKS && i->kind->check[k]; k++) {
		PGresult *r;
		enum exit_code code = ctl_query(i->c, &r, i->kind->check[k], 0, NULL);

		if (code != EXIT_OK)
			return code;
		for (int row = 0; row < PQntuples(r); row++) {
			i->line = strtoll(PQgetvalue(r, row, 0), NULL, 10);
			import_error(i, "%s", PQgetvalue(r, row, 1));
		}
	}
	return EXIT_OK;
}

static enum exit_code merge(struct import *i, PGresult **r)
{
	const char *value[] = { sql_time(i->c->a, ctl_now(i->c)) };
	enum exit_code code = EXIT_OK;

	if (i->kind->before)
		code = ctl_query(i->c, NULL, i->kind->before, 1, value);
	if (code == EXIT_OK)
		code = ctl_query(i->c, r, i->kind->merge, i->kind->times ? 1 : 0, value);
	return code == EXIT_OK ? ctl_commit(i->c) : code;
}

static void tell_done(const struct import *i, const PGresult *r)
{
	json_int_t rows = (json_int_t)(i->line ? i->line - 1 : 0);
	json_int_t made = strtoll(PQgetvalue(r, 0, 0), NULL, 10);
	json_int_t changed = strtoll(PQgetvalue(r, 0, 1), NULL, 10);
	json_t *j;

	if (!i->c->o.json) {
		printf("%s import: %lld rows, %lld new, %lld changed%s\n", i->kind->what,
		       (long long)rows, (long long)made, (long long)changed,
		       i->c->o.dry_run ? " (tried only, nothing changed)" : "");
		return;
	}
	j = json_pack("{s:s, s:I, s:I, s:I, s:b}", "what", i->kind->what, "rows", rows,
		      "new", made, "changed", changed, "dry_run", i->c->o.dry_run);
	must(j != NULL);
	ctl_print_json(j);
	json_decref(j);
}

static enum exit_code import_open(struct import *i, FILE *in)
{
	PGresult *r = NULL;
	int64_t last;
	enum exit_code code = ctl_do(i->c,
				     arena_printf(i->c->a,
						  "BEGIN; "
						  "CREATE TEMPORARY TABLE incoming (line "
						  "int8 NOT NULL, %s) ON COMMIT DROP",
						  i->kind->create)
					     .p);

	if (code == EXIT_OK)
		code = copy_file(i, in);
	last = i->line;
	if (code == EXIT_OK)
		code = ctl_do(i->c, "ANALYZE incoming");
	if (code == EXIT_OK)
		code = check_rows(i);
	if (code != EXIT_OK)
		return code;
	if (i->told > 0) {
		if (i->told > ERRORS_SHOWN)
			fprintf(stderr, "%s: %d further errors\n", i->file,
				i->told - ERRORS_SHOWN);
		ctl_error("nothing was imported");
		return EXIT_REFUSED;
	}
	i->line = last;
	code = merge(i, &r);
	if (code == EXIT_OK)
		tell_done(i, r);
	return code;
}

enum exit_code import_file(struct ctl *c, const struct import_kind *kind)
{
	struct import i = { .c = c, .kind = kind, .file = c->o.file };
	enum exit_code code;
	FILE *in;

	if (c->o.file == NULL) {
		ctl_error("--file FILE is expected");
		return EXIT_WRONG_USE;
	}
	in = fopen(c->o.file, "re");
	if (in == NULL) {
		ctl_error("%s cannot be read: %s", c->o.file, strerror(errno));
		return EXIT_REFUSED;
	}
	code = ctl_connect(c, ROLE_OPERATOR);
	if (code == EXIT_OK)
		code = import_open(&i, in);
	fclose(in);
	buf_free(&i.row);
	return code;
}
