/* request: to JSON and back, and the redirect that ends it.
 * Called by oauth and signin.
 * SPDX-License-Identifier: Apache-2.0 */
#include "store/request.h"

#include <stdlib.h>

#include "base/tree.h"

static const char unreserved[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

static void set_text(json_t *j, const char *name, struct str s)
{
	if (s.p != NULL)
		json_object_set_new(j, name, json_stringn(s.p, s.n));
}

struct str request_text(struct arena *a, const struct auth_request *r)
{
	json_t *j = json_object();
	struct str out;
	char *text;

	set_text(j, "redirect_uri", r->redirect_uri);
	set_text(j, "state", r->state);
	set_text(j, "challenge", r->challenge);
	set_text(j, "jkt", r->jkt);
	set_text(j, "scope", r->scope);
	set_text(j, "prompt", r->prompt);
	set_text(j, "ui_locales", r->ui_locales);
	json_object_set_new(j, "details", details_json(r->details));
	text = json_dumps(j, JSON_COMPACT);
	must(text != NULL);
	out = arena_str(a, str_of(text));
	free(text);
	json_decref(j);
	return out;
}

static struct str get_text(struct arena *a, json_t *j, const char *name)
{
	return arena_str(a, tree_member(j, name));
}

struct auth_request *request_load(struct arena *a, struct str text)
{
	struct auth_request *r = arena_alloc(a, sizeof(*r));
	json_t *j = json_loadb(text.p, text.n, 0, NULL);

	must(j != NULL);
	r->redirect_uri = get_text(a, j, "redirect_uri");
	r->state = get_text(a, j, "state");
	r->challenge = get_text(a, j, "challenge");
	r->jkt = get_text(a, j, "jkt");
	r->scope = get_text(a, j, "scope");
	r->prompt = get_text(a, j, "prompt");
	r->ui_locales = get_text(a, j, "ui_locales");
	r->details = details_load(a, json_object_get(j, "details"));
	json_decref(j);
	return r;
}

static void add_parameter(struct buf *url, bool *first, const char *name, struct str value)
{
	if (value.p == NULL)
		return;
	buf_byte(url, *first ? '?' : '&');
	*first = false;
	buf_adds(url, name);
	buf_byte(url, '=');
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];

		if (c != '\0' && strchr(unreserved, c) != NULL)
			buf_byte(url, c);
		else
			buf_printf(url, "%%%02X", (unsigned char)c);
	}
}

struct str request_answer(struct arena *a, const struct auth_request *r, struct str issuer,
			  const char *name, struct str value)
{
	bool first = str_find(r->redirect_uri, '?') == r->redirect_uri.n;
	struct buf url = { 0 };
	struct str out;

	buf_add(&url, r->redirect_uri);
	add_parameter(&url, &first, name, value);
	add_parameter(&url, &first, "state", r->state);
	add_parameter(&url, &first, "iss", issuer);
	out = arena_str(a, buf_str(&url));
	buf_wipe(&url);
	buf_free(&url);
	return out;
}
