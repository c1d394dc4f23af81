/* sheet: one JSON file of a known shape, member by member. Every getter tells
 * what is wrong with its member and goes on with a value that fits, so that one
 * run tells everything; sheet_end refuses the members nobody asked for. Values
 * lie in the arena. Callers: client, agency. Errors name file and member and
 * hold none of the file's content.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SELFINFOCTL_SHEET_H
#define SELFINFOCTL_SHEET_H

#include "ctl.h"
#include "store/catalogue.h"

enum { SHEET_MEMBERS_MAX = 32, SHEET_LIST_MAX = 128 };

struct sheet {
	struct arena *a;
	const char *file;
	json_t *root; /* freed with the arena */
	const char *asked[SHEET_MEMBERS_MAX];
	size_t n;
	int told;
};

struct sheet_list {
	struct str *p;
	size_t n;
};

struct sheet_pair {
	struct str ja, en;
};

/* False after telling why: absent, too large, not JSON, not an object. */
NODISCARD bool sheet_open(struct sheet *f, struct arena *a, const char *file);
void sheet_error(struct sheet *f, const char *member, const char *fmt, ...) PRINTF(3, 4);
/* NULL when absent; told then if there is no fallback. */
json_t *sheet_member(struct sheet *f, const char *name, bool required);
/* fallback NULL: required. At most max bytes. */
struct str sheet_text(struct sheet *f, const char *name, const char *fallback, size_t max);
/* what a citizen is shown: 1 to max characters of plain text */
struct str sheet_plain(struct sheet *f, const char *name, size_t max);
struct sheet_pair sheet_pair(struct sheet *f, const char *name, size_t max);
/* of an object that is itself a member; `name` is for the errors */
struct sheet_pair sheet_pair_of(struct sheet *f, json_t *pair, const char *name,
				size_t max);
/* absent: the fallback */
int64_t sheet_int(struct sheet *f, const char *name, int64_t fallback, int64_t min,
		  int64_t max);
/* 1 to SHEET_LIST_MAX different texts; fallback NULL: required */
struct sheet_list sheet_texts(struct sheet *f, const char *name, const char *fallback,
			      size_t max);
/* True when all was right; tells the unknown members first. */
NODISCARD bool sheet_end(struct sheet *f);
bool sheet_list_has(struct sheet_list l, const char *word);

/* add.c: --file and the catalogue; then, of a row that an INSERT returned as
 * "xmax = 0", commits and tells whether it was added or replaced. */
NODISCARD enum exit_code add_begin(struct ctl *c, struct sheet *f, struct catalogue **cat);
enum exit_code add_end(struct ctl *c, const PGresult *row, const char *what,
		       const char *id);

#endif
