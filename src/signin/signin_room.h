/* signin_room: what the modules of this room share. Private to signin.
 * A page's request begins with struct visit; the VISIT stages find the
 * interaction that the cookie stands for, or answer with the error page.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SIGNIN_ROOM_H
#define SIGNIN_ROOM_H

#include "signin/signin.h"
#include "store/interaction.h"
#include "store/place.h"

enum {
	CARD_STEP_S = 120,
	CARD_TRIES = 5,
	USER_CODE = 8,
	RETURN_CODE = 6,
	STEPS_MAX = 30 /* codes shown in one interaction */
};

struct visit {
	struct exchange x;
	uint8_t cookie[INTERACTION_COOKIE];
	struct interaction *i;
	struct call *call;
};

enum step visit_read(struct flow *f);
enum step visit_take(struct flow *f);
enum step visit_check_form(struct flow *f); /* POST: CSRF token and Origin */

#define VISIT                                  \
	{ "read cookie", visit_read },         \
	{                                      \
		"take interaction", visit_take \
	}

struct visit *visit_of(struct flow *f);
/* The frame that every page model shares, with csrf and client. */
json_t *visit_model(struct flow *f, const char *path);

/* The user code and digits of the step that the interaction shows now. */
struct card_shown {
	struct str user_code; /* USER_CODE characters */
	char digits[3];
	int16_t bucket;
	uint8_t hash[SHA256_LEN];
};
struct card_shown card_shown(struct arena *a, const struct interaction *i);
/* What people type: NFKC, upper case, blanks and hyphens dropped; absent when
 * anything outside the alphabet is left or the length is another. */
struct str typed_code(struct arena *a, struct str typed, size_t length);
void code_hash(struct str code, int16_t *bucket, uint8_t hash[SHA256_LEN]);
/* Asks for the state of a step that could not be taken; then refuses with it. */
struct call *step_ask(struct flow *f, int16_t bucket, const uint8_t user_code[SHA256_LEN]);
enum step step_refuse(struct flow *f, const struct call *c);

/* The bytes of `show` (formats.md). */
struct str show_bytes(struct arena *a, const struct interaction *i);

/* The subject is known: a new secret, the cookie, on to the consent. */
struct sign_in {
	struct visit v;
	uint8_t new_cookie[INTERACTION_COOKIE];
	struct handle asked;
	struct str typed;
	uint8_t return_hash[SHA256_LEN];
};
enum step sign_in_as(struct flow *f, int16_t subject_bucket, const uint8_t subject[16],
		     const char *method, struct str issuer, struct str serial);
/* Ends the request with access_denied for the app; continues the flow. */
enum step deny_request(struct flow *f);

const struct catalogue *signin_catalogue(void);

/* personas of the sandbox */
struct persona {
	struct str name;
	json_t *title, *shows;
	uint8_t subject[16];
};
NODISCARD bool personas_load(struct arena *a, struct str file, struct str *why);
const struct persona *persona_by_name(struct str name);
json_t *personas_model(void); /* NULL outside the sandbox; a new reference */
json_t *persona_label(const uint8_t subject[16]); /* {"ja","en"} or NULL */

extern const struct stage sign_in_page_stages[], sign_in_stages[], consent_page_stages[],
	consent_stages[], card_open_stages[], card_sign_stages[], card_cancel_stages[];
struct consent;
struct card_request;

#endif
