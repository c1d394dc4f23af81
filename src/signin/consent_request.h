/* consent_request: the state of one consent page or decision. Private to
 * signin.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNIN_CONSENT_REQUEST_H
#define SIGNIN_CONSENT_REQUEST_H

#include "signin_room.h"

struct child {
	int16_t bucket;
	uint8_t subject[16];
	struct str handle; /* what the page calls the child */
};

struct consent {
	struct visit v;
	struct call *card; /* absent for a persona */
	struct child *child;
	size_t children;
	struct child beneficiary;
	struct str *ticked, *left_out;
	size_t ticks, left_outs;
	uint8_t name[16], grant_id[16];
	struct handle code;
};

#endif
