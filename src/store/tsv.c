/* tsv: reads a tab-separated table row by row, strictly: every row has the
 * header's number of cells, the text is UTF-8 without CR and without NUL.
 * Called by catalogue while it loads; nothing is kept outside the arena.
 * SPDX-License-Identifier: Apache-2.0 */
#include "store/tsv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

enum { FILE_MAX = 16 * 1024 * 1024 };

static bool read_all(int fd, char *p, size_t n)
{
	size_t at = 0;

	while (at < n) {
		ssize_t got = read(fd, p + at, n - at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		at += (size_t)got;
	}
	return true;
}

bool tsv_slurp(struct arena *a, const char *file, struct str *text, struct str *why)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	struct stat st;
	bool ok = false;
	char *p;

	if (fd < 0) {
		*why = arena_printf(a, "%s: cannot be opened: %s", file, strerror(errno));
		return false;
	}
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		*why = arena_printf(a, "%s: not a plain file", file);
	} else if (st.st_size > FILE_MAX) {
		*why = arena_printf(a, "%s: larger than 16 MiB", file);
	} else {
		p = arena_alloc(a, (size_t)st.st_size + 1);
		ok = read_all(fd, p, (size_t)st.st_size);
		*text = (struct str){ p, (size_t)st.st_size };
		if (!ok)
			*why = arena_printf(a, "%s: cannot be read", file);
	}
	close(fd);
	return ok;
}

bool tsv_wrong(struct tsv *t, const char *fmt, ...)
{
	char reason[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(reason, sizeof(reason), fmt, ap);
	va_end(ap);
	*t->why = arena_printf(t->arena, "%.*s:%zu: %s", STR_ARG(t->file), t->line, reason);
	return false;
}

static bool split(struct tsv *t, struct str line)
{
	size_t n = 0;

	for (struct str rest = line; rest.p != NULL; n++) {
		struct str cell = str_cut(rest, '\t', &rest);

		if (n == TSV_COLUMNS_MAX)
			return tsv_wrong(t, "more than %d columns", TSV_COLUMNS_MAX);
		t->cell[n] = cell;
	}
	if (t->columns == 0)
		t->columns = n;
	if (n != t->columns)
		return tsv_wrong(t, "%zu columns where the header has %zu", n, t->columns);
	return true;
}

static bool next_line(struct tsv *t, struct str *line)
{
	size_t end = str_find(t->rest, '\n');

	t->line++;
	if (end == t->rest.n)
		return tsv_wrong(t, "the line does not end with LF");
	*line = str_part(t->rest, 0, end);
	t->rest = str_from(t->rest, end + 1);
	if (!text_is_utf8(*line))
		return tsv_wrong(t, "not UTF-8");
	if (memchr(line->p, '\r', line->n) || memchr(line->p, '\0', line->n))
		return tsv_wrong(t, "the line holds CR or NUL");
	return true;
}

bool tsv_open(struct tsv *t, struct arena *a, const char *file, struct str text,
	      const char *header, struct str *why)
{
	struct str line = STR_NONE;

	*t = (struct tsv){
		.file = arena_str(a, str_of(file)), .rest = text, .arena = a, .why = why
	};
	if (!next_line(t, &line))
		return false;
	if (!str_is(line, header))
		return tsv_wrong(t, "the header is not the expected one");
	return split(t, line);
}

enum tsv_row tsv_next(struct tsv *t)
{
	struct str line = STR_NONE;

	if (t->rest.n == 0)
		return TSV_END;
	if (!next_line(t, &line) || !split(t, line))
		return TSV_WRONG;
	return TSV_ROW;
}
