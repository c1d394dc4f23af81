/* sign: the parts that sign-in with and without a terminal have in common: find
 * the card, look at it, and sign one transaction. The citizen has seen what is
 * signed before sign_message is called. Callers: sign_in, approve, status.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AGENT_SIGN_H
#define AGENT_SIGN_H

#include "agent/certificate.h"
#include "agent/gateway.h"
#include "agent/options.h"
#include "agent/reader.h"
#include "agent/say.h"

struct agent {
	struct arena *arena;
	struct agent_options o;
	struct agent_say say;   /* for the citizen */
	struct agent_say error; /* on stderr */
	struct agent_gateway gateway;
};

/* A card that was found: its reader and what is known of it. */
struct sign_card {
	struct agent_reader *reader;
	struct jpki_link link;
	struct jpki_bytes certificate;
	struct certificate_life life;
	int tries;
};

/* Waits at most o.wait_seconds and tells what it waits for; connected and
 * selected on FAULT_NONE. */
NODISCARD enum agent_fault sign_find(struct agent *me, struct agent_reader *r);
/* Finds, then reads certificate and tries. */
NODISCARD enum agent_fault sign_look(struct agent *me, struct sign_card *card);
/* Verifies the PIN, signs, checks the signature with the certificate.
 * card->tries is what is left afterwards. The PIN is wiped. */
NODISCARD enum agent_fault sign_message(struct sign_card *card, struct agent_pin *pin,
					struct str message, struct jpki_bytes *signature);
/* Signs the transaction and sends it. */
NODISCARD enum agent_fault sign_transaction(struct agent *me, struct sign_card *card,
					    struct agent_pin *pin,
					    const struct gateway_begun *t,
					    struct str digits, struct gateway_signed *out);
/* Begins a transaction for the code and shows what is signed. */
NODISCARD enum agent_fault sign_begin(struct agent *me, const char *user_code,
				      struct gateway_begun *t);
/* Opens the way to the configured gateway. */
NODISCARD enum agent_fault sign_open(struct agent *me);
/* Tells a fault on stderr; the exit code. */
int sign_fault(struct agent *me, enum agent_fault fault);

int command_sign_in(struct agent *me);
int command_approve(struct agent *me);
int command_status(struct agent *me);

/* Letters of five lines for the return code (banner.c). */
void banner_print(FILE *out, struct str code, size_t indent);
/* Puts a card into the virtual reader and holds it for this process alone. */
NODISCARD enum agent_fault emulator_insert(const struct agent_options *o, int64_t deadline,
					   const char **why);

#endif
