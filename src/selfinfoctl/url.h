/* url: may this redirect URI be registered? (oauth F7, RFC 6749 section 3.1.2,
 * RFC 9700 section 2.1.) Absolute https, a host in lower case ASCII, no user,
 * no fragment, nothing that needs interpreting. Callers: client, its test.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SELFINFOCTL_URL_H
#define SELFINFOCTL_URL_H

#include "base/str.h"

enum { REDIRECT_URI_MAX = 2000 };

/* NULL when it may, else why not: a constant text without the URI. */
const char *redirect_uri_wrong(struct str uri);

#endif
