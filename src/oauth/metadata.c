/* metadata: what exists, and nothing else (RFC 8414, RFC 9728). Also the list
 * of this room's routes. Cacheable, with an entity tag.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/enc.h"
#include "oauth_room.h"

#include <stdlib.h>

struct oauth_config oauth;

void oauth_init(const struct oauth_config *c)
{
	oauth = *c;
}

static struct str url(struct flow *f, const char *path)
{
	return arena_printf(f->arena, "%.*s%s", STR_ARG(web_base_url()), path);
}

/* What it says does not change while a worker lives, so it is written once. */
struct document {
	struct str text, tag;
};

static void write_document(struct document *d, json_t *body)
{
	static struct arena *kept; /* as long as the worker */
	uint8_t hash[SHA256_LEN];
	char *text = json_dumps(body, JSON_COMPACT);

	must(text != NULL);
	json_decref(body);
	if (kept == NULL)
		kept = arena_new();
	d->text = arena_str(kept, str_of(text));
	free(text);
	digest_sha256(d->text, hash);
	d->tag = arena_printf(kept, "\"%.*s\"", STR_ARG(enc_b64url_in(kept, hash, 16)));
}

/* 304 when the client holds these very bytes */
static enum step reply_cacheable(struct flow *f, const struct document *d)
{
	reply_field(f, "ETag", d->tag);
	reply_field(f, "Cache-Control", STR("public, max-age=300"));
	if (str_eq(http_field(exchange_of(f)->http, "if-none-match"), d->tag))
		return reply_empty(f, 304);
	return reply_text(f, 200, "application/json", d->text);
}

static json_t *server_json(struct flow *f)
{
	json_t *j = json_pack(
		"{s:s, s:s, s:s, s:s, s:[s], s:[s], s:[s,s], s:[s], s:[s], s:[s,s], s:b, "
		"s:b,"
		" s:[s,s], s:[s], s:[s,s]}",
		"issuer", url(f, "").p, "authorization_endpoint",
		url(f, "/oauth/authorize").p, "token_endpoint", url(f, "/oauth/token").p,
		"pushed_authorization_request_endpoint", url(f, "/oauth/par").p,
		"response_types_supported", "code", "response_modes_supported", "query",
		"grant_types_supported", "authorization_code", "refresh_token",
		"code_challenge_methods_supported", "S256",
		"token_endpoint_auth_methods_supported", "private_key_jwt",
		"token_endpoint_auth_signing_alg_values_supported", "ES256", "PS256",
		"require_pushed_authorization_requests", 1,
		"authorization_response_iss_parameter_supported", 1,
		"dpop_signing_alg_values_supported", "ES256", "PS256",
		"authorization_details_types_supported", "self_information",
		"ui_locales_supported", "ja", "en");

	must(j != NULL);
	return j;
}

static json_t *resource_json(struct flow *f)
{
	json_t *j = json_pack("{s:s, s:[s], s:[s], s:[s], s:b, s:[s,s]}", "resource",
			      url(f, "").p, "authorization_servers", url(f, "").p,
			      "bearer_methods_supported", "header",
			      "authorization_details_types_supported", "self_information",
			      "dpop_bound_access_tokens_required", 1,
			      "dpop_signing_alg_values_supported", "ES256", "PS256");

	must(j != NULL);
	return j;
}

static enum step server_metadata(struct flow *f)
{
	static struct document d;

	if (d.text.p == NULL)
		write_document(&d, server_json(f));
	return reply_cacheable(f, &d);
}

static enum step resource_metadata(struct flow *f)
{
	static struct document d;

	if (d.text.p == NULL)
		write_document(&d, resource_json(f));
	return reply_cacheable(f, &d);
}

const struct stage server_metadata_stages[] = {
	{ "answer", server_metadata },
	{ NULL, NULL },
};

const struct stage resource_metadata_stages[] = {
	{ "answer", resource_metadata },
	{ NULL, NULL },
};
