/* link: the wire to the virtual reader (see link.h).
 * The driver looks for the card by asking for its ATR, the reader's daemon
 * tells its clients only after that returned: so a second look proves that
 * they have been told. On removal the driver closes its own end when the look
 * fails, and that is what we wait for. Answers are small and sent whole.
 * SPDX-License-Identifier: Apache-2.0 */
#include "link.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/crypto.h>

enum { POWER_OFF = 0, POWER_ON = 1, RESET = 2, GET_ATR = 4 };

static int reach(const char *host, const char *port)
{
	const struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM };
	struct addrinfo *list = NULL;
	int fd = -1;

	if (getaddrinfo(host, port, &hints, &list) != 0)
		return -1;
	for (struct addrinfo *a = list; a != NULL && fd < 0; a = a->ai_next) {
		fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
		if (fd >= 0 && connect(fd, a->ai_addr, a->ai_addrlen) != 0) {
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(list);
	return fd;
}

bool emu_link_connect(struct link *link, const char *host, const char *port,
		      struct card *card)
{
	link->fd = reach(host, port);
	if (link->fd < 0)
		return false;
	link->state = LINK_ARRIVING;
	link->card = card;
	link->polls = 0;
	link->powering = false;
	link->have = 0;
	emu_card_reset(card);
	return true;
}

void emu_link_close(struct link *link)
{
	if (link->fd >= 0)
		close(link->fd);
	link->fd = -1;
	link->card = NULL;
	OPENSSL_cleanse(link->in, sizeof link->in);
}

static void lost(struct link *link)
{
	enum link_state after = link->state == LINK_LEAVING ? LINK_NONE : LINK_LOST;

	emu_link_close(link);
	link->state = after;
}

void emu_link_leave(struct link *link)
{
	link->state = LINK_LEAVING;
	shutdown(link->fd, SHUT_WR);
}

static bool answer(struct link *link, const uint8_t *bytes, size_t size)
{
	uint8_t out[2 + CARD_ANSWER_MAX];

	out[0] = (uint8_t)(size >> 8);
	out[1] = (uint8_t)size;
	memcpy(out + 2, bytes, size);
	return send(link->fd, out, 2 + size, MSG_NOSIGNAL) == (ssize_t)(2 + size);
}

static bool answer_atr(struct link *link)
{
	if (!link->powering)
		link->polls++;
	link->powering = false;
	if (!answer(link, link->card->atr, link->card->atr_size))
		return false;
	if (link->state == LINK_ARRIVING && link->polls >= 2)
		link->state = LINK_PRESENT;
	return true;
}

static bool obey(struct link *link, uint8_t code)
{
	if (code == GET_ATR)
		return answer_atr(link);
	if (code != POWER_OFF && code != POWER_ON && code != RESET)
		return false;
	emu_card_reset(link->card);
	link->powering = code != POWER_OFF;
	return true;
}

static bool handle(struct link *link, const uint8_t *message, size_t size)
{
	uint8_t out[CARD_ANSWER_MAX];

	if (link->state == LINK_LEAVING)
		return true; /* a card on its way out says nothing */
	if (size == 1)
		return obey(link, message[0]);
	return answer(link, out, emu_card_answer(link->card, message, size, out));
}

static bool handle_whole(struct link *link)
{
	size_t used = 0;

	while (link->have - used >= 2) {
		const uint8_t *p = link->in + used;
		size_t size = (size_t)p[0] << 8 | p[1];

		if (link->have - used < 2 + size)
			break;
		if (!handle(link, p + 2, size))
			return false;
		used += 2 + size;
	}
	memmove(link->in, link->in + used, link->have - used);
	OPENSSL_cleanse(link->in + link->have - used, used); /* PINs came this way */
	link->have -= used;
	return true;
}

/* Drivers that send length and message in two writes wait between them for our
 * acknowledgement, 40 ms when the kernel delays it. The option does not last. */
static void acknowledge_at_once(int fd)
{
	const int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

void emu_link_read(struct link *link)
{
	ssize_t got = recv(link->fd, link->in + link->have, sizeof link->in - link->have,
			   MSG_DONTWAIT);

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (got <= 0) {
		lost(link);
		return;
	}
	acknowledge_at_once(link->fd);
	link->have += (size_t)got;
	if (!handle_whole(link))
		lost(link);
}
