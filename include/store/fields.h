/* fields: the rows of the field tables become the compiled members of an item.
 * Only catalogue calls it, while it loads: add each row, then compile once.
 * Everything lives in the arena. A wrong row sets the table's *why.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_FIELDS_H
#define STORE_FIELDS_H

#include "store/catalogue.h"
#include "store/tsv.h"

#define FIELDS_HEADER                                                     \
	"number\tpath\ttype\trequired\ttitle_ja\ttitle_en\tunit\tcodes\t" \
	"max_length\tnote"

struct field_row { /* a field before its item is compiled */
	struct field field;
	struct field_row *parent, *next;
	const struct field *compiled;
	size_t members;
};

struct field_rows {
	struct field_row *first, *last;
	size_t count;
};

/* The row in t->cell, behind those added before. */
NODISCARD bool fields_add(struct field_rows *rows, struct tsv *t);
/* Marks the field of that path; false when there is none. */
NODISCARD bool fields_exempt(struct field_rows *rows, struct str path);
/* Fills item->field and item->root; why is a plain reason, without a line. */
NODISCARD bool fields_compile(struct arena *a, const struct field_rows *rows,
			      struct item *item, const char **why);

#endif
