/* import: a TSV file with a header goes into a temporary table by COPY, is
 * checked there against what the database holds, and is merged, all in one
 * transaction: the whole file or nothing. All errors are told at once as
 * FILE:LINE: error, without a word of the row. Callers: linkage, credential,
 * representation. Memory does not grow with the file.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SELFINFOCTL_IMPORT_H
#define SELFINFOCTL_IMPORT_H

#include "ctl.h"

enum { IMPORT_COLUMNS = 5, IMPORT_CHECKS = 6 };

struct import {
	struct ctl *c;
	const struct import_kind *kind;
	const char *file;
	int64_t line; /* the header is line 1 */
	int told;
	struct str cell[IMPORT_COLUMNS];
	struct buf row; /* of this line, in COPY's text format */
};

struct import_kind {
	const char *what;   /* "linkage" */
	const char *header; /* names with one tab between them */
	int columns;
	const char *create; /* the columns of the temporary table behind line int8 */
	/* Checks the cells (import_error) and writes the row behind its line. */
	void (*take)(struct import *i);
	/* each gives (line, text); $1 is nothing: they take no argument */
	const char *check[IMPORT_CHECKS];
	/* run first, may be NULL; $1 the time */
	const char *before;
	/* one row: (new, changed); $1 the time where times is true */
	const char *merge;
	bool times;
};

enum exit_code import_file(struct ctl *c, const struct import_kind *kind);

void import_error(struct import *i, const char *fmt, ...) PRINTF(2, 3);
/* Parts of a row; a wrong cell is told and leaves the row unusable. */
void import_uuid(struct import *i, int column);      /* bucket, uuid */
void import_text(struct import *i, struct str s);    /* escaped */
void import_hex(struct import *i, struct str bytes); /* bytea */
void import_int(struct import *i, int64_t v);
/* from and to; with open ends an empty `to` is NULL */
void import_dates(struct import *i, int from, int to, bool open_end);

#endif
