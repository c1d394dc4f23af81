/* catalogue: loads the tables and the schemas made of them, all or nothing.
 * Called once at start (and by --check); the result never changes. Errors name
 * file, line and reason and hold nothing but the operator's own files.
 * A field table other than fields.tsv may be about items that items.tsv does
 * not name yet: such rows wait. Source: the README beside the tables.
 * SPDX-License-Identifier: Apache-2.0 */
#include "store/catalogue.h"

#include <errno.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/digest.h"
#include "base/enc.h"
#include "base/text.h"
#include "store/fields.h"
#include "store/tsv.h"

#define ITEMS_HEADER                                                      \
	"number\tslug\tarea_no\tarea_ja\tarea_en\tdetail_ja\tdetail_en\t" \
	"content_ja\ttitle_ja\ttitle_en\tprovider_kind\ttime_shape\t"     \
	"sensitivity\tretention_years"
#define WORDS_HEADER "number\tinside_ja\tinside_en"
#define EXEMPT_HEADER "number\tpath\treason"
/* Part of the version: changes when the JSON of the catalogue is laid out
 * differently for the same files. */
#define CATALOGUE_LAYOUT "catalogue-2"

enum { ITEMS_MAX = 1000, TABLES_MAX = 32 };
/* Five items have to fit on two small screens of the consent page. */
enum { WORDS_JA_MAX = 60, WORDS_EN_MAX = 110 }; /* characters */
enum {
	NUMBER,
	SLUG,
	AREA_NO,
	AREA_JA,
	AREA_EN,
	DETAIL_JA,
	DETAIL_EN,
	CONTENT_JA,
	TITLE_JA,
	TITLE_EN,
	PROVIDER,
	SHAPE,
	SENSITIVITY,
	YEARS
};

struct catalogue {
	struct item *item;
	size_t items;
	struct str version, etag;
};

struct loading {
	struct arena *arena;
	struct str *why;
	const char *dir;
	struct catalogue *catalogue;
	struct field_rows *rows; /* one an item */
	uint8_t digest[SHA256_LEN];
};

static const char *const provider_kind[] = {
	"municipality",      "prefecture",        "welfare_office",  "school_authority",
	"insurer",           "benefit_payer",     "pension_service", "labour_bureau",
	"compensation_fund", "national_ministry",
};

static const char *const shape_name[] = {
	[TIME_STATE] = "state",
	[TIME_EVENT] = "event",
	[TIME_PERIOD] = "period",
};

const char *time_shape_name(enum time_shape shape)
{
	return shape_name[shape];
}

/* A file of the folder; its text becomes part of the version. */
static bool slurp(struct loading *l, const char *name, struct str *text, const char **file)
{
	struct str part[4];

	*file = arena_printf(l->arena, "%s/%s", l->dir, name).p;
	if (!tsv_slurp(l->arena, *file, text, l->why))
		return false;
	part[0] = (struct str){ (const char *)l->digest, SHA256_LEN };
	part[1] = str_of(name);
	part[2] = STR("\n");
	part[3] = *text;
	digest_sha256_parts(part, COUNT(part), l->digest);
	return true;
}

static bool open_table(struct loading *l, struct tsv *t, const char *name,
		       const char *header)
{
	struct str text;
	const char *file;

	return slurp(l, name, &text, &file) &&
	       tsv_open(t, l->arena, file, text, header, l->why);
}

/* Item numbers and slugs stand in addresses and file names. */
static bool is_plain_word(struct str s, char also)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != also)
			return false;
	}
	return s.n > 0 && s.n <= 64;
}

static bool parse_kind(struct item *item, struct tsv *t)
{
	bool known = false;
	int64_t years = 0;

	item->provider_kind = t->cell[PROVIDER];
	for (size_t i = 0; i < COUNT(provider_kind); i++)
		known |= str_is(item->provider_kind, provider_kind[i]);
	if (!known)
		return tsv_wrong(t, "unknown provider_kind");
	known = false;
	for (size_t i = 0; i < COUNT(shape_name); i++) {
		if (!str_is(t->cell[SHAPE], shape_name[i]))
			continue;
		item->time_shape = (enum time_shape)i;
		known = true;
	}
	if (!known)
		return tsv_wrong(t, "time_shape is state, event or period");
	item->special = str_is(t->cell[SENSITIVITY], "special");
	if (!item->special && !str_is(t->cell[SENSITIVITY], "normal"))
		return tsv_wrong(t, "sensitivity is normal or special");
	if (t->cell[YEARS].n > 0 && !str_int(t->cell[YEARS], 1, 200, &years))
		return tsv_wrong(t, "retention_years is blank or 1 to 200");
	item->retention_years = (int)years;
	return true;
}

static bool parse_item(struct loading *l, struct item *item, struct tsv *t)
{
	const struct catalogue *c = l->catalogue;

	item->number = t->cell[NUMBER];
	item->slug = t->cell[SLUG];
	if (!is_plain_word(item->number, '-') || item->number.n > 16)
		return tsv_wrong(t, "number is not of a-z, 0-9 and -");
	if (!is_plain_word(item->slug, '_'))
		return tsv_wrong(t, "slug is not of a-z, 0-9 and _");
	for (size_t i = 0; i < c->items; i++)
		if (str_eq(c->item[i].number, item->number) ||
		    str_eq(c->item[i].slug, item->slug))
			return tsv_wrong(t, "number or slug is there twice");
	item->area_ja = t->cell[AREA_JA];
	item->area_en = t->cell[AREA_EN];
	item->detail_ja = t->cell[DETAIL_JA];
	item->detail_en = t->cell[DETAIL_EN];
	item->content_ja = t->cell[CONTENT_JA];
	item->title_ja = t->cell[TITLE_JA];
	item->title_en = t->cell[TITLE_EN];
	if (item->title_ja.n == 0 || item->title_en.n == 0)
		return tsv_wrong(t, "a title is missing");
	return parse_kind(item, t);
}

static bool load_items(struct loading *l)
{
	struct catalogue *c = l->catalogue;
	enum tsv_row row;
	struct tsv t;

	if (!open_table(l, &t, "catalogue/items.tsv", ITEMS_HEADER))
		return false;
	c->item = arena_array(l->arena, ITEMS_MAX, sizeof(*c->item));
	while ((row = tsv_next(&t)) == TSV_ROW) {
		if (c->items == ITEMS_MAX)
			return tsv_wrong(&t, "more than %d items", ITEMS_MAX);
		if (!parse_item(l, &c->item[c->items], &t))
			return false;
		c->items++;
	}
	if (row == TSV_END && c->items == 0)
		return tsv_wrong(&t, "no item");
	l->rows = arena_array(l->arena, c->items, sizeof(*l->rows));
	return row == TSV_END;
}

static struct item *item_of(struct loading *l, struct str number)
{
	for (size_t i = 0; i < l->catalogue->items; i++)
		if (str_eq(l->catalogue->item[i].number, number))
			return &l->catalogue->item[i];
	return NULL;
}

static struct field_rows *rows_of(struct loading *l, struct str number)
{
	struct item *item = item_of(l, number);

	return item == NULL ? NULL : &l->rows[item - l->catalogue->item];
}

static bool parse_words(struct loading *l, struct tsv *t)
{
	struct item *item = item_of(l, t->cell[0]);
	struct str ja = t->cell[1], en = t->cell[2];

	if (item == NULL)
		return tsv_wrong(t, "item is not in items.tsv");
	if (item->inside_ja.n > 0)
		return tsv_wrong(t, "item is there twice");
	if (str_trim(ja).n == 0 || str_trim(en).n == 0)
		return tsv_wrong(t, "words are missing in a language");
	if (!text_is_plain(ja) || !text_is_plain(en))
		return tsv_wrong(t, "a character that cannot be seen");
	if (text_length(ja) > WORDS_JA_MAX || text_length(en) > WORDS_EN_MAX)
		return tsv_wrong(t,
				 "longer than %d characters in Japanese or "
				 "%d in English",
				 WORDS_JA_MAX, WORDS_EN_MAX);
	item->inside_ja = ja;
	item->inside_en = en;
	return true;
}

/* An item without a row is shown by the titles of its first members. */
static bool load_words(struct loading *l)
{
	enum tsv_row row;
	struct tsv t;

	if (!open_table(l, &t, "catalogue/words.tsv", WORDS_HEADER))
		return false;
	while ((row = tsv_next(&t)) == TSV_ROW)
		if (!parse_words(l, &t))
			return false;
	return row == TSV_END;
}

static bool load_fields(struct loading *l, const char *name, bool may_wait)
{
	enum tsv_row row;
	struct tsv t;

	if (!open_table(l, &t, name, FIELDS_HEADER))
		return false;
	while ((row = tsv_next(&t)) == TSV_ROW) {
		struct field_rows *rows = rows_of(l, t.cell[NUMBER]);

		if (rows == NULL && may_wait)
			continue;
		if (rows == NULL)
			return tsv_wrong(&t, "item is not in items.tsv");
		if (!fields_add(rows, &t))
			return false;
	}
	return row == TSV_END;
}

static bool load_exempt(struct loading *l)
{
	enum tsv_row row;
	struct tsv t;

	if (!open_table(l, &t, "catalogue/exempt.tsv", EXEMPT_HEADER))
		return false;
	while ((row = tsv_next(&t)) == TSV_ROW) {
		struct field_rows *rows = rows_of(l, t.cell[0]);

		if (rows == NULL || !fields_exempt(rows, t.cell[1]))
			return tsv_wrong(&t, "no such field that holds a value");
		if (str_trim(t.cell[2]).n < 10)
			return tsv_wrong(&t, "an exemption needs a written reason");
	}
	return row == TSV_END;
}

static int by_name(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

static bool is_other_table(const char *name)
{
	struct str s = str_of(name);

	return s.n > 4 && s.p[0] != '.' && str_ends(s, ".tsv") && !str_is(s, "items.tsv") &&
	       !str_is(s, "fields.tsv") && !str_is(s, "words.tsv") &&
	       !str_is(s, "exempt.tsv");
}

/* The names of the other field tables, in the order of their bytes. */
static bool other_tables(struct loading *l, const char **table, size_t *tables)
{
	const char *path = arena_printf(l->arena, "%s/catalogue", l->dir).p;
	DIR *d = opendir(path);

	if (d == NULL) {
		*l->why = arena_printf(l->arena, "%s: cannot be opened: %s", path,
				       strerror(errno));
		return false;
	}
	*tables = 0;
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		if (!is_other_table(e->d_name) || *tables == TABLES_MAX)
			continue;
		table[(*tables)++] = arena_printf(l->arena, "catalogue/%s", e->d_name).p;
	}
	closedir(d);
	if (*tables == TABLES_MAX) {
		*l->why = arena_printf(l->arena, "%s: too many tables", path);
		return false;
	}
	qsort(table, *tables, sizeof(*table), by_name);
	return true;
}

static bool load_other_fields(struct loading *l)
{
	const char *table[TABLES_MAX];
	size_t tables;

	if (!other_tables(l, table, &tables))
		return false;
	for (size_t i = 0; i < tables; i++)
		if (!load_fields(l, table[i], true))
			return false;
	return true;
}

static bool finish_item(struct loading *l, size_t i)
{
	struct item *item = &l->catalogue->item[i];
	const char *file, *reason;
	struct str name, id;

	if (!fields_compile(l->arena, &l->rows[i], item, &reason)) {
		*l->why = arena_printf(l->arena, "%s/catalogue: item %.*s: %s", l->dir,
				       STR_ARG(item->number), reason);
		return false;
	}
	name = arena_printf(l->arena, "items/%.*s.json", STR_ARG(item->slug));
	if (!slurp(l, name.p, &item->schema, &file))
		return false;
	/* The file is made from the tables; this catches a stale or foreign one
	 * without parsing it. */
	id = arena_printf(l->arena, "\"$id\": \"/v1/catalogue/%.*s/schema\"",
			  STR_ARG(item->number));
	if (text_is_utf8(item->schema) &&
	    memmem(item->schema.p, item->schema.n, id.p, id.n) != NULL)
		return true;
	*l->why = arena_printf(l->arena, "%s: not the schema of item %.*s", file,
			       STR_ARG(item->number));
	return false;
}

static bool load(struct loading *l)
{
	digest_sha256(STR(CATALOGUE_LAYOUT), l->digest);
	if (!load_items(l) || !load_fields(l, "catalogue/fields.tsv", false) ||
	    !load_other_fields(l) || !load_words(l) || !load_exempt(l))
		return false;
	for (size_t i = 0; i < l->catalogue->items; i++)
		if (!finish_item(l, i))
			return false;
	return true;
}

struct catalogue *catalogue_load(struct arena *a, const char *dir, struct str *why)
{
	struct catalogue *c = arena_alloc(a, sizeof(*c));
	struct loading l = { .arena = a, .why = why, .dir = dir, .catalogue = c };

	if (!load(&l))
		return NULL;
	c->version = enc_hex_in(a, l.digest, 16);
	c->etag = arena_printf(a, "\"%.*s\"", STR_ARG(c->version));
	return c;
}

const struct item *catalogue_item(const struct catalogue *c, struct str number)
{
	for (size_t i = 0; i < c->items; i++)
		if (str_eq(c->item[i].number, number))
			return &c->item[i];
	return NULL;
}

size_t catalogue_count(const struct catalogue *c)
{
	return c->items;
}

const struct item *catalogue_at(const struct catalogue *c, size_t i)
{
	must(i < c->items);
	return &c->item[i];
}

struct str catalogue_version(const struct catalogue *c)
{
	return c->version;
}

struct str catalogue_etag(const struct catalogue *c)
{
	return c->etag;
}
