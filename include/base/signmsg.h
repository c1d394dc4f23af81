/* signmsg: the exact text a card signs to sign in. The gateway and the agent
 * build it with this one function, so they cannot differ.
 * ASCII, six lines, each ended by LF: the label, the origin the agent itself
 * reached, transaction, challenge, the two digits, base64url of SHA-256 of the
 * decoded bytes of `show`. Callers: card, agent. The text lives in the arena.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SIGNMSG_H
#define BASE_SIGNMSG_H

#include "base/arena.h"

#define SIGNMSG_LABEL "selfinfo-card-sign-in-v1"

struct str signmsg_sign_in(struct arena *a, struct str origin, struct str transaction,
			   struct str challenge, struct str digits, struct str show_bytes);

/* The origin of an https URL as it stands in the message: lower case, no :443,
 * no slash. Absent when the URL is not https or has no plain host. */
struct str signmsg_origin(struct arena *a, struct str url);

#endif
