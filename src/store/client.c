/* client: loads a registration and keeps its imported keys.
 * The cache holds 256 clients by id; an entry is made anew when the row's
 * `changed` is another. Called by oauth and signin.
 * SPDX-License-Identifier: Apache-2.0 */
#include "store/client.h"

#include <stdlib.h>

#include "base/enc.h"
#include "base/tree.h"
#include "store/statements.h"

enum { CACHE = 256 };

struct cached {
	struct arena *arena;
	struct str id;
	int64_t changed;
	struct jwks *set;
};

static struct cached cache[CACHE];

struct call *client_ask(struct flow *f, struct str client_id)
{
	struct call *c = call_new(f->arena, &statement_table[SQL_client_load]);

	call_text(c, client_id);
	db_ask(f, c, DB_NEEDED);
	return c;
}

struct client *client_take(struct flow *f, struct str client_id, const struct call *c)
{
	struct client *k;
	struct str purposes;

	if (call_rows(c) == 0)
		return NULL;
	k = arena_alloc(f->arena, sizeof(*k));
	k->id = client_id;
	k->name_ja = row_text(c, 0, client_load__name_ja);
	k->name_en = row_text(c, 0, client_load__name_en);
	k->redirect_uri = row_texts(c, 0, client_load__redirect_uris, &k->redirect_uris);
	k->grant_type = row_texts(c, 0, client_load__grant_types, &k->grant_types);
	k->item = row_texts(c, 0, client_load__items, &k->items);
	k->on_behalf_of = row_texts(c, 0, client_load__on_behalf_of, &k->on_behalf_ofs);
	k->scope = row_text(c, 0, client_load__scope);
	k->jwks = row_text(c, 0, client_load__jwks);
	k->changed = row_time(c, 0, client_load__changed);
	k->max_access_days = row_int4(c, 0, client_load__max_access_days);
	k->max_retention_days = row_int4(c, 0, client_load__max_retention_days);
	purposes = row_text(c, 0, client_load__purposes);
	k->purposes = json_loadb(purposes.p, purposes.n, 0, NULL);
	must(k->purposes != NULL);
	tree_own(f->arena, k->purposes);
	return k;
}

bool client_may(const struct str *list, size_t n, struct str word)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i], word))
			return true;
	return false;
}

static struct jwks *keys_of(const struct client *c)
{
	struct cached *e;
	const char *why;

	e = &cache[(uint16_t)digest_bucket(c->id.p, c->id.n) % CACHE];
	if (e->arena != NULL && e->changed == c->changed && str_eq(e->id, c->id))
		return e->set;
	arena_free(e->arena);
	e->arena = arena_new();
	e->id = arena_str(e->arena, c->id);
	e->changed = c->changed;
	e->set = jwks_parse(e->arena, c->jwks, &why);
	return e->set;
}

const struct jwk *client_key(const struct client *c, struct str kid, enum jose_alg alg)
{
	const struct jwks *set = keys_of(c);
	const struct jwk *found = NULL;

	for (size_t i = 0; set != NULL && i < set->keys; i++) {
		const struct jwk *k = set->key[i];

		if (jwk_alg(k) != alg)
			continue;
		if (kid.p != NULL && !str_eq(jwk_kid(k), kid))
			continue;
		if (found != NULL && kid.p == NULL)
			return NULL; /* several fit: the header has to choose */
		if (found == NULL)
			found = k;
	}
	return found;
}

struct call *assertion_use(struct flow *f, struct str client_id, struct str jti,
			   int64_t expires_ms)
{
	struct call *c = call_new(f->arena, &statement_table[SQL_assertion_use]);
	uint8_t hash[SHA256_LEN];

	digest_sha256_parts((struct str[]){ client_id, STR("\n"), jti }, 3, hash);
	call_int2(c, digest_bucket(hash, sizeof(hash)));
	call_hash(c, hash);
	call_time(c, expires_ms);
	db_ask(f, c, DB_NEEDED);
	return c;
}
