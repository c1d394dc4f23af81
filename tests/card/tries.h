/* tries: how many PIN tries each card has left, beyond one insertion and one
 * run of the emulator. Called by the emulator when a card is put in and, as
 * the card's `keep`, on every try. Lives as long as the process. With a file
 * each change is in it before the card answers; false means it is not.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_CARD_TRIES_H
#define TESTS_CARD_TRIES_H

#include "apdu.h"

struct tries;

/* path NULL: only in memory. NULL back: the file cannot be read or is not ours. */
struct tries *emu_tries_open(const char *path);
void emu_tries_close(struct tries *tries);

/* Gives the card its counters (a card seen for the first time is fresh). */
bool emu_tries_lend(struct tries *tries, struct card *card);

/* Every card is fresh again, the one given (or NULL) at once. */
bool emu_tries_restore(struct tries *tries, struct card *card);

#endif
