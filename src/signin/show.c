/* show: the exact bytes the agent shows and the card's signature covers.
 * From the register and the checked request, never from what the browser sent.
 * Called when a card step begins; the same bytes are kept with the step.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "signin_room.h"

static json_t *items_json(const struct str *number, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++) {
		const struct item *item = catalogue_item(signin_catalogue(), number[i]);

		if (item != NULL)
			json_array_append_new(
				list, json_pack("{s:s%, s:{s:s%, s:s%}}", "item",
						item->number.p, item->number.n, "title",
						"ja", item->title_ja.p, item->title_ja.n,
						"en", item->title_en.p, item->title_en.n));
	}
	return list;
}

struct str show_bytes(struct arena *a, const struct interaction *i)
{
	const struct details *d = i->request->details;
	json_t *granted = details_json(d);
	json_t *j = json_pack(
		"{s:{s:s%, s:{s:s%, s:s%}}, s:o, s:o, s:s, s:O, s:o, s:O, s:i, s:s}",
		"client", "id", i->client.p, i->client.n, "name", "ja", i->name_ja.p,
		i->name_ja.n, "en", i->name_en.p, i->name_en.n, "items",
		items_json(d->item, d->items), "optional_items",
		items_json(d->optional, d->optionals), "on_behalf_of",
		d->child ? "child" : "self", "inquiry", json_object_get(granted, "inquiry"),
		"purpose", interaction_purpose(i), "access",
		json_object_get(granted, "access"), "retention_days", d->retention_days,
		"began", clock_text(a, i->created).p);
	char *text;
	struct str out;

	must(j != NULL);
	text = json_dumps(j, JSON_COMPACT);
	must(text != NULL);
	out = arena_str(a, str_of(text));
	free(text);
	json_decref(j);
	json_decref(granted);
	return out;
}
