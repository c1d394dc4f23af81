/* routes: the pages and the agent's end points of this room.
 * Handed to web by selfinfod.
 * SPDX-License-Identifier: Apache-2.0 */
#include "card_request.h"
#include "consent_request.h"

static const struct catalogue *catalogue;

bool signin_init(struct arena *a, const struct signin_config *c, struct str *why)
{
	catalogue = c->catalogue;
	return personas_load(a, c->personas, why);
}

const struct catalogue *signin_catalogue(void)
{
	return catalogue;
}

static const char *const consent_repeatable[] = { "optional_item", NULL };

const struct route signin_routes[] = {
	{ "sign_in_page", HTTP_GET, "/sign-in", ROUTE_PAGE, BODY_NONE,
	  sizeof(struct sign_in), sign_in_page_stages, NULL, NULL },
	{ "sign_in", HTTP_POST, "/sign-in", ROUTE_PAGE, BODY_FORM, sizeof(struct sign_in),
	  sign_in_stages, NULL, NULL },
	{ "consent_page", HTTP_GET, "/consent", ROUTE_PAGE, BODY_NONE,
	  sizeof(struct consent), consent_page_stages, NULL, NULL },
	{ "consent", HTTP_POST, "/consent", ROUTE_PAGE, BODY_FORM, sizeof(struct consent),
	  consent_stages, NULL, consent_repeatable },
	{ "card_open", HTTP_POST, "/card/transactions", ROUTE_API, BODY_JSON,
	  sizeof(struct card_request), card_open_stages, NULL, NULL },
	{ "card_sign", HTTP_POST, "/card/transactions/{}/signature", ROUTE_API, BODY_JSON,
	  sizeof(struct card_request), card_sign_stages, NULL, NULL },
	{ "card_cancel", HTTP_POST, "/card/transactions/{}/cancel", ROUTE_API, BODY_NONE,
	  sizeof(struct card_request), card_cancel_stages, NULL, NULL },
	{ 0 },
};
