/* oauth: the authorization server's end points (RFC 6749, 9126, 9449, 9396,
 * 9207, 8414, 9728; FAPI 2.0 Security Profile). What it offers stands in its
 * metadata; everything else is refused.
 * Callers: selfinfod hands its routes to web and gives it the catalogue.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef OAUTH_OAUTH_H
#define OAUTH_OAUTH_H

#include "store/catalogue.h"
#include "web/endpoint.h"

extern const struct route oauth_routes[];

struct oauth_config {
	const struct catalogue *catalogue;
	int64_t par_lifetime_ms;
};
void oauth_init(const struct oauth_config *c); /* borrowed for ever */

#endif
