/* visit: a browser's request within an interaction.
 * Called as stages by the pages of this room. A form is taken only with the
 * token derived from this session's secret and from our own origin (F16).
 * SPDX-License-Identifier: Apache-2.0 */
#include "signin_room.h"

struct visit *visit_of(struct flow *f)
{
	return f->data;
}

/* scheme://host[:port] of a URL */
static struct str origin_of(struct str url)
{
	struct str rest = str_from(url, 8); /* behind https:// */
	size_t host = str_find(rest, '/');
	size_t query = str_find(rest, '?');

	return str_part(url, 0, 8 + (host < query ? host : query));
}

enum step visit_read(struct flow *f)
{
	struct visit *v = visit_of(f);

	if (!interaction_read_cookie(cookie_value(v->x.http, INTERACTION_COOKIE_NAME),
				     v->cookie))
		return refuse(f, PROBLEM_NO_SESSION);
	v->call = interaction_ask(f, v->cookie, v->x.now);
	return WAIT;
}

enum step visit_take(struct flow *f)
{
	struct visit *v = visit_of(f);

	v->i = interaction_take(f, v->cookie, v->call);
	if (v->i == NULL)
		return refuse(f, PROBLEM_NO_SESSION);
	v->x.form_action = origin_of(v->i->request->redirect_uri);
	return NEXT;
}

enum step visit_check_form(struct flow *f)
{
	struct visit *v = visit_of(f);
	struct str token = form_value(&v->x.form, "csrf");
	struct str origin = http_field(v->x.http, "origin");
	struct str site = http_field(v->x.http, "sec-fetch-site");

	if (!str_eq_secret(token, interaction_csrf(f->arena, v->i)) ||
	    (origin.p != NULL && !str_eq(origin, web_base_url())) ||
	    (site.p != NULL && !str_is(site, "same-origin")))
		return refuse(f, PROBLEM_CSRF);
	return NEXT;
}

json_t *visit_model(struct flow *f, const char *path)
{
	struct visit *v = visit_of(f);
	const struct interaction *i = v->i;
	struct str csrf = interaction_csrf(f->arena, i);

	return json_pack("{s:s, s:s%, s:{s:{s:s%, s:s%}, s:s%}}", "action", path, "csrf",
			 csrf.p, csrf.n, "client", "name", "ja", i->name_ja.p, i->name_ja.n,
			 "en", i->name_en.p, i->name_en.n, "id", i->client.p, i->client.n);
}
