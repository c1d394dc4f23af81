/* fields: reads rows "path, type, required, ..." and arranges them as a tree
 * of objects with a hash table each. Called by catalogue while it loads. The
 * rules are those of the tables' README: a container stands before its
 * members, `a[]` repeats, a string has a length, a code has values.
 * SPDX-License-Identifier: Apache-2.0 */
#include "store/fields.h"

enum { NUMBER, PATH, TYPE, REQUIRED, TITLE_JA, TITLE_EN, UNIT, CODES, MAX_LENGTH, NOTE };
enum { CODES_MAX = 512, LENGTH_MAX = 100000 };

static const char *const type_name[] = {
	[FIELD_STRING] = "string",
	[FIELD_INTEGER] = "integer",
	[FIELD_NUMBER] = "number",
	[FIELD_BOOLEAN] = "boolean",
	[FIELD_DATE] = "date",
	[FIELD_YEAR_MONTH] = "year_month",
	[FIELD_FISCAL_YEAR] = "fiscal_year",
	[FIELD_CODE] = "code",
	[FIELD_OBJECT] = "object",
};

const char *field_type_name(const struct field *f)
{
	if (f->type == FIELD_OBJECT && f->repeated)
		return "array";
	return type_name[f->type];
}

static bool parse_type(struct field *f, struct str type, struct tsv *t)
{
	bool brackets = f->repeated;

	if (str_is(type, "array")) {
		f->type = FIELD_OBJECT;
		return brackets || tsv_wrong(t, "a path of type array ends in []");
	}
	for (size_t i = 0; i < COUNT(type_name); i++) {
		if (!str_is(type, type_name[i]))
			continue;
		f->type = (enum field_type)i;
		return !(brackets && i == FIELD_OBJECT) ||
		       tsv_wrong(t, "an array of objects has the type array");
	}
	return tsv_wrong(t, "unknown type");
}

static bool is_name(struct str s)
{
	unsigned digits = 0;

	if (s.n == 0 || s.n > FIELD_NAME_MAX || s.p[0] < 'a' || s.p[0] > 'z')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool digit = c >= '0' && c <= '9';

		if (!digit && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z'))
			return false;
		digits += digit;
	}
	return digits < 11; /* declared names need no guard of their own */
}

static bool is_code_value(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') &&
		    !(c >= 'A' && c <= 'Z') && c != '_' && c != '-' && c != '.')
			return false;
	}
	return s.n > 0;
}

static bool parse_code(struct code *code, struct str text)
{
	struct str labels;

	code->value = str_cut(text, '=', &labels);
	code->label_ja = str_cut(labels, '/', &code->label_en);
	return is_code_value(code->value) && code->label_ja.n > 0 && code->label_en.n > 0;
}

static bool parse_codes(struct field *f, struct tsv *t)
{
	struct code *code;
	size_t n = 1;

	for (size_t i = 0; i < t->cell[CODES].n; i++)
		n += t->cell[CODES].p[i] == ';';
	if (n > CODES_MAX)
		return tsv_wrong(t, "more than %d codes", CODES_MAX);
	code = arena_array(t->arena, n, sizeof(*code));
	f->code = code;
	for (struct str rest = t->cell[CODES]; rest.p != NULL; f->codes++) {
		struct str one = str_cut(rest, ';', &rest);

		if (!parse_code(&code[f->codes], one))
			return tsv_wrong(t, "codes are not value=Japanese/English;...");
		for (size_t i = 0; i < f->codes; i++)
			if (str_eq(code[i].value, code[f->codes].value))
				return tsv_wrong(t, "a code is there twice");
	}
	return true;
}

/* What only some types have: codes, a length. */
static bool parse_limits(struct field *f, struct tsv *t)
{
	int64_t length = 0;

	if ((f->type == FIELD_STRING) != (t->cell[MAX_LENGTH].n > 0))
		return tsv_wrong(t, "max_length is for each string and nothing else");
	if (f->type == FIELD_STRING &&
	    !str_int(t->cell[MAX_LENGTH], 1, LENGTH_MAX, &length))
		return tsv_wrong(t, "max_length is not 1 to %d", LENGTH_MAX);
	f->max_length = (size_t)length;
	if ((f->type == FIELD_CODE) != (t->cell[CODES].n > 0))
		return tsv_wrong(t, "codes are for each code and nothing else");
	return f->type != FIELD_CODE || parse_codes(f, t);
}

static bool note_says_special(struct str note)
{
	for (struct str rest = note; rest.p != NULL;) {
		struct str part = str_cut(rest, ';', &rest);

		if (str_starts(str_trim(part), "special:"))
			return true;
	}
	return false;
}

static struct field_row *row_of(const struct field_rows *rows, struct str path)
{
	for (struct field_row *r = rows->first; r != NULL; r = r->next)
		if (str_eq(r->field.path, path))
			return r;
	return NULL;
}

/* The container is the path up to the last point, as it was written. */
static bool parse_path(struct field_rows *rows, struct field_row *r, struct tsv *t)
{
	struct str path = t->cell[PATH];
	struct str name = path;

	for (size_t i = path.n; i-- > 0;) {
		if (path.p[i] != '.')
			continue;
		name = str_from(path, i + 1);
		r->parent = row_of(rows, str_part(path, 0, i));
		if (r->parent == NULL || r->parent->field.type != FIELD_OBJECT)
			return tsv_wrong(t, "no container stands before this member");
		break;
	}
	r->field.repeated = str_ends(name, "[]");
	if (r->field.repeated)
		name.n -= 2;
	if (!is_name(name))
		return tsv_wrong(t, "the name is not lowerCamelCase of 1 to %d",
				 FIELD_NAME_MAX);
	r->field.name = name;
	r->field.path = path;
	for (struct field_row *o = rows->first; o != NULL; o = o->next)
		if (o->parent == r->parent && str_eq(o->field.name, name))
			return tsv_wrong(t, "the member is there twice");
	return true;
}

bool fields_add(struct field_rows *rows, struct tsv *t)
{
	struct field_row *r = arena_alloc(t->arena, sizeof(*r));
	struct field *f = &r->field;

	if (!parse_path(rows, r, t) || !parse_type(f, t->cell[TYPE], t))
		return false;
	f->required = str_is(t->cell[REQUIRED], "yes");
	if (!f->required && !str_is(t->cell[REQUIRED], "no"))
		return tsv_wrong(t, "required is yes or no");
	f->title_ja = t->cell[TITLE_JA];
	f->title_en = t->cell[TITLE_EN];
	if (f->title_ja.n == 0 || f->title_en.n == 0)
		return tsv_wrong(t, "a title is missing");
	f->unit = t->cell[UNIT];
	f->special = note_says_special(t->cell[NOTE]);
	if (!parse_limits(f, t))
		return false;
	if (rows->last != NULL)
		rows->last->next = r;
	else
		rows->first = r;
	rows->last = r;
	rows->count++;
	return true;
}

bool fields_exempt(struct field_rows *rows, struct str path)
{
	struct field_row *r = row_of(rows, path);

	if (r == NULL || r->field.type == FIELD_OBJECT)
		return false;
	r->field.exempt = true;
	return true;
}

static void make_slots(struct arena *a, struct members *m)
{
	size_t size = 4;

	while (size < m->count * 4)
		size *= 2;
	m->slot = arena_array(a, size, 1);
	m->mask = size - 1;
	for (size_t i = 0; i < m->count; i++) {
		struct str name = m->field[i]->name;
		size_t at = members_hash(name.p, name.n) & m->mask;

		while (m->slot[at] != 0)
			at = (at + 1) & m->mask;
		m->slot[at] = (uint8_t)(i + 1);
	}
}

/* The members of one object: the rows that have `parent`. */
static bool gather(struct arena *a, const struct field_rows *rows,
		   const struct field_row *parent, struct members *m)
{
	const struct field **list = arena_array(a, MEMBERS_MAX, sizeof(*list));

	for (const struct field_row *r = rows->first; r != NULL; r = r->next) {
		if (r->parent != parent)
			continue;
		if (m->count == MEMBERS_MAX)
			return false;
		if (r->field.required)
			m->required[m->count / 64] |= UINT64_C(1) << (m->count % 64);
		list[m->count++] = r->compiled;
	}
	m->field = list;
	make_slots(a, m);
	return m->count > 0;
}

bool fields_compile(struct arena *a, const struct field_rows *rows, struct item *item,
		    const char **why)
{
	struct field *flat = arena_array(a, rows->count, sizeof(*flat));
	size_t n = 0;

	for (struct field_row *r = rows->first; r != NULL; r = r->next, n++) {
		flat[n] = r->field;
		r->compiled = &flat[n];
	}
	item->field = flat;
	item->fields = n;
	*why = "an object has no member, or more than are allowed";
	n = 0;
	for (struct field_row *r = rows->first; r != NULL; r = r->next, n++)
		if (flat[n].type == FIELD_OBJECT && !gather(a, rows, r, &flat[n].members))
			return false;
	return gather(a, rows, NULL, &item->root);
}
