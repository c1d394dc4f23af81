/* page: a template and a model become a citizen's page (pages-P3, P9). The
 * model is a JSON object, borrowed for the call; tests/pages/models holds a
 * full one for each page. Every value is escaped for its place; an object
 * {"ja","en"} shows in the page's language, or in the other with its lang;
 * {"date":"YYYY-MM-DD"} (and "time":"HH:MM") becomes a <time>.
 * Callers: signin, oauth, retrieval, portal. Process lifetime otherwise.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_PAGE_H
#define WEB_PAGE_H

#include <jansson.h>

#include "base/buf.h"
#include "web/pages_data.h"

/* Appends the page to out. Returns NULL, or the name of the first value or
 * text which the model did not give and for which nothing was written. */
const char *page_render(struct buf *out, enum page p, json_t *model, enum lang lang);

bool page_has_text(struct str key); /* such a line is in the text files */
struct str page_css(void);
struct str page_css_path(void); /* changes with the bytes: cached for good */

struct str lang_tag(enum lang lang); /* "ja", "en" */
/* The first known language in ui_locales, Accept-Language (weights are not
 * read: browsers send the best first) or ?lang=; Japanese otherwise. */
enum lang lang_choose(struct str wanted);

#endif
