/* own_routes: what web serves by itself: the style sheet (its name changes with
 * its bytes, so it is cached for good) and one page for each problem.
 * Handed over with the other tables by selfinfod.
 * SPDX-License-Identifier: Apache-2.0 */
#include "reply.h"

static enum step style(struct flow *f)
{
	struct exchange *x = exchange_of(f);

	if (!str_eq(x->http->path, page_css_path()))
		return refuse(f, PROBLEM_NOT_FOUND);
	reply_field(f, "Cache-Control", STR("public, max-age=31536000, immutable"));
	return reply_text(f, 200, "text/css; charset=utf-8", page_css());
}

static enum step problem_page(struct flow *f)
{
	struct exchange *x = exchange_of(f);
	const struct problem *p = problem_by_slug(x->param);
	json_t *model;

	if (p == NULL)
		return refuse(f, PROBLEM_NOT_FOUND);
	model = json_pack(
		"{s:s, s:{s:s, s:s}, s:i, s:s, s:s}", "slug", p->slug, "title", "ja",
		p->title_ja, "en", p->title_en, "status", p->status, "side", p->side,
		"type",
		arena_printf(f->arena, "%.*s/problems/%s", STR_ARG(web_base_url()), p->slug)
			.p);
	if (p->error != NULL)
		json_object_set_new(model, "code", json_string(p->error));
	return reply_page(f, 200, PAGE_PROBLEM, model);
}

static const struct stage style_stages[] = { { "style", style }, { NULL, NULL } };
static const struct stage problem_stages[] = { { "problem", problem_page },
					       { NULL, NULL } };

const struct route web_routes[] = {
	{ "style", HTTP_GET, "/style-{}.css", ROUTE_PAGE, BODY_NONE,
	  sizeof(struct exchange), style_stages, NULL, NULL },
	{ "problem", HTTP_GET, "/problems/{}", ROUTE_PAGE, BODY_NONE,
	  sizeof(struct exchange), problem_stages, NULL, NULL },
	{ 0 },
};
