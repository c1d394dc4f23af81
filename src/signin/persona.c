/* persona: the sandbox's people, from its pinned file; in production there is
 * no file and nothing here answers. Called by the pages of this room.
 * SPDX-License-Identifier: Apache-2.0 */
#include "signin_room.h"

#include "base/enc.h"
#include "base/tree.h"

static struct persona *persona;
static size_t personas;
static json_t *file_json; /* keeps the titles alive */

static bool take_one(json_t *j, struct persona *p)
{
	p->name = tree_member(j, "name");
	p->title = json_object_get(j, "title");
	p->shows = json_object_get(j, "shows");
	return p->name.p != NULL && json_is_object(p->title) &&
	       dec_uuid(tree_member(j, "subject"), p->subject);
}

bool personas_load(struct arena *a, struct str file, struct str *why)
{
	json_error_t error;
	json_t *list;

	if (file.p == NULL)
		return true;
	file_json = json_load_file(arena_cstr(a, file), JSON_REJECT_DUPLICATES, &error);
	list = json_object_get(file_json, "personas");
	personas = json_array_size(list);
	persona = arena_array(a, personas + 1, sizeof(*persona));
	for (size_t i = 0; i < personas; i++) {
		if (!take_one(json_array_get(list, i), &persona[i])) {
			*why = arena_printf(a,
					    "%.*s: persona %zu lacks name, title or "
					    "subject",
					    STR_ARG(file), i + 1);
			return false;
		}
	}
	if (personas == 0)
		*why = arena_printf(a, "%.*s: line %d: no personas in it", STR_ARG(file),
				    error.line);
	return personas > 0;
}

const struct persona *persona_by_name(struct str name)
{
	for (size_t i = 0; i < personas; i++)
		if (str_eq(persona[i].name, name))
			return &persona[i];
	return NULL;
}

static json_t *shows_model(json_t *shows)
{
	json_t *list = json_array(), *one;
	size_t i;

	json_array_foreach(shows, i, one)
		json_array_append_new(list, json_pack("{s:O}", "en", one));
	return list;
}

json_t *personas_model(void)
{
	json_t *list;

	if (personas == 0)
		return NULL;
	list = json_array();
	for (size_t i = 0; i < personas; i++)
		json_array_append_new(list, json_pack("{s:s%, s:O, s:o}", "name",
						      persona[i].name.p, persona[i].name.n,
						      "title", persona[i].title, "shows",
						      shows_model(persona[i].shows)));
	return json_pack("{s:o}", "list", list);
}

/* A child's name and age as its persona's file says them. */
json_t *persona_label(const uint8_t subject[16])
{
	json_t *list = json_object_get(file_json, "personas"), *p, *child;
	size_t i, k;

	json_array_foreach(list, i, p)
	{
		json_array_foreach(json_object_get(p, "children"), k, child)
		{
			uint8_t id[16];

			if (dec_uuid(tree_member(child, "subject"), id) &&
			    memcmp(id, subject, 16) == 0)
				return json_incref(json_object_get(child, "title"));
		}
	}
	return NULL;
}
