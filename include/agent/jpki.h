/* jpki: the commands of the JPKI application on a My Number card, for the key
 * of user authentication. Works over any transport (a reader; in tests the
 * emulated card itself). Answers are believed in nothing: lengths, status words
 * and DER lengths are checked. A reset or a new select drops a verified PIN.
 * Source: ISO/IEC 7816-4 for the commands; AID and file numbers as OpenSC's
 * JPKI driver uses them. Callers: find, sign, status.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AGENT_JPKI_H
#define AGENT_JPKI_H

#include "agent/fault.h"
#include "agent/pin.h"

#define JPKI_ANSWER_MAX 258 /* short answers: 256 bytes and the status word */
#define JPKI_CERTIFICATE_MAX 4096
#define JPKI_SIGNATURE_MAX 256
#define JPKI_TRIES_LAST 1

struct jpki_link {
	/* *answer_size: in, the room (JPKI_ANSWER_MAX); out, what came */
	enum agent_fault (*send)(void *to, const uint8_t *command, size_t size,
				 uint8_t *answer, size_t *answer_size);
	void *to;
};

struct jpki_bytes {
	size_t n;
	uint8_t p[JPKI_CERTIFICATE_MAX];
};

/* FAULT_NOT_JPKI: the card is there, but is another one */
NODISCARD enum agent_fault jpki_select(const struct jpki_link *link);
NODISCARD enum agent_fault jpki_certificate(const struct jpki_link *link,
					    struct jpki_bytes *out);
NODISCARD enum agent_fault jpki_tries(const struct jpki_link *link, int *left);
/* FAULT_PIN_WRONG with *left, FAULT_PIN_LOCKED */
NODISCARD enum agent_fault jpki_verify(const struct jpki_link *link, struct agent_pin *pin,
				       int *left);
/* RSASSA-PKCS1-v1_5 with SHA-256 over `message` (RFC 8017 section 8.2) */
NODISCARD enum agent_fault jpki_sign(const struct jpki_link *link, struct str message,
				     struct jpki_bytes *signature);

#endif
