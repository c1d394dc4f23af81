/* render: every page of src with the models of tests/pages/models, in every
 * language, as files, so that a browser, a validator or a person can look.
 *   render OUT_DIR MODEL.json...        (MODEL is PAGE.variant.json)
 * Fails when a model lacks a value its page asks for; for models named
 * PAGE.VARIANT.json the page is PAGE. Called by tests/pages/run.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "web/page.h"

static void save(const char *path, struct str s)
{
	FILE *f = fopen(path, "wb");

	if (f == NULL || fwrite(s.p, 1, s.n, f) != s.n || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
}

static struct str base_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct str rest;

	return str_cut(str_of(slash ? slash + 1 : path), '.', &rest);
}

static enum page page_of(struct str name)
{
	for (int p = 0; p < PAGE_COUNT; p++)
		if (str_is(name, page_names[p]))
			return (enum page)p;
	fprintf(stderr, "render: no page %.*s\n", STR_ARG(name));
	exit(1);
}

/* true when the model had all */
static bool render(const char *dir, const char *file, enum lang lang)
{
	const char *slash = strrchr(file, '/');
	struct str stem = str_of(slash ? slash + 1 : file);
	AUTO(buf) struct buf html = { 0 }, path = { 0 };
	json_t *model = json_load_file(file, JSON_REJECT_DUPLICATES, NULL);
	const char *missing;

	if (model == NULL) {
		fprintf(stderr, "render: %s is not JSON\n", file);
		return false;
	}
	missing = page_render(&html, page_of(base_name(file)), model, lang);
	if (missing != NULL)
		fprintf(stderr, "render: %s has no %s\n", file, missing);
	buf_printf(&path, "%s/%.*s.%.*s.html", dir, STR_ARG(str_part(stem, 0, stem.n - 5)),
		   STR_ARG(lang_tag(lang)));
	buf_byte(&path, '\0');
	save(path.p, buf_str(&html));
	json_decref(model);
	return missing == NULL;
}

int main(int argc, char **argv)
{
	AUTO(buf) struct buf path = { 0 };
	int lacking = 0;

	if (argc < 3) {
		fprintf(stderr, "usage: render OUT_DIR MODEL.json...\n");
		return 2;
	}
	buf_printf(&path, "%s%.*s", argv[1], STR_ARG(page_css_path()));
	buf_byte(&path, '\0');
	save(path.p, page_css());
	for (int i = 2; i < argc; i++)
		for (int l = 0; l < LANG_COUNT; l++)
			lacking += !render(argv[1], argv[i], (enum lang)l);
	return lacking > 0;
}
