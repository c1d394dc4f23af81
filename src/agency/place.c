/* place: see agency/place.h. SPDX-License-Identifier: Apache-2.0 */
#include "agency/place.h"

#include <arpa/inet.h>

static bool is_same_items(const struct agency_row *a, const struct agency_row *b)
{
	if (a->items != b->items)
		return false;
	for (size_t i = 0; i < a->items; i++)
		if (!str_eq(a->item[i], b->item[i]))
			return false;
	return true;
}

bool place_is_same(const struct agency_row *a, const struct agency_row *b)
{
	return str_eq(a->id, b->id) && str_eq(a->name_ja, b->name_ja) &&
	       str_eq(a->name_en, b->name_en) &&
	       str_eq(a->provider_kind, b->provider_kind) &&
	       str_eq(a->address, b->address) && a->port == b->port &&
	       str_eq(a->dbname, b->dbname) && str_eq(a->username, b->username) &&
	       str_eq(a->sslmode, b->sslmode) && str_eq(a->sslrootcert, b->sslrootcert) &&
	       str_eq(a->credential, b->credential) && a->deadline_ms == b->deadline_ms &&
	       is_same_items(a, b);
}

struct agency_row place_copy(struct arena *a, const struct agency_row *row)
{
	struct agency_row copy = *row;
	struct str *const text[] = { &copy.id,          &copy.name_ja,
				     &copy.name_en,     &copy.provider_kind,
				     &copy.address,     &copy.dbname,
				     &copy.username,    &copy.sslmode,
				     &copy.sslrootcert, &copy.credential };
	struct str *item = arena_array(a, row->items, sizeof(*item));

	for (size_t i = 0; i < COUNT(text); i++)
		*text[i] = arena_str(a, *text[i]);
	for (size_t i = 0; i < row->items; i++)
		item[i] = arena_str(a, row->item[i]);
	copy.item = item;
	return copy;
}

static bool is_on_this_machine(struct arena *a, struct str address)
{
	struct in_addr v4;
	struct in6_addr v6;
	const char *z = arena_cstr(a, address);

	if (str_starts(address, "/"))
		return true;
	if (inet_pton(AF_INET, z, &v4) == 1)
		return (ntohl(v4.s_addr) >> 24) == 127;
	return inet_pton(AF_INET6, z, &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

static const char *text(struct arena *a, struct str s)
{
	return arena_cstr(a, s);
}

/* host is what the certificate must name: the address itself. */
struct endpoint place_endpoint(struct arena *a, const struct agency_row *row)
{
	bool socket = str_starts(row->address, "/");
	bool tls = !is_on_this_machine(a, row->address) || !str_is(row->sslmode, "disable");
	const struct setting settings[] = {
		{ "host", text(a, row->address) },
		{ "hostaddr", socket ? "" : text(a, row->address) },
		{ "port", arena_printf(a, "%d", row->port).p },
		{ "dbname", text(a, row->dbname) },
		{ "user", text(a, row->username) },
		{ "password", "" },
		{ "sslmode", tls && !socket ? "verify-full" : "disable" },
		{ "sslrootcert", text(a, row->sslrootcert) },
		{ "ssl_min_protocol_version", "TLSv1.2" },
		{ "application_name", "selfinfo" },
		{ "client_encoding", "UTF8" },
		{ "gssencmode", "disable" },
		{ "keepalives", "1" },
		{ "keepalives_idle", "1" },
		{ "keepalives_interval", "1" },
		{ "keepalives_count", "3" },
		{ "tcp_user_timeout", "3000" },
		{ "options", arena_printf(a,
					  "-c statement_timeout=%d"
					  " -c client_connection_check_interval=1000"
					  " -c plan_cache_mode=force_generic_plan"
					  " -c default_transaction_read_only=on",
					  row->deadline_ms)
				     .p },
	};
	struct endpoint e = {
		arena_array(a, COUNT(settings) + 1, sizeof(char *)),
		arena_array(a, COUNT(settings) + 1, sizeof(char *)),
	};

	for (size_t i = 0; i < COUNT(settings); i++) {
		e.keyword[i] = settings[i].keyword;
		e.value[i] = settings[i].value;
	}
	return e;
}
