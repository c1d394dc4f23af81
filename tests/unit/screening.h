/* screening: what guard_test and screen_test share: the shipped catalogue's
 * item 1 with a record of it, the screen over an exact copy of a text, and a
 * repeatable stream of numbers. Run from the project's folder, or with
 * SELFINFO_SCHEMAS set. SELFINFO_PROPERTY_RUNS (2,000) is how often each
 * property is tried; the seed is fixed, so a failure repeats.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef UNIT_SCREENING_H
#define UNIT_SCREENING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "disclose/screen.h"

static struct arena *kept;
static const struct item *household;

static inline int load(void **state)
{
	const char *dir = getenv("SELFINFO_SCHEMAS");
	struct str why = STR_NONE;
	struct catalogue *c;

	(void)state;
	kept = arena_new();
	c = catalogue_load(kept, dir ? dir : "schemas", &why);
	if (c == NULL) {
		fprintf(stderr, "%.*s\n", STR_ARG(why));
		return -1;
	}
	household = catalogue_item(c, STR("1"));
	return household ? 0 : -1;
}

static inline int unload(void **state)
{
	(void)state;
	arena_free(kept);
	return 0;
}

/* What is required of item 1, and room for one more member before the end. */
#define BASE                                                                   \
	"\"isHouseholder\":true,\"householderName\":\"青空 花子\","        \
	"\"relationship\":\"世帯主\",\"relationshipCode\":\"householder\"," \
	"\"name\":\"青空 花子\""
#define RECORD(more) "[{" BASE "," more "}]"

#define PERSON_NUMBER "123456789018"

static inline enum screened screen(struct arena *a, const char *text,
				   struct screen_result *out)
{
	/* An exact copy, so that a read beyond it is seen. */
	size_t n = strlen(text);
	char *copy = must_alloc(n + !n);
	enum screened v;

	memcpy(copy, text, n);
	v = screen_records(a, household, (struct str){ copy, n }, out);
	if (out->text.p == copy)
		out->text = arena_str(a, out->text);
	free(copy);
	return v;
}

static inline void passes(const char *text, const char *expected, size_t cut)
{
	AUTO(arena) struct arena *a = arena_new();
	struct screen_result r;

	if (screen(a, text, &r) != SCREENED_OK)
		fail_msg("%s: %s at %.*s", text, r.reason, STR_ARG(r.path));
	if (!str_is(r.text, expected))
		fail_msg("%s became %.*s", text, STR_ARG(r.text));
	assert_int_equal(r.cut, cut);
	assert_null(r.reason);
}

static inline void is_withheld(const char *text)
{
	AUTO(arena) struct arena *a = arena_new();
	struct screen_result r;

	if (screen(a, text, &r) != SCREENED_WITHHELD)
		fail_msg("let through: %s", text);
	assert_null(r.text.p);
	assert_string_equal(r.reason, "individual_number");
}

/* A repeatable stream of numbers (xorshift64*). */
static uint64_t seed = 88172645463325252u;

static inline unsigned below(unsigned n)
{
	seed ^= seed >> 12;
	seed ^= seed << 25;
	seed ^= seed >> 27;
	return (unsigned)((seed * 2685821657736338717u) >> 33) % n;
}

static inline int property_runs(void)
{
	const char *z = getenv("SELFINFO_PROPERTY_RUNS");

	return z ? atoi(z) : 2000;
}

#endif
