/* cert: the questions in order, the cheap ones first. OpenSSL walks the path;
 * the rules of a card certificate (usage, policy, key) are asked by hand, so
 * that each has a verdict. Called by signin.
 * SPDX-License-Identifier: Apache-2.0 */
#include "card/cert.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "revoke.h"

enum { MAX_DER = 8192, MIN_RSA_BITS = 2048, MAX_RSA_BITS = 4096, POLICIES = 16 };

static X509_STORE *anchors;
static ASN1_OBJECT *policy[POLICIES];
static size_t policies;

static bool add_anchor(struct arena *a, struct str name, struct str *why)
{
	const char *file = arena_cstr(a, name);
	FILE *in = fopen(file, "re");
	X509 *anchor = in != NULL ? PEM_read_X509(in, NULL, NULL, NULL) : NULL;
	bool ok = anchor != NULL && X509_STORE_add_cert(anchors, anchor) == 1;

	if (in != NULL)
		fclose(in);
	X509_free(anchor);
	if (!ok)
		*why = arena_printf(a, "%s: not a readable PEM certificate", file);
	return ok;
}

bool card_init(struct arena *a, const struct card_config *c, struct str *why)
{
	must(c->policies <= POLICIES);
	anchors = X509_STORE_new();
	must(anchors != NULL);
	for (size_t i = 0; i < c->anchors; i++)
		if (!add_anchor(a, c->anchor[i], why))
			return false;
	for (size_t i = 0; i < c->crls; i++)
		if (!revoke_add(a, arena_cstr(a, c->crl[i]), why))
			return false;
	for (size_t i = 0; i < c->policies; i++) {
		policy[i] = OBJ_txt2obj(arena_cstr(a, c->policy[i]), 1);
		if (policy[i] == NULL) {
			*why = arena_printf(a, "%.*s: not a policy OID",
					    STR_ARG(c->policy[i]));
			return false;
		}
	}
	policies = c->policies;
	return true;
}

static bool policy_is_ours(X509 *x)
{
	CERTIFICATEPOLICIES *p = X509_get_ext_d2i(x, NID_certificate_policies, NULL, NULL);
	bool found = false;

	for (int i = 0; p != NULL && i < sk_POLICYINFO_num(p); i++)
		for (size_t k = 0; k < policies; k++)
			found |= OBJ_cmp(sk_POLICYINFO_value(p, i)->policyid, policy[k]) ==
				 0;
	CERTIFICATEPOLICIES_free(p);
	return found;
}

static bool key_is_right(X509 *x)
{
	EVP_PKEY *key = X509_get0_pubkey(x);

	return key != NULL && EVP_PKEY_is_a(key, "RSA") &&
	       EVP_PKEY_get_bits(key) >= MIN_RSA_BITS &&
	       EVP_PKEY_get_bits(key) <= MAX_RSA_BITS &&
	       X509_get_key_usage(x) == KU_DIGITAL_SIGNATURE &&
	       (X509_get_extension_flags(x) & EXFLAG_CA) == 0;
}

/* The issuer's certificate (tied to ctx) when the path stands. */
static enum card_verdict walk_path(X509_STORE_CTX *ctx, X509 *x, int64_t now_ms,
				   X509 **issuer)
{
	STACK_OF(X509) * chain;

	must(X509_STORE_CTX_init(ctx, anchors, x, NULL) == 1);
	X509_STORE_CTX_set_time(ctx, 0, (time_t)(now_ms / 1000));
	X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(ctx),
				    X509_V_FLAG_X509_STRICT);
	if (X509_verify_cert(ctx) != 1)
		return X509_STORE_CTX_get_error(ctx) == X509_V_ERR_CERT_HAS_EXPIRED &&
				       X509_STORE_CTX_get_error_depth(ctx) == 0 ?
			       CARD_EXPIRED :
			       CARD_UNTRUSTED;
	chain = X509_STORE_CTX_get0_chain(ctx);
	if (sk_X509_num(chain) < 2)
		return CARD_UNTRUSTED;
	*issuer = sk_X509_value(chain, 1);
	return CARD_OK;
}

static enum card_verdict signature_is_right(X509 *x, struct str text, struct str signature)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *pkey;
	int ok;

	must(ctx != NULL);
	ok = EVP_DigestVerifyInit(ctx, &pkey, EVP_sha256(), NULL, X509_get0_pubkey(x)) ==
		     1 &&
	     EVP_PKEY_CTX_set_rsa_padding(pkey, RSA_PKCS1_PADDING) == 1 &&
	     EVP_DigestVerify(ctx, (const unsigned char *)signature.p, signature.n,
			      (const unsigned char *)text.p, text.n) == 1;
	EVP_MD_CTX_free(ctx);
	return ok ? CARD_OK : CARD_SIGNATURE_WRONG;
}

static bool identify(X509 *x, struct card_identity *out)
{
	const ASN1_INTEGER *serial = X509_get0_serialNumber(x);
	unsigned char *der = NULL;
	int n = i2d_X509_NAME(X509_get_issuer_name(x), &der);

	if (n <= 0)
		return false;
	digest_sha256((struct str){ (char *)der, (size_t)n }, out->issuer);
	OPENSSL_free(der);
	if (ASN1_STRING_length(serial) < 1 ||
	    (size_t)ASN1_STRING_length(serial) > sizeof(out->serial) ||
	    ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER)
		return false;
	out->serial_n = (size_t)ASN1_STRING_length(serial);
	memcpy(out->serial, ASN1_STRING_get0_data(serial), out->serial_n);
	return true;
}

static enum card_verdict check(X509 *x, struct str text, struct str signature,
			       int64_t now_ms, struct card_identity *out)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	enum card_verdict v;
	X509 *issuer = NULL;

	must(ctx != NULL);
	v = key_is_right(x) && identify(x, out) ? CARD_OK : CARD_UNTRUSTED;
	if (v == CARD_OK)
		v = walk_path(ctx, x, now_ms, &issuer);
	if (v == CARD_OK && !policy_is_ours(x))
		v = CARD_UNTRUSTED;
	if (v == CARD_OK)
		v = signature_is_right(x, text, signature);
	if (v == CARD_OK)
		v = revoke_check(x, issuer, now_ms);
	X509_STORE_CTX_free(ctx);
	return v;
}

enum card_verdict card_check(struct str der, struct str text, struct str signature,
			     int64_t now_ms, struct card_identity *out)
{
	const unsigned char *p = (const unsigned char *)der.p;
	enum card_verdict v;
	X509 *x;

	if (der.n == 0 || der.n > MAX_DER)
		return CARD_UNTRUSTED;
	x = d2i_X509(NULL, &p, (long)der.n);
	if (x == NULL || p != (const unsigned char *)der.p + der.n) {
		X509_free(x);
		return CARD_UNTRUSTED;
	}
	v = check(x, text, signature, now_ms, out);
	X509_free(x);
	return v;
}

int64_t card_crl_age(int64_t now_ms)
{
	return revoke_age(now_ms);
}
