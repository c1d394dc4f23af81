/* jose_fuzz: any bytes as a token, a key, a set of keys, or as the header and
 * payload of a proof; nothing may crash, leak, or be accepted, as no input
 * holds a signature. libFuzzer's entry; built by hand or by CI (oauth-L4):
 * clang -fsanitize=fuzzer,address,undefined … tests/fuzz/jose_fuzz.c
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/enc.h"
#include "jose/dpop.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const struct dpop_expect expect = {
	.method = STR("POST"),
	.base_url = STR("https://gateway.example"),
	.path = STR("/token"),
	.now_ms = INT64_C(1790000000000),
};

static void as_proof(struct arena *a, struct str token)
{
	char jkt[JKT_LEN + 1];

	must(dpop_check(a, token, &expect, jkt) != V_OK);
}

/* header LF payload, encoded, with 64 bytes that sign nothing */
static void as_texts(struct arena *a, struct str s)
{
	static const uint8_t signature[64] = { 1 };
	struct str payload, header = str_cut(s, '\n', &payload);
	struct str h = enc_b64url_in(a, header.p, header.n);
	struct str p = enc_b64url_in(a, payload.p, payload.n);
	struct str sig = enc_b64url_in(a, signature, sizeof(signature));

	as_proof(a,
		 arena_printf(a, "%.*s.%.*s.%.*s", STR_ARG(h), STR_ARG(p), STR_ARG(sig)));
}

static void as_key(struct arena *a, struct str s)
{
	const char *why;
	json_t *json = json_loadb(s.p, s.n, 0, NULL);

	(void)jwk_parse(a, json, &why);
	json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena *a;
	struct str s;
	const char *why;

	if (n == 0)
		return 0;
	s = (struct str){ (const char *)data + 1, n - 1 };
	replay_share(64);
	a = arena_new();
	switch (data[0] % 4) {
	case 0:
		as_proof(a, s);
		break;
	case 1:
		as_texts(a, s);
		break;
	case 2:
		as_key(a, s);
		break;
	default:
		(void)jwks_parse(a, s, &why);
		break;
	}
	arena_free(a);
	return 0;
}
