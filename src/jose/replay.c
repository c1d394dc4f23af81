/* replay: open addressing in shared memory without locks, so a worker that
 * dies or is stopped holds up nobody. An entry is 32 bytes: four words, each
 * the span's number (32 bits) and 32 bits of the id, 128 bits of it in all.
 * A slot whose first word is of an older span is free; within a span slots are
 * only ever filled, so two workers with one id meet at the same slot and its
 * compare-and-swap decides. A slot filled in part counts as equal: closed.
 * Called by the master and dpop. Source: RFC 9449 section 11.1, oauth-D5.
 * SPDX-License-Identifier: Apache-2.0 */
#include "jose/replay.h"

#include <stdatomic.h>
#include <sys/mman.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/rand.h"

enum { WORDS = 4, ENTRIES_MIN = 64, PROBES_MAX = 256 };

struct slot {
	_Atomic uint64_t word[WORDS];
};

struct memory {
	uint8_t secret[16]; /* no client can aim at a place of the tables */
	size_t entries;
	_Atomic uint32_t warned; /* the span whose fullness was logged */
	_Alignas(64) struct slot slot[];
};

struct id {
	uint32_t place, part[WORDS];
};

enum found { NEW, SEEN, FULL, LATE };

static struct memory *memory;
static int64_t (*mono)(void) = clock_mono_ms;

void replay_clock(int64_t (*mono_ms)(void))
{
	mono = mono_ms;
}

void replay_share(size_t entries)
{
	size_t n = ENTRIES_MIN, size;

	if (memory != NULL)
		return;
	must(entries <= UINT32_MAX / 2);
	while (n < entries)
		n *= 2;
	size = sizeof(struct memory) + 2 * n * sizeof(struct slot);
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	must(memory != MAP_FAILED);
	memory->entries = n;
	rand_bytes(memory->secret, sizeof(memory->secret));
}

static uint32_t span_now(void)
{
	return (uint32_t)(mono() / REPLAY_SPAN_MS + 1); /* 0 is never used */
}

static struct slot *slot_of(uint32_t span, const struct id *id, size_t probe)
{
	size_t at = (id->place + probe) & (memory->entries - 1);

	return &memory->slot[(span & 1) * memory->entries + at];
}

static size_t probes(void)
{
	return memory->entries < PROBES_MAX ? memory->entries : PROBES_MAX;
}

static uint64_t word_of(uint32_t span, const struct id *id, size_t i)
{
	return (uint64_t)span << 32 | id->part[i];
}

static uint32_t span_of(uint64_t word)
{
	return (uint32_t)(word >> 32);
}

static bool is_same(struct slot *s, uint32_t span, const struct id *id)
{
	for (size_t i = 0; i < WORDS; i++) {
		uint64_t w = atomic_load(&s->word[i]);

		if (span_of(w) == span && w != word_of(span, id, i))
			return false;
	}
	return true;
}

static bool take(struct slot *s, uint64_t seen, uint32_t span, const struct id *id)
{
	if (!atomic_compare_exchange_strong(&s->word[0], &seen, word_of(span, id, 0)))
		return false;
	for (size_t i = 1; i < WORDS; i++)
		atomic_store(&s->word[i], word_of(span, id, i));
	return true;
}

/* NEW: the id was not there and now is. */
static enum found insert(uint32_t span, const struct id *id)
{
	for (size_t i = 0; i < probes(); i++) {
		struct slot *s = slot_of(span, id, i);
		uint64_t w = atomic_load(&s->word[0]);

		while (span_of(w) < span) {
			if (take(s, w, span, id))
				return NEW;
			w = atomic_load(&s->word[0]);
		}
		if (span_of(w) > span)
			return LATE;
		if (is_same(s, span, id))
			return SEEN;
	}
	return FULL;
}

/* NEW: it is not there. */
static enum found look(uint32_t span, const struct id *id)
{
	for (size_t i = 0; i < probes(); i++) {
		struct slot *s = slot_of(span, id, i);
		uint64_t w = atomic_load(&s->word[0]);

		if (span_of(w) < span)
			return NEW;
		if (span_of(w) > span)
			return LATE;
		if (is_same(s, span, id))
			return SEEN;
	}
	return NEW;
}

static void warn_full(uint32_t span)
{
	if (atomic_exchange(&memory->warned, span) != span)
		log_event(LOG_WARN, "replay_memory_full",
			  log_number("entries", (int64_t)memory->entries));
}

static struct id id_of(const uint8_t thumbprint[SHA256_LEN], struct str jti,
		       struct str base_url, struct str path)
{
	uint32_t length = (uint32_t)jti.n;
	uint8_t hash[SHA256_LEN];
	struct id id;

	/* the length keeps the end of jti apart from the address */
	digest_sha256_parts(
		(struct str[]){ { (const char *)memory->secret, sizeof(memory->secret) },
				{ (const char *)thumbprint, SHA256_LEN },
				{ (const char *)&length, sizeof(length) },
				jti,
				base_url,
				path },
		6, hash);
	memcpy(&id, hash, sizeof(id));
	return id;
}

/* Insert first, then look into the span before: of two workers with one id on
 * both sides of a span's edge at least one meets the other's entry (as SEEN,
 * or as LATE in the table they share). Then read the clock again: who was held
 * up writes into the present span, too, or the id would be forgotten early. */
bool replay_first(const uint8_t thumbprint[SHA256_LEN], struct str jti, struct str base_url,
		  struct str path)
{
	struct id id;
	uint32_t span, mine = 0;

	must(memory != NULL && jti.n <= UINT32_MAX);
	id = id_of(thumbprint, jti, base_url, path);
	span = span_now();
	for (int tries = 0; tries < 3; tries++) {
		enum found here = insert(span, &id);
		enum found before = NEW;

		if (here == FULL)
			warn_full(span);
		if (here == SEEN || here == FULL)
			return false;
		if (mine != span - 1)
			before = look(span - 1, &id);
		if (before == SEEN)
			return false;
		if (here == NEW)
			mine = span;
		if (span_now() == span)
			return here == NEW && before == NEW;
		span = span_now();
	}
	return false;
}
