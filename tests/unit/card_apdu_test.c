/* Unit test of the virtual JPKI card's command layer (tests/card/apdu.h), with
 * no reader and no files: keys and "certificates" are made here. Each test
 * begins with a fresh card. Sources: ISO/IEC 7816-4 for the status words, RFC
 * 8017 section 9.2 for the signature.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "apdu.h"

#define SEND(...)                                      \
	send_apdu(t, (const uint8_t[]){ __VA_ARGS__ }, \
		  sizeof((const uint8_t[]){ __VA_ARGS__ }))
#define SELECT_AP                                                                     \
	0x00, 0xA4, 0x04, 0x0C, 0x0A, 0xD3, 0x92, 0xF0, 0x00, 0x26, 0x01, 0x00, 0x00, \
		0x00, 0x01
#define SELECT_EF(id) 0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, (id)
#define VERIFY(a, b, c, d) 0x00, 0x20, 0x00, 0x80, 0x04, (a), (b), (c), (d)
#define ASK_TRIES 0x00, 0x20, 0x00, 0x80

enum { CERTIFICATE_SIZE = 700 };

struct bench {
	struct card card;
	uint8_t file[CERTIFICATE_SIZE];
	uint8_t answer[CARD_ANSWER_MAX];
	size_t size;   /* of the answer's data */
	int kept;      /* times the counters were made durable */
	int kept_left; /* what was kept last, authentication */
	bool cannot_keep;
};

static EVP_PKEY *key;

static bool keep(struct card *card, void *kept)
{
	struct bench *t = kept;

	if (t->cannot_keep)
		return false;
	t->kept++;
	t->kept_left = card->pair[CARD_AUTH].secret.left;
	return true;
}

static unsigned send_apdu(struct bench *t, const uint8_t *command, size_t size)
{
	size_t got = emu_card_answer(&t->card, command, size, t->answer);

	assert_in_range(got, 2, CARD_ANSWER_MAX);
	t->size = got - 2;
	return (unsigned)t->answer[got - 2] << 8 | t->answer[got - 1];
}

static int make_key(void **state)
{
	(void)state;
	key = EVP_RSA_gen(2048);
	return key == NULL;
}

static int free_key(void **state)
{
	(void)state;
	EVP_PKEY_free(key);
	return 0;
}

static void give_pin(struct card_secret *s, const char *pin, int tries)
{
	s->size = strlen(pin);
	memcpy(s->pin, pin, s->size);
	s->allowed = s->left = tries;
}

static int fresh_card(void **state)
{
	static struct bench t;

	memset(&t, 0, sizeof t);
	for (size_t i = 0; i < sizeof t.file; i++)
		t.file[i] = (uint8_t)(i * 7);
	for (size_t i = 0; i < CARD_USES; i++) {
		t.card.pair[i].certificate = (struct card_file){ t.file, sizeof t.file };
		t.card.pair[i].authority = (struct card_file){ t.file + 100,
							       sizeof t.file - 100 };
		t.card.pair[i].key = key;
	}
	give_pin(&t.card.pair[CARD_AUTH].secret, "1234", 3);
	give_pin(&t.card.pair[CARD_SIGN].secret, "ABC123", 5);
	t.card.keep = keep;
	t.card.kept = &t;
	*state = &t;
	return 0;
}

/* ISO/IEC 7816-4: 6A82 "File or application not found" */
static void only_the_jpki_application_is_there(void **state)
{
	struct bench *t = *state;

	assert_int_equal(SEND(0x00, 0xA4, 0x04, 0x00, 0x06, 0xD2, 0x76, 0x00, 0x01, 0x24,
			      0x01, 0x00),
			 0x6A82);
	assert_int_equal(SEND(0x00, 0xA4, 0x00, 0x00, 0x02, 0x3F, 0x00), 0x6A82);
	assert_int_equal(SEND(SELECT_EF(0x0A)), 0x6A82);
	assert_int_equal(SEND(SELECT_AP), 0x9000);
	assert_int_equal(SEND(SELECT_AP, 0x00), 0x9000);
	assert_int_equal(SEND(SELECT_EF(0x0A)), 0x9000);
	assert_int_equal(SEND(SELECT_EF(0x0C)), 0x6A82);
	assert_int_equal(SEND(SELECT_EF(0x0A), 0x00), 0x9000);
	assert_int_equal(SEND(0x00, 0xA4, 0x02, 0x0C, 0x01, 0x0A), 0x6700);
}

static void what_the_card_does_not_know_it_says(void **state)
{
	struct bench *t = *state;

	assert_int_equal(SEND(0x00, 0xCA, 0xDF, 0x30, 0x00), 0x6D00);
	assert_int_equal(SEND(0x00, 0xCB, 0x3F, 0xFF, 0x03, 0x5C, 0x01, 0x7E, 0x00),
			 0x6D00);
	assert_int_equal(SEND(0x80, 0xA4, 0x04, 0x0C), 0x6E00);
	assert_int_equal(SEND(0x00, 0x2A, 0x00, 0x80), 0x6E00);
	assert_int_equal(SEND(0x00, 0xA4, 0x04), 0x6700);
	assert_int_equal(SEND(0x00), 0x6700);
}

/* Every length field that lies about what follows is refused, extended lengths
 * as well. */
static void lengths_must_fit(void **state)
{
	struct bench *t = *state;
	uint8_t long_one[5 + 255 + 2] = { 0x00, 0x20, 0x00, 0x80, 0xFF };

	SEND(SELECT_AP);
	SEND(SELECT_EF(0x18));
	assert_int_equal(SEND(0x00, 0x20, 0x00, 0x80, 0x05, '1', '2', '3', '4'), 0x6700);
	assert_int_equal(SEND(0x00, 0x20, 0x00, 0x80, 0x02, '1', '2', '3', '4'), 0x6700);
	assert_int_equal(SEND(0x00, 0x20, 0x00, 0x80, 0x00, 0x00, 0x04, '1', '2', '3', '4'),
			 0x6700);
	assert_int_equal(send_apdu(t, long_one, sizeof long_one), 0x6700);
	assert_int_equal(send_apdu(t, long_one, sizeof long_one - 2), 0x6700);
	assert_int_equal(SEND(ASK_TRIES), 0x63C3);
}

static void a_certificate_is_read_in_pieces(void **state)
{
	struct bench *t = *state;

	SEND(SELECT_AP);
	assert_int_equal(SEND(0x00, 0xB0, 0x00, 0x00, 0x04), 0x6986);
	SEND(SELECT_EF(0x0A));
	assert_int_equal(SEND(0x00, 0xB0, 0x00, 0x00, 0x04), 0x9000);
	assert_int_equal(t->size, 4);
	assert_memory_equal(t->answer, t->file, 4);
	assert_int_equal(SEND(0x00, 0xB0, 0x01, 0x02, 0x00), 0x9000);
	assert_int_equal(t->size, 256);
	assert_memory_equal(t->answer, t->file + 0x102, 256);
	assert_int_equal(SEND(0x00, 0xB0, 0x02, 0x00, 0x00), 0x9000);
	assert_int_equal(t->size, CERTIFICATE_SIZE - 512);
	SEND(SELECT_EF(0x0B));
	assert_int_equal(SEND(0x00, 0xB0, 0x00, 0x00, 0x10), 0x9000);
	assert_memory_equal(t->answer, t->file + 100, 16);
}

/* ISO/IEC 7816-4: 6282 "End of file or record reached before reading Ne
 * bytes"; 6B00 "Wrong parameters P1-P2" */
static void reading_past_the_end_is_told(void **state)
{
	struct bench *t = *state;

	SEND(SELECT_AP);
	SEND(SELECT_EF(0x0A));
	assert_int_equal(SEND(0x00, 0xB0, 0x02, 0xBB, 0x01), 0x9000);
	assert_int_equal(SEND(0x00, 0xB0, 0x02, 0xBB, 0x02), 0x6282);
	assert_int_equal(t->size, 1);
	assert_int_equal(SEND(0x00, 0xB0, 0x02, 0xBC, 0x01), 0x6B00);
	assert_int_equal(SEND(0x00, 0xB0, 0x7F, 0xFF, 0x00), 0x6B00);
	assert_int_equal(t->size, 0);
	assert_int_equal(SEND(0x00, 0xB0, 0x8A, 0x00, 0x00), 0x6A86);
	assert_int_equal(SEND(0x00, 0xB0, 0x00, 0x00), 0x6700);
}

static void keys_and_pins_cannot_be_read(void **state)
{
	struct bench *t = *state;
	static const uint8_t hidden[] = { 0x17, 0x18, 0x1A, 0x1B };

	SEND(SELECT_AP);
	for (size_t i = 0; i < sizeof hidden; i++) {
		assert_int_equal(SEND(SELECT_EF(hidden[i])), 0x9000);
		assert_int_equal(SEND(0x00, 0xB0, 0x00, 0x00, 0x00), 0x6981);
		assert_int_equal(t->size, 0);
	}
}

static void the_signature_certificate_needs_its_own_pin(void **state)
{
	struct bench *t = *state;

	SEND(SELECT_AP);
	SEND(SELECT_EF(0x18));
	assert_int_equal(SEND(VERIFY('1', '2', '3', '4')), 0x9000);
	SEND(SELECT_EF(0x01));
	assert_int_equal(SEND(0x00, 0xB0, 0x00, 0x00, 0x04), 0x6982);
	assert_int_equal(t->size, 0);
	SEND(SELECT_EF(0x1B));
	assert_int_equal(SEND(0x00, 0x20, 0x00, 0x80, 0x06, 'A', 'B', 'C', '1', '2', '3'),
			 0x9000);
	SEND(SELECT_EF(0x01));
	assert_int_equal(SEND(0x00, 0xB0, 0x00, 0x00, 0x04), 0x9000);
}

static void asking_for_the_tries_costs_none(void **state)
{
	struct bench *t = *state;

	SEND(SELECT_AP);
	assert_int_equal(SEND(ASK_TRIES), 0x6986);
	SEND(SELECT_EF(0x18));
	assert_int_equal(SEND(ASK_TRIES), 0x63C3);
	assert_int_equal(SEND(ASK_TRIES, 0x00), 0x63C3);
	SEND(SELECT_EF(0x1B));
	assert_int_equal(SEND(ASK_TRIES), 0x63C5);
	assert_int_equal(t->kept, 0);
}

static void wrong_pins_count_down_and_a_right_one_gives_them_back(void **state)
{
	struct bench *t = *state;

	SEND(SELECT_AP);
	SEND(SELECT_EF(0x18));
	assert_int_equal(SEND(VERIFY('1', '2', '3', '5')), 0x63C2);
	assert_int_equal(SEND(0x00, 0x20, 0x00, 0x80, 0x05, '1', '2', '3', '4', 0x00),
			 0x63C1);
	assert_int_equal(SEND(VERIFY('1', '2', '3', '4')), 0x9000);
	assert_int_equal(SEND(ASK_TRIES), 0x63C3);
	assert_int_equal(t->kept_left, 3);
}

/* 6984 also to the right PIN; asking still answers, with none left. */
static void three_wrong_pins_lock(void **state)
{
	struct bench *t = *state;

	SEND(SELECT_AP);
	SEND(SELECT_EF(0x18));
	for (unsigned left = 3; left-- > 0;)
		assert_int_equal(SEND(VERIFY('0', '0', '0', '0')), 0x63C0 | left);
	assert_int_equal(SEND(VERIFY('1', '2', '3', '4')), 0x6984);
	assert_int_equal(SEND(ASK_TRIES), 0x63C0);
	emu_card_reset(&t->card);
	SEND(SELECT_AP);
	SEND(SELECT_EF(0x18));
	assert_int_equal(SEND(VERIFY('1', '2', '3', '4')), 0x6984);
	SEND(SELECT_EF(0x1B));
	assert_int_equal(SEND(ASK_TRIES), 0x63C5);
}

static void a_try_that_cannot_be_kept_is_not_compared(void **state)
{
	struct bench *t = *state;

	SEND(SELECT_AP);
	SEND(SELECT_EF(0x18));
	t->cannot_keep = true;
	assert_int_equal(SEND(VERIFY('1', '2', '3', '4')), 0x6581);
	t->cannot_keep = false;
	SEND(SELECT_EF(0x17));
	assert_int_equal(SEND(0x80, 0x2A, 0x00, 0x80, 0x01, 0x30, 0x00), 0x6982);
}

static void a_wrong_pin_undoes_a_right_one(void **state)
{
	struct bench *t = *state;

	SEND(SELECT_AP);
	SEND(SELECT_EF(0x18));
	assert_int_equal(SEND(VERIFY('1', '2', '3', '4')), 0x9000);
	assert_int_equal(SEND(VERIFY('4', '3', '2', '1')), 0x63C2);
	SEND(SELECT_EF(0x17));
	assert_int_equal(SEND(0x80, 0x2A, 0x00, 0x80, 0x01, 0x30, 0x00), 0x6982);
}

static unsigned sign_digest(struct bench *t, const uint8_t digest[32])
{
	static const uint8_t info[] = {
		0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
		0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20,
	};
	uint8_t command[5 + sizeof info + 32 + 1] = { 0x80, 0x2A, 0x00, 0x80,
						      sizeof info + 32 };

	memcpy(command + 5, info, sizeof info);
	memcpy(command + 5 + sizeof info, digest, 32);
	return send_apdu(t, command, sizeof command);
}

static bool signature_verifies(struct bench *t, const char *text)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good;

	assert_non_null(ctx);
	good = EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
	       EVP_DigestVerify(ctx, t->answer, t->size, (const uint8_t *)text,
				strlen(text)) == 1;
	EVP_MD_CTX_free(ctx);
	return good;
}

/* RFC 8017 section 9.2: EM = 0x00 || 0x01 || PS || 0x00 || T */
static void a_signature_is_pkcs1_over_the_digest_info(void **state)
{
	struct bench *t = *state;
	uint8_t digest[32];

	assert_int_equal(EVP_Digest("text", 4, digest, NULL, EVP_sha256(), NULL), 1);
	SEND(SELECT_AP);
	SEND(SELECT_EF(0x17));
	assert_int_equal(sign_digest(t, digest), 0x6982);
	assert_int_equal(t->size, 0);
	SEND(SELECT_EF(0x18));
	assert_int_equal(sign_digest(t, digest), 0x6986);
	SEND(VERIFY('1', '2', '3', '4'));
	SEND(SELECT_EF(0x17));
	assert_int_equal(sign_digest(t, digest), 0x9000);
	assert_int_equal(t->size, 256);
	assert_true(signature_verifies(t, "text"));
	assert_false(signature_verifies(t, "test"));
	SEND(SELECT_EF(0x1A));
	assert_int_equal(sign_digest(t, digest), 0x6982);
}

static void what_does_not_fit_the_key_is_not_signed(void **state)
{
	struct bench *t = *state;
	uint8_t command[5 + 246 + 1] = { 0x80, 0x2A, 0x00, 0x80, 246 };

	SEND(SELECT_AP);
	SEND(SELECT_EF(0x18));
	SEND(VERIFY('1', '2', '3', '4'));
	SEND(SELECT_EF(0x17));
	assert_int_equal(send_apdu(t, command, sizeof command), 0x6700);
	assert_int_equal(SEND(0x80, 0x2A, 0x00, 0x80, 0x00), 0x6700);
	assert_int_equal(SEND(0x80, 0x2A, 0x00, 0x80, 0x01, 0x30), 0x6700);
	assert_int_equal(SEND(0x80, 0x2A, 0x9E, 0x9A, 0x01, 0x30, 0x00), 0x6A86);
}

static void choosing_again_or_a_reset_forgets_the_pin(void **state)
{
	struct bench *t = *state;
	const uint8_t digest[32] = { 0 };

	for (int by_reset = 0; by_reset < 2; by_reset++) {
		SEND(SELECT_AP);
		SEND(SELECT_EF(0x18));
		assert_int_equal(SEND(VERIFY('1', '2', '3', '4')), 0x9000);
		SEND(SELECT_EF(0x17));
		assert_int_equal(sign_digest(t, digest), 0x9000);
		if (by_reset)
			emu_card_reset(&t->card);
		assert_int_equal(SEND(SELECT_AP), 0x9000);
		assert_int_equal(sign_digest(t, digest), 0x6986);
		SEND(SELECT_EF(0x17));
		assert_int_equal(sign_digest(t, digest), 0x6982);
	}
}

static void an_answer_can_be_cut_short_once(void **state)
{
	struct bench *t = *state;

	SEND(SELECT_AP);
	SEND(SELECT_EF(0x0A));
	t->card.truncate_next = true;
	assert_int_equal(SEND(0x00, 0xB0, 0x00, 0x00, 0x10), 0x9000);
	assert_int_equal(t->size, 8);
	assert_int_equal(SEND(0x00, 0xB0, 0x00, 0x00, 0x10), 0x9000);
	assert_int_equal(t->size, 16);
}

#define TEST(name) cmocka_unit_test_setup(name, fresh_card)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_the_jpki_application_is_there),
		TEST(what_the_card_does_not_know_it_says),
		TEST(lengths_must_fit),
		TEST(a_certificate_is_read_in_pieces),
		TEST(reading_past_the_end_is_told),
		TEST(keys_and_pins_cannot_be_read),
		TEST(the_signature_certificate_needs_its_own_pin),
		TEST(asking_for_the_tries_costs_none),
		TEST(wrong_pins_count_down_and_a_right_one_gives_them_back),
		TEST(three_wrong_pins_lock),
		TEST(a_try_that_cannot_be_kept_is_not_compared),
		TEST(a_wrong_pin_undoes_a_right_one),
		TEST(a_signature_is_pkcs1_over_the_digest_info),
		TEST(what_does_not_fit_the_key_is_not_signed),
		TEST(choosing_again_or_a_reset_forgets_the_pin),
		TEST(an_answer_can_be_cut_short_once),
	};

	return cmocka_run_group_tests(tests, make_key, free_key);
}
