/* reply: bodies in, answers out. Private to web.
 * Called by endpoint. Everything lives in the flow's arena until it is handed
 * to the connection.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_REPLY_H
#define WEB_REPLY_H

#include "web/endpoint.h"

const struct web_config *web_settings(void);
NODISCARD bool body_form(struct flow *f, enum problem_id *why);
NODISCARD bool body_json(struct flow *f, enum problem_id *why);
/* extra: members to add, beginning with a comma, or absent */
void problem_json(struct buf *out, const struct problem *p, struct str extra);

#endif
