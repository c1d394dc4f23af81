/* proof: whole requests for records, each with a fresh DPoP proof, made before
 * the clock starts so that signing does not bound the client. They are good for
 * a minute (jose/dpop.h). Callers: load.c.
 * Source: RFC 9449 sections 4.2 and 7. SPDX-License-Identifier: Apache-2.0 */
#include <openssl/pem.h>
#include <stdio.h>
#include <time.h>

#include "base/digest.h"
#include "base/rand.h"
#include "bench/load.h"
#include "unit/jose_sign.h"

enum { TOKENS_MOST = 4096, TOKEN_MOST = 256 };

static size_t read_tokens(struct arena *a, const char *file, struct str *token)
{
	FILE *f = fopen(file, "r");
	char line[TOKEN_MOST];
	size_t n = 0;

	if (f == NULL)
		fail("no %s", file);
	while (n < TOKENS_MOST && fgets(line, sizeof(line), f) != NULL)
		token[n++] = arena_str(a,
				       str_trim((struct str){ line, strcspn(line, "\n") }));
	fclose(f);
	if (n == 0)
		fail("%s is empty", file);
	return n;
}

static struct signer *read_key(const char *file)
{
	FILE *f = fopen(file, "r");
	EVP_PKEY *key = f != NULL ? PEM_read_PrivateKey(f, NULL, NULL, NULL) : NULL;

	if (key == NULL)
		fail("no key in %s", file);
	fclose(f);
	return signer_of(key);
}

static struct str proof(struct arena *a, const struct signer *s, const struct target *t,
			struct str header, struct str token)
{
	uint8_t hash[SHA256_LEN], id[16];
	struct str payload;

	rand_bytes(id, sizeof(id));
	digest_sha256(token, hash);
	payload = arena_printf(a,
			       "{\"jti\":\"%.*s\",\"htm\":\"POST\","
			       "\"htu\":\"https://%s:%s/v1/retrievals\","
			       "\"iat\":%lld,\"ath\":\"%.*s\"}",
			       STR_ARG(enc_b64url_in(a, id, sizeof(id))), t->address,
			       t->port, (long long)time(NULL),
			       STR_ARG(enc_b64url_in(a, hash, sizeof(hash))));
	return signer_token(s, a, header, payload);
}

struct str *proof_requests(struct arena *a, const struct target *t, const char *token_file,
			   const char *key_file, const char *body, size_t n)
{
	struct str *request = arena_array(a, n, sizeof(*request));
	struct str token[TOKENS_MOST], header;
	size_t tokens = read_tokens(a, token_file, token);
	struct signer *s = read_key(key_file);

	header = arena_printf(a, "{\"typ\":\"dpop+jwt\",\"alg\":\"ES256\",\"jwk\":%.*s}",
			      STR_ARG(s->jwk));
	for (size_t i = 0; i < n; i++) {
		struct arena *once = arena_new();
		struct str one = token[i % tokens];

		request[i] = arena_printf(
			a,
			"POST /v1/retrievals HTTP/1.1\r\nHost: %s:%s\r\n"
			"Accept: application/json\r\nContent-Type: application/json\r\n"
			"Authorization: DPoP %.*s\r\nDPoP: %.*s\r\n"
			"Content-Length: %zu\r\n\r\n%s",
			t->address, t->port, STR_ARG(one),
			STR_ARG(proof(once, s, t, header, one)), strlen(body), body);
		arena_free(once);
	}
	signer_free(s);
	return request;
}
