/* page_value: one value of a model, written for the place it stands in.
 * What comes from outside keeps neither markup nor invisible controls: those
 * that turn the direction of text or take no room show as U+FFFD (pages-P3).
 * Callers: page.c alone. False: the value is of no kind a page can show.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef WEB_PAGE_VALUE_H
#define WEB_PAGE_VALUE_H

#include <jansson.h>

#include "base/buf.h"
#include "web/page_ops.h"

/* in_sentence: the value stands inside one of our texts, so a string gets its
 * own <bdi>; in a template the author writes it. */
NODISCARD bool page_value(struct buf *out, json_t *v, enum page_place place, enum lang lang,
			  bool in_sentence);

#endif
