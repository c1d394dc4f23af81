/* reader: PC/SC as seven calls (agent/reader.h). pcsc-lite's codes become the
 * agent's faults in one place. After a failed exchange the reader is asked
 * whether the card is still there, since drivers tell a pulled card in many
 * ways. Called by find, sign and status; one thread.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agent/reader.h"

#include <stdlib.h>

#include <PCSC/winscard.h>

#include "base/clock.h"

enum { LOOK_AGAIN_MS = 1000 };

struct agent_reader {
	SCARDCONTEXT context;
	SCARDHANDLE card;
	DWORD protocol;
	bool connected, transacting;
	char name[READER_NAME_MAX];
};

static enum agent_fault fault_of(LONG code)
{
	switch (code) {
	case SCARD_S_SUCCESS:
		return FAULT_NONE;
	case SCARD_E_NO_SERVICE:
	case SCARD_E_SERVICE_STOPPED:
		return FAULT_NO_SERVICE;
	case SCARD_E_NO_SMARTCARD:
	case SCARD_W_REMOVED_CARD:
	case SCARD_E_READER_UNAVAILABLE:
	case SCARD_E_UNKNOWN_READER:
	case SCARD_E_NO_READERS_AVAILABLE:
		return FAULT_CARD_REMOVED;
	case SCARD_E_SHARING_VIOLATION:
		return FAULT_CARD_BUSY;
	default:
		return FAULT_CARD_BROKEN;
	}
}

enum agent_fault reader_open(struct agent_reader **out)
{
	struct agent_reader *r = must_alloc(sizeof(*r));

	*r = (struct agent_reader){ 0 };
	*out = NULL;
	if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &r->context) !=
	    SCARD_S_SUCCESS) {
		free(r);
		return FAULT_NO_SERVICE;
	}
	*out = r;
	return FAULT_NONE;
}

void reader_close(struct agent_reader *r)
{
	if (r == NULL)
		return;
	reader_disconnect(r);
	SCardReleaseContext(r->context);
	free(r);
}

/* The names come as one run of NUL-ended texts, ended by an empty one. */
static void take_names(struct reader_list *out, const char *names, size_t n)
{
	while (n > 0 && names[0] != '\0' && out->count < READERS_MAX) {
		size_t len = strnlen(names, n);
		struct reader_slot *slot = &out->slot[out->count];

		if (len == n)
			return;
		if (len < sizeof(slot->name)) {
			*slot = (struct reader_slot){ .state = SCARD_STATE_UNAWARE };
			memcpy(slot->name, names, len + 1);
			out->count++;
		}
		names += len + 1;
		n -= len + 1;
	}
}

static enum agent_fault list_names(struct agent_reader *r, struct reader_list *out)
{
	static char names[READERS_MAX * READER_NAME_MAX + 1];
	DWORD size = sizeof(names);
	LONG code = SCardListReaders(r->context, NULL, names, &size);

	out->count = 0;
	if (code == SCARD_E_NO_READERS_AVAILABLE)
		return FAULT_NONE;
	if (code != SCARD_S_SUCCESS)
		return fault_of(code) == FAULT_NO_SERVICE ? FAULT_NO_SERVICE :
							    FAULT_NO_READER;
	take_names(out, names, size <= sizeof(names) ? (size_t)size : sizeof(names));
	return FAULT_NONE;
}

enum agent_fault reader_look(struct agent_reader *r, struct reader_list *out)
{
	SCARD_READERSTATE state[READERS_MAX] = { 0 };
	enum agent_fault fault = list_names(r, out);
	LONG code;

	if (fault != FAULT_NONE || out->count == 0)
		return fault;
	for (size_t i = 0; i < out->count; i++)
		state[i].szReader = out->slot[i].name;
	code = SCardGetStatusChange(r->context, 0, state, (DWORD)out->count);
	if (code != SCARD_S_SUCCESS && code != SCARD_E_TIMEOUT) {
		out->count = 0; /* one went away in between: look again */
		return fault_of(code) == FAULT_NO_SERVICE ? FAULT_NO_SERVICE : FAULT_NONE;
	}
	for (size_t i = 0; i < out->count; i++) {
		out->slot[i].state = state[i].dwEventState & ~(DWORD)SCARD_STATE_CHANGED;
		out->slot[i].present = (state[i].dwEventState & SCARD_STATE_PRESENT) != 0 &&
				       (state[i].dwEventState & SCARD_STATE_MUTE) == 0;
	}
	return FAULT_NONE;
}

enum agent_fault reader_wait(struct agent_reader *r, const struct reader_list *seen,
			     int64_t deadline)
{
	SCARD_READERSTATE state[READERS_MAX + 1] = { 0 };
	int64_t left = deadline - clock_mono_ms();
	LONG code;

	if (left <= 0)
		return FAULT_NONE;
	/* A reader plugged in between looking and waiting makes no event. */
	if (left > LOOK_AGAIN_MS)
		left = LOOK_AGAIN_MS;
	for (size_t i = 0; i < seen->count; i++) {
		state[i].szReader = seen->slot[i].name;
		state[i].dwCurrentState = (DWORD)seen->slot[i].state;
	}
	state[seen->count].szReader = "\\\\?PnP?\\Notification";
	code = SCardGetStatusChange(r->context, (DWORD)left, state, (DWORD)seen->count + 1);
	return fault_of(code) == FAULT_NO_SERVICE ? FAULT_NO_SERVICE : FAULT_NONE;
}

enum agent_fault reader_connect(struct agent_reader *r, const char *name)
{
	LONG code;

	must(!r->connected && strlen(name) < sizeof(r->name));
	code = SCardConnect(r->context, name, SCARD_SHARE_SHARED,
			    SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &r->card, &r->protocol);
	if (code != SCARD_S_SUCCESS)
		return fault_of(code);
	memcpy(r->name, name, strlen(name) + 1);
	r->connected = true;
	return FAULT_NONE;
}

void reader_disconnect(struct agent_reader *r)
{
	if (!r->connected)
		return;
	reader_end(r);
	SCardDisconnect(r->card, SCARD_RESET_CARD);
	r->connected = false;
}

/* Another program may have reset the card since; that takes nothing from us,
 * because whoever begins selects anew. */
enum agent_fault reader_begin(struct agent_reader *r)
{
	LONG code = SCardBeginTransaction(r->card);

	if (code == SCARD_W_RESET_CARD) {
		code = SCardReconnect(r->card, SCARD_SHARE_SHARED,
				      SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1,
				      SCARD_LEAVE_CARD, &r->protocol);
		if (code == SCARD_S_SUCCESS)
			code = SCardBeginTransaction(r->card);
	}
	r->transacting = code == SCARD_S_SUCCESS;
	return fault_of(code);
}

void reader_end(struct agent_reader *r)
{
	if (r->transacting)
		SCardEndTransaction(r->card, SCARD_LEAVE_CARD);
	r->transacting = false;
}

static bool card_is_gone(struct agent_reader *r)
{
	SCARD_READERSTATE state = { .szReader = r->name };
	LONG code = SCardGetStatusChange(r->context, 0, &state, 1);

	return code != SCARD_S_SUCCESS || (state.dwEventState & SCARD_STATE_PRESENT) == 0;
}

static enum agent_fault transmit(void *to, const uint8_t *command, size_t size,
				 uint8_t *answer, size_t *answer_size)
{
	struct agent_reader *r = to;
	const SCARD_IO_REQUEST *pci = r->protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 :
									 SCARD_PCI_T1;
	uint8_t padded[5] = { 0 };
	DWORD got = (DWORD)*answer_size;
	enum agent_fault fault;

	/* ISO/IEC 7816-3 section 12.2: under T=0 a command always has a fifth
	 * byte, and one with data goes without Le; its answer is then fetched. */
	if (r->protocol == SCARD_PROTOCOL_T0 && size == 4) {
		command = memcpy(padded, command, 4);
		size = sizeof(padded);
	} else if (r->protocol == SCARD_PROTOCOL_T0 && size > 5 &&
		   size == 5u + command[4] + 1u) {
		size--;
	}
	fault = fault_of(
		SCardTransmit(r->card, pci, command, (DWORD)size, NULL, answer, &got));
	*answer_size = got <= *answer_size ? (size_t)got : 0;
	if (fault != FAULT_NONE && card_is_gone(r))
		return FAULT_CARD_REMOVED;
	return fault;
}

struct jpki_link reader_link(struct agent_reader *r)
{
	return (struct jpki_link){ transmit, r };
}
