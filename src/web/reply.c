/* reply: the one way an answer leaves a flow.
 * Called by the stages of every room through endpoint.h; adds the fields that
 * each kind of route owes (no-store, challenge, CSP) and hands the rest to net.
 * SPDX-License-Identifier: Apache-2.0 */
#include "reply.h"

#include "base/enc.h"
#include "base/log.h"
#include "base/rand.h"
#include "base/text.h"

void reply_field(struct flow *f, const char *name, struct str value)
{
	struct exchange *x = exchange_of(f);

	must(x->fields < COUNT(x->field));
	x->field[x->fields++] = (struct http_field){ str_of(name),
						     arena_str(f->arena, value) };
}

static bool has_field(const struct exchange *x, const char *name)
{
	for (size_t i = 0; i < x->fields; i++)
		if (str_is(x->field[i].name, name))
			return true;
	return false;
}

/* x-fapi-interaction-id: echoed when it is a UUID, else made (oauth-R7). */
static void add_interaction_id(struct flow *f)
{
	struct str given = http_field(exchange_of(f)->http, "x-fapi-interaction-id");
	char text[UUID_TEXT + 1];
	uint8_t id[16];

	if (!dec_uuid(given, id))
		rand_uuid(id);
	enc_uuid(id, text);
	reply_field(f, "x-fapi-interaction-id", str_of(text));
}

static void add_page_fields(struct flow *f)
{
	struct exchange *x = exchange_of(f);

	reply_field(f, "Content-Security-Policy",
		    arena_printf(f->arena,
				 "default-src 'none'; style-src 'self'; img-src 'self'; "
				 "frame-ancestors 'none'; base-uri 'none'; "
				 "form-action 'self'%s%.*s",
				 x->form_action.n ? " " : "", STR_ARG(x->form_action)));
	reply_field(f, "X-Frame-Options", STR("DENY"));
	reply_field(f, "Referrer-Policy", STR("same-origin"));
	reply_field(f, "Cross-Origin-Opener-Policy", STR("same-origin"));
}

static void add_common_fields(struct flow *f)
{
	struct exchange *x = exchange_of(f);

	if (!has_field(x, "Cache-Control"))
		reply_field(f, "Cache-Control", STR("no-store"));
	reply_field(f, "X-Content-Type-Options", STR("nosniff"));
	if (!web_is_sandbox())
		reply_field(f, "Strict-Transport-Security", STR("max-age=31536000"));
	if (x->route->kind == ROUTE_PAGE)
		add_page_fields(f);
	if (x->route->kind == ROUTE_OAUTH)
		reply_field(f, "Pragma", STR("no-cache"));
	if (x->route->kind == ROUTE_API)
		add_interaction_id(f);
}

static enum step send(struct flow *f, int status, const char *type, struct str body)
{
	struct exchange *x = exchange_of(f);

	must(x->status == 0 && x->conn != NULL);
	add_common_fields(f);
	x->status = status;
	conn_reply(x->conn, &(struct reply){ .status = status,
					     .type = str_of(type),
					     .body = body,
					     .field = x->field,
					     .fields = x->fields });
	x->conn = NULL;
	return DONE;
}

enum step reply_text(struct flow *f, int status, const char *type, struct str body)
{
	return send(f, status, type, body);
}

enum step reply_empty(struct flow *f, int status)
{
	return send(f, status, NULL, STR_NONE);
}

static void free_text(void *p)
{
	free(p);
}

enum step reply_json(struct flow *f, int status, json_t *body)
{
	char *text = json_dumps(body, JSON_COMPACT);

	must(text != NULL);
	json_decref(body);
	arena_own(f->arena, text, free_text);
	return send(f, status, "application/json", str_of(text));
}

static const char *text(struct str s)
{
	return s.p != NULL ? s.p : "";
}

void reply_lang(struct flow *f, enum lang lang)
{
	reply_field(f, "Set-Cookie",
		    arena_printf(f->arena,
				 LANG_COOKIE "=%.*s; Path=/; Secure; HttpOnly; "
					     "SameSite=Lax; Max-Age=31536000",
				 STR_ARG(lang_tag(lang))));
}

/* This page in the other language. */
static json_t *other_lang(struct flow *f)
{
	struct exchange *x = exchange_of(f);

	return json_string(arena_printf(f->arena, "%.*s?lang=%s", STR_ARG(x->http->path),
					x->lang == LANG_EN ? "ja" : "en")
				   .p);
}

enum step reply_page(struct flow *f, int status, enum page p, json_t *model)
{
	struct exchange *x = exchange_of(f);
	const struct web_config *w = web_settings();
	const char *lacking;
	struct buf html = { 0 };
	enum step s;

	json_object_set_new(model, "sandbox", json_boolean(web_is_sandbox()));
	if (w->phone.p != NULL)
		json_object_set_new(model, "contact",
				    json_pack("{s:s%, s:{s:s%, s:s%}}", "phone", w->phone.p,
					      w->phone.n, "hours", "ja", text(w->hours_ja),
					      w->hours_ja.n, "en", text(w->hours_en),
					      w->hours_en.n));
	if (x->http->method != HTTP_POST && json_object_get(model, "other_lang") == NULL)
		json_object_set_new(model, "other_lang", other_lang(f));
	lacking = page_render(&html, p, model, x->lang);
	if (lacking != NULL)
		log_event(LOG_ERROR, "page_lacks",
			  log_word("value", log_own_text(lacking)));
	json_decref(model);
	if (form_value(&x->query, "lang").p != NULL)
		reply_lang(f, x->lang);
	s = send(f, status, "text/html; charset=utf-8", buf_str(&html));
	buf_free(&html);
	return s;
}

enum step reply_redirect(struct flow *f, struct str url)
{
	reply_field(f, "Location", url);
	return reply_empty(f, 303);
}

void problem_json(struct buf *out, const struct problem *p, struct str extra)
{
	buf_printf(out,
		   "{\"type\":\"%.*s/problems/%s\",\"title\":", STR_ARG(web_base_url()),
		   p->slug);
	text_json(out, str_of(p->title_en));
	buf_printf(out, ",\"status\":%d,\"detail\":", p->status);
	text_json(out, str_of(p->detail));
	buf_printf(out, ",\"at\":\"%s\"%.*s}", p->side, STR_ARG(extra));
}

/* RFC 9449 section 7.1, RFC 9728 section 5.1 */
static void add_challenge(struct flow *f, const struct problem *p)
{
	reply_field(f, "WWW-Authenticate",
		    arena_printf(f->arena,
				 "DPoP %s%s%salgs=\"ES256 PS256\", "
				 "resource_metadata=\"%.*s/.well-known/"
				 "oauth-protected-resource\"",
				 p->error ? "error=\"" : "", p->error ? p->error : "",
				 p->error ? "\", " : "", STR_ARG(web_base_url())));
}

static enum step refuse_api(struct flow *f, const struct problem *p)
{
	struct exchange *x = exchange_of(f);
	struct buf body = { 0 };
	enum step s;

	if (p->status == 401 || (p->status == 403 && p->error &&
				 str_is(str_of(p->error), "insufficient_scope")))
		add_challenge(f, p);
	problem_json(&body, p, x->problem_extra);
	s = send(f, p->status, "application/problem+json", buf_str(&body));
	buf_free(&body);
	return s;
}

static enum step refuse_oauth(struct flow *f, const struct problem *p)
{
	if (p->status == 401 && http_field(exchange_of(f)->http, "authorization").p != NULL)
		reply_field(f, "WWW-Authenticate", STR("Basic realm=\"selfinfo\""));
	return reply_json(
		f, p->status,
		json_pack("{s:s, s:s}", "error", p->error ? p->error : "invalid_request",
			  "error_description",
			  exchange_of(f)->hint ? exchange_of(f)->hint : p->detail));
}

static enum step refuse_page(struct flow *f, const struct problem *p)
{
	struct str number = rand_human(f->arena, 8);

	log_event(LOG_INFO, "error_page", log_word("number", log_configured(number)),
		  log_word("problem", log_own_text(p->slug)),
		  log_word("route", log_own_text(exchange_of(f)->route->name)));
	return reply_page(f, p->status, PAGE_ERROR,
			  json_pack("{s:s, s:s, s:s, s:{s:s, s:s}}", "code",
				    p->error ? p->error : p->slug, "slug", p->slug,
				    "number", number.p, "title", "ja", p->title_ja, "en",
				    p->title_en));
}

enum step refuse(struct flow *f, enum problem_id why)
{
	const struct problem *p = problem_of(why);

	if (p->status == 503) {
		reply_field(f, "Retry-After", STR("2"));
		exchange_of(f)->problem_extra = STR(",\"retry_after\":2");
	}
	switch (exchange_of(f)->route->kind) {
	case ROUTE_OAUTH:
		return refuse_oauth(f, p);
	case ROUTE_PAGE:
		return refuse_page(f, p);
	default:
		return refuse_api(f, p);
	}
}

enum step refuse_with(struct flow *f, enum problem_id why, json_t *extra)
{
	struct exchange *x = exchange_of(f);
	char *text = json_dumps(extra, JSON_COMPACT);
	struct str s = str_of(text);

	must(text != NULL && s.n > 2);
	json_decref(extra);
	arena_own(f->arena, text, free_text);
	text[0] = ',';
	x->problem_extra = (struct str){ text, s.n - 1 };
	return refuse(f, why);
}

struct str cookie_value(const struct http_request *r, const char *name)
{
	for (size_t i = 0; i < r->fields; i++) {
		struct str rest = r->field[i].value;

		if (!str_is(r->field[i].name, "cookie"))
			continue;
		while (rest.n > 0) {
			struct str value, pair = str_trim(str_cut(rest, ';', &rest));
			struct str key = str_cut(pair, '=', &value);

			if (str_is(key, name))
				return value;
		}
	}
	return STR_NONE;
}

bool accepts_json(const struct http_request *r)
{
	struct str rest = http_field(r, "accept");

	if (rest.p == NULL || rest.n == 0)
		return true;
	while (rest.p != NULL && rest.n > 0) {
		struct str params;
		struct str one = str_cut(rest, ',', &rest);
		struct str type = str_trim(str_cut(one, ';', &params));

		if (str_is(type, "*/*") || str_is_nocase(type, "application/*") ||
		    str_is_nocase(type, "application/json") ||
		    str_is_nocase(type, "application/problem+json"))
			return true;
	}
	return false;
}
