/* screen: what an agency answered, made fit to leave (api.md 4): the guard
 * over every member and name, undeclared ones too -> withheld; undeclared
 * members are cut and counted; what is left has to meet the item's schema, or
 * it is the agency's error. Declared members pass verbatim, nothing is rebuilt.
 * The text is treated as hostile: malformed, duplicate members, deeper than 32
 * or larger than 1 MiB are the agency's error as well.
 * Callers: disclose (retrieval, preview and portal alike), selfinfoctl agency
 * check. `text` borrows the input when nothing was cut, else the arena.
 * Stricter than the schema: an integer has neither fraction nor exponent.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef DISCLOSE_SCREEN_H
#define DISCLOSE_SCREEN_H

#include "store/catalogue.h"

#define SCREEN_DEPTH_MAX 32
#define SCREEN_BYTES_MAX ((size_t)1 << 20)

enum screened { SCREENED_OK, SCREENED_WITHHELD, SCREENED_AGENCY_ERROR };

struct screen_result {
	enum screened verdict;
	struct str text; /* SCREENED_OK: the array, undeclared members cut */
	size_t records;  /* elements of the array */
	size_t cut;      /* members cut, whatever the verdict */
	/* For the agency's report: a fixed word, and where, made of declared
	 * names and positions only, so it holds nothing of a person. */
	const char *reason; /* NULL when SCREENED_OK */
	struct str path;    /* [0].members[2].birthDate */
};

enum screened screen_records(struct arena *a, const struct item *item, struct str in,
			     struct screen_result *out);

#endif
