/* signin: who is there, and what they decide: sign-in with the card (pages and
 * the agent's protocol), personas in the sandbox, and the consent page.
 * Callers: selfinfod hands the routes to web and calls signin_init.
 * Source: api.md 3 and 5, formats.md, pages.md P13 to P23, RFC 10027.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNIN_SIGNIN_H
#define SIGNIN_SIGNIN_H

#include "store/catalogue.h"
#include "web/endpoint.h"

extern const struct route signin_routes[];

/* Once in the master, before the fork: what its workers count together. */
void signin_share(void);

struct signin_config {
	const struct catalogue *catalogue;
	struct str personas; /* a file, in the sandbox; else absent */
};
/* false: *why names the file and the reason. Everything borrowed for ever. */
NODISCARD bool signin_init(struct arena *a, const struct signin_config *c, struct str *why);

#endif
