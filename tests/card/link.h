/* link: the wire to the virtual reader (vpcd): every message is a two-octet
 * big-endian length and that many octets; length 1 is a control code, all
 * else an APDU. A connection is a card in the reader, closing it takes the
 * card out. Called by the emulator's loop; the card is borrowed until the link
 * is gone. Source: the vpcd driver of vsmartcard.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_CARD_LINK_H
#define TESTS_CARD_LINK_H

#include "apdu.h"

enum link_state {
	LINK_NONE,     /* no card in the reader; left by emu_link_connect */
	LINK_ARRIVING, /* connected; left when the reader has asked for the card twice */
	LINK_PRESENT,  /* the reader's clients see the card; left by emu_link_leave or loss
			*/
	LINK_LEAVING,  /* our side is shut; left when the reader closes its own */
	LINK_LOST,     /* the reader went away by itself; not left */
};

enum { LINK_ROOM = 2 + 65535 };

struct link {
	int fd; /* -1 in LINK_NONE and LINK_LOST */
	enum link_state state;
	struct card *card;
	int polls;     /* times the reader asked whether we are there */
	bool powering; /* the next ATR belongs to power on or reset */
	size_t have;
	uint8_t in[LINK_ROOM];
};

bool emu_link_connect(struct link *link, const char *host, const char *port,
		      struct card *card);
void emu_link_leave(struct link *link);

/* Called when fd is readable; answers all whole messages. */
void emu_link_read(struct link *link);
void emu_link_close(struct link *link);

#endif
