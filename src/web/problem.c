/* problem: the table of refusals as data.
 * Called by endpoint and by the documentation pages. Constant; never fails.
 * SPDX-License-Identifier: Apache-2.0 */
#include "web/problem.h"

static const struct problem table[] = {
#define PROBLEM_ROW(id, status, error, slug, side, ja, en, detail) \
	{ status, error, slug, side, ja, en, detail },
	PROBLEMS(PROBLEM_ROW)
#undef PROBLEM_ROW
};

const struct problem *problem_of(enum problem_id id)
{
	must((size_t)id < COUNT(table));
	return &table[id];
}

enum problem_id problem_for_status(int status)
{
	switch (status) {
	case 404:
		return PROBLEM_NOT_FOUND;
	case 405:
		return PROBLEM_METHOD;
	case 408:
		return PROBLEM_TIMED_OUT;
	case 413:
		return PROBLEM_TOO_LARGE;
	case 414:
		return PROBLEM_URI_TOO_LONG;
	case 415:
		return PROBLEM_MEDIA_TYPE;
	case 417:
		return PROBLEM_EXPECTATION;
	case 421:
		return PROBLEM_MISDIRECTED;
	case 431:
		return PROBLEM_HEADER_TOO_LARGE;
	case 501:
		return PROBLEM_NOT_IMPLEMENTED;
	case 503:
		return PROBLEM_UNAVAILABLE;
	case 505:
		return PROBLEM_HTTP_VERSION;
	default:
		return status >= 500 ? PROBLEM_INTERNAL : PROBLEM_BAD_REQUEST;
	}
}

const struct problem *problem_by_slug(struct str slug)
{
	for (size_t i = 0; i < COUNT(table); i++)
		if (str_is(slug, table[i].slug))
			return &table[i];
	return NULL;
}
