/* setup: loads what a configuration names: certificate and key, the catalogue.
 * Called by check and master, before the fork, so that workers share one
 * catalogue in memory and one set of ticket keys. Errors are text for people.
 * SPDX-License-Identifier: Apache-2.0 */
#include <openssl/x509.h>
#include <stdlib.h>

#include "base/clock.h"
#include "card/cert.h"
#include "selfinfod.h"

static void tell(struct buf *told, struct str why)
{
	buf_printf(told, "selfinfod: error: %.*s\n", STR_ARG(why));
}

struct str setup_host(struct arena *a, const struct conf *c)
{
	struct str rest, host = str_from(c->issuer, strlen("https://"));

	if (str_starts(host, "["))
		host = str_cut(str_from(host, 1), ']', &rest);
	else
		host = str_cut(host, ':', &rest);
	return arena_str(a, host);
}

static bool load(struct setup *s, struct buf *told)
{
	struct conf *c = s->conf;
	struct str why;
	bool right = conf_check_files(c, told);

	if (!right)
		return false; /* the rest would say the same again */
	s->tls = tls_server_new(s->arena, c->tls.certificate.p, c->tls.key.p,
				setup_host(s->arena, c), &why);
	if (s->tls == NULL)
		tell(told, why);
	s->catalogue = catalogue_load(s->arena, c->catalogue.p, &why);
	if (s->catalogue == NULL)
		tell(told, why);
	return s->tls != NULL && s->catalogue != NULL;
}

struct setup *setup_load(const char *file, struct buf *told)
{
	struct setup *s = must_alloc(sizeof(*s));

	s->arena = arena_new();
	s->conf = conf_load(file, s->arena, told);
	if (s->conf != NULL && load(s, told))
		return s;
	setup_free(s);
	return NULL;
}

void setup_free(struct setup *s)
{
	if (s == NULL)
		return;
	tls_free(s->tls);
	arena_free(s->arena);
	free(s);
}

/* Room card's own loading; it keeps what it loaded for the process. */
bool setup_card(struct arena *a, const struct conf *c, struct str *why)
{
	return card_init(a,
			 &(struct card_config){
				 .anchor = c->card.anchor.p,
				 .crl = c->card.crl.p,
				 .policy = c->card.policy.p,
				 .anchors = c->card.anchor.n,
				 .crls = c->card.crl.n,
				 .policies = c->card.policy.n,
			 },
			 why);
}

/* By the system's own clock: the sandbox's moves for no browser. */
int64_t setup_certificate_ms(const struct setup *s)
{
	X509 *x = SSL_CTX_get0_certificate(s->tls->context);
	int days = 0, seconds = 0;

	must(x != NULL);
	if (ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(x)) != 1)
		return 0;
	return days * CLOCK_DAY_MS + seconds * INT64_C(1000);
}

static void keep_text(struct str *now, struct str was, const char *name, struct buf *names)
{
	if (str_eq(*now, was))
		return;
	*now = was;
	buf_printf(names, "%s%s", names->n ? " " : "", name);
}

static bool same_addresses(const struct conf_addresses *a, const struct conf_addresses *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (!str_eq(a->p[i].text, b->p[i].text))
			return false;
	return true;
}

void setup_keep(struct setup *s, const struct setup *boot, struct buf *names)
{
	struct conf *now = s->conf;
	const struct conf *was = boot->conf;

	keep_text(&now->issuer, was->issuer, "issuer", names);
	keep_text(&now->control, was->control, "control", names);
	keep_text(&now->database.dsn, was->database.dsn, "database.dsn", names);
	keep_text(&now->sandbox.personas, was->sandbox.personas, "sandbox.personas", names);
	if (!same_addresses(&now->listen, &was->listen))
		buf_printf(names, "%slisten", names->n ? " " : "");
	now->listen = was->listen;
	if (now->workers != was->workers)
		buf_printf(names, "%sworkers", names->n ? " " : "");
	now->workers = was->workers;
}
