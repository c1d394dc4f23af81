/* route: which route a request means. Private to web.
 * Paths are compared as sent, never decoded or normalised (faults-H20).
 * Called by endpoint; lists live as long as the process.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_ROUTE_H
#define WEB_ROUTE_H

#include "web/endpoint.h"

struct route_match {
	const struct route *route; /* NULL: see known */
	struct str param;
	bool known;       /* the path exists with other methods */
	struct str allow; /* those methods, for the Allow field */
};

struct route_match route_find(struct arena *a, const struct web_config *c,
			      enum http_method method, struct str path);

#endif
