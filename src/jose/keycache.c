/* keycache: a hash table with chains over a fixed array, whose entries hang in
 * one ring from the newest to the oldest use. Called by dpop; a key is dropped
 * only inside keycache_get, after the caller of before has finished with it.
 * Thumbprints are chosen by clients, so the place in the table depends on a
 * number of this process that nobody else knows.
 * SPDX-License-Identifier: Apache-2.0 */
#include "jose/keycache.h"

#include <stdlib.h>

#include "base/rand.h"

enum { BUCKET_BITS = 14, BUCKETS = 1 << BUCKET_BITS };

struct entry {
	struct jwk *key;
	uint32_t chain;        /* next of the bucket; 0 ends it */
	uint32_t newer, older; /* the ring; entry 0 is its knot */
};

struct cache {
	uint64_t factor;
	uint32_t used; /* entries 1..used hold keys */
	uint32_t bucket[BUCKETS];
	struct entry entry[KEYCACHE_KEYS + 1];
};

static struct cache *cache;

static void cache_start(void)
{
	cache = must_alloc(sizeof(*cache));
	memset(cache, 0, sizeof(*cache));
	rand_bytes(&cache->factor, sizeof(cache->factor));
	cache->factor |= 1;
}

static uint32_t *bucket_of(const uint8_t thumbprint[SHA256_LEN])
{
	uint64_t v;

	memcpy(&v, thumbprint, sizeof(v));
	return &cache->bucket[(v * cache->factor) >> (64 - BUCKET_BITS)];
}

static void ring_leave(uint32_t i)
{
	struct entry *e = &cache->entry[i];

	cache->entry[e->newer].older = e->older;
	cache->entry[e->older].newer = e->newer;
}

static void ring_enter(uint32_t i)
{
	struct entry *e = &cache->entry[i], *knot = &cache->entry[0];

	e->newer = 0;
	e->older = knot->older;
	cache->entry[e->older].newer = i;
	knot->older = i;
}

static uint32_t find(const uint8_t thumbprint[SHA256_LEN])
{
	uint32_t i = *bucket_of(thumbprint);

	while (i != 0 &&
	       memcmp(cache->entry[i].key->thumbprint, thumbprint, SHA256_LEN) != 0)
		i = cache->entry[i].chain;
	return i;
}

/* The place of the key used longest ago, or one never used. */
static uint32_t make_room(void)
{
	uint32_t i = cache->entry[0].newer, *link;

	if (cache->used < KEYCACHE_KEYS)
		return ++cache->used;
	ring_leave(i);
	link = bucket_of(cache->entry[i].key->thumbprint);
	while (*link != i)
		link = &cache->entry[*link].chain;
	*link = cache->entry[i].chain;
	key_free(cache->entry[i].key);
	return i;
}

const struct jwk *keycache_get(const struct key_form *f, const char **why)
{
	uint32_t i, *bucket;
	struct jwk *key;

	if (cache == NULL)
		cache_start();
	i = find(f->thumbprint);
	if (i != 0) {
		ring_leave(i);
		ring_enter(i);
		return cache->entry[i].key;
	}
	key = key_import(f, why);
	if (key == NULL)
		return NULL;
	i = make_room();
	bucket = bucket_of(f->thumbprint);
	cache->entry[i].key = key;
	cache->entry[i].chain = *bucket;
	*bucket = i;
	ring_enter(i);
	return key;
}

size_t keycache_keys(void)
{
	return cache != NULL ? cache->used : 0;
}

void keycache_clear(void)
{
	for (uint32_t i = 1; cache != NULL && i <= cache->used; i++)
		key_free(cache->entry[i].key);
	free(cache);
	cache = NULL;
}
