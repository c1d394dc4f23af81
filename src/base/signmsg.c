/* signmsg: one builder for both ends of the card protocol.
 * Called by card (to verify) and agent (to sign); allocates in the arena only.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/signmsg.h"

#include "base/digest.h"
#include "base/enc.h"

struct str signmsg_sign_in(struct arena *a, struct str origin, struct str transaction,
			   struct str challenge, struct str digits, struct str show_bytes)
{
	uint8_t hash[SHA256_LEN];

	digest_sha256(show_bytes, hash);
	return arena_printf(a, SIGNMSG_LABEL "\n%.*s\n%.*s\n%.*s\n%.*s\n%.*s\n",
			    STR_ARG(origin), STR_ARG(transaction), STR_ARG(challenge),
			    STR_ARG(digits), STR_ARG(enc_b64url_in(a, hash, sizeof(hash))));
}

static bool is_host_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
	       c == '[' || c == ']' || c == ':';
}

struct str signmsg_origin(struct arena *a, struct str url)
{
	struct str rest, host;
	char *p;

	if (!str_starts(url, "https://"))
		return STR_NONE;
	host = str_cut(str_from(url, 8), '/', &rest);
	if (str_ends(host, ":443"))
		host.n -= 4;
	if (host.n == 0)
		return STR_NONE;
	p = arena_cstr(a, host);
	for (size_t i = 0; i < host.n; i++) {
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] = (char)(p[i] - 'A' + 'a');
		if (!is_host_char(p[i]))
			return STR_NONE;
	}
	return arena_printf(a, "https://%s", p);
}
