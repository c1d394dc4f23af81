/* screen_fuzz: any bytes as an agency's records of item 1. Never a crash or a
 * read beyond; and what the screen lets through, a JSON parser takes as well,
 * before and after the cut, with declared members only. Built with
 * -fsanitize=fuzzer,address,undefined; run from the project's folder.
 * SPDX-License-Identifier: Apache-2.0 */
#include <jansson.h>
#include <stdlib.h>

#include "disclose/screen.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct item *item(void)
{
	static struct catalogue *c;
	struct str why;

	if (c == NULL)
		c = catalogue_load(arena_new(), "schemas", &why);
	must(c != NULL);
	return catalogue_item(c, STR("1"));
}

static void is_json(struct str s)
{
	json_error_t error;
	json_t *j = json_loadb(s.p, s.n, JSON_REJECT_DUPLICATES, &error);

	must(json_is_array(j));
	json_decref(j);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(arena) struct arena *a = arena_new();
	struct str in = { (const char *)data, size };
	struct screen_result r, again;

	if (screen_records(a, item(), in, &r) != SCREENED_OK)
		return 0;
	is_json(in);
	is_json(r.text);
	must(screen_records(a, item(), r.text, &again) == SCREENED_OK);
	must(again.cut == 0 && again.records == r.records);
	return 0;
}
