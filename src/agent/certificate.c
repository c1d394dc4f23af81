/* certificate: life and signature of the card's certificate (agent/
 * certificate.h), by OpenSSL. Called by sign and status; keeps nothing.
 * Source: RFC 5280 section 4.1, RFC 8017 section 8.2.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agent/certificate.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/clock.h"

static void auto_x509(X509 **x)
{
	X509_free(*x);
}

static void auto_mdctx(EVP_MD_CTX **ctx)
{
	EVP_MD_CTX_free(*ctx);
}

static X509 *parse(struct str der)
{
	const unsigned char *at = (const unsigned char *)der.p;
	X509 *x = d2i_X509(NULL, &at, (long)der.n);
	EVP_PKEY *key;

	if (x == NULL || at != (const unsigned char *)der.p + der.n) {
		X509_free(x);
		return NULL;
	}
	key = X509_get0_pubkey(x);
	if (key == NULL || !EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_get_bits(key) != 2048) {
		X509_free(x);
		return NULL;
	}
	return x;
}

static bool time_of(const ASN1_TIME *t, int64_t *out)
{
	struct tm tm;
	struct date d;

	if (ASN1_TIME_to_tm(t, &tm) != 1)
		return false;
	d = (struct date){ tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday };
	*out = date_days(d) * CLOCK_DAY_MS +
	       (tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec) * INT64_C(1000);
	return true;
}

bool certificate_life(struct str der, struct certificate_life *out)
{
	AUTO(x509) X509 *x = parse(der);

	return x != NULL && time_of(X509_get0_notBefore(x), &out->from) &&
	       time_of(X509_get0_notAfter(x), &out->to);
}

bool certificate_verifies(struct str der, struct str message, struct str signature)
{
	AUTO(x509) X509 *x = parse(der);
	AUTO(mdctx) EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	return x != NULL && ctx != NULL &&
	       EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, X509_get0_pubkey(x)) ==
		       1 &&
	       EVP_DigestVerify(ctx, (const unsigned char *)signature.p, signature.n,
				(const unsigned char *)message.p, message.n) == 1;
}
