/* routes: the end points of this room.
 * Handed to web by selfinfod.
 * SPDX-License-Identifier: Apache-2.0 */
#include "oauth_room.h"

const struct route oauth_routes[] = {
	{ "par", HTTP_POST, "/oauth/par", ROUTE_OAUTH, BODY_FORM,
	  sizeof(struct par_request), par_stages, NULL, NULL },
	{ "authorize", HTTP_GET, "/oauth/authorize", ROUTE_PAGE, BODY_NONE,
	  sizeof(struct authorize_request), authorize_stages, NULL, NULL },
	{ "token", HTTP_POST, "/oauth/token", ROUTE_OAUTH, BODY_FORM,
	  sizeof(struct token_request), token_stages, NULL, NULL },
	{ "server_metadata", HTTP_GET, "/.well-known/oauth-authorization-server", ROUTE_API,
	  BODY_NONE, sizeof(struct exchange), server_metadata_stages, NULL, NULL },
	{ "openid_metadata", HTTP_GET, "/.well-known/openid-configuration", ROUTE_API,
	  BODY_NONE, sizeof(struct exchange), server_metadata_stages, NULL, NULL },
	{ "resource_metadata", HTTP_GET, "/.well-known/oauth-protected-resource", ROUTE_API,
	  BODY_NONE, sizeof(struct exchange), resource_metadata_stages, NULL, NULL },
	{ 0 },
};
