/* tree: reading a JSON text that jansson has parsed. Texts are borrowed from the
 * tree; what is no text there is absent (p == NULL). Who parses gives the tree to
 * an arena or a local, and it goes with them.
 * Callers: every room that reads JSON. Nothing is logged, nothing changed.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_TREE_H
#define BASE_TREE_H

#include <jansson.h>

#include "base/arena.h"

static inline struct str tree_text(const json_t *value)
{
	return (struct str){ json_string_value(value), json_string_length(value) };
}

static inline struct str tree_member(const json_t *object, const char *name)
{
	return tree_text(json_object_get(object, name));
}

/* An object with no member but those named; `names` ends with NULL. */
NODISCARD bool tree_only(const json_t *object, const char *const *names);
/* The reference goes with the arena. NULL is allowed. */
void tree_own(struct arena *a, json_t *tree);
/* AUTO(json) */
static inline void auto_json(json_t **tree)
{
	json_decref(*tree);
}

#endif
