/* catalogue: the shipped tables load and say what they should; a table with a
 * mistake is refused with file, line and reason; what the end points show is
 * JSON. Run from the project's folder, or with SELFINFO_SCHEMAS set.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "store/catalogue.h"

static const char *schemas(void)
{
	const char *dir = getenv("SELFINFO_SCHEMAS");

	return dir ? dir : "schemas";
}

static struct catalogue *load(struct arena *a)
{
	struct str why = STR_NONE;
	struct catalogue *c = catalogue_load(a, schemas(), &why);

	if (c == NULL)
		fail_msg("%.*s", STR_ARG(why));
	return c;
}

static const struct field *field_of(const struct item *item, const char *path)
{
	for (size_t i = 0; i < item->fields; i++)
		if (str_is(item->field[i].path, path))
			return &item->field[i];
	fail_msg("no field %s", path);
	return NULL;
}

static void sixty_one_items_load(void **state)
{
	AUTO(arena) struct arena *a = arena_new();
	struct catalogue *c = load(a);
	size_t fields = 0;

	(void)state;
	assert_true(catalogue_count(c) >= 61);
	for (size_t i = 0; i < catalogue_count(c); i++) {
		const struct item *item = catalogue_at(c, i);

		assert_ptr_equal(catalogue_item(c, item->number), item);
		assert_true(item->schema.n > 100);
		assert_true(item->fields > 0);
		fields += item->fields;
	}
	assert_true(fields >= 1205);
	assert_null(catalogue_item(c, STR("9-9")));
	assert_null(catalogue_item(c, STR("")));
}

static void an_item_says_what_the_table_says(void **state)
{
	AUTO(arena) struct arena *a = arena_new();
	struct catalogue *c = load(a);
	const struct item *item = catalogue_item(c, STR("3-4"));

	(void)state;
	assert_non_null(item);
	assert_int_equal(item->retention_years, 5);
	assert_int_equal(item->time_shape, TIME_EVENT);
	assert_true(str_is(item->provider_kind, "municipality"));
	item = catalogue_item(c, STR("1"));
	assert_true(str_is(item->title_en, "Household and residence record"));
	assert_int_equal(item->retention_years, 0);
	assert_false(item->special);
}

static void fields_are_compiled(void **state)
{
	AUTO(arena) struct arena *a = arena_new();
	const struct item *item = catalogue_item(load(a), STR("1"));
	const struct field *address = field_of(item, "address");
	const struct field *members = field_of(item, "members[]");
	const struct field *sex = field_of(item, "sex");
	size_t at = 0;

	(void)state;
	assert_int_equal(address->type, FIELD_OBJECT);
	assert_false(address->repeated);
	assert_true(members->repeated);
	assert_string_equal(field_type_name(members), "array");
	assert_int_equal(sex->type, FIELD_CODE);
	assert_int_equal(sex->codes, 4);
	assert_true(str_is(sex->code[1].value, "1"));
	assert_true(str_is(sex->code[1].label_en, "Male"));
	assert_ptr_equal(members_find(&item->root, STR("sex"), &at), sex);
	assert_null(members_find(&item->root, STR("myNumber"), &at));
	assert_null(members_find(&item->root, STR(""), &at));
	assert_ptr_equal(members_find(&address->members, STR("prefecture"), &at),
			 field_of(item, "address.prefecture"));
	assert_true(address->members.required[at / 64] >> (at % 64) & 1);
	assert_int_equal(field_of(item, "name")->max_length, 100);
	assert_true(field_of(catalogue_item(load(a), STR("3-4")), "diseases[]")->repeated);
}

/* Every declared name is found, in every object of every item. */
static void every_member_is_found(void **state)
{
	AUTO(arena) struct arena *a = arena_new();
	struct catalogue *c = load(a);

	(void)state;
	for (size_t i = 0; i < catalogue_count(c); i++) {
		const struct members *m = &catalogue_at(c, i)->root;
		size_t at = 0;

		for (size_t k = 0; k < m->count; k++) {
			assert_ptr_equal(members_find(m, m->field[k]->name, &at),
					 m->field[k]);
			assert_int_equal(at, k);
		}
	}
}

static json_t *parsed(struct buf *text)
{
	json_error_t error;
	json_t *j = json_loadb(text->p, text->n, JSON_REJECT_DUPLICATES, &error);

	if (j == NULL)
		fail_msg("not JSON: %s", error.text);
	return j;
}

static void inside_is_shown(json_t *one, const struct item *item)
{
	json_t *inside = json_object_get(one, "inside");
	const char *ja = json_string_value(json_object_get(inside, "ja"));
	const char *en = json_string_value(json_object_get(inside, "en"));

	assert_non_null(ja);
	assert_non_null(en);
	assert_true(str_is(item->inside_ja, ja));
	assert_true(str_is(item->inside_en, en));
}

static void what_is_shown_is_json(void **state)
{
	AUTO(arena) struct arena *a = arena_new();
	struct catalogue *c = load(a);
	AUTO(buf) struct buf list = { 0 };
	json_t *j;

	(void)state;
	catalogue_write_list(c, &list);
	j = parsed(&list);
	assert_int_equal(json_array_size(json_object_get(j, "items")), catalogue_count(c));
	inside_is_shown(json_array_get(json_object_get(j, "items"), 0), catalogue_at(c, 0));
	json_decref(j);
	for (size_t i = 0; i < catalogue_count(c); i++) {
		const struct item *item = catalogue_at(c, i);
		AUTO(buf) struct buf one = { 0 };

		catalogue_write_item(item, &one);
		j = parsed(&one);
		assert_int_equal(json_array_size(json_object_get(j, "fields")),
				 item->fields);
		inside_is_shown(j, item);
		json_decref(j);
	}
	assert_int_equal(catalogue_version(c).n, 32);
	assert_int_equal(catalogue_etag(c).n, 34);
}

static bool is_kana_or_kanji(uint32_t c)
{
	return (c >= 0x3041 && c <= 0x30FF) || (c >= 0x4E00 && c <= 0x9FFF);
}

static void japanese_is_plain(struct str s)
{
	size_t letters = 0, at = 0;

	assert_true(text_is_plain(s));
	assert_in_range(text_length(s), 10, 60);
	while (at < s.n) {
		uint32_t c = text_next(s, &at);

		letters += is_kana_or_kanji(c);
		if (c < 0x80 && !(c >= '0' && c <= '9'))
			fail_msg("a Latin letter in %.*s", STR_ARG(s));
	}
	assert_true(letters * 2 > text_length(s));
	assert_false(str_ends(s, "。") || str_ends(s, "、"));
	assert_null(memmem(s.p, s.n, "、、", strlen("、、")));
}

static void english_is_plain(struct str s)
{
	size_t letters = 0;

	assert_in_range(s.n, 10, 110);
	assert_in_range(s.p[0], 'A', 'Z');
	for (size_t i = 0; i < s.n; i++) {
		assert_in_range(s.p[i], ' ', '~');
		letters += (s.p[i] | 0x20) >= 'a' && (s.p[i] | 0x20) <= 'z';
	}
	assert_true(letters * 2 > s.n);
	assert_false(str_ends(s, ".") || str_ends(s, ",") || str_ends(s, " "));
}

static void every_item_has_words_of_its_own(void **state)
{
	AUTO(arena) struct arena *a = arena_new();
	struct catalogue *c = load(a);

	(void)state;
	for (size_t i = 0; i < catalogue_count(c); i++) {
		const struct item *item = catalogue_at(c, i);

		if (item->inside_ja.n == 0)
			fail_msg("no words for %.*s", STR_ARG(item->number));
		japanese_is_plain(item->inside_ja);
		english_is_plain(item->inside_en);
		for (size_t k = 0; k < i; k++) {
			const struct item *other = catalogue_at(c, k);

			assert_false(str_eq(item->inside_ja, other->inside_ja));
			assert_false(str_eq(item->inside_en, other->inside_en));
		}
	}
}

static bool holds(struct str s, const char *part)
{
	return memmem(s.p, s.n, part, strlen(part)) != NULL;
}

/* What a member's title says and the words must not pass over. */
static const struct {
	const char *title, *ja, *en;
} delicate[] = {
	{ "障害", "障害", "isab" },
	{ "指定難病の名称", "病名", "disease" },
	{ "疾病の名称", "病名", "disease" },
	{ "疾病の種類", "病気", "llness" },
	{ "妊娠", "妊娠", "eek" },
	{ "措置入院年月日", "措置入院", "psychiatric" },
	{ "離職理由", "理由", "why" },
	{ "終了の事由", "理由", "reason" },
	{ "退所事由", "理由", "reason" },
	{ "支給停止の事由", "理由", "why" },
	{ "支給停止・調整の事由", "理由", "why" },
	{ "廃止の理由", "理由", "why" },
	{ "扶助の種類", "扶助", "assistance" },
	{ "滞納額", "遅れて", "overdue" },
	{ "性病", "性病", "STD" },
};

static void delicate_members_are_named(void **state)
{
	AUTO(arena) struct arena *a = arena_new();
	struct catalogue *c = load(a);

	(void)state;
	for (size_t i = 0; i < catalogue_count(c); i++) {
		const struct item *item = catalogue_at(c, i);

		for (size_t k = 0; k < item->fields * COUNT(delicate); k++) {
			size_t d = k % COUNT(delicate);
			struct str title = item->field[k / COUNT(delicate)].title_ja;

			if (!holds(title, delicate[d].title) ||
			    (holds(item->inside_ja, delicate[d].ja) &&
			     holds(item->inside_en, delicate[d].en)))
				continue;
			fail_msg("%.*s passes over %.*s", STR_ARG(item->number),
				 STR_ARG(title));
		}
	}
}

static void contents_are_a_sentence(void **state)
{
	AUTO(arena) struct arena *a = arena_new();
	struct item item = *catalogue_item(load(a), STR("1"));

	(void)state;
	assert_true(str_is(item_contents(a, &item, true, 2),
			   "氏名、性別、生年月日、今と前の住所、世帯の人と続柄"));
	assert_true(str_eq(item_contents(a, &item, false, 2), item.inside_en));
	item.inside_ja = item.inside_en = STR_NONE;
	assert_true(str_is(item_contents(a, &item, true, 2),
			   "世帯主である旨、世帯主の氏名 など"));
	assert_true(
		str_is(item_contents(a, &item, false, 1), "Is the householder and more"));
}

/* A folder with one small item, whose files a test spoils. */
struct folder {
	char dir[64];
};

static void write_file(const struct folder *f, const char *name, const char *text)
{
	char path[256];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", f->dir, name);
	out = fopen(path, "w");
	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

#define ITEMS                                                             \
	"number\tslug\tarea_no\tarea_ja\tarea_en\tdetail_ja\tdetail_en\t" \
	"content_ja\ttitle_ja\ttitle_en\tprovider_kind\ttime_shape\t"     \
	"sensitivity\tretention_years\n"
#define ITEM "1\tone\t1\t区\tA\t細\tD\t内容\t題\tTitle\tmunicipality\tstate\tnormal\t\n"
#define FIELDS                                                            \
	"number\tpath\ttype\trequired\ttitle_ja\ttitle_en\tunit\tcodes\t" \
	"max_length\tnote\n"
#define FIELD "1\tname\tstring\tyes\t名\tName\t\t\t10\t\n"
#define WORDS "number\tinside_ja\tinside_en\n"
#define EXEMPT "number\tpath\treason\n"

static void set_up(struct folder *f)
{
	char path[128];

	snprintf(f->dir, sizeof(f->dir), "/tmp/catalogue-test-XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(path, sizeof(path), "%s/catalogue", f->dir);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/items", f->dir);
	assert_int_equal(mkdir(path, 0700), 0);
	write_file(f, "catalogue/items.tsv", ITEMS ITEM);
	write_file(f, "catalogue/fields.tsv", FIELDS FIELD);
	write_file(f, "catalogue/words.tsv", WORDS);
	write_file(f, "catalogue/exempt.tsv", EXEMPT);
	write_file(f, "items/one.json", "{ \"$id\": \"/v1/catalogue/1/schema\" }\n");
}

static void remove_file(const struct folder *f, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", f->dir, name);
	remove(path);
}

static void tear_down(const struct folder *f)
{
	remove_file(f, "catalogue/items.tsv");
	remove_file(f, "catalogue/fields.tsv");
	remove_file(f, "catalogue/words.tsv");
	remove_file(f, "catalogue/exempt.tsv");
	remove_file(f, "catalogue/more.tsv");
	remove_file(f, "items/one.json");
	remove_file(f, "catalogue");
	remove_file(f, "items");
	remove_file(f, "");
}

/* Spoils one file, and expects this end of the error. */
static void refused(const char *name, const char *text, const char *expected)
{
	AUTO(arena) struct arena *a = arena_new();
	struct str why = STR_NONE;
	struct catalogue *c;
	struct folder f;

	set_up(&f);
	write_file(&f, name, text);
	c = catalogue_load(a, f.dir, &why);
	tear_down(&f);
	if (c != NULL)
		fail_msg("taken: %s", text);
	if (!str_ends(why, expected))
		fail_msg("\"%.*s\" does not end with \"%s\"", STR_ARG(why), expected);
	assert_true(str_starts(why, f.dir));
}

#define TEN "abcde fghi"
#define JI "一二三四五六七八九十"

static void a_wrong_file_is_named(void **state)
{
	(void)state;
	refused("catalogue/items.tsv", "number\tslug\n",
		"items.tsv:1: the header is not the expected one");
	refused("catalogue/items.tsv", ITEMS, "items.tsv:1: no item");
	refused("catalogue/items.tsv", ITEMS "1\tone\n",
		"items.tsv:2: 2 columns where the header has 14");
	refused("catalogue/items.tsv", ITEMS ITEM ITEM,
		"items.tsv:3: number or slug is there twice");
	refused("catalogue/items.tsv", ITEMS "1\tone", ":2: the line does not end with LF");
	refused("catalogue/items.tsv", ITEMS "1\xff\n", ":2: not UTF-8");
	refused("catalogue/fields.tsv", FIELDS "1\tname\ttext\tyes\t名\tName\t\t\t10\t\n",
		"fields.tsv:2: unknown type");
	refused("catalogue/fields.tsv", FIELDS FIELD FIELD,
		"fields.tsv:3: the member is there twice");
	refused("catalogue/fields.tsv", FIELDS "1\ta.b\tdate\tyes\t名\tName\t\t\t\t\n",
		"fields.tsv:2: no container stands before this member");
	refused("catalogue/fields.tsv", FIELDS "1\tc\tcode\tyes\t名\tName\t\t1=a\t\t\n",
		"fields.tsv:2: codes are not value=Japanese/English;...");
	refused("catalogue/fields.tsv",
		FIELDS "1\tc\tcode\tyes\t名\tName\t\t1=a/b;1=c/d\t\t\n",
		"fields.tsv:2: a code is there twice");
	refused("catalogue/fields.tsv", FIELDS "1\tn\tstring\tyes\t名\tName\t\t\t\t\n",
		":2: max_length is for each string and nothing else");
	refused("catalogue/fields.tsv", FIELDS "7\tn\tdate\tyes\t名\tName\t\t\t\t\n",
		":2: item is not in items.tsv");
	refused("catalogue/fields.tsv", FIELDS "1\to\tobject\tyes\t名\tName\t\t\t\t\n",
		"item 1: an object has no member, or more than are allowed");
	refused("catalogue/words.tsv", WORDS "2\t名前\tName\n",
		"words.tsv:2: item is not in items.tsv");
	refused("catalogue/words.tsv", WORDS "1\t名前\tName\n1\t名\tName\n",
		"words.tsv:3: item is there twice");
	refused("catalogue/words.tsv", WORDS "1\t名前\t \n",
		"words.tsv:2: words are missing in a language");
	refused("catalogue/words.tsv", WORDS "1\t名\u202e前\tName\n",
		"words.tsv:2: a character that cannot be seen");
	refused("catalogue/words.tsv",
		WORDS "1\t名前\t" TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN "x\n",
		"words.tsv:2: longer than 60 "
		"characters in Japanese or 110 in English");
	refused("catalogue/words.tsv", WORDS "1\t" JI JI JI JI JI JI "字\tName\n",
		"words.tsv:2: longer than 60 characters in Japanese or 110 in "
		"English");
	refused("catalogue/exempt.tsv", EXEMPT "1\tother\tlong enough reason\n",
		"exempt.tsv:2: no such field that holds a value");
	refused("catalogue/exempt.tsv", EXEMPT "1\tname\t\n",
		"exempt.tsv:2: an exemption needs a written reason");
	refused("items/one.json", "{}", "one.json: not the schema of item 1");
}

static void a_missing_file_is_named(void **state)
{
	AUTO(arena) struct arena *a = arena_new();
	struct str why = STR_NONE;
	struct folder f;

	(void)state;
	set_up(&f);
	remove_file(&f, "items/one.json");
	assert_null(catalogue_load(a, f.dir, &why));
	tear_down(&f);
	assert_true(str_ends(why, "cannot be opened: No such file or directory"));
	assert_null(catalogue_load(a, "/nonexistent", &why));
}

/* Another table may hold items to come; it changes the version all the same. */
static void another_table_waits_for_its_item(void **state)
{
	AUTO(arena) struct arena *a = arena_new();
	struct catalogue *before, *after;
	struct str why = STR_NONE;
	struct folder f;

	(void)state;
	set_up(&f);
	before = catalogue_load(a, f.dir, &why);
	assert_non_null(before);
	write_file(&f, "catalogue/more.tsv",
		   FIELDS "x-1\tn\tdate\tyes\t名\tName\t\t\t\t\n"
			  "1\tday\tdate\tno\t日\tDay\t\t\t\t\n");
	after = catalogue_load(a, f.dir, &why);
	tear_down(&f);
	assert_non_null(after);
	assert_int_equal(catalogue_at(after, 0)->fields, 2);
	assert_false(str_eq(catalogue_version(before), catalogue_version(after)));
}

static void words_change_the_version(void **state)
{
	AUTO(arena) struct arena *a = arena_new();
	struct catalogue *before, *after;
	AUTO(buf) struct buf shown = { 0 };
	struct str why = STR_NONE;
	struct folder f;

	(void)state;
	set_up(&f);
	before = catalogue_load(a, f.dir, &why);
	write_file(&f, "catalogue/words.tsv", WORDS "1\t" JI JI JI JI JI JI "\tName\n");
	after = catalogue_load(a, f.dir, &why);
	tear_down(&f);
	assert_non_null(before);
	assert_non_null(after);
	assert_int_equal(text_length(catalogue_at(after, 0)->inside_ja), 60);
	assert_false(str_eq(catalogue_version(before), catalogue_version(after)));
	catalogue_write_list(before, &shown);
	assert_true(holds(buf_str(&shown), "\"inside\":{\"ja\":\"名\",\"en\":\"Name\"}"));
}

static void an_exemption_is_marked(void **state)
{
	AUTO(arena) struct arena *a = arena_new();
	struct str why = STR_NONE;
	struct catalogue *c;
	struct folder f;

	(void)state;
	set_up(&f);
	write_file(&f, "catalogue/exempt.tsv",
		   EXEMPT "1\tname\ta public 12-digit code, not a person's\n");
	c = catalogue_load(a, f.dir, &why);
	tear_down(&f);
	assert_non_null(c);
	assert_true(catalogue_at(c, 0)->field[0].exempt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sixty_one_items_load),
		cmocka_unit_test(an_item_says_what_the_table_says),
		cmocka_unit_test(fields_are_compiled),
		cmocka_unit_test(every_member_is_found),
		cmocka_unit_test(what_is_shown_is_json),
		cmocka_unit_test(every_item_has_words_of_its_own),
		cmocka_unit_test(delicate_members_are_named),
		cmocka_unit_test(contents_are_a_sentence),
		cmocka_unit_test(a_wrong_file_is_named),
		cmocka_unit_test(a_missing_file_is_named),
		cmocka_unit_test(another_table_waits_for_its_item),
		cmocka_unit_test(words_change_the_version),
		cmocka_unit_test(an_exemption_is_marked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
