/* screen_bench: what the check of an agency's records costs beside jansson's
 * parse of the same text (performance: at most 0.15 times).
 *   screen_bench SCHEMAS ITEM FILE    FILE holds the records as one JSON array
 * Both are run in turn; prints the medians of CPU a text, and their ratio.
 * SPDX-License-Identifier: Apache-2.0 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "disclose/screen.h"

enum { ROUNDS = 7, ROUND_US = 150000, TEXT_MAX = 1 << 20 };

struct bench {
	const struct item *item;
	struct str text;
};

static void screen(const struct bench *b)
{
	struct arena *a = arena_new();
	struct screen_result r;

	must(screen_records(a, b->item, b->text, &r) == SCREENED_OK);
	arena_free(a);
}

static void parse(const struct bench *b)
{
	json_t *j = json_loadb(b->text.p, b->text.n, JSON_REJECT_DUPLICATES, NULL);

	must(j != NULL);
	json_decref(j);
}

static double microseconds(void (*one)(const struct bench *b), const struct bench *b)
{
	int64_t start = clock_cpu_us(), used;
	size_t n = 0;

	do {
		for (int i = 0; i < 100; i++)
			one(b);
		n += 100;
		used = clock_cpu_us() - start;
	} while (used < ROUND_US);
	return (double)used / (double)n;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double v[ROUNDS])
{
	qsort(v, ROUNDS, sizeof(*v), by_size);
	return v[ROUNDS / 2];
}

static struct str read_text(struct arena *a, const char *file)
{
	char *text = arena_alloc(a, TEXT_MAX);
	FILE *f = fopen(file, "r");
	struct str s = { text, 0 };

	must(f != NULL);
	s.n = fread(text, 1, TEXT_MAX, f);
	fclose(f);
	return str_part(s, 0, str_find(s, '\n'));
}

int main(int argc, char **argv)
{
	struct arena *a = arena_new();
	double ours[ROUNDS], theirs[ROUNDS], us, peer;
	const struct catalogue *c;
	struct bench b;
	struct str why;

	if (argc != 4) {
		fputs("usage: screen_bench SCHEMAS ITEM FILE\n", stderr);
		return 2;
	}
	c = catalogue_load(a, argv[1], &why);
	if (c == NULL) {
		fprintf(stderr, "screen_bench: %.*s\n", STR_ARG(why));
		return 1;
	}
	b = (struct bench){ catalogue_item(c, str_of(argv[2])), read_text(a, argv[3]) };
	must(b.item != NULL && b.text.n > 2);
	for (int i = 0; i < ROUNDS; i++) {
		ours[i] = microseconds(screen, &b);
		theirs[i] = microseconds(parse, &b);
	}
	us = median(ours);
	peer = median(theirs);
	printf("bytes=%zu screen_us=%.2f jansson_us=%.2f ratio=%.3f\n", b.text.n, us, peer,
	       us / peer);
	arena_free(a);
	return 0;
}
