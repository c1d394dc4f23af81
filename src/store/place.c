/* place: makes and reads handles; the key comes from table place_key.
 * A forged handle only names a wrong place, where nothing with its hash is.
 * SPDX-License-Identifier: Apache-2.0 */
#include "store/place.h"

#include "base/enc.h"
#include "base/rand.h"

enum { KEY = 32, RANDOM = 32, HANDLE = 2 + RANDOM, GRANT_ID = 2 + 16 };

static uint8_t place_key[KEY];
static bool have_key;

void place_key_set(struct str key)
{
	must(key.n == KEY);
	memcpy(place_key, key.p, KEY);
	have_key = true;
}

bool place_key_is_set(void)
{
	return have_key;
}

/* The two bytes in front, bucket and mask both ways. */
static uint16_t mask_of(const uint8_t *rest, size_t n)
{
	uint8_t mac[SHA256_LEN];

	must(have_key);
	digest_hmac((struct str){ (const char *)place_key, KEY },
		    (struct str){ (const char *)rest, n }, mac);
	return (uint16_t)(mac[0] << 8 | mac[1]);
}

static void hide(uint8_t *bytes, size_t n, int16_t bucket)
{
	uint16_t hidden = (uint16_t)((uint16_t)bucket ^ mask_of(bytes + 2, n - 2));

	bytes[0] = (uint8_t)(hidden >> 8);
	bytes[1] = (uint8_t)hidden;
}

static int16_t reveal(const uint8_t *bytes, size_t n)
{
	uint16_t hidden = (uint16_t)(bytes[0] << 8 | bytes[1]);

	return (int16_t)(hidden ^ mask_of(bytes + 2, n - 2));
}

struct handle handle_of_bytes(struct arena *a, int16_t bucket, const uint8_t b[32])
{
	uint8_t *bytes = arena_secret(a, HANDLE);
	struct handle h = { .bucket = bucket };

	memcpy(bytes + 2, b, RANDOM);
	hide(bytes, HANDLE, bucket);
	digest_sha256((struct str){ (char *)bytes, HANDLE }, h.hash);
	h.text = enc_b64url_in(a, bytes, HANDLE);
	return h;
}

struct handle handle_new(struct arena *a, int16_t bucket)
{
	uint8_t *random = arena_secret(a, RANDOM);

	rand_bytes(random, RANDOM);
	return handle_of_bytes(a, bucket, random);
}

bool handle_read(struct str text, struct handle *out)
{
	uint8_t bytes[HANDLE];

	if (!dec_b64url(text, bytes, HANDLE))
		return false;
	out->text = text;
	out->bucket = reveal(bytes, HANDLE);
	digest_sha256((struct str){ (char *)bytes, HANDLE }, out->hash);
	return true;
}

static void place_by_hash(struct handle *h)
{
	memcpy(&h->bucket, (uint8_t[]){ h->hash[1], h->hash[0] }, 2);
}

struct handle loose_new(struct arena *a)
{
	uint8_t *bytes = arena_secret(a, RANDOM);
	struct handle h = { 0 };

	rand_bytes(bytes, RANDOM);
	h.text = enc_b64url_in(a, bytes, RANDOM);
	digest_sha256((struct str){ (char *)bytes, RANDOM }, h.hash);
	place_by_hash(&h);
	return h;
}

bool loose_read(struct str text, struct handle *out)
{
	uint8_t bytes[RANDOM];

	if (!dec_b64url(text, bytes, RANDOM))
		return false;
	out->text = text;
	digest_sha256((struct str){ (char *)bytes, RANDOM }, out->hash);
	place_by_hash(out);
	return true;
}

struct str grant_id_text(struct arena *a, int16_t bucket, const uint8_t id[16])
{
	uint8_t bytes[GRANT_ID];

	memcpy(bytes + 2, id, 16);
	hide(bytes, GRANT_ID, bucket);
	return enc_b64url_in(a, bytes, GRANT_ID);
}

bool grant_id_read(struct str text, int16_t *bucket, uint8_t id[16])
{
	uint8_t bytes[GRANT_ID];

	if (!dec_b64url(text, bytes, GRANT_ID))
		return false;
	*bucket = reveal(bytes, GRANT_ID);
	memcpy(id, bytes + 2, 16);
	return true;
}
