/* catalogue: the kinds of information there are (items) and the members of
 * their records (fields), read once from schemas/: catalogue/items.tsv, the
 * field tables, words.tsv and exempt.tsv beside it, items/SLUG.json. It is
 * data: another item needs rows and a restart, not a build. Everything lives in
 * the arena given to catalogue_load, does not change, and is borrowed by its
 * users.
 * Callers: oauth, signin, disclose, retrieval, ops. Source: the tables' README.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_CATALOGUE_H
#define STORE_CATALOGUE_H

#include "base/arena.h"
#include "base/buf.h"

enum field_type {
	FIELD_STRING,
	FIELD_INTEGER,
	FIELD_NUMBER,
	FIELD_BOOLEAN,
	FIELD_DATE,        /* YYYY-MM-DD */
	FIELD_YEAR_MONTH,  /* YYYY-MM */
	FIELD_FISCAL_YEAR, /* 1000 to 9999 */
	FIELD_CODE,
	FIELD_OBJECT
};

enum time_shape { TIME_STATE, TIME_EVENT, TIME_PERIOD };

/* integer and number: at most 11 digits before the point */
#define FIELD_AMOUNT_MAX INT64_C(99999999999)
#define FIELD_YEAR_MIN 1000
#define FIELD_YEAR_MAX 9999
#define FIELD_NAME_MAX 64
#define MEMBERS_MAX 192 /* of one object */
#define MEMBER_WORDS (MEMBERS_MAX / 64)

struct code {
	struct str value, label_ja, label_en;
};

struct field;

/* The members of an object, found by name through a small hash table. */
struct members {
	const struct field **field; /* in the table's order */
	size_t count;
	uint64_t required[MEMBER_WORDS]; /* a bit a member */
	uint8_t *slot;                   /* member's index + 1, 0 is free */
	size_t mask;
};

struct field {
	struct str name, path; /* path as in the table: a.b, a[].b */
	struct str title_ja, title_en, unit;
	enum field_type type;
	bool repeated;     /* an array of it */
	bool required;     /* in the object that holds it */
	bool special;      /* 要配慮 by itself: to be granted by name */
	bool exempt;       /* from the My Number guard, with a written reason */
	size_t max_length; /* characters; strings only */
	const struct code *code;
	size_t codes;
	struct members members; /* objects only */
};

struct item {
	struct str number, slug;
	struct str area_ja, area_en, detail_ja, detail_en, content_ja;
	struct str title_ja, title_en;
	struct str inside_ja, inside_en; /* words.tsv; both empty: no row */
	struct str provider_kind;
	enum time_shape time_shape;
	bool special;              /* its usual content is 要配慮 or as delicate */
	int retention_years;       /* 0: not known, which is not "no limit" */
	struct str schema;         /* JSON Schema of one record, the file's text */
	const struct field *field; /* all, flat, a container before its members */
	size_t fields;
	struct members root;
};

struct catalogue;

/* NULL when a file is wrong; *why then names file, line and reason. `dir` is
 * the folder that holds catalogue/ and items/. */
NODISCARD struct catalogue *catalogue_load(struct arena *a, const char *dir,
					   struct str *why);

const struct item *catalogue_item(const struct catalogue *c,
				  struct str number); /* NULL: no such item */
size_t catalogue_count(const struct catalogue *c);
const struct item *catalogue_at(const struct catalogue *c, size_t i);

/* 32 hex digits that change when any of the files does; a grant keeps it. */
struct str catalogue_version(const struct catalogue *c);
/* the version as an entity tag, with its quotes */
struct str catalogue_etag(const struct catalogue *c);

/* The bodies of GET /v1/catalogue and /v1/catalogue/{item}. */
void catalogue_write_list(const struct catalogue *c, struct buf *out);
void catalogue_write_item(const struct item *item, struct buf *out);

/* What is inside, for the consent page: the words of words.tsv; of an item
 * without them the titles of the first `most` members of a record. */
struct str item_contents(struct arena *a, const struct item *item, bool japanese,
			 size_t most);

const char *field_type_name(const struct field *f); /* as in the table */
const char *time_shape_name(enum time_shape shape);

static inline uint32_t members_hash(const char *p, size_t n)
{
	uint64_t head = 0, tail = 0;

	if (n >= 8) {
		memcpy(&head, p, 8);
		memcpy(&tail, p + n - 8, 8);
	} else {
		for (size_t i = 0; i < n; i++)
			head = (head << 8) | (unsigned char)p[i];
	}
	head = (head ^ (tail << 23) ^ (tail >> 41) ^ n) * UINT64_C(0x9E3779B97F4A7C15);
	return (uint32_t)(head >> 32);
}

/* The member of that name, its index in *at; NULL when none is declared. */
static inline const struct field *members_find(const struct members *m, struct str name,
					       size_t *at)
{
	size_t i;

	if (m->count == 0)
		return NULL;
	for (i = members_hash(name.p, name.n) & m->mask; m->slot[i] != 0;
	     i = (i + 1) & m->mask) {
		const struct field *f = m->field[m->slot[i] - 1u];

		if (str_eq(f->name, name)) {
			*at = m->slot[i] - 1u;
			return f;
		}
	}
	return NULL;
}

#endif
