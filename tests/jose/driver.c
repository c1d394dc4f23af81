/* driver: answers for each line on stdin whether jose would accept it, so that
 * another implementation can be asked the same (tests/jose/differential.mjs).
 * Lines: "now SECONDS", "key JWK" (kept, counted from 0), "jwk B64", "jws KEY
 * B64", "dpop B64"; B64 is base64url of the raw bytes. One word is written for
 * each line: ok, or the verdict. Only for tests; ends at the end of input.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "base/enc.h"
#include "jose/dpop.h"

enum { KEYS = 16 };

static struct arena *kept, *a; /* a: of one line */
static struct jwk *key[KEYS];
static size_t keys;
static int64_t now_ms;

static struct jwk *read_key(struct arena *in, struct str text)
{
	const char *why;
	json_t *json = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
	struct jwk *k = jwk_parse(in, json, &why);

	json_decref(json);
	return k;
}

static enum verdict keep_key(struct str text)
{
	must(keys < KEYS);
	key[keys] = read_key(kept, text);
	return key[keys++] != NULL ? V_OK : V_KEY;
}

static enum verdict check_jwk(struct str bytes)
{
	return read_key(a, bytes) != NULL ? V_OK : V_KEY;
}

static enum verdict check_jws(struct str line)
{
	struct str rest, which = str_cut(line, ' ', &rest);
	struct jws s;
	int64_t k;
	enum verdict v;

	must(str_int(which, 0, (int64_t)keys - 1, &k));
	v = jws_parse(a, dec_b64url_in(a, rest), &s);
	return v == V_OK ? jws_verify(&s, key[k]) : v;
}

/* The driver judges single proofs: a repeated id is no fault here. */
static enum verdict check_dpop(struct str bytes)
{
	char jkt[JKT_LEN + 1];
	struct dpop_expect e = { .method = STR("POST"),
				 .base_url = STR("https://gateway.example"),
				 .path = STR("/token"),
				 .now_ms = now_ms };
	enum verdict v = dpop_check(a, bytes, &e, jkt);

	return v == V_REPLAYED ? V_OK : v;
}

static enum verdict obey(struct str line)
{
	struct str rest, word = str_cut(line, ' ', &rest);
	int64_t seconds;

	if (str_is(word, "now")) {
		must(str_int(rest, 0, INT32_MAX, &seconds));
		now_ms = seconds * 1000;
		return V_OK;
	}
	if (str_is(word, "key"))
		return keep_key(rest);
	if (str_is(word, "jwk"))
		return check_jwk(dec_b64url_in(a, rest));
	if (str_is(word, "jws"))
		return check_jws(rest);
	must(str_is(word, "dpop"));
	return check_dpop(dec_b64url_in(a, rest));
}

int main(void)
{
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	setvbuf(stdout, NULL, _IOLBF, 0); /* each line is waited for */
	kept = arena_new();
	replay_share(65536);
	while ((n = getline(&line, &size, stdin)) > 0) {
		a = arena_new();
		if (line[n - 1] == '\n')
			n--;
		puts(verdict_word(obey((struct str){ line, (size_t)n })));
		arena_free(a);
	}
	free(line);
	arena_free(kept);
	return 0;
}
