/* profile: a card read from its folder (see profile.h).
 * A card that could not exist (key and certificate apart, a key other than
 * RSA-2048, a PIN of the wrong shape) is refused here, so that a test never
 * fails for a reason no real card has. Files are small and read whole.
 * SPDX-License-Identifier: Apache-2.0 */
#include "profile.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

static const struct use {
	const char *certificate, *key, *authority, *pin;
	int tries;
	size_t pin_least, pin_most;
	bool digits;
} uses[CARD_USES] = {
	[CARD_AUTH] = { "auth.pem", "auth.key", "auth-ca.pem", "pin", 3, 4, 4, true },
	[CARD_SIGN] = { "sign.pem", "sign.key", "sign-ca.pem", "sign-pin", 5, 6, 16,
			false },
};

static FILE *open_in(const char *folder, const char *name)
{
	char path[4096];
	int size = snprintf(path, sizeof path, "%s/%s", folder, name);

	if (size < 0 || (size_t)size >= sizeof path)
		return NULL;
	return fopen(path, "re");
}

static bool read_line(const char *folder, const char *name, char *line, size_t room)
{
	FILE *f = open_in(folder, name);
	bool got;

	if (f == NULL)
		return false;
	got = fgets(line, (int)room, f) != NULL;
	fclose(f);
	if (got)
		line[strcspn(line, "\r\n")] = '\0';
	return got;
}

static X509 *read_certificate(const char *folder, const char *name, struct card_file *file)
{
	FILE *f = open_in(folder, name);
	X509 *x;
	int size;

	if (f == NULL)
		return NULL;
	x = PEM_read_X509(f, NULL, NULL, NULL);
	fclose(f);
	if (x == NULL)
		return NULL;
	size = i2d_X509(x, &file->bytes);
	if (size > 0) {
		file->size = (size_t)size;
		return x;
	}
	X509_free(x);
	return NULL;
}

static bool read_pair(const char *folder, const struct use *use, struct card_pair *pair)
{
	X509 *own = read_certificate(folder, use->certificate, &pair->certificate);
	X509 *authority = read_certificate(folder, use->authority, &pair->authority);
	FILE *f = open_in(folder, use->key);
	bool sound;

	if (f != NULL) {
		pair->key = PEM_read_PrivateKey(f, NULL, NULL, NULL);
		fclose(f);
	}
	sound = own != NULL && authority != NULL && pair->key != NULL &&
		EVP_PKEY_is_a(pair->key, "RSA") && EVP_PKEY_get_bits(pair->key) == 2048 &&
		X509_check_private_key(own, pair->key) == 1;
	X509_free(own);
	X509_free(authority);
	return sound;
}

static bool pin_is_sound(const struct use *use, const char *pin, size_t size)
{
	if (size < use->pin_least || size > use->pin_most)
		return false;
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)pin[i];

		if (!isdigit(c) && (use->digits || !isupper(c)))
			return false;
	}
	return true;
}

static bool read_pin(const char *folder, const struct use *use, struct card_secret *s)
{
	char line[CARD_PIN_MAX + 3];
	bool sound = read_line(folder, use->pin, line, sizeof line) &&
		     pin_is_sound(use, line, strlen(line));

	if (sound) {
		s->size = strlen(line);
		memcpy(s->pin, line, s->size);
		s->allowed = s->left = use->tries;
	}
	OPENSSL_cleanse(line, sizeof line);
	return sound;
}

static bool read_atr(const char *folder, struct card *card)
{
	char line[4 + 2 * CARD_ATR_MAX + 3];

	if (!read_line(folder, "profile", line, sizeof line) ||
	    strncmp(line, "atr ", 4) != 0)
		return false;
	return OPENSSL_hexstr2buf_ex(card->atr, sizeof card->atr, &card->atr_size, line + 4,
				     '\0') == 1 &&
	       card->atr_size >= 2;
}

static bool take_id(const char *folder, struct card *card)
{
	const struct card_file *file = &card->pair[CARD_AUTH].certificate;
	const char *slash = strrchr(folder, '/');
	const char *name = slash == NULL ? folder : slash + 1;
	uint8_t digest[32];
	unsigned size = 0;

	if (EVP_Digest(file->bytes, file->size, digest, &size, EVP_sha256(), NULL) != 1)
		return false;
	for (size_t i = 0; i < sizeof digest; i++)
		snprintf(card->id + 2 * i, 3, "%02x", digest[i]);
	snprintf(card->name, sizeof card->name, "%.63s", name);
	return true;
}

static const char *read_card(const char *folder, struct card *card)
{
	for (size_t i = 0; i < CARD_USES; i++) {
		if (!read_pair(folder, &uses[i], &card->pair[i]))
			return "certificates and keys of this card cannot be read or do "
			       "not match";
		if (!read_pin(folder, &uses[i], &card->pair[i].secret))
			return "a PIN of this card cannot be read or has the wrong shape";
	}
	if (!read_atr(folder, card))
		return "the profile of this card does not begin with its ATR";
	if (!take_id(folder, card))
		return "the certificate cannot be digested";
	return NULL;
}

struct card *emu_profile_load(const char *folder, const char **why)
{
	struct card *card = calloc(1, sizeof *card);

	*why = card == NULL ? "out of memory" : read_card(folder, card);
	if (*why == NULL)
		return card;
	emu_profile_free(card);
	return NULL;
}

void emu_profile_free(struct card *card)
{
	if (card == NULL)
		return;
	for (size_t i = 0; i < CARD_USES; i++) {
		EVP_PKEY_free(card->pair[i].key);
		OPENSSL_free(card->pair[i].certificate.bytes);
		OPENSSL_free(card->pair[i].authority.bytes);
	}
	OPENSSL_cleanse(card, sizeof *card);
	free(card);
}
