/* conform: does a scalar meet its field of the catalogue? The same questions
 * the published JSON Schema asks, answered from the compiled table.
 * Callers: screen. `text` is the unescaped string. Returns NULL when it does,
 * else a fixed word for the agency's report.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef DISCLOSE_CONFORM_H
#define DISCLOSE_CONFORM_H

#include "disclose/jsontext.h"
#include "store/catalogue.h"

const char *conform_string(const struct field *f, struct str text);
const char *conform_number(const struct field *f, const struct jsontext_number *n);

#endif
