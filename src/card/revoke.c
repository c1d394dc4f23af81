/* revoke: at most eight lists in memory; each check looks whether the file has
 * changed since (one stat), so that a loss reported tonight bites at the next
 * sign-in. Called by cert.
 * SPDX-License-Identifier: Apache-2.0 */
#include "revoke.h"

#include <openssl/pem.h>
#include <sys/stat.h>

#include "base/log.h"

enum { LISTS = 8 };

struct list {
	const char *file;
	X509_CRL *crl;
	struct timespec changed;
	ino_t inode;
};

static struct list list[LISTS];
static size_t lists;

static X509_CRL *read_crl(const char *file)
{
	FILE *in = fopen(file, "re");
	X509_CRL *crl;

	if (in == NULL)
		return NULL;
	crl = PEM_read_X509_CRL(in, NULL, NULL, NULL);
	if (crl == NULL) {
		rewind(in);
		crl = d2i_X509_CRL_fp(in, NULL);
	}
	fclose(in);
	return crl;
}

/* A file that cannot be read keeps the list we have; its age will tell. */
static void refresh(struct list *l)
{
	struct stat st;
	X509_CRL *crl;

	if (stat(l->file, &st) != 0)
		return;
	if (l->crl != NULL && st.st_ino == l->inode &&
	    st.st_mtim.tv_sec == l->changed.tv_sec &&
	    st.st_mtim.tv_nsec == l->changed.tv_nsec)
		return;
	crl = read_crl(l->file);
	if (crl == NULL) {
		log_event(LOG_ERROR, "crl_unreadable",
			  log_word("file", log_configured(str_of(l->file))));
		return;
	}
	X509_CRL_free(l->crl);
	l->crl = crl;
	l->inode = st.st_ino;
	l->changed = st.st_mtim;
}

bool revoke_add(struct arena *a, const char *file, struct str *why)
{
	struct list *l = &list[lists];

	must(lists < LISTS);
	*l = (struct list){ .file = arena_cstr(a, str_of(file)) };
	refresh(l);
	if (l->crl == NULL) {
		*why = arena_printf(a,
				    "%s: not a readable certificate revocation "
				    "list in PEM or DER form",
				    file);
		return false;
	}
	lists++;
	return true;
}

static bool is_fresh(const X509_CRL *crl, int64_t now_ms)
{
	time_t now = (time_t)(now_ms / 1000);
	const ASN1_TIME *next = X509_CRL_get0_nextUpdate(crl);

	return next != NULL && X509_cmp_time(next, &now) > 0 &&
	       X509_cmp_time(X509_CRL_get0_lastUpdate(crl), &now) < 0;
}

static enum card_verdict ask_list(X509_CRL *crl, X509 *certificate, X509 *issuer,
				  int64_t now_ms)
{
	X509_REVOKED *entry = NULL;
	EVP_PKEY *key = X509_get0_pubkey(issuer);

	if (key == NULL || X509_CRL_verify(crl, key) != 1 || !is_fresh(crl, now_ms))
		return CARD_REVOCATION_UNKNOWN;
	return X509_CRL_get0_by_cert(crl, &entry, certificate) == 1 ? CARD_REVOKED :
								      CARD_OK;
}

enum card_verdict revoke_check(X509 *certificate, X509 *issuer, int64_t now_ms)
{
	enum card_verdict best = CARD_REVOCATION_UNKNOWN;

	for (size_t i = 0; i < lists; i++) {
		enum card_verdict v;

		refresh(&list[i]);
		if (X509_NAME_cmp(X509_CRL_get_issuer(list[i].crl),
				  X509_get_subject_name(issuer)) != 0)
			continue;
		v = ask_list(list[i].crl, certificate, issuer, now_ms);
		if (v == CARD_REVOKED)
			return v;
		if (v == CARD_OK)
			best = v;
	}
	return best;
}

int64_t revoke_age(int64_t now_ms)
{
	int64_t oldest = 0;
	time_t now = (time_t)(now_ms / 1000);

	for (size_t i = 0; i < lists; i++) {
		int days = 0, seconds = 0;
		ASN1_TIME *at = ASN1_TIME_set(NULL, now);

		refresh(&list[i]);
		if (at != NULL && is_fresh(list[i].crl, now_ms) &&
		    ASN1_TIME_diff(&days, &seconds, X509_CRL_get0_lastUpdate(list[i].crl),
				   at)) {
			int64_t age = days * INT64_C(86400) + seconds;

			oldest = age > oldest ? age : oldest;
		} else {
			oldest = -1;
		}
		ASN1_TIME_free(at);
		if (oldest < 0)
			return -1;
	}
	return lists > 0 ? oldest : -1;
}
