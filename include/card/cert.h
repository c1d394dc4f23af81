/* cert: is this the user-authentication certificate of a card we may trust?
 * Path to a configured anchor, validity at the gateway's time, key usage
 * (digitalSignature alone), policy OID, RSA-2048 or more, then revocation; and
 * the signature over the sign-in text (PKCS#1 v1.5 with SHA-256).
 * Callers: signin. Loaded once a worker; a changed CRL file is read again.
 * Lifetime: a certificate is tied to its arena. No name of a citizen is read.
 * Source: card.md, RFC 5280, RFC 8017.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CARD_CERT_H
#define CARD_CERT_H

#include "base/arena.h"
#include "base/digest.h"

struct card_config {
	const struct str *anchor, *crl, *policy; /* files, files, OIDs */
	size_t anchors, crls, policies;
};
/* false: *why names file and reason */
NODISCARD bool card_init(struct arena *a, const struct card_config *c, struct str *why);

enum card_verdict {
	CARD_OK,
	CARD_UNTRUSTED, /* malformed, foreign, wrong usage, policy or key */
	CARD_EXPIRED,
	CARD_REVOKED,
	CARD_REVOCATION_UNKNOWN, /* no fresh CRL of its issuer */
	CARD_SIGNATURE_WRONG
};

struct card_identity {
	uint8_t issuer[SHA256_LEN]; /* SHA-256 of the issuer's DER name */
	uint8_t serial[20];
	size_t serial_n;
};

NODISCARD enum card_verdict card_check(struct str der, struct str text,
				       struct str signature, int64_t now_ms,
				       struct card_identity *out);

/* The age of the oldest CRL in seconds, for readiness; -1: one is not fresh. */
int64_t card_crl_age(int64_t now_ms);

#endif
