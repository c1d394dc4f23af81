/* wide: text as a terminal shows it. Columns are counted with East Asian width
 * (UAX #11; ambiguous characters count two, as Japanese terminals draw them),
 * so that nothing passes the edge. Called by say, show and banner. Input is
 * valid UTF-8. Lines never begin with a closing mark (JIS X 4051, the simple
 * cases). Keeps nothing.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AGENT_WIDE_H
#define AGENT_WIDE_H

#include "base/buf.h"

size_t wide_columns(uint32_t code_point); /* 0, 1 or 2 */
size_t wide_width(struct str s);          /* valid UTF-8 */

/* Appends `s`, broken so that no line has more than `columns`; the first
 * line begins at column `at`, the others are indented by `indent`. LF breaks. */
void wide_wrap(struct buf *out, struct str s, size_t columns, size_t at, size_t indent);

/* What people type: full-width ASCII becomes ASCII; blanks and hyphens of all
 * kinds go; letters become upper case. False when another character is left or
 * it does not fit. out is ended by NUL. */
NODISCARD bool wide_typed(struct str utf8, char *out, size_t size);

#endif
