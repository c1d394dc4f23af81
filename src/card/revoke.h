/* revoke: certificate revocation lists, read from files and read again when
 * they change. Private to card. Unknown means no: a list that is missing, not
 * signed by its anchor or past its nextUpdate answers CARD_REVOCATION_UNKNOWN.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CARD_REVOKE_H
#define CARD_REVOKE_H

#include <openssl/x509.h>

#include "card/cert.h"

/* false: the file cannot be read now; *why says it */
NODISCARD bool revoke_add(struct arena *a, const char *file, struct str *why);
enum card_verdict revoke_check(X509 *certificate, X509 *issuer, int64_t now_ms);
int64_t revoke_age(int64_t now_ms);

#endif
