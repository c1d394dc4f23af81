/* interaction: cookie, row and what is derived from them.
 * Called by oauth and signin.
 * SPDX-License-Identifier: Apache-2.0 */
#include "store/interaction.h"

#include "base/enc.h"
#include "base/rand.h"
#include "base/tree.h"
#include "store/statements.h"

enum { ID = 16, SECRET = 32 };

static struct str secret_of(const uint8_t *cookie)
{
	return (struct str){ (const char *)cookie + ID, SECRET };
}

void interaction_cookie_new(uint8_t cookie[INTERACTION_COOKIE])
{
	rand_uuid(cookie);
	rand_bytes(cookie + ID, SECRET);
}

int16_t interaction_bucket(const uint8_t cookie[INTERACTION_COOKIE])
{
	return digest_bucket(cookie, ID);
}

void interaction_give_secret(struct call *c, const uint8_t cookie[INTERACTION_COOKIE])
{
	uint8_t hash[SHA256_LEN];

	digest_sha256(secret_of(cookie), hash);
	call_hash(c, hash);
}

struct str interaction_set_cookie(struct arena *a, struct str text)
{
	return arena_printf(a,
			    INTERACTION_COOKIE_NAME "=%.*s; Path=/; Secure; HttpOnly; "
						    "SameSite=Lax",
			    STR_ARG(text));
}

bool interaction_read_cookie(struct str text, uint8_t out[INTERACTION_COOKIE])
{
	return dec_b64url(text, out, INTERACTION_COOKIE);
}

struct call *interaction_ask(struct flow *f, const uint8_t cookie[INTERACTION_COOKIE],
			     int64_t now)
{
	struct call *c = call_new(f->arena, &statement_table[SQL_interaction_load]);

	call_int2(c, interaction_bucket(cookie));
	call_uuid(c, cookie);
	interaction_give_secret(c, cookie);
	call_time(c, now);
	db_ask(f, c, DB_NEEDED);
	return c;
}

static void take_subject(struct interaction *i, const struct call *c)
{
	struct str subject = row_bytea(c, 0, interaction_load__subject);

	if (subject.p == NULL)
		return;
	must(subject.n == sizeof(i->subject));
	i->signed_in = true;
	memcpy(i->subject, subject.p, subject.n);
	i->subject_bucket = row_int2(c, 0, interaction_load__subject_bucket);
	i->method = row_text(c, 0, interaction_load__method);
	i->signed_in_at = row_time(c, 0, interaction_load__signed_in);
	i->issuer = row_bytea(c, 0, interaction_load__issuer);
	i->serial = row_bytea(c, 0, interaction_load__serial);
}

struct interaction *interaction_take(struct flow *f,
				     const uint8_t cookie[INTERACTION_COOKIE],
				     const struct call *c)
{
	struct interaction *i;
	struct str purposes;

	if (call_rows(c) == 0)
		return NULL;
	i = arena_alloc(f->arena, sizeof(*i));
	memcpy(i->cookie, cookie, INTERACTION_COOKIE);
	i->bucket = interaction_bucket(cookie);
	i->pushed_bucket = row_int2(c, 0, interaction_load__pushed_bucket);
	i->pushed = row_bytea(c, 0, interaction_load__pushed);
	i->client = row_text(c, 0, interaction_load__client);
	i->name_ja = row_text(c, 0, interaction_load__name_ja);
	i->name_en = row_text(c, 0, interaction_load__name_en);
	i->redirect_uri = row_texts(c, 0, interaction_load__redirect_uris,
				    &i->redirect_uris);
	i->request = request_load(f->arena, row_text(c, 0, interaction_load__request));
	i->created = row_time(c, 0, interaction_load__created);
	i->step = row_int4(c, 0, interaction_load__step);
	i->step_expires = row_time(c, 0, interaction_load__step_expires);
	purposes = row_text(c, 0, interaction_load__purposes);
	i->purposes = json_loadb(purposes.p, purposes.n, 0, NULL);
	must(i->purposes != NULL);
	tree_own(f->arena, i->purposes);
	take_subject(i, c);
	return i;
}

void interaction_derive(const struct interaction *i, const char *purpose, int number,
			uint8_t out[SHA256_LEN])
{
	struct arena *a = arena_new();

	digest_hmac(secret_of(i->cookie), arena_printf(a, "%s %d", purpose, number), out);
	arena_free(a);
}

struct str interaction_csrf(struct arena *a, const struct interaction *i)
{
	uint8_t mac[SHA256_LEN];

	interaction_derive(i, "csrf", 0, mac);
	return enc_b64url_in(a, mac, sizeof(mac));
}

json_t *interaction_purpose(const struct interaction *i)
{
	struct arena *a = arena_new();
	json_t *j = json_object_get(i->purposes,
				    arena_cstr(a, i->request->details->purpose));

	arena_free(a);
	/* the registration may have lost the purpose since */
	return j != NULL ? json_incref(j) : json_pack("{s:s, s:s}", "ja", "", "en", "");
}
