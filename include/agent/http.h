/* http: one HTTPS request at a time to the configured gateway, and to nothing
 * else: certificate and name verified, no redirect, no proxy from the
 * environment, no cookies, bounded in time and size. Called by gateway.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AGENT_HTTP_H
#define AGENT_HTTP_H

#include "agent/fault.h"
#include "base/buf.h"

#define HTTP_ANSWER_MAX ((size_t)64 * 1024)

struct agent_http;

struct http_answer {
	long status;
	char type[64];   /* media type without parameters, lower case */
	struct buf body; /* the caller frees it */
};

/* ca: a PEM file that replaces the system's authorities, or NULL. NULL back
 * when the library cannot start. */
struct agent_http *http_open(const char *ca);
void http_close(struct agent_http *h); /* NULL is allowed */
static inline void auto_http(struct agent_http **h)
{
	http_close(*h);
}

/* POST; `json` absent means no body. FAULT_GATEWAY_DOWN, _SLOW, _TLS, _SHAPE;
 * *why is then a short text without anything of the request. */
NODISCARD enum agent_fault http_post(struct agent_http *h, const char *url, struct str json,
				     struct http_answer *out, const char **why);

#endif
