/* agency: registering bodies that hold records. The daemon connects to the
 * address given here, so it is numeric or a socket folder, and without TLS only
 * on this machine. Called by main. Source: formats.md, api.md 4.
 * SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <stdio.h>

#include "sheet.h"

struct agency {
	struct str id, kind, address, dbname, user, sslmode, sslrootcert, credential;
	struct sheet_pair name;
	int64_t port, deadline_ms;
	struct sheet_list items;
};

static bool name_ok(struct str s, const char *also, size_t max)
{
	if (s.n < 1 || s.n > max)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		      strchr(also, c) != NULL))
			return false;
	}
	return true;
}

/* A socket folder or a numeric address; *here: on this machine. */
static bool address_ok(struct arena *a, struct str address, bool *here)
{
	const char *z = arena_cstr(a, address);
	struct in_addr four;
	struct in6_addr six;

	*here = true;
	if (str_starts(address, "/"))
		return address.n < 90; /* sun_path less the socket's own name */
	if (inet_pton(AF_INET, z, &four) == 1) {
		*here = ntohl(four.s_addr) >> 24 == 127;
		return true;
	}
	*here = false;
	if (inet_pton(AF_INET6, z, &six) != 1)
		return false;
	*here = IN6_IS_ADDR_LOOPBACK(&six);
	return true;
}

static bool kind_known(const struct catalogue *cat, struct str kind)
{
	for (size_t i = 0; i < catalogue_count(cat); i++)
		if (str_eq(catalogue_at(cat, i)->provider_kind, kind))
			return true;
	return false;
}

static void take_place(struct sheet *f, struct agency *ag)
{
	bool here = false;

	ag->address = sheet_text(f, "address", NULL, 200);
	if (ag->address.n > 0 && !address_ok(f->a, ag->address, &here))
		sheet_error(f, "address",
			    "a numeric address or a socket folder is expected; "
			    "names are not looked up");
	ag->port = sheet_int(f, "port", 5432, 1, 65535);
	ag->dbname = sheet_text(f, "dbname", NULL, 63);
	ag->user = sheet_text(f, "user", NULL, 63);
	ag->sslmode = sheet_text(f, "sslmode", "verify-full", 16);
	ag->sslrootcert = sheet_text(f, "sslrootcert", "", 1000);
	ag->credential = sheet_text(f, "credential", "", 1000);
	if (str_is(ag->sslmode, "disable")) {
		if (!here)
			sheet_error(f, "sslmode",
				    "disable is for this machine only: another "
				    "one is reached with verify-full");
	} else if (!str_is(ag->sslmode, "verify-full")) {
		sheet_error(f, "sslmode", "it is none of verify-full, disable");
	} else if (!str_starts(ag->sslrootcert, "/")) {
		sheet_error(f, "sslrootcert",
			    "verify-full needs the path of the authority's "
			    "certificate");
	}
	if (ag->credential.n > 0 && !str_starts(ag->credential, "/") &&
	    !name_ok(ag->credential, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_.-", 64))
		sheet_error(f, "credential",
			    "the name of a credential or the path of a file "
			    "is expected, never a password");
}

static bool take_agency(struct sheet *f, const struct catalogue *cat, struct agency *ag)
{
	ag->id = sheet_text(f, "agency", NULL, 48);
	if (ag->id.n > 0 && !name_ok(ag->id, "-", 48))
		sheet_error(f, "agency", "1 to 48 of a-z, 0-9 and - are expected");
	ag->name = sheet_pair(f, "name", 100);
	ag->kind = sheet_text(f, "provider_kind", NULL, 64);
	if (ag->kind.n > 0 && !kind_known(cat, ag->kind))
		sheet_error(f, "provider_kind", "no item of the catalogue has this kind");
	take_place(f, ag);
	ag->deadline_ms = sheet_int(f, "deadline_ms", 3000, 100, 120000);
	ag->items = sheet_texts(f, "items", NULL, 16);
	for (size_t i = 0; i < ag->items.n; i++)
		if (catalogue_item(cat, ag->items.p[i]) == NULL)
			sheet_error(f, "items", "number %zu is not in the catalogue",
				    i + 1);
	return sheet_end(f);
}

static enum exit_code store(struct ctl *c, const struct agency *ag)
{
	const char *value[] = { arena_cstr(c->a, ag->id),
				arena_cstr(c->a, ag->name.ja),
				arena_cstr(c->a, ag->name.en),
				arena_cstr(c->a, ag->kind),
				arena_cstr(c->a, ag->address),
				sql_int(c->a, ag->port),
				arena_cstr(c->a, ag->dbname),
				arena_cstr(c->a, ag->user),
				arena_cstr(c->a, ag->sslmode),
				arena_cstr(c->a, ag->sslrootcert),
				arena_cstr(c->a, ag->credential),
				sql_int(c->a, ag->deadline_ms),
				sql_array(c->a, ag->items.p, ag->items.n),
				sql_time(c->a, ctl_now(c)) };
	PGresult *r;
	enum exit_code code = ctl_do(c, "BEGIN");

	if (code == EXIT_OK)
		code = ctl_query(
			c, &r,
			arena_printf(c->a,
				     "INSERT INTO agency (agency, name_ja, name_en, "
				     "provider_kind, "
				     "address, port, dbname, username, sslmode, "
				     "sslrootcert, credential, "
				     "deadline_ms, items, changed) VALUES ($1, $2, $3, $4, "
				     "$5, $6, $7, $8, "
				     "$9, $10, $11, $12, $13, $14) ON CONFLICT (agency) %s "
				     "RETURNING xmax = 0",
				     c->o.replace ? "DO UPDATE SET name_ja = $2, name_en = "
						    "$3, provider_kind = $4, "
						    "address = $5, port = $6, dbname = $7, "
						    "username = $8, sslmode = $9, "
						    "sslrootcert = $10, credential = $11, "
						    "deadline_ms = $12, items = $13, "
						    "changed = $14, disabled = NULL" :
						    "DO NOTHING")
				.p,
			COUNT(value), value);
	if (code != EXIT_OK)
		return code;
	return add_end(c, r, "agency", value[0]);
}

enum exit_code ctl_agency_add(struct ctl *c)
{
	struct agency ag = { 0 };
	struct sheet f;
	struct catalogue *cat = NULL;
	enum exit_code code = add_begin(c, &f, &cat);

	if (code != EXIT_OK)
		return code;
	if (!take_agency(&f, cat, &ag))
		return EXIT_REFUSED;
	code = ctl_connect(c, ROLE_OPERATOR);
	return code == EXIT_OK ? store(c, &ag) : code;
}

enum exit_code ctl_agency_list(struct ctl *c)
{
	enum exit_code code = ctl_connect(c, ROLE_OPERATOR);

	if (code != EXIT_OK)
		return code;
	return ctl_list(
		c, "no agency is registered",
		"SELECT agency, name_ja AS name, provider_kind, "
		"CASE WHEN disabled IS NULL THEN 'enabled' ELSE 'disabled' END AS state, "
		"address, port, sslmode, deadline_ms, items FROM agency ORDER BY agency",
		0, NULL);
}
