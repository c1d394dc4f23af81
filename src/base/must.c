/* must: stops the process on what cannot happen.
 * Called through the macro of the door; writes to stderr without allocation.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/must.h"

#include <stdio.h>
#include <stdlib.h>

void must_fail(const char *file, int line, const char *condition)
{
	fprintf(stderr,
		"{\"level\":\"fatal\",\"event\":\"must_failed\","
		"\"file\":\"%s\",\"line\":%d}\n",
		file, line);
	(void)condition;
	abort();
}

void *must_alloc(size_t n)
{
	void *p = calloc(1, n ? n : 1);

	must(p != NULL);
	return p;
}

void *must_realloc(void *p, size_t n)
{
	void *q = realloc(p, n ? n : 1);

	must(q != NULL);
	return q;
}
