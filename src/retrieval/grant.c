/* grant: GET /v1/grant, what the presented token stands for: the cheap protected
 * resource (api.md 5). Called through the routes.
 * SPDX-License-Identifier: Apache-2.0 */
#include "retrieval_room.h"
#include "store/place.h"

static enum step answer(struct flow *f)
{
	struct guarded *g = f->data;
	const struct access *a = &g->access;

	return reply_json(
		f, 200,
		json_pack("{s:s%, s:s%, s:s, s:s, s:s, s:[o]}", "client_id",
			  a->grant.client.p, a->grant.client.n, "scope",
			  a->scope.p ? a->scope.p : "", a->scope.n, "grant_id",
			  grant_id_text(f->arena, a->grant.bucket, a->grant.id).p,
			  "grant_expires_at", clock_text(f->arena, a->grant.expires).p,
			  "token_expires_at", clock_text(f->arena, a->expires).p,
			  "authorization_details", grant_json(f->arena, &a->grant)));
}

const struct stage grant_stages[] = {
	ACCESS_STAGES,
	{ "answer", answer },
	{ NULL, NULL },
};
