/* Unit test of the agent's card commands (agent/jpki.h) against the emulated
 * card's command layer, with no reader between. A line in the middle can do
 * what bad cards and readers do: cut answers short, speak T=0, say nonsense.
 * Sources: ISO/IEC 7816-4, RFC 8017 section 8.2.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "agent/certificate.h"
#include "agent/jpki.h"
#include "base/clock.h"
#include "apdu.h"

struct bench {
	struct card card;
	struct jpki_link link;
	int sent;       /* commands so far */
	int cut_at;     /* the answer to this command loses its last data byte */
	int fail_at;    /* the reader fails at this command */
	bool t0;        /* data only by GET RESPONSE */
	bool exact;     /* Le 00 is refused with 6Cxx */
	unsigned say;   /* a status word instead of the card's, when not 0 */
	uint8_t say_to; /* only to this instruction, when not 0 */
	unsigned noise; /* seed of random answers, when not 0 */
	uint8_t held[CARD_ANSWER_MAX];
	size_t held_n;
	struct agent_pin *pin;
};

static EVP_PKEY *key;
static uint8_t *der;
static size_t der_n;

static bool keep(struct card *card, void *kept)
{
	(void)card;
	(void)kept;
	return true;
}

static void word(uint8_t *answer, size_t *n, unsigned sw)
{
	answer[0] = (uint8_t)(sw >> 8);
	answer[1] = (uint8_t)sw;
	*n = 2;
}

static void random_answer(struct bench *t, uint8_t *answer, size_t *n)
{
	static const unsigned words[] = { 0x9000, 0x9000, 0x9000, 0x6100, 0x6180,
					  0x6C10, 0x63C2, 0x6982, 0x6A82, 0x0000 };

	*n = (size_t)rand_r(&t->noise) % (JPKI_ANSWER_MAX + 1);
	for (size_t i = 0; i < *n; i++)
		answer[i] = (uint8_t)rand_r(&t->noise);
	if (*n >= 6 && rand_r(&t->noise) % 2 == 0)
		memcpy(answer, "\x30\x82", 2);
	if (*n >= 2) {
		unsigned sw = words[(size_t)rand_r(&t->noise) % COUNT(words)];

		answer[*n - 2] = (uint8_t)(sw >> 8);
		answer[*n - 1] = (uint8_t)sw;
	}
}

/* What a T=0 reader does with the answer: kept back until it is fetched. */
static void hold_back(struct bench *t, uint8_t *answer, size_t *n)
{
	if (*n == 2)
		return;
	memcpy(t->held, answer, *n);
	t->held_n = *n;
	word(answer, n, 0x6100 | (*n - 2 > 255 ? 0 : (unsigned)(*n - 2)));
}

static enum agent_fault carry(void *to, const uint8_t *command, size_t size,
			      uint8_t *answer, size_t *n)
{
	struct bench *t = to;

	assert_int_equal(*n, JPKI_ANSWER_MAX);
	t->sent++;
	if (t->fail_at == t->sent)
		return FAULT_CARD_REMOVED;
	if (t->noise != 0) {
		random_answer(t, answer, n);
		return FAULT_NONE;
	}
	if (t->say != 0 && (t->say_to == 0 || t->say_to == command[1])) {
		word(answer, n, t->say);
		return FAULT_NONE;
	}
	if (t->t0 && command[1] == 0xC0) {
		assert_int_equal(command[4], (uint8_t)(t->held_n - 2));
		memcpy(answer, t->held, t->held_n);
		*n = t->held_n;
		return FAULT_NONE;
	}
	if (t->exact && command[1] == 0x2A && command[size - 1] == 0) {
		word(answer, n, 0x6CFF); /* it then gives less than a signature */
		return FAULT_NONE;
	}
	*n = emu_card_answer(&t->card, command, size, answer);
	if (t->cut_at == t->sent && *n > 2) {
		memmove(answer + *n - 3, answer + *n - 2, 2);
		--*n;
	}
	if (t->t0)
		hold_back(t, answer, n);
	return FAULT_NONE;
}

static int make_certificate(void **state)
{
	X509 *x = X509_new();
	unsigned char *p = NULL;
	int n;

	(void)state;
	key = EVP_RSA_gen(2048);
	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 17);
	ASN1_TIME_set_string_X509(X509_getm_notBefore(x), "260401000000Z");
	ASN1_TIME_set_string_X509(X509_getm_notAfter(x), "20501231145959Z");
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
				   (const unsigned char *)"AB", -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(x));
	X509_set_pubkey(x, key);
	X509_sign(x, key, EVP_sha256());
	n = i2d_X509(x, &p);
	X509_free(x);
	der = p;
	der_n = (size_t)n;
	return key == NULL || n <= 512;
}

static int free_certificate(void **state)
{
	(void)state;
	OPENSSL_free(der);
	EVP_PKEY_free(key);
	return 0;
}

static int fresh(void **state)
{
	static struct bench t;
	struct card_secret *secret = &t.card.pair[CARD_AUTH].secret;

	t = (struct bench){ .link = { carry, &t } };
	t.card.pair[CARD_AUTH].certificate = (struct card_file){ der, der_n };
	t.card.pair[CARD_AUTH].key = key;
	t.card.keep = keep;
	memcpy(secret->pin, "1234", 4);
	secret->size = 4;
	secret->allowed = secret->left = 3;
	assert_int_equal(pin_new(&t.pin), FAULT_NONE);
	*state = &t;
	return 0;
}

static int done(void **state)
{
	pin_free(((struct bench *)*state)->pin);
	return 0;
}

static struct str bytes_str(const struct jpki_bytes *b)
{
	return (struct str){ (const char *)b->p, b->n };
}

static enum agent_fault verify(struct bench *t, const char *digits, int *left)
{
	memcpy(t->pin->digits, digits, PIN_DIGITS);
	return jpki_verify(&t->link, t->pin, left);
}

static void a_whole_sign_in(struct bench *t)
{
	struct jpki_bytes certificate, signature;
	int left = 0;

	assert_int_equal(jpki_select(&t->link), FAULT_NONE);
	assert_int_equal(jpki_certificate(&t->link, &certificate), FAULT_NONE);
	assert_int_equal(certificate.n, der_n);
	assert_memory_equal(certificate.p, der, der_n);
	assert_int_equal(jpki_tries(&t->link, &left), FAULT_NONE);
	assert_int_equal(left, 3);
	assert_int_equal(verify(t, "1234", &left), FAULT_NONE);
	assert_int_equal(jpki_sign(&t->link, STR("message"), &signature), FAULT_NONE);
	assert_true(certificate_verifies(bytes_str(&certificate), STR("message"),
					 bytes_str(&signature)));
	assert_false(certificate_verifies(bytes_str(&certificate), STR("Message"),
					  bytes_str(&signature)));
	signature.p[100] ^= 1;
	assert_false(certificate_verifies(bytes_str(&certificate), STR("message"),
					  bytes_str(&signature)));
}

static void the_card_signs(void **state)
{
	a_whole_sign_in(*state);
}

/* ISO/IEC 7816-3 section 12.2: '61XX' asks for GET RESPONSE */
static void the_card_signs_over_t0(void **state)
{
	struct bench *t = *state;

	t->t0 = true;
	a_whole_sign_in(t);
}

/* ISO/IEC 7816-4: '6CXX', wrong Le; and a signature shorter than the key */
static void a_signature_cut_by_length_is_none(void **state)
{
	struct bench *t = *state;
	struct jpki_bytes signature;
	int left;

	t->exact = true;
	assert_int_equal(jpki_select(&t->link), FAULT_NONE);
	assert_int_equal(verify(t, "1234", &left), FAULT_NONE);
	t->cut_at = t->sent + 3; /* select the key, sign, sign again with FF */
	assert_int_equal(jpki_sign(&t->link, STR("message"), &signature),
			 FAULT_CARD_BROKEN);
	assert_int_equal(signature.n, 0);
}

static void every_answer_cut_short_is_noticed(void **state)
{
	struct bench *t = *state;
	struct jpki_bytes certificate;
	int reads;

	assert_int_equal(jpki_select(&t->link), FAULT_NONE);
	assert_int_equal(jpki_certificate(&t->link, &certificate), FAULT_NONE);
	reads = t->sent - 2; /* without the two selects */
	assert_true(reads >= 4);
	for (int i = 0; i < reads; i++) {
		t->cut_at = t->sent + 2 + i;
		assert_int_equal(jpki_certificate(&t->link, &certificate),
				 FAULT_CARD_BROKEN);
		assert_int_equal(certificate.n, 0);
	}
}

static void a_pulled_card_is_noticed_at_every_command(void **state)
{
	struct bench *t = *state;
	struct jpki_bytes out;
	int all, left;

	a_whole_sign_in(t);
	all = t->sent;
	for (int at = 1; at <= all; at++) {
		enum agent_fault fault;

		t->sent = 0;
		t->fail_at = at;
		fault = jpki_select(&t->link);
		if (fault == FAULT_NONE)
			fault = jpki_certificate(&t->link, &out);
		if (fault == FAULT_NONE)
			fault = jpki_tries(&t->link, &left);
		if (fault == FAULT_NONE)
			fault = verify(t, "1234", &left);
		if (fault == FAULT_NONE)
			fault = jpki_sign(&t->link, STR("message"), &out);
		assert_int_equal(fault, FAULT_CARD_REMOVED);
	}
}

static void a_wrong_pin_counts_down_to_the_lock(void **state)
{
	struct bench *t = *state;
	int left = 0;

	assert_int_equal(jpki_select(&t->link), FAULT_NONE);
	assert_int_equal(verify(t, "9999", &left), FAULT_PIN_WRONG);
	assert_int_equal(left, 2);
	assert_int_equal(verify(t, "9999", &left), FAULT_PIN_WRONG);
	assert_int_equal(left, 1);
	assert_int_equal(jpki_tries(&t->link, &left), FAULT_NONE);
	assert_int_equal(left, 1);
	assert_int_equal(verify(t, "9999", &left), FAULT_PIN_LOCKED);
	assert_int_equal(left, 0);
	assert_int_equal(verify(t, "1234", &left), FAULT_PIN_LOCKED);
	assert_int_equal(jpki_tries(&t->link, &left), FAULT_NONE);
	assert_int_equal(left, 0);
}

/* 6983 and 6984 are both in use for a locked PIN; others are a broken card,
 * never "wrong PIN": the citizen must not be told a count that is none. */
static void status_words_of_the_pin(void **state)
{
	static const struct {
		unsigned sw;
		enum agent_fault tries, verify;
		int left;
	} seen[] = {
		{ 0x6983, FAULT_NONE, FAULT_PIN_LOCKED, 0 },
		{ 0x6984, FAULT_NONE, FAULT_PIN_LOCKED, 0 },
		{ 0x63C0, FAULT_NONE, FAULT_PIN_LOCKED, 0 },
		{ 0x63C2, FAULT_NONE, FAULT_PIN_WRONG, 2 },
		{ 0x6700, FAULT_CARD_BROKEN, FAULT_CARD_BROKEN, 0 },
		{ 0x6A82, FAULT_CARD_BROKEN, FAULT_CARD_BROKEN, 0 },
		{ 0x6300, FAULT_CARD_BROKEN, FAULT_CARD_BROKEN, 0 },
	};
	struct bench *t = *state;

	assert_int_equal(jpki_select(&t->link), FAULT_NONE);
	t->say_to = 0x20;
	for (size_t i = 0; i < COUNT(seen); i++) {
		int left = 9;

		t->say = seen[i].sw;
		assert_int_equal(jpki_tries(&t->link, &left), seen[i].tries);
		assert_int_equal(left, seen[i].left);
		left = 0;
		assert_int_equal(verify(t, "1234", &left), seen[i].verify);
		assert_int_equal(left, seen[i].left);
	}
}

static void another_card_is_another_card(void **state)
{
	struct bench *t = *state;

	t->say = 0x6A82;
	assert_int_equal(jpki_select(&t->link), FAULT_NOT_JPKI);
	t->say = 0x6D00;
	assert_int_equal(jpki_select(&t->link), FAULT_NOT_JPKI);
}

static void a_file_that_holds_no_certificate(void **state)
{
	static uint8_t blank[600];
	struct bench *t = *state;
	struct jpki_bytes out;

	t->card.pair[CARD_AUTH].certificate = (struct card_file){ blank, sizeof(blank) };
	assert_int_equal(jpki_select(&t->link), FAULT_NONE);
	memset(blank, 0xFF, sizeof(blank));
	assert_int_equal(jpki_certificate(&t->link, &out), FAULT_NO_CERTIFICATE);
	memcpy(blank, "\x30\x82\xFF\xFF", 4);
	assert_int_equal(jpki_certificate(&t->link, &out), FAULT_CARD_BROKEN);
	memcpy(blank, "\x30\x82\x00\x05", 4);
	assert_int_equal(jpki_certificate(&t->link, &out), FAULT_CARD_BROKEN);
	memcpy(blank, "\x30\x82\x03\x00", 4); /* longer than the file */
	assert_int_equal(jpki_certificate(&t->link, &out), FAULT_CARD_BROKEN);
}

static void the_pin_is_wiped_from_its_command(void **state)
{
	static const uint8_t zero[sizeof(((struct agent_pin *)0)->command)];
	struct bench *t = *state;
	int left;

	assert_int_equal(jpki_select(&t->link), FAULT_NONE);
	assert_int_equal(verify(t, "1234", &left), FAULT_NONE);
	assert_memory_equal(t->pin->command, zero, sizeof(zero));
	t->fail_at = t->sent + 2;
	assert_int_equal(verify(t, "1234", &left), FAULT_CARD_REMOVED);
	assert_memory_equal(t->pin->command, zero, sizeof(zero));
	pin_wipe(t->pin);
	assert_memory_equal(t->pin->digits, zero, PIN_DIGITS);
}

/* Nothing a card says may overrun, hang or become a certificate by itself. */
static void random_answers_harm_nothing(void **state)
{
	struct bench *t = *state;
	struct certificate_life life;
	struct jpki_bytes out;
	int left;

	for (unsigned seed = 1; seed <= 20000; seed++) {
		t->noise = seed;
		(void)!jpki_select(&t->link);
		if (jpki_certificate(&t->link, &out) == FAULT_NONE)
			assert_false(certificate_life(bytes_str(&out), &life));
		(void)!jpki_tries(&t->link, &left);
		assert_in_range(left, 0, 15);
		(void)!verify(t, "1234", &left);
		if (jpki_sign(&t->link, STR("message"), &out) == FAULT_NONE)
			assert_int_equal(out.n, JPKI_SIGNATURE_MAX);
	}
}

static void life_of_a_certificate(void **state)
{
	struct certificate_life life;
	struct str good = { (const char *)der, der_n };

	(void)state;
	assert_true(certificate_life(good, &life));
	assert_int_equal(life.from, date_days((struct date){ 2026, 4, 1 }) * CLOCK_DAY_MS);
	assert_int_equal(life.to, date_days((struct date){ 2050, 12, 31 }) * CLOCK_DAY_MS +
					  ((14 * 60 + 59) * 60 + 59) * INT64_C(1000));
	assert_false(certificate_life(str_part(good, 0, der_n - 1), &life));
	assert_false(certificate_life(STR(""), &life));
}

int main(void)
{
#define CASE(test) cmocka_unit_test_setup_teardown(test, fresh, done)
	const struct CMUnitTest tests[] = {
		CASE(the_card_signs),
		CASE(the_card_signs_over_t0),
		CASE(a_signature_cut_by_length_is_none),
		CASE(every_answer_cut_short_is_noticed),
		CASE(a_pulled_card_is_noticed_at_every_command),
		CASE(a_wrong_pin_counts_down_to_the_lock),
		CASE(status_words_of_the_pin),
		CASE(another_card_is_another_card),
		CASE(a_file_that_holds_no_certificate),
		CASE(the_pin_is_wiped_from_its_command),
		CASE(random_answers_harm_nothing),
		CASE(life_of_a_certificate),
	};

	return cmocka_run_group_tests(tests, make_certificate, free_certificate);
}
