/* tls: the one server context and its callbacks. Made by the program before it
 * forks; read by every connection. The context must outlive all of them.
 * What is refused here leaves as an alert and never reaches HTTP.
 * Source: RFC 9325, RFC 6066 section 3, RFC 7301, oauth-N1 to N3.
 * SPDX-License-Identifier: Apache-2.0 */
#include "net/tls.h"

#include <openssl/err.h>
#include <stdlib.h>

#include "keep/ask.h"
#include "net/line.h"

#define SUITES_12                                                    \
	"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:" \
	"ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384"
#define SUITES_13                                        \
	"TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:" \
	"TLS_CHACHA20_POLY1305_SHA256"

enum {
	SESSION_SECONDS = 3600,
	CLIENT_CHAIN_MAX = 32768,
	/* A full handshake is well below; behind it a client sends a KeyUpdate
	 * after millions of records, if ever. */
	MESSAGES_MAX = 64,
};

struct own_tls {
	struct tls tls;
	char server_name[256];
};

static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *out_n,
			   const unsigned char *in, unsigned int n, void *arg)
{
	static const unsigned char http11[] = "\x08http/1.1";
	unsigned char *chosen;

	(void)ssl;
	(void)arg;
	if (SSL_select_next_proto(&chosen, out_n, http11, sizeof(http11) - 1, in, n) !=
	    OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

/* An address is no name (RFC 6066 section 3), but some clients send it. */
static bool is_address(const char *name)
{
	return strspn(name, "0123456789.") == strlen(name) || strchr(name, ':') != NULL;
}

static int check_name(SSL *ssl, int *alert, void *arg)
{
	const struct own_tls *t = arg;
	const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);

	if (name == NULL || is_address(name) || strcasecmp(name, t->server_name) == 0)
		return SSL_TLSEXT_ERR_OK;
	*alert = SSL_AD_UNRECOGNIZED_NAME;
	return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static void count_messages(const SSL *ssl, int where, int value)
{
	struct tls_guard *g = SSL_get_app_data(ssl);

	(void)value;
	if (g == NULL || (where & SSL_CB_ACCEPT_LOOP) != SSL_CB_ACCEPT_LOOP)
		return;
	if (++g->messages <= MESSAGES_MAX || g->abused)
		return;
	g->abused = true;
	/* SSL_read would go on as long as messages come: this ends it */
	SSL_set_shutdown(g->ssl, SSL_RECEIVED_SHUTDOWN);
}

void tls_guard_start(struct tls_guard *g, SSL *ssl)
{
	*g = (struct tls_guard){ .ssl = ssl };
	SSL_set_app_data(ssl, g);
}

static void set_rules(SSL_CTX *c, struct own_tls *t)
{
	SSL_CTX_set_security_level(c, 2);
	must(SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION) == 1);
	must(SSL_CTX_set_cipher_list(c, SUITES_12) == 1);
	must(SSL_CTX_set_ciphersuites(c, SUITES_13) == 1);
	must(SSL_CTX_set1_groups_list(c, "X25519:P-256") == 1);
	SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
				       SSL_OP_CIPHER_SERVER_PREFERENCE);
	SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
				    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	SSL_CTX_set_read_ahead(c, 1);
	SSL_CTX_set_max_early_data(c, 0);
	SSL_CTX_set_max_cert_list(c, CLIENT_CHAIN_MAX);
	/* what resumes is a ticket: no memory a client, and any worker can */
	SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_timeout(c, SESSION_SECONDS);
	must(SSL_CTX_set_num_tickets(c, 1) == 1);
	SSL_CTX_set_alpn_select_cb(c, choose_protocol, NULL);
	SSL_CTX_set_tlsext_servername_callback(c, check_name);
	SSL_CTX_set_tlsext_servername_arg(c, t);
	SSL_CTX_set_info_callback(c, count_messages);
}

static bool load(struct arena *a, SSL_CTX *c, const char *certificate_file,
		 const char *key_file, struct str *why)
{
	EVP_PKEY *key;

	if (SSL_CTX_use_certificate_chain_file(c, certificate_file) != 1) {
		const char *reason = ERR_reason_error_string(ERR_peek_error());

		*why = arena_printf(a, "%s: %s", certificate_file,
				    reason ? reason : "no certificate in PEM");
		return false;
	}
	key = keep_private_key(a, key_file, why);
	if (key == NULL)
		return false;
	if (SSL_CTX_use_PrivateKey(c, key) != 1 || SSL_CTX_check_private_key(c) != 1) {
		*why = arena_printf(a, "%s: does not fit the certificate %s", key_file,
				    certificate_file);
		return false;
	}
	return true;
}

struct tls *tls_server_new(struct arena *a, const char *certificate_file,
			   const char *key_file, struct str server_name, struct str *why)
{
	struct own_tls *t;
	bool loaded;

	if (server_name.n == 0 || server_name.n >= sizeof(t->server_name)) {
		*why = STR("the server's name is empty or too long");
		return NULL;
	}
	t = must_alloc(sizeof(*t));
	memcpy(t->server_name, server_name.p, server_name.n);
	t->tls.context = SSL_CTX_new(TLS_server_method());
	must(t->tls.context != NULL);
	set_rules(t->tls.context, t);
	loaded = load(a, t->tls.context, certificate_file, key_file, why);
	ERR_clear_error();
	if (!loaded) {
		tls_free(&t->tls);
		return NULL;
	}
	return &t->tls;
}

void tls_free(struct tls *t)
{
	if (t == NULL)
		return;
	SSL_CTX_free(t->context);
	free(t); /* the first member of struct own_tls */
}
