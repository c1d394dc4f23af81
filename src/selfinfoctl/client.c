/* client: registering apps and stopping them. What the file says is checked
 * whole before the database is asked; the daemon reads the row at the next
 * request, so a change is known within a second. Called by main.
 * Source: api.md 5 (names of RFC 7591), oauth A3, A15, F7.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "sheet.h"
#include "jose/jwk.h"
#include "url.h"

enum { PURPOSES_MAX = 32, DAYS_MAX = 3660 };

struct client {
	struct str id, scope;
	struct str name_ja, name_en;
	struct sheet_list redirect_uris, grant_types, items, on_behalf_of;
	const char *jwks, *purposes; /* JSON */
	int64_t access_days, retention_days;
};

static bool id_ok(struct str id)
{
	if (id.n < 1 || id.n > 64)
		return false;
	for (size_t i = 0; i < id.n; i++) {
		char c = id.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		      (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-'))
			return false;
	}
	return true;
}

static void take_method(struct sheet *f)
{
	struct str method = sheet_text(f, "token_endpoint_auth_method", NULL, 64);

	if (str_is(method, "tls_client_auth") ||
	    str_is(method, "self_signed_tls_client_auth"))
		sheet_error(f, "token_endpoint_auth_method",
			    "authentication by client certificate is not served yet; "
			    "register private_key_jwt");
	else if (method.n > 0 && !str_is(method, "private_key_jwt"))
		sheet_error(
			f, "token_endpoint_auth_method",
			"private_key_jwt is expected: clients are confidential and share "
			"no secret with us");
	if (sheet_member(f, "tls_client_auth_subject_dn", false))
		sheet_error(f, "tls_client_auth_subject_dn",
			    "client certificates are not served yet");
	if (json_is_true(
		    sheet_member(f, "tls_client_certificate_bound_access_tokens", false)))
		sheet_error(f, "tls_client_certificate_bound_access_tokens",
			    "tokens are bound by DPoP; certificates are not served yet");
	if (!json_is_true(sheet_member(f, "dpop_bound_access_tokens", true)))
		sheet_error(f, "dpop_bound_access_tokens",
			    "it must be true: every access token is bound to a key");
}

static const char *dump(struct arena *a, const json_t *j)
{
	char *text = json_dumps(j, JSON_COMPACT);

	must(text != NULL);
	arena_own(a, text, free);
	return text;
}

static void take_keys(struct sheet *f, struct client *cl)
{
	json_t *set = sheet_member(f, "jwks", false);
	const char *why = NULL;

	if (sheet_member(f, "jwks_uri", false))
		sheet_error(f, "jwks_uri", "it is not fetched yet; give the keys in jwks");
	else if (set == NULL)
		sheet_error(f, "jwks", "it is missing");
	if (set == NULL)
		return;
	cl->jwks = dump(f->a, set);
	if (jwks_parse(f->a, str_of(cl->jwks), &why) == NULL)
		sheet_error(f, "jwks", "%s", why ? why : "these are not usable keys");
}

static void take_redirects(struct sheet *f, struct client *cl)
{
	cl->redirect_uris = sheet_texts(f, "redirect_uris", NULL, REDIRECT_URI_MAX + 1);
	for (size_t i = 0; i < cl->redirect_uris.n; i++) {
		const char *wrong = redirect_uri_wrong(cl->redirect_uris.p[i]);

		if (wrong)
			sheet_error(f, "redirect_uris", "number %zu: %s", i + 1, wrong);
	}
}

static void take_grant_types(struct sheet *f, struct client *cl)
{
	struct sheet_list types = sheet_texts(f, "grant_types", "authorization_code", 64);
	struct sheet_list details = sheet_texts(f, "authorization_details_types",
						"self_information", 64);

	for (size_t i = 0; i < types.n; i++)
		if (!str_is(types.p[i], "authorization_code") &&
		    !str_is(types.p[i], "refresh_token"))
			sheet_error(f, "grant_types",
				    "number %zu is none of "
				    "authorization_code, refresh_token",
				    i + 1);
	if (types.n > 0 && !sheet_list_has(types, "authorization_code"))
		sheet_error(f, "grant_types", "authorization_code is missing");
	if (details.n > 0 && (details.n != 1 || !str_is(details.p[0], "self_information")))
		sheet_error(f, "authorization_details_types",
			    "[\"self_information\"] is expected");
	cl->grant_types = types;
}

/* RFC 6749 section 3.3: words of 0x21, 0x23-0x5b, 0x5d-0x7e */
static void take_scope(struct sheet *f, struct client *cl)
{
	struct str rest = cl->scope = sheet_text(f, "scope", "", 1000);

	while (rest.n > 0) {
		struct str word = str_cut(rest, ' ', &rest);
		bool ok = word.n > 0 && (rest.p == NULL || rest.n > 0);

		for (size_t i = 0; i < word.n; i++)
			ok &= word.p[i] > 0x20 && word.p[i] < 0x7f && word.p[i] != '"' &&
			      word.p[i] != '\\';
		if (!ok) {
			sheet_error(f, "scope",
				    "words with one blank between them are "
				    "expected");
			return;
		}
	}
}

static bool purpose_code_ok(const char *code)
{
	size_t n = strlen(code);

	for (size_t i = 0; i < n; i++)
		if (!((code[i] >= 'a' && code[i] <= 'z') ||
		      (code[i] >= '0' && code[i] <= '9') || code[i] == '-'))
			return false;
	return n >= 1 && n <= 64;
}

static void take_purposes(struct sheet *f, struct client *cl)
{
	json_t *all = sheet_member(f, "selfinfo_purposes", true), *text;
	const char *code;

	if (all == NULL)
		return;
	if (!json_is_object(all) || json_object_size(all) < 1 ||
	    json_object_size(all) > PURPOSES_MAX) {
		sheet_error(f, "selfinfo_purposes",
			    "an object of 1 to %d purposes is "
			    "expected",
			    PURPOSES_MAX);
		return;
	}
	json_object_foreach(all, code, text)
	{
		if (!purpose_code_ok(code))
			sheet_error(f, "selfinfo_purposes",
				    "a code has 1 to 64 of a-z, 0-9 and -");
		else
			(void)sheet_pair_of(
				f, text, arena_printf(f->a, "selfinfo_purposes.%s", code).p,
				200);
	}
	cl->purposes = dump(f->a, all);
}

static void take_items(struct sheet *f, const struct catalogue *cat, struct client *cl)
{
	cl->items = sheet_texts(f, "selfinfo_items", NULL, 16);
	for (size_t i = 0; i < cl->items.n; i++)
		if (catalogue_item(cat, cl->items.p[i]) == NULL)
			sheet_error(f, "selfinfo_items",
				    "number %zu is not in the catalogue", i + 1);
	cl->on_behalf_of = sheet_texts(f, "selfinfo_on_behalf_of", "self", 16);
	for (size_t i = 0; i < cl->on_behalf_of.n; i++)
		if (!str_is(cl->on_behalf_of.p[i], "self") &&
		    !str_is(cl->on_behalf_of.p[i], "child"))
			sheet_error(f, "selfinfo_on_behalf_of",
				    "number %zu is none of self, child", i + 1);
}

static bool take_client(struct sheet *f, const struct catalogue *cat, struct client *cl)
{
	cl->id = sheet_text(f, "client_id", NULL, 64);
	if (cl->id.n > 0 && !id_ok(cl->id))
		sheet_error(f, "client_id",
			    "1 to 64 of A-Z a-z 0-9 _ . - are expected, for "
			    "instance SP12345678_AB1234");
	cl->name_ja = sheet_plain(f, "client_name", 100);
	cl->name_en = sheet_plain(f, "client_name#en", 100);
	take_redirects(f, cl);
	take_method(f);
	take_keys(f, cl);
	take_grant_types(f, cl);
	take_scope(f, cl);
	take_items(f, cat, cl);
	take_purposes(f, cl);
	cl->access_days = sheet_int(f, "selfinfo_max_access_days", 365, 1, DAYS_MAX);
	cl->retention_days = sheet_int(f, "selfinfo_max_retention_days", 365, 0, DAYS_MAX);
	return sheet_end(f);
}

static enum exit_code store(struct ctl *c, const struct client *cl)
{
	const char *value[] = { arena_cstr(c->a, cl->id),
				arena_cstr(c->a, cl->name_ja),
				arena_cstr(c->a, cl->name_en),
				sql_array(c->a, cl->redirect_uris.p, cl->redirect_uris.n),
				cl->jwks,
				sql_array(c->a, cl->grant_types.p, cl->grant_types.n),
				arena_cstr(c->a, cl->scope),
				sql_array(c->a, cl->items.p, cl->items.n),
				cl->purposes,
				sql_int(c->a, cl->access_days),
				sql_int(c->a, cl->retention_days),
				sql_array(c->a, cl->on_behalf_of.p, cl->on_behalf_of.n),
				sql_time(c->a, ctl_now(c)) };
	PGresult *r;
	enum exit_code code = ctl_do(c, "BEGIN");

	if (code == EXIT_OK)
		code = ctl_query(
			c, &r,
			arena_printf(c->a,
				     "INSERT INTO client (client_id, name_ja, name_en, "
				     "redirect_uris, jwks, "
				     "auth_method, grant_types, scope, items, purposes, "
				     "max_access_days, "
				     "max_retention_days, on_behalf_of, created, changed) "
				     "VALUES ($1, $2, $3, $4, $5, 'private_key_jwt', $6, "
				     "$7, $8, $9, $10, "
				     "$11, $12, $13, $13) ON CONFLICT (client_id) %s "
				     "RETURNING xmax = 0",
				     c->o.replace ? "DO UPDATE SET name_ja = $2, name_en = "
						    "$3, redirect_uris = $4, "
						    "jwks = $5, auth_method = "
						    "'private_key_jwt', grant_types = $6, "
						    "scope = $7, items = $8, purposes = "
						    "$9, max_access_days = $10, "
						    "max_retention_days = $11, "
						    "on_behalf_of = $12, changed = $13, "
						    "disabled = NULL" :
						    "DO NOTHING")
				.p,
			COUNT(value), value);
	if (code != EXIT_OK)
		return code;
	return add_end(c, r, "client", value[0]);
}

enum exit_code ctl_client_add(struct ctl *c)
{
	struct client cl = { 0 };
	struct sheet f;
	struct catalogue *cat = NULL;
	enum exit_code code = add_begin(c, &f, &cat);

	if (code != EXIT_OK)
		return code;
	if (!take_client(&f, cat, &cl))
		return EXIT_REFUSED;
	code = ctl_connect(c, ROLE_OPERATOR);
	return code == EXIT_OK ? store(c, &cl) : code;
}

enum exit_code ctl_client_list(struct ctl *c)
{
	enum exit_code code = ctl_connect(c, ROLE_OPERATOR);

	if (code != EXIT_OK)
		return code;
	return ctl_list(
		c, "no client is registered",
		"SELECT client_id AS client, name_ja AS name, "
		"CASE WHEN disabled IS NULL THEN 'enabled' ELSE 'disabled' END AS state, "
		"items, on_behalf_of, created, changed FROM client ORDER BY client_id",
		0, NULL);
}

static enum exit_code switch_client(struct ctl *c, const char *sql, const char *result)
{
	const char *value[] = { c->argument[0], sql_time(c->a, ctl_now(c)) };
	enum exit_code code = ctl_connect(c, ROLE_OPERATOR);
	PGresult *r;

	if (code == EXIT_OK)
		code = ctl_query(c, &r, sql, COUNT(value), value);
	if (code != EXIT_OK)
		return code;
	if (PQntuples(r) == 0) {
		ctl_error("there is no such client");
		return EXIT_REFUSED;
	}
	ctl_done(c, "client", PQgetvalue(r, 0, 0), result);
	return EXIT_OK;
}

enum exit_code ctl_client_disable(struct ctl *c)
{
	return switch_client(c,
			     "UPDATE client SET disabled = coalesce(disabled, $2), "
			     "changed = $2 WHERE client_id = $1 RETURNING client_id",
			     "disabled");
}

enum exit_code ctl_client_enable(struct ctl *c)
{
	return switch_client(c,
			     "UPDATE client SET disabled = NULL, changed = $2 "
			     "WHERE client_id = $1 RETURNING client_id",
			     "enabled");
}
