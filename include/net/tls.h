/* tls: the server's TLS settings (RFC 9325, oauth-N1 to N3): TLS 1.2 and 1.3,
 * four suites for 1.2, no renegotiation, no compression, no early data, ALPN
 * http/1.1, groups X25519 and P-256, one ticket. One context is made before the
 * fork, so that all workers share the ticket keys.
 * Callers: selfinfod makes it, server uses it. The private key comes through
 * keep/ask.h. On an error `why` names file and reason, without key material.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_TLS_H
#define NET_TLS_H

#include <openssl/ssl.h>

#include "base/arena.h"

struct tls {
	SSL_CTX *context;
};

/* NULL on error, *why in the arena. server_name (the issuer's host) is the one
 * name SNI may carry; a name in SNI that is neither it nor absent is refused
 * with alert unrecognized_name. */
struct tls *tls_server_new(struct arena *a, const char *certificate_file,
			   const char *key_file, struct str server_name, struct str *why);
void tls_free(struct tls *t);

/* Counts the handshake messages of one connection. When more come behind the
 * handshake than anybody needs (KeyUpdate after KeyUpdate, faults-H96),
 * reading ends and `abused` is set. Embedded in the connection. */
struct tls_guard {
	SSL *ssl;
	unsigned messages;
	bool abused;
};
void tls_guard_start(struct tls_guard *g, SSL *ssl);

#endif
