/* pin: four digits in one page of locked memory that no dump holds. The digits
 * are read into it, sent to the card from it and wiped in it; they are nowhere
 * else in this process. Callers: sign_in, approve, jpki. The page lives until
 * pin_free, which wipes it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AGENT_PIN_H
#define AGENT_PIN_H

#include "agent/fault.h"

#define PIN_DIGITS 4

struct agent_pin {
	uint8_t command[5 + PIN_DIGITS + 1]; /* room for the command that carries it */
	char digits[PIN_DIGITS];
	char typed[64]; /* while it is read */
	size_t typed_n;
};

NODISCARD enum agent_fault pin_new(struct agent_pin **out);
void pin_wipe(struct agent_pin *pin);
void pin_free(struct agent_pin *pin); /* NULL is allowed */
static inline void auto_pin(struct agent_pin **pin)
{
	pin_free(*pin);
}

/* Asks on /dev/tty without echo. FAULT_PIN_FORM: not four digits;
 * FAULT_CANCELLED: nothing typed. A signal restores the terminal, then acts. */
NODISCARD enum agent_fault pin_ask(struct agent_pin *pin, const char *prompt);
/* FAULT_PIN_FILE, and why as a short fixed text */
NODISCARD enum agent_fault pin_load(struct agent_pin *pin, const char *path,
				    const char **why);

#endif
