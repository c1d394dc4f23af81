/* catalogue: the public description of all items, with an entity tag; and the
 * list of this room's routes. Called through the routes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "retrieval_room.h"

static const struct catalogue *catalogue;

void retrieval_init(const struct catalogue *c)
{
	catalogue = c;
}

const struct catalogue *retrieval_catalogue(void)
{
	return catalogue;
}

/* The whole catalogue has one tag: it changes only with the files. */
static bool holds_it_already(struct flow *f)
{
	struct str tag = catalogue_etag(catalogue);

	reply_field(f, "ETag", tag);
	reply_field(f, "Cache-Control", STR("public, max-age=300"));
	return str_eq(http_field(exchange_of(f)->http, "if-none-match"), tag);
}

static enum step reply_buf(struct flow *f, const char *type, struct buf *b)
{
	struct str copy = arena_str(f->arena, buf_str(b));

	buf_free(b);
	return reply_text(f, 200, type, copy);
}

static enum step list(struct flow *f)
{
	struct buf b = { 0 };

	if (holds_it_already(f))
		return reply_empty(f, 304);
	catalogue_write_list(catalogue, &b);
	return reply_buf(f, "application/json", &b);
}

static enum step item(struct flow *f)
{
	const struct item *one = catalogue_item(catalogue, exchange_of(f)->param);
	struct buf b = { 0 };

	if (one == NULL)
		return refuse(f, PROBLEM_NOT_FOUND);
	if (holds_it_already(f))
		return reply_empty(f, 304);
	catalogue_write_item(one, &b);
	return reply_buf(f, "application/json", &b);
}

static enum step schema(struct flow *f)
{
	const struct item *one = catalogue_item(catalogue, exchange_of(f)->param);

	if (one == NULL)
		return refuse(f, PROBLEM_NOT_FOUND);
	if (holds_it_already(f))
		return reply_empty(f, 304);
	return reply_text(f, 200, "application/schema+json", one->schema);
}

#define ONE_STAGE(symbol, fn) const struct stage symbol[] = { { #fn, fn }, { NULL, NULL } }
ONE_STAGE(catalogue_stages, list);
ONE_STAGE(item_stages, item);
ONE_STAGE(schema_stages, schema);

const struct route retrieval_routes[] = {
	{ "retrieval", HTTP_POST, "/v1/retrievals", ROUTE_API, BODY_JSON_OR_EMPTY,
	  sizeof(struct retrieval), retrieve_stages, retrieval_left, NULL },
	{ "grant", HTTP_GET, "/v1/grant", ROUTE_API, BODY_NONE, sizeof(struct guarded),
	  grant_stages, NULL, NULL },
	{ "catalogue", HTTP_GET, "/v1/catalogue", ROUTE_API, BODY_NONE,
	  sizeof(struct exchange), catalogue_stages, NULL, NULL },
	{ "catalogue_item", HTTP_GET, "/v1/catalogue/{}", ROUTE_API, BODY_NONE,
	  sizeof(struct exchange), item_stages, NULL, NULL },
	{ "catalogue_schema", HTTP_GET, "/v1/catalogue/{}/schema", ROUTE_API, BODY_NONE,
	  sizeof(struct exchange), schema_stages, NULL, NULL },
	{ 0 },
};
