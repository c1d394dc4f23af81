/* profile: a card read from its folder: auth.pem, auth.key, auth-ca.pem, pin,
 * sign.pem, sign.key, sign-ca.pem, sign-pin, profile (a line `atr HEX`).
 * Called by the emulator when a card is put in. The card is the caller's until
 * emu_profile_free, which wipes the PINs. NULL back: *why says what is wrong, a
 * constant text.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_CARD_PROFILE_H
#define TESTS_CARD_PROFILE_H

#include "apdu.h"

struct card *emu_profile_load(const char *folder, const char **why);
void emu_profile_free(struct card *card);

#endif
