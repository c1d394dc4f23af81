/* oauth_room: what the modules of this room share. Private to oauth.
 * A request that an app authenticates begins with struct app_request; the
 * AUTHENTICATE stages leave the client and the proof's key in it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef OAUTH_ROOM_H
#define OAUTH_ROOM_H

#include "jose/dpop.h"
#include "oauth/oauth.h"
#include "store/client.h"
#include "store/grant.h"
#include "store/place.h"

struct app_request {
	struct exchange x;
	struct client *client;
	struct str client_id, jti;
	struct jws assertion;
	int64_t assertion_expires;
	char jkt[JKT_LEN + 1]; /* "" without a proof */
	struct call *call;
};

extern struct oauth_config oauth;

enum step client_read_assertion(struct flow *f);
enum step client_check(struct flow *f);
enum step client_use_assertion(struct flow *f);
enum step client_check_proof(struct flow *f); /* optional: jkt may stay empty */

#define AUTHENTICATE                                                                   \
	{ "read assertion", client_read_assertion }, { "check client", client_check }, \
		{ "use assertion", client_use_assertion },                             \
	{                                                                              \
		"check proof", client_check_proof                                      \
	}

extern const struct stage par_stages[], authorize_stages[], token_stages[],
	server_metadata_stages[], resource_metadata_stages[];

struct par_request {
	struct app_request app;
	struct str request, request_uri;
};

struct authorize_request {
	struct exchange x;
	struct handle pushed;
	struct str client_id, request;
	struct call *call;
	struct str cookie;
};

struct token_request {
	struct app_request app;
	struct handle asked;           /* the code or refresh token */
	struct handle access, refresh; /* what is issued */
	struct call *call;
	uint8_t grant_id[16];
	struct str scope;
	struct grant *grant;
};

#define REQUEST_URI_URN "urn:ietf:params:oauth:request_uri:"

#endif
