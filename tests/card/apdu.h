/* apdu: the virtual JPKI card itself, command in, answer out, no reader.
 * Called by the link for each APDU and by the unit test. The card outlives
 * every call; nothing is kept of command and answer. Errors are status words.
 * Sizes are octets. Source: ISO/IEC 7816-4 and the JPKI application as the
 * public card drivers use it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_CARD_APDU_H
#define TESTS_CARD_APDU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/types.h>

enum {
	CARD_PIN_MAX = 16,
	CARD_ATR_MAX = 33,
	CARD_ANSWER_MAX = 256 + 2, /* short Le only, then the status word */
};

enum card_use { CARD_AUTH, CARD_SIGN, CARD_USES };

struct card_file {
	uint8_t *bytes;
	size_t size;
};

struct card_secret {
	uint8_t pin[CARD_PIN_MAX]; /* unused octets are zero */
	size_t size;
	int allowed; /* tries of a fresh card */
	int left;
	bool verified; /* until reset or the next SELECT of the application */
};

struct card_pair {
	struct card_file certificate;
	struct card_file authority;
	EVP_PKEY *key;
	struct card_secret secret;
};

struct card {
	struct card_pair pair[CARD_USES];
	uint8_t atr[CARD_ATR_MAX];
	size_t atr_size;
	char id[65];   /* SHA-256 of the authentication certificate, hex */
	char name[64]; /* of the folder it came from */
	bool (*keep)(struct card *card, void *kept); /* makes pair[].secret.left durable */
	void *kept;
	bool selected;              /* the JPKI application */
	const struct card_ef *file; /* the selected elementary file, or NULL */
	bool truncate_next;         /* the next READ BINARY is cut short, once */
};

/* Power on, power off, reset: forgets selection and verified PINs. */
void emu_card_reset(struct card *card);

/* Answers one APDU; returns the octets written, at least the status word. */
size_t emu_card_answer(struct card *card, const uint8_t *command, size_t size,
		       uint8_t answer[CARD_ANSWER_MAX]);

#endif
