/* tree: which members an object has, and who lets a parsed JSON text go.
 * Source: formats.md (unknown members are refused). Called by every room that
 * reads JSON.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/tree.h"

static bool is_among(const char *word, const char *const *names)
{
	while (*names != NULL && strcmp(*names, word) != 0)
		names++;
	return *names != NULL;
}

bool tree_only(const json_t *object, const char *const *names)
{
	json_t *o = (json_t *)(uintptr_t)object; /* jansson iterates without const */

	if (!json_is_object(object))
		return false;
	for (void *i = json_object_iter(o); i != NULL; i = json_object_iter_next(o, i))
		if (!is_among(json_object_iter_key(i), names))
			return false;
	return true;
}

static void release(void *tree)
{
	json_decref(tree);
}

void tree_own(struct arena *a, json_t *tree)
{
	arena_own(a, tree, release);
}
