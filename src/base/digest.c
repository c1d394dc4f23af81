/* digest: SHA-256 through one fetched algorithm.
 * Called by every room; EVP_MD is fetched once, never looked up in a request.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

static EVP_MD *sha256(void)
{
	static EVP_MD *md;

	if (md == NULL)
		md = EVP_MD_fetch(NULL, "SHA256", NULL);
	must(md != NULL);
	return md;
}

void digest_sha256(struct str s, uint8_t out[SHA256_LEN])
{
	must(EVP_Digest(s.p ? s.p : "", s.n, out, NULL, sha256(), NULL) == 1);
}

void digest_sha256_parts(const struct str *part, size_t parts, uint8_t out[SHA256_LEN])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	must(ctx != NULL && EVP_DigestInit_ex2(ctx, sha256(), NULL) == 1);
	for (size_t i = 0; i < parts; i++)
		must(EVP_DigestUpdate(ctx, part[i].p, part[i].n) == 1);
	must(EVP_DigestFinal_ex(ctx, out, NULL) == 1);
	EVP_MD_CTX_free(ctx);
}

void digest_hmac(struct str key, struct str s, uint8_t out[SHA256_LEN])
{
	uint8_t inner[64] = { 0 }, outer[64];
	uint8_t hash[SHA256_LEN];

	if (key.n > sizeof(inner)) {
		digest_sha256(key, inner);
	} else if (key.n > 0) {
		memcpy(inner, key.p, key.n);
	}
	for (size_t i = 0; i < sizeof(inner); i++) {
		outer[i] = inner[i] ^ 0x5C;
		inner[i] ^= 0x36;
	}
	digest_sha256_parts((struct str[]){ { (char *)inner, 64 }, s }, 2, hash);
	digest_sha256_parts(
		(struct str[]){ { (char *)outer, 64 }, { (char *)hash, SHA256_LEN } }, 2,
		out);
	OPENSSL_cleanse(inner, sizeof(inner));
	OPENSSL_cleanse(outer, sizeof(outer));
	OPENSSL_cleanse(hash, sizeof(hash));
}

int16_t digest_bucket(const void *id, size_t n)
{
	uint8_t hash[SHA256_LEN];
	int16_t bucket;

	digest_sha256((struct str){ id, n }, hash);
	memcpy(&bucket, (uint8_t[]){ hash[1], hash[0] }, 2);
	return bucket;
}
