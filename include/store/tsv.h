/* tsv: a table of tab-separated UTF-8 text: one header row, lines that end
 * with LF, no quoting. The text and the cells live in the arena. A file that
 * is not such a table gives an error that names file, line and reason.
 * Callers: catalogue. Files are the operator's and bounded to 16 MiB.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_TSV_H
#define STORE_TSV_H

#include "base/arena.h"

#define TSV_COLUMNS_MAX 16

struct tsv {
	struct str file; /* its name, for errors */
	struct str rest; /* what was not read yet */
	size_t line;     /* of the row in `cell` */
	size_t columns;
	struct str cell[TSV_COLUMNS_MAX];
	struct arena *arena;
	struct str *why;
};

/* The whole text of a file; false and *why when it cannot be read. */
NODISCARD bool tsv_slurp(struct arena *a, const char *file, struct str *text,
			 struct str *why);
/* Begins a table whose header row has to be exactly `header`. */
NODISCARD bool tsv_open(struct tsv *t, struct arena *a, const char *file, struct str text,
			const char *header, struct str *why);
enum tsv_row { TSV_ROW, TSV_END, TSV_WRONG };
NODISCARD enum tsv_row tsv_next(struct tsv *t);
/* Sets *why to "FILE:LINE: reason" and returns false. */
bool tsv_wrong(struct tsv *t, const char *fmt, ...) PRINTF(2, 3);

#endif
