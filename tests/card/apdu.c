/* apdu: the virtual JPKI card itself (see apdu.h).
 * A try is counted and made durable before the PIN is compared, so that
 * pulling the card in between wins nothing. PINs are compared in constant
 * time and never leave this file. Unknown instructions get 6D00 before
 * anything else is looked at: foreign drivers probe with classes of their own.
 * SPDX-License-Identifier: Apache-2.0 */
#include "apdu.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

enum {
	SW_OK = 0x9000,
	SW_END_OF_FILE = 0x6282,
	SW_TRIES = 0x63C0, /* the last digit is the tries left */
	SW_MEMORY = 0x6581,
	SW_WRONG_LENGTH = 0x6700,
	SW_NOT_A_FILE = 0x6981,
	SW_NOT_VERIFIED = 0x6982,
	SW_LOCKED = 0x6984,
	SW_NOTHING_CHOSEN = 0x6986,
	SW_NOT_FOUND = 0x6A82,
	SW_WRONG_P1P2 = 0x6A86,
	SW_BEYOND = 0x6B00,
	SW_UNKNOWN_INS = 0x6D00,
	SW_UNKNOWN_CLA = 0x6E00,
	SW_BROKEN = 0x6F00,
};

enum kind { CERTIFICATE, AUTHORITY, PIN, KEY };

struct card_ef {
	uint16_t id;
	enum kind kind;
	enum card_use use;
};

struct apdu {
	uint8_t cla, ins, p1, p2;
	const uint8_t *data;
	size_t lc;
	size_t le; /* 0 when no answer data is asked for */
};

struct answer {
	uint8_t *bytes;
	size_t size;
};

static const uint8_t application[] = {
	0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01,
};

static const struct card_ef files[] = {
	{ 0x0001, CERTIFICATE, CARD_SIGN }, { 0x0002, AUTHORITY, CARD_SIGN },
	{ 0x000A, CERTIFICATE, CARD_AUTH }, { 0x000B, AUTHORITY, CARD_AUTH },
	{ 0x0017, KEY, CARD_AUTH },         { 0x0018, PIN, CARD_AUTH },
	{ 0x001A, KEY, CARD_SIGN },         { 0x001B, PIN, CARD_SIGN },
};

void emu_card_reset(struct card *card)
{
	card->selected = false;
	card->file = NULL;
	for (size_t i = 0; i < CARD_USES; i++)
		card->pair[i].secret.verified = false;
}

/* The four short cases of ISO/IEC 7816-3 section 12.1.3. */
static bool parse(const uint8_t *p, size_t size, struct apdu *a)
{
	*a = (struct apdu){ .cla = p[0], .ins = p[1], .p1 = p[2], .p2 = p[3] };
	if (size == 4)
		return true;
	if (size == 5) {
		a->le = p[4] == 0 ? 256 : p[4];
		return true;
	}
	a->lc = p[4];
	if (a->lc == 0 || size < 5 + a->lc || size > 5 + a->lc + 1)
		return false;
	a->data = p + 5;
	if (size == 5 + a->lc + 1)
		a->le = p[size - 1] == 0 ? 256 : p[size - 1];
	return true;
}

static unsigned select_application(struct card *card, const struct apdu *a)
{
	if (a->lc != sizeof application || memcmp(a->data, application, a->lc) != 0)
		return SW_NOT_FOUND;
	emu_card_reset(card);
	card->selected = true;
	return SW_OK;
}

static unsigned select_file(struct card *card, const struct apdu *a)
{
	uint16_t id;

	if (a->lc != 2)
		return SW_WRONG_LENGTH;
	if (!card->selected)
		return SW_NOT_FOUND;
	id = (uint16_t)(a->data[0] << 8 | a->data[1]);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		if (files[i].id != id)
			continue;
		card->file = &files[i];
		return SW_OK;
	}
	return SW_NOT_FOUND;
}

static unsigned do_select(struct card *card, const struct apdu *a, struct answer *out)
{
	unsigned word = SW_NOT_FOUND;

	(void)out; /* P2 0C: no answer data */
	if (a->p1 == 0x04)
		word = select_application(card, a);
	else if (a->p1 == 0x02)
		word = select_file(card, a);
	if (word == SW_OK && a->p2 != 0x0C) {
		emu_card_reset(card);
		return SW_WRONG_P1P2;
	}
	return word;
}

static unsigned compare(struct card *card, struct card_secret *s, const struct apdu *a)
{
	uint8_t given[CARD_PIN_MAX] = { 0 };
	bool right;

	s->verified = false;
	if (s->left == 0)
		return SW_LOCKED;
	s->left--;
	if (!card->keep(card, card->kept))
		return SW_MEMORY;
	memcpy(given, a->data, a->lc);
	right = CRYPTO_memcmp(given, s->pin, sizeof given) == 0 && a->lc == s->size;
	OPENSSL_cleanse(given, sizeof given);
	if (!right)
		return SW_TRIES | (unsigned)s->left;
	s->left = s->allowed;
	if (!card->keep(card, card->kept))
		return SW_MEMORY;
	s->verified = true;
	return SW_OK;
}

static unsigned do_verify(struct card *card, const struct apdu *a, struct answer *out)
{
	struct card_secret *s;

	(void)out;
	if (a->p1 != 0x00 || a->p2 != 0x80)
		return SW_WRONG_P1P2;
	if (card->file == NULL || card->file->kind != PIN)
		return SW_NOTHING_CHOSEN;
	s = &card->pair[card->file->use].secret;
	if (a->lc == 0) /* only asks; also of a locked PIN: 63C0 */
		return SW_TRIES | (unsigned)s->left;
	if (a->lc > CARD_PIN_MAX)
		return SW_WRONG_LENGTH;
	return compare(card, s, a);
}

/* The signature certificate holds name and address: it needs its PIN. */
static unsigned readable(const struct card *card, const struct card_file **file)
{
	const struct card_pair *pair;

	if (card->file == NULL)
		return SW_NOTHING_CHOSEN;
	pair = &card->pair[card->file->use];
	if (card->file->kind == AUTHORITY) {
		*file = &pair->authority;
		return SW_OK;
	}
	if (card->file->kind != CERTIFICATE)
		return SW_NOT_A_FILE;
	if (card->file->use == CARD_SIGN && !pair->secret.verified)
		return SW_NOT_VERIFIED;
	*file = &pair->certificate;
	return SW_OK;
}

static unsigned do_read(struct card *card, const struct apdu *a, struct answer *out)
{
	const struct card_file *file = NULL;
	size_t from = (size_t)a->p1 << 8 | a->p2;
	size_t size = a->le;
	unsigned word = readable(card, &file);

	if (word != SW_OK)
		return word;
	if (a->p1 & 0x80) /* short file identifiers */
		return SW_WRONG_P1P2;
	if (a->lc != 0 || size == 0)
		return SW_WRONG_LENGTH;
	if (from >= file->size)
		return SW_BEYOND;
	if (size > file->size - from) { /* Le 00 means: as much as there is */
		word = size == 256 ? SW_OK : SW_END_OF_FILE;
		size = file->size - from;
	}
	if (card->truncate_next) {
		card->truncate_next = false;
		size /= 2;
	}
	memcpy(out->bytes, file->bytes + from, size);
	out->size = size;
	return word;
}

/* The card pads what it is given (PKCS#1 v1.5, block type 1) and does not ask
 * whether it is a DigestInfo. */
static unsigned do_sign(struct card *card, const struct apdu *a, struct answer *out)
{
	struct card_pair *pair;
	EVP_PKEY_CTX *ctx;
	size_t size = CARD_ANSWER_MAX - 2;
	unsigned word = SW_BROKEN;

	if (a->p1 != 0x00 || a->p2 != 0x80)
		return SW_WRONG_P1P2;
	if (card->file == NULL || card->file->kind != KEY)
		return SW_NOTHING_CHOSEN;
	pair = &card->pair[card->file->use];
	if (!pair->secret.verified)
		return SW_NOT_VERIFIED;
	if (a->lc == 0 || a->lc > 256 - 11 || a->le == 0)
		return SW_WRONG_LENGTH;

	ctx = EVP_PKEY_CTX_new(pair->key, NULL);
	if (ctx != NULL && EVP_PKEY_sign_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING) == 1 &&
	    EVP_PKEY_sign(ctx, out->bytes, &size, a->data, a->lc) == 1) {
		out->size = size;
		word = SW_OK;
	}
	EVP_PKEY_CTX_free(ctx);
	return word;
}

static const struct instruction {
	uint8_t cla, ins;
	unsigned (*run)(struct card *card, const struct apdu *a, struct answer *out);
} instructions[] = {
	{ 0x00, 0xA4, do_select },
	{ 0x00, 0x20, do_verify },
	{ 0x00, 0xB0, do_read },
	{ 0x80, 0x2A, do_sign },
};

static unsigned run(struct card *card, const uint8_t *command, size_t size,
		    struct answer *out)
{
	struct apdu a;

	if (size < 4)
		return SW_WRONG_LENGTH;
	for (size_t i = 0; i < sizeof instructions / sizeof *instructions; i++) {
		const struct instruction *known = &instructions[i];

		if (known->ins != command[1])
			continue;
		if (known->cla != command[0])
			return SW_UNKNOWN_CLA;
		if (!parse(command, size, &a))
			return SW_WRONG_LENGTH;
		return known->run(card, &a, out);
	}
	return SW_UNKNOWN_INS;
}

size_t emu_card_answer(struct card *card, const uint8_t *command, size_t size,
		       uint8_t answer[CARD_ANSWER_MAX])
{
	struct answer out = { .bytes = answer };
	unsigned word = run(card, command, size, &out);

	answer[out.size++] = (uint8_t)(word >> 8);
	answer[out.size++] = (uint8_t)word;
	return out.size;
}
