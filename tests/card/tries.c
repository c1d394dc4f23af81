/* tries: PIN tries left, by card (see tries.h).
 * The file has a line a card: SHA-256 of the authentication certificate, tries
 * left of the authentication PIN, of the signature PIN. It is replaced whole
 * by rename, so a crash leaves the old or the new one. A card made anew has
 * another certificate and so begins fresh.
 * SPDX-License-Identifier: Apache-2.0 */
#include "tries.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CARDS_MAX = 256 };

struct row {
	char id[65];
	int left[CARD_USES];
};

struct tries {
	char *path;
	struct row row[CARDS_MAX];
	size_t rows;
};

static bool row_is_sound(const struct row *r)
{
	return strspn(r->id, "0123456789abcdef") == 64 && r->left[CARD_AUTH] >= 0 &&
	       r->left[CARD_AUTH] <= 3 && r->left[CARD_SIGN] >= 0 &&
	       r->left[CARD_SIGN] <= 5;
}

static bool load(struct tries *t)
{
	FILE *f = fopen(t->path, "re");
	bool sound = true;
	struct row r;
	int got;

	if (f == NULL)
		return errno == ENOENT;
	while ((got = fscanf(f, "%64s %d %d", r.id, &r.left[CARD_AUTH],
			     &r.left[CARD_SIGN])) == 3) {
		sound = row_is_sound(&r) && t->rows < CARDS_MAX;
		if (!sound)
			break;
		t->row[t->rows++] = r;
	}
	sound = sound && got == EOF && !ferror(f);
	fclose(f);
	return sound;
}

static bool write_rows(const struct tries *t, FILE *f)
{
	for (size_t i = 0; i < t->rows; i++) {
		const struct row *r = &t->row[i];

		if (fprintf(f, "%s %d %d\n", r->id, r->left[CARD_AUTH],
			    r->left[CARD_SIGN]) < 0)
			return false;
	}
	return fflush(f) == 0;
}

static bool save(const struct tries *t)
{
	char fresh[4096];
	int size;
	bool kept;
	FILE *f;

	if (t->path == NULL)
		return true;
	size = snprintf(fresh, sizeof fresh, "%s.new", t->path);
	if (size < 0 || (size_t)size >= sizeof fresh)
		return false;
	f = fopen(fresh, "we");
	if (f == NULL)
		return false;
	kept = write_rows(t, f);
	kept = fclose(f) == 0 && kept;
	return kept && rename(fresh, t->path) == 0;
}

struct tries *emu_tries_open(const char *path)
{
	struct tries *t = calloc(1, sizeof *t);

	if (t == NULL || path == NULL)
		return t;
	t->path = strdup(path);
	if (t->path != NULL && load(t))
		return t;
	emu_tries_close(t);
	return NULL;
}

void emu_tries_close(struct tries *t)
{
	if (t == NULL)
		return;
	free(t->path);
	free(t);
}

static struct row *find(struct tries *t, const struct card *card)
{
	for (size_t i = 0; i < t->rows; i++)
		if (strcmp(t->row[i].id, card->id) == 0)
			return &t->row[i];
	if (t->rows == CARDS_MAX)
		return NULL;

	struct row *r = &t->row[t->rows++];

	memcpy(r->id, card->id, sizeof r->id);
	for (size_t i = 0; i < CARD_USES; i++)
		r->left[i] = card->pair[i].secret.allowed;
	return r;
}

static bool keep(struct card *card, void *kept)
{
	struct row *r = find(kept, card);

	if (r == NULL)
		return false;
	for (size_t i = 0; i < CARD_USES; i++)
		r->left[i] = card->pair[i].secret.left;
	return save(kept);
}

bool emu_tries_lend(struct tries *t, struct card *card)
{
	struct row *r = find(t, card);

	if (r == NULL)
		return false;
	for (size_t i = 0; i < CARD_USES; i++)
		card->pair[i].secret.left = r->left[i];
	card->keep = keep;
	card->kept = t;
	return true;
}

bool emu_tries_restore(struct tries *t, struct card *card)
{
	t->rows = 0;
	if (card != NULL && !emu_tries_lend(t, card))
		return false;
	return save(t);
}
