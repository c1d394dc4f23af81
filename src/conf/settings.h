/* settings: what was written, in which file and line: conf.c fills it while
 * reading, check.c finds places by it, print.c shows it. Lives in the
 * configuration's arena. Inside this room only.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_SETTINGS_H
#define CONF_SETTINGS_H

#include "option.h"

struct setting {
	struct setting *next;
	const struct option *option;
	struct str value; /* as written, without its quotes */
	const char *file;
	int line, column;
	struct str source; /* the text of the file, to show the line again */
};

struct opened {
	struct opened *next;
	const struct block *block;
	const char *file;
	int line, column;
	struct str source;
};

struct conf_settings {
	struct setting *first, **last;
	struct opened *opened;
};

/* The n-th setting of the option (from 0), or NULL. */
const struct setting *setting_find(const struct conf_settings *s, const struct option *o,
				   size_t n);
/* Rules between keys; told through r. */
void check_whole(struct reader *r, struct conf *c);

#endif
