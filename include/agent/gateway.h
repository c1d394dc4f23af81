/* gateway: the three requests of the card protocol (formats.md): begin, sign,
 * cancel. What comes back is checked member by member before it is used. The
 * origin is the configured one; an answer that names another issuer is
 * FAULT_GATEWAY_FALSE. Callers: sign_in, approve. Texts live in the arena.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AGENT_GATEWAY_H
#define AGENT_GATEWAY_H

#include "agent/http.h"
#include "base/arena.h"

struct agent_gateway {
	struct arena *arena;
	struct agent_http *http;
	struct str origin;
	/* after a fault: what fills its words; after FAULT_REFUSED also */
	struct str why;
	struct str slug;
	int64_t tries_left; /* -1: not told */
};

struct gateway_begun {
	struct str transaction, challenge; /* 43 characters each */
	struct str show;                   /* the decoded bytes */
	int64_t deadline;                  /* monotonic ms */
};

struct gateway_signed {
	struct str return_code;
	int64_t expires_in; /* s */
};

/* The origin of a configured gateway or of an issuer: scheme, host and port
 * alone. Absent when there is more, or less. */
struct str gateway_origin(struct arena *a, struct str url);

NODISCARD enum agent_fault gateway_begin(struct agent_gateway *g, struct str user_code,
					 struct gateway_begun *out);
NODISCARD enum agent_fault gateway_sign(struct agent_gateway *g,
					const struct gateway_begun *t, struct str digits,
					struct str certificate, struct str signature,
					struct gateway_signed *out);
NODISCARD enum agent_fault gateway_cancel(struct agent_gateway *g,
					  const struct gateway_begun *t);

/* The answers alone, for http and for tests. */
NODISCARD enum agent_fault gateway_read_begun(struct agent_gateway *g, struct str body,
					      struct gateway_begun *out);
NODISCARD enum agent_fault gateway_read_signed(struct agent_gateway *g, struct str body,
					       struct gateway_signed *out);
void gateway_read_problem(struct agent_gateway *g, struct str body);

#endif
