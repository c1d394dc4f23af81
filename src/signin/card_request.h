/* card_request: the state of one request of the agent. Private to signin.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNIN_CARD_REQUEST_H
#define SIGNIN_CARD_REQUEST_H

#include "card/cert.h"
#include "signin_room.h"

struct card_request {
	struct exchange x;
	struct call *call;
	struct handle id;
	int16_t step_bucket, subject_bucket;
	uint8_t user_code[SHA256_LEN], challenge[32], subject[16];
	int64_t expires;
	struct str show, digits, certificate, signature, return_code;
	struct card_identity card;
};

/* Where a credential lies: the bucket of issuer and serial together. */
static inline int16_t card_bucket(const struct card_identity *c)
{
	uint8_t both[SHA256_LEN + 20];

	memcpy(both, c->issuer, SHA256_LEN);
	memcpy(both + SHA256_LEN, c->serial, c->serial_n);
	return digest_bucket(both, SHA256_LEN + c->serial_n);
}

#endif
