/* jpki: the five commands (agent/jpki.h). One exchange follows the card's wish
 * to fetch more (61xx) or to be asked with another length (6Cxx), a bounded
 * number of times. What carries the PIN is built in the PIN's own locked page.
 * Called by find, sign, status.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agent/jpki.h"

#include <openssl/crypto.h>

#include "base/digest.h"

enum {
	SW_OK = 0x9000,
	SW_TRIES = 0x63C0, /* the last digit is the tries left */
	SW_LOCKED = 0x6983,
	SW_LOCKED_TOO = 0x6984, /* real cards have been seen with both */
	EF_CERTIFICATE = 0x000A,
	EF_KEY = 0x0017,
	EF_PIN = 0x0018,
	ROUNDS_MAX = 8,
	CHUNK = 256,
	DER_HEAD = 4,
};

/* RFC 8017 section 9.2, note 1: DigestInfo for SHA-256 before the hash */
static const uint8_t digest_info[] = {
	0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
	0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20,
};

struct reply {
	uint8_t p[JPKI_ANSWER_MAX * 2];
	size_t n; /* without the status word */
	unsigned sw;
};

static enum agent_fault once(const struct jpki_link *link, const uint8_t *command,
			     size_t size, struct reply *out)
{
	uint8_t *end = out->p + out->n;
	size_t got = JPKI_ANSWER_MAX;
	enum agent_fault fault;

	if (sizeof(out->p) - out->n < JPKI_ANSWER_MAX)
		return FAULT_CARD_BROKEN;
	fault = link->send(link->to, command, size, end, &got);
	if (fault != FAULT_NONE)
		return fault;
	if (got < 2 || got > JPKI_ANSWER_MAX)
		return FAULT_CARD_BROKEN;
	out->sw = (unsigned)end[got - 2] << 8 | end[got - 1];
	out->n += got - 2;
	return FAULT_NONE;
}

/* `command` ends with Le when its answer has data. */
static enum agent_fault exchange(const struct jpki_link *link, const uint8_t *command,
				 size_t size, struct reply *out)
{
	uint8_t more[] = { 0x00, 0xC0, 0x00, 0x00, 0x00 };
	uint8_t again[64];
	enum agent_fault fault;

	out->n = 0;
	fault = once(link, command, size, out);
	if (fault == FAULT_NONE && out->sw >> 8 == 0x6C && size <= sizeof(again)) {
		memcpy(again, command, size);
		again[size - 1] = (uint8_t)out->sw;
		out->n = 0;
		fault = once(link, again, size, out);
	}
	for (int i = 0; fault == FAULT_NONE && out->sw >> 8 == 0x61; i++) {
		if (i == ROUNDS_MAX)
			return FAULT_CARD_BROKEN;
		more[4] = (uint8_t)out->sw;
		fault = once(link, more, sizeof(more), out);
	}
	return fault;
}

enum agent_fault jpki_select(const struct jpki_link *link)
{
	static const uint8_t command[] = {
		0x00, 0xA4, 0x04, 0x0C, 0x0A, 0xD3, 0x92, 0xF0,
		0x00, 0x26, 0x01, 0x00, 0x00, 0x00, 0x01,
	};
	struct reply reply;
	enum agent_fault fault = exchange(link, command, sizeof(command), &reply);

	if (fault != FAULT_NONE)
		return fault;
	return reply.sw == SW_OK ? FAULT_NONE : FAULT_NOT_JPKI;
}

static enum agent_fault select_file(const struct jpki_link *link, unsigned id)
{
	const uint8_t command[] = {
		0x00, 0xA4, 0x02, 0x0C, 0x02, (uint8_t)(id >> 8), (uint8_t)id,
	};
	struct reply reply;
	enum agent_fault fault = exchange(link, command, sizeof(command), &reply);

	if (fault != FAULT_NONE)
		return fault;
	if (reply.sw == SW_OK)
		return FAULT_NONE;
	return id == EF_CERTIFICATE ? FAULT_NO_CERTIFICATE : FAULT_CARD_BROKEN;
}

/* Exactly n bytes from `from`; fewer is an answer cut short. */
static enum agent_fault read_bytes(const struct jpki_link *link, size_t from, size_t n,
				   uint8_t *out)
{
	const uint8_t command[] = {
		0x00, 0xB0, (uint8_t)(from >> 8), (uint8_t)from, (uint8_t)n, /* 256 is 00 */
	};
	struct reply reply;
	enum agent_fault fault = exchange(link, command, sizeof(command), &reply);

	must(n > 0 && n <= CHUNK && from < 0x8000);
	if (fault != FAULT_NONE)
		return fault;
	if (reply.sw != SW_OK || reply.n != n)
		return FAULT_CARD_BROKEN;
	memcpy(out, reply.p, n);
	return FAULT_NONE;
}

enum agent_fault jpki_certificate(const struct jpki_link *link, struct jpki_bytes *out)
{
	enum agent_fault fault = select_file(link, EF_CERTIFICATE);
	size_t size;

	out->n = 0;
	if (fault == FAULT_NONE)
		fault = read_bytes(link, 0, DER_HEAD, out->p);
	if (fault != FAULT_NONE)
		return fault;
	if (out->p[0] != 0x30 || out->p[1] != 0x82)
		return FAULT_NO_CERTIFICATE; /* an empty file is FF or 00 */
	size = ((size_t)out->p[2] << 8 | out->p[3]) + DER_HEAD;
	if (size < CHUNK || size > sizeof(out->p))
		return FAULT_CARD_BROKEN;
	for (size_t at = DER_HEAD; fault == FAULT_NONE && at < size;) {
		size_t n = size - at < CHUNK ? size - at : CHUNK;

		fault = read_bytes(link, at, n, out->p + at);
		at += n;
	}
	if (fault == FAULT_NONE)
		out->n = size;
	return fault;
}

/* What a VERIFY says; *left is 0 when the PIN is locked. */
static enum agent_fault verdict(unsigned sw, int *left)
{
	if ((sw & 0xFFF0) == SW_TRIES) {
		*left = (int)(sw & 0x0F);
		return *left == 0 ? FAULT_PIN_LOCKED : FAULT_PIN_WRONG;
	}
	if (sw == SW_LOCKED || sw == SW_LOCKED_TOO) {
		*left = 0;
		return FAULT_PIN_LOCKED;
	}
	return FAULT_CARD_BROKEN;
}

enum agent_fault jpki_tries(const struct jpki_link *link, int *left)
{
	static const uint8_t command[] = { 0x00, 0x20, 0x00, 0x80 };
	struct reply reply;
	enum agent_fault fault = select_file(link, EF_PIN);

	*left = 0;
	if (fault == FAULT_NONE)
		fault = exchange(link, command, sizeof(command), &reply);
	if (fault != FAULT_NONE)
		return fault;
	fault = verdict(reply.sw, left);
	return fault == FAULT_CARD_BROKEN ? fault : FAULT_NONE;
}

enum agent_fault jpki_verify(const struct jpki_link *link, struct agent_pin *pin, int *left)
{
	static const uint8_t head[] = { 0x00, 0x20, 0x00, 0x80, PIN_DIGITS };
	size_t got = JPKI_ANSWER_MAX;
	uint8_t answer[JPKI_ANSWER_MAX];
	enum agent_fault fault = select_file(link, EF_PIN);

	if (fault != FAULT_NONE)
		return fault;
	memcpy(pin->command, head, sizeof(head));
	memcpy(pin->command + sizeof(head), pin->digits, PIN_DIGITS);
	/* not by exchange(): the PIN is sent once and copied nowhere */
	fault = link->send(link->to, pin->command, sizeof(head) + PIN_DIGITS, answer, &got);
	OPENSSL_cleanse(pin->command, sizeof(pin->command));
	if (fault != FAULT_NONE)
		return fault;
	if (got != 2)
		return FAULT_CARD_BROKEN;
	if (answer[0] == SW_OK >> 8 && answer[1] == 0)
		return FAULT_NONE;
	return verdict((unsigned)answer[0] << 8 | answer[1], left);
}

enum agent_fault jpki_sign(const struct jpki_link *link, struct str message,
			   struct jpki_bytes *signature)
{
	uint8_t command[5 + sizeof(digest_info) + SHA256_LEN + 1] = {
		0x80, 0x2A, 0x00, 0x80, sizeof(digest_info) + SHA256_LEN,
	};
	struct reply reply;
	enum agent_fault fault = select_file(link, EF_KEY);

	signature->n = 0;
	memcpy(command + 5, digest_info, sizeof(digest_info));
	digest_sha256(message, command + 5 + sizeof(digest_info));
	if (fault == FAULT_NONE)
		fault = exchange(link, command, sizeof(command), &reply);
	if (fault != FAULT_NONE)
		return fault;
	if (reply.sw != SW_OK || reply.n != JPKI_SIGNATURE_MAX)
		return FAULT_CARD_BROKEN;
	memcpy(signature->p, reply.p, reply.n);
	signature->n = reply.n;
	return FAULT_NONE;
}
