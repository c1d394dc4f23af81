/* text: UTF-8 checks and escapes for JSON and HTML. Nothing is kept.
 * Source: RFC 3629, RFC 8259 section 7, the HTML standard's escaping.
 * Callers: every room that writes JSON or pages.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/buf.h"

NODISCARD bool text_is_utf8(struct str s); /* shortest form, no surrogates */
size_t text_length(struct str s);          /* code points of valid UTF-8 */
/* true when a citizen may be shown it: valid UTF-8 without controls, bidi
 * overrides or isolates, zero-width characters (faults-H104) */
NODISCARD bool text_is_plain(struct str s);
/* one code point of valid UTF-8 at *at, moved behind it */
uint32_t text_next(struct str s, size_t *at);

void text_json(struct buf *out, struct str s); /* with the quotes; s is valid UTF-8 */
void text_html(struct buf *out, struct str s); /* text and attributes */

#endif
