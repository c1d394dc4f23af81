/* request: an authorization request as pushed, checked and kept (table
 * "pushed", member `request`), and what the pages need of it.
 * Callers: oauth (PAR, authorize), signin (card step, consent).
 * JSON of our own making; everything lives in the arena.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_REQUEST_H
#define STORE_REQUEST_H

#include "store/details.h"

struct auth_request {
	struct str redirect_uri, state, challenge, jkt, scope, prompt, ui_locales;
	struct details *details;
};

struct str request_text(struct arena *a, const struct auth_request *r);
struct auth_request *request_load(struct arena *a, struct str text);

/* redirect_uri with the answer's parameters: state as pushed, iss, and either
 * code or error (RFC 6749 section 4.1.2, RFC 9207). A registered query stays. */
struct str request_answer(struct arena *a, const struct auth_request *r, struct str issuer,
			  const char *name, struct str value);

#endif
