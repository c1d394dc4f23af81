/* code: what people read off one screen and type into another.
 * User code and digits are derived from the session's secret and the number of
 * the step, so that a reload shows the same. Called by the pages and the agent's
 * end points.
 * SPDX-License-Identifier: Apache-2.0 */
#include "signin_room.h"

#include <stdio.h>
#include <stdlib.h>
#include <utf8proc.h>

#include "base/rand.h"
#include "base/text.h"

enum { TYPED_MAX = 64 };

void code_hash(struct str code, int16_t *bucket, uint8_t hash[SHA256_LEN])
{
	digest_sha256(code, hash);
	memcpy(bucket, (uint8_t[]){ hash[1], hash[0] }, 2);
}

struct card_shown card_shown(struct arena *a, const struct interaction *i)
{
	static const char alphabet[] = RAND_HUMAN_ALPHABET;
	struct card_shown s = { 0 };
	uint8_t mac[SHA256_LEN];
	char *code = arena_secret(a, USER_CODE + 1);

	interaction_derive(i, "user-code", i->step, mac);
	for (size_t k = 0; k < USER_CODE; k++)
		code[k] = alphabet[mac[k] % (sizeof(alphabet) - 1)];
	s.user_code = (struct str){ code, USER_CODE };
	code_hash(s.user_code, &s.bucket, s.hash);
	interaction_derive(i, "digits", i->step, mac);
	snprintf(s.digits, sizeof(s.digits), "%02u",
		 (unsigned)(mac[0] << 8 | mac[1]) % 100u);
	return s;
}

static bool is_code_char(char c)
{
	return c != '\0' && strchr(RAND_HUMAN_ALPHABET, c) != NULL;
}

struct str typed_code(struct arena *a, struct str typed, size_t length)
{
	char *out = arena_secret(a, length + 1);
	utf8proc_uint8_t *plain = NULL;
	size_t n = 0;
	bool ok = typed.n > 0 && typed.n <= TYPED_MAX && text_is_utf8(typed);

	if (ok && utf8proc_map((const utf8proc_uint8_t *)typed.p, (utf8proc_ssize_t)typed.n,
			       &plain, UTF8PROC_COMPAT | UTF8PROC_COMPOSE) < 0)
		ok = false;
	for (const utf8proc_uint8_t *p = plain; ok && *p != '\0'; p++) {
		char c = (char)*p;

		if (c == ' ' || c == '-')
			continue;
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		ok = n < length && is_code_char(c);
		if (ok)
			out[n++] = c;
	}
	free(plain);
	return ok && n == length ? (struct str){ out, n } : STR_NONE;
}
