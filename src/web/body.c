/* body: media type, form and JSON of a request body.
 * JSON is parsed by jansson with duplicates refused, after our own checks of
 * size and depth (faults-H97 to H105). Called by endpoint.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "base/tree.h"
#include "reply.h"

enum { MAX_DEPTH = 32 };

/* type/subtype, optionally with charset=utf-8 and nothing else */
static bool media_type_is(struct str value, const char *type)
{
	struct str params, name = str_trim(str_cut(value, ';', &params));

	if (!str_is_nocase(name, type))
		return false;
	params = str_trim(params);
	return params.n == 0 || str_is_nocase(params, "charset=utf-8") ||
	       str_is_nocase(params, "charset=\"utf-8\"");
}

bool body_form(struct flow *f, enum problem_id *why)
{
	struct exchange *x = exchange_of(f);

	*why = PROBLEM_BAD_REQUEST;
	if (x->http->body.n == 0)
		return true;
	if (!media_type_is(http_field(x->http, "content-type"),
			   "application/x-www-form-urlencoded")) {
		*why = PROBLEM_MEDIA_TYPE;
		return false;
	}
	return form_parse(f->arena, x->http->body, x->route->repeatable, &x->form);
}

/* Brackets nested deeper than MAX_DEPTH, counted outside strings. */
static bool too_deep(struct str s)
{
	int depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
		} else if (c == '"') {
			in_string = true;
		} else if (c == '{' || c == '[') {
			if (++depth > MAX_DEPTH)
				return true;
		} else if (c == '}' || c == ']') {
			depth--;
		}
	}
	return false;
}

bool body_json(struct flow *f, enum problem_id *why)
{
	struct exchange *x = exchange_of(f);
	struct str body = x->http->body;

	if (body.n == 0 && x->route->body == BODY_JSON_OR_EMPTY)
		return true;
	if (!media_type_is(http_field(x->http, "content-type"), "application/json")) {
		*why = PROBLEM_MEDIA_TYPE;
		return false;
	}
	*why = PROBLEM_NOT_JSON;
	if (!text_is_utf8(body) || too_deep(body))
		return false;
	x->json = json_loadb(body.p, body.n, JSON_REJECT_DUPLICATES, NULL);
	if (x->json == NULL)
		return false;
	tree_own(f->arena, x->json);
	return json_is_object(x->json);
}
