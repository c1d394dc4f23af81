/* route: a walk over the registered tables; they are short.
 * Called by endpoint for each request.
 * SPDX-License-Identifier: Apache-2.0 */
#include "route.h"

static const char *const method_name[] = { "GET",     "HEAD",  "POST",    "PUT",  "DELETE",
					   "OPTIONS", "TRACE", "CONNECT", "PATCH" };

static bool is_segment(struct str s)
{
	return s.n > 0 && str_find(s, '/') == s.n;
}

/* Does path stand for pattern? A {} takes one segment. */
static bool path_matches(struct str pattern, struct str path, struct str *param)
{
	size_t hole = str_find(pattern, '{');
	size_t tail_n;

	if (hole == pattern.n)
		return str_eq(pattern, path);
	tail_n = pattern.n - hole - 2;
	if (path.n < hole + tail_n || memcmp(path.p, pattern.p, hole) != 0 ||
	    memcmp(path.p + path.n - tail_n, pattern.p + hole + 2, tail_n) != 0)
		return false;
	*param = str_part(path, hole, path.n - hole - tail_n);
	return is_segment(*param);
}

static void add_method(struct buf *allow, enum http_method m)
{
	if (allow->n > 0)
		buf_adds(allow, ", ");
	buf_adds(allow, method_name[m]);
	if (m == HTTP_GET)
		buf_adds(allow, ", HEAD");
}

struct route_match route_find(struct arena *a, const struct web_config *c,
			      enum http_method method, struct str path)
{
	struct route_match m = { 0 };
	struct buf allow = { 0 };
	struct str param = STR_NONE;

	if (method == HTTP_HEAD)
		method = HTTP_GET;
	for (size_t t = 0; t < c->count; t++) {
		for (const struct route *r = c->tables[t]; r->path != NULL; r++) {
			if (!path_matches(str_of(r->path), path, &param))
				continue;
			m.known = true;
			add_method(&allow, r->method);
			if (r->method == method && m.route == NULL) {
				m.route = r;
				m.param = param;
			}
		}
	}
	if (m.known)
		buf_adds(&allow, ", OPTIONS");
	m.allow = arena_str(a, buf_str(&allow));
	buf_free(&allow);
	return m;
}
