/* grant: rows to structs. Called by access, oauth, disclose, retrieval.
 * grant_load and access_load give their shared columns under the same names,
 * so one macro reads both.
 * SPDX-License-Identifier: Apache-2.0 */
#include "store/grant.h"

#include "base/enc.h"
#include "store/place.h"
#include "store/statements.h"

static void read_uuid(const struct call *c, int column, uint8_t out[16])
{
	struct str s = row_bytea(c, 0, column);

	must(s.n == 16);
	memcpy(out, s.p, 16);
}

static enum inquiry_kind kind_of(struct str word)
{
	for (int k = INQUIRY_LATEST; k <= INQUIRY_RANGE; k++)
		if (str_is(word, inquiry_word((enum inquiry_kind)k)))
			return (enum inquiry_kind)k;
	must(false); /* the table allows no other kind */
}

#define READ_GRANT(g, c, S)                                                            \
	do {                                                                           \
		(g)->client = row_text(c, 0, S##__client);                             \
		read_uuid(c, S##__subject, (g)->subject);                              \
		(g)->child = str_is(row_text(c, 0, S##__beneficiary_kind), "child");   \
		(g)->beneficiary_bucket = row_int2(c, 0, S##__beneficiary_bucket);     \
		read_uuid(c, S##__beneficiary, (g)->beneficiary);                      \
		read_uuid(c, S##__beneficiary_name, (g)->beneficiary_name);            \
		(g)->item = row_texts(c, 0, S##__items, &(g)->items);                  \
		(g)->optional = row_texts(c, 0, S##__optional_items, &(g)->optionals); \
		(g)->left_out = row_texts(c, 0, S##__left_out, &(g)->left_outs);       \
		(g)->inquiry.kind = kind_of(row_text(c, 0, S##__inquiry_kind));        \
		(g)->inquiry.from = row_date(c, 0, S##__period_from);                  \
		(g)->inquiry.to = row_date(c, 0, S##__period_to);                      \
		(g)->purpose = row_text(c, 0, S##__purpose);                           \
		(g)->once = row_bool(c, 0, S##__once);                                 \
		(g)->until = row_date(c, 0, S##__access_date);                         \
		(g)->retention_days = row_int4(c, 0, S##__retention_days);             \
		(g)->created = row_time(c, 0, S##__created);                           \
		(g)->epoch = row_int4(c, 0, S##__epoch);                               \
		(g)->revoked = row_bool(c, 0, S##__revoked);                           \
		(g)->paused = row_bool(c, 0, S##__paused);                             \
	} while (0)

struct call *grant_ask(struct flow *f, int16_t bucket, const uint8_t id[16])
{
	struct call *c = call_new(f->arena, &statement_table[SQL_grant_load]);

	call_int2(c, bucket);
	call_uuid(c, id);
	db_ask(f, c, DB_NEEDED);
	return c;
}

struct grant *grant_take(struct flow *f, int16_t bucket, const uint8_t id[16],
			 const struct call *c)
{
	struct grant *g;

	if (call_rows(c) == 0)
		return NULL;
	g = arena_alloc(f->arena, sizeof(*g));
	g->bucket = bucket;
	memcpy(g->id, id, 16);
	g->expires = row_time(c, 0, grant_load__expires);
	READ_GRANT(g, c, grant_load);
	return g;
}

struct call *access_ask(struct flow *f, int16_t bucket, const uint8_t hash[SHA256_LEN],
			int64_t now)
{
	struct call *c = call_new(f->arena, &statement_table[SQL_access_load]);

	call_int2(c, bucket);
	call_hash(c, hash);
	call_time(c, now);
	call_date(c, date_of_ms(now));
	db_ask(f, c, DB_NEEDED);
	return c;
}

bool access_take(struct flow *f, const struct call *c, struct access *out)
{
	size_t codes;

	(void)f;
	if (call_rows(c) == 0)
		return false;
	out->jkt = row_text(c, 0, access_load__jkt);
	out->scope = row_text(c, 0, access_load__scope);
	out->expires = row_time(c, 0, access_load__expires);
	out->may_act = row_bool(c, 0, access_load__may_act);
	out->grant.bucket = out->token.bucket;
	read_uuid(c, access_load__grant_id, out->grant.id);
	out->grant.expires = row_time(c, 0, access_load__grant_expires);
	READ_GRANT(&out->grant, c, access_load);
	out->used_by = row_bytea(c, 0, access_load__used_by);
	out->agency = row_texts(c, 0, access_load__agencies, &out->linkages);
	out->person_code = row_texts(c, 0, access_load__person_codes, &codes);
	must(codes == out->linkages);
	return true;
}

struct call *linkages_ask(struct flow *f, const struct grant *g)
{
	struct call *c = call_new(f->arena, &statement_table[SQL_linkages_of]);

	call_int2(c, g->beneficiary_bucket);
	call_uuid(c, g->beneficiary);
	db_ask(f, c, DB_NEEDED);
	return c;
}

void linkages_take(const struct call *c, struct access *out)
{
	size_t codes;

	must(call_rows(c) == 1);
	out->agency = row_texts(c, 0, linkages_of__agencies, &out->linkages);
	out->person_code = row_texts(c, 0, linkages_of__person_codes, &codes);
	must(codes == out->linkages);
}

bool grant_holds(const struct grant *g, struct str item, bool *required)
{
	*required = client_may(g->item, g->items, item);
	return *required || client_may(g->optional, g->optionals, item);
}

static json_t *texts_json(const struct str *s, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_stringn(s[i].p, s[i].n));
	return list;
}

json_t *grant_json(struct arena *a, const struct grant *g)
{
	char name[UUID_TEXT + 1];
	json_t *access = json_pack("{s:s}", "kind", g->once ? "once" : "until");

	enc_uuid(g->beneficiary_name, name);
	if (!g->once)
		json_object_set_new(access, "date", json_string(date_text(a, g->until).p));
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:s%, s:o, s:i, s:s, s:{s:s, s:s}}",
			 "type", "self_information", "items", texts_json(g->item, g->items),
			 "optional_items", texts_json(g->optional, g->optionals),
			 "left_out", texts_json(g->left_out, g->left_outs), "inquiry",
			 inquiry_json(&g->inquiry), "purpose", g->purpose.p, g->purpose.n,
			 "access", access, "retention_days", g->retention_days,
			 "on_behalf_of", g->child ? "child" : "self", "beneficiary", "kind",
			 g->child ? "child" : "self", "sub", name);
}
