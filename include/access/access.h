/* access: is the presented token alive, and is it the one whose key proves it?
 * Three stages which every protected route puts first in its table; they leave
 * the token, its grant and linkages in `struct guarded`, which the request
 * struct begins with. A dead token is 401, a paused or ended grant 403.
 * Callers: retrieval, later portal. Source: RFC 6750, RFC 9449 section 7.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ACCESS_ACCESS_H
#define ACCESS_ACCESS_H

#include "store/grant.h"
#include "web/endpoint.h"

struct guarded {
	struct exchange x;
	struct access access;
	char jkt[44];
	struct call *call;
};

enum step access_check_proof(struct flow *f);
enum step access_load(struct flow *f);
enum step access_decide(struct flow *f);
/* Asked again after the agencies have answered (record found another epoch):
 * the same two questions without the proof. */
enum step access_reload(struct flow *f);

#define ACCESS_STAGES                                                         \
	{ "check proof", access_check_proof }, { "load grant", access_load }, \
	{                                                                     \
		"decide access", access_decide                                \
	}

#endif
