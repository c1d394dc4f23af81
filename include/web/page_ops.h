/* page_ops: what scripts/pagegen writes and web/page.c reads: each template
 * and each text is a run of ops in one constant table, its literals escaped
 * and its holes marked with the place they stand in. Process lifetime, never
 * changed. Callers: web/page.c and the generated web/pages_data.c alone.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_PAGE_OPS_H
#define WEB_PAGE_OPS_H

#include "base/str.h"

enum lang { LANG_JA, LANG_EN, LANG_COUNT };

enum page_place {
	PLACE_TEXT,     /* between tags: values of two languages get <bdi> */
	PLACE_PLAIN,    /* quoted attribute or <title>: no tags */
	PLACE_URL,      /* the whole of href, action: scheme is checked */
	PLACE_URL_PART, /* behind the beginning of a URL: %XX */
	PLACE_INHERIT   /* hole of a text: the place the text is used in */
};

enum page_op_kind {
	OP_LITERAL, /* text: the bytes */
	OP_VALUE,   /* text: dotted name in the model */
	OP_TEXT,    /* jump: index in page_texts */
	OP_TEXT_BY, /* text, value of name, suffix: together the key; jump: 1 +
		     * index of the text used where there is none, or 0 */
	OP_MANY,    /* text: name; the ops up to jump once for each element */
	OP_SOME,    /* text: name; the ops up to jump when there is something */
	OP_NONE     /* text: name; the ops up to jump when there is nothing */
};

struct page_op {
	enum page_op_kind kind;
	enum page_place place;
	struct str text, name, suffix;
	unsigned jump;
};

struct page_run { /* ops first..end-1 */
	unsigned first, end;
};

struct page_text {
	const char *key; /* the table is sorted by it */
	struct page_run run[LANG_COUNT];
};

#define PAGE_DEPTH 8 /* sections within sections; pagegen refuses more */

extern const struct page_op page_ops[];
extern const struct page_run page_runs[];
extern const char *const page_names[];
extern const struct page_text page_texts[];
extern const size_t page_text_count;
extern const struct str page_css_bytes;

#endif
