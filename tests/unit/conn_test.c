/* Unit test of connections (net/server.h) on a real loop with real TLS: a child
 * serves, this process is a blocking OpenSSL client. The handler answers late
 * where the path says so, and counts in shared memory what it was told.
 * Time-outs and refusals over the wire are the matter of tests/story/http.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "net/reply.h"
#include "net/server.h"

enum { LATE_MS = 60, BIG = 12 << 20, SMALL_WINDOW = 65536, WAIT_MS = 5000 };

struct seen { /* by the serving child */
	int begun, gone, answered, drained, passes;
};

struct bench {
	struct loop *loop;
	struct tls *tls;
	struct server *server;
	struct signal_watch term, free_all;
	int listener;
	struct sockaddr_in at;
	struct seen *seen;
	pid_t child;
	char dir[64], certificate[96], key[96];
};

/* the serving child */

struct late {
	struct conn *conn;
	struct timer timer;
};

static struct bench *bench;

static void reply_text(struct conn *c, const char *text)
{
	struct reply r = { .status = 200, .type = STR("text/plain"), .body = str_of(text) };

	bench->seen->answered++;
	conn_reply(c, &r);
}

static void late_is_due(void *arg)
{
	struct late *l = arg;

	reply_text(l->conn, "late");
	timer_stop(&l->timer);
	free(l);
}

static void reply_big(struct conn *c)
{
	char *big = must_alloc(BIG);
	struct reply r = { .status = 200, .type = STR("text/plain"), .body = { big, BIG } };

	memset(big, 'x', BIG);
	conn_reply(c, &r);
	free(big);
}

static void *begin(struct conn *c, const struct http_request *q, void *arg)
{
	struct late *l;

	(void)arg;
	bench->seen->begun++;
	if (str_is(q->path, "/late") || str_is(q->path, "/never")) {
		l = must_alloc(sizeof(*l));
		l->conn = c;
		if (str_is(q->path, "/late"))
			timer_start(bench->loop, &l->timer, LATE_MS, late_is_due, l);
		return l;
	}
	if (str_is(q->path, "/big"))
		reply_big(c);
	else if (str_is(q->path, "/address"))
		reply_text(c, conn_address(c).p);
	else
		reply_text(c, "now");
	return NULL;
}

static void gone(void *exchange)
{
	struct late *l = exchange;

	bench->seen->gone++;
	timer_stop(&l->timer);
	free(l);
}

static struct str refusal(int status)
{
	(void)status;
	return STR("{}");
}

static void drained(void *arg)
{
	struct bench *b = arg;

	b->seen->drained++;
	loop_stop(b->loop);
}

static void on_term(void *arg, int number)
{
	struct bench *b = arg;

	(void)number;
	server_drain(b->server, drained, b);
}

static void on_usr1(void *arg, int number)
{
	struct bench *b = arg;

	(void)number;
	loop_stop(b->loop);
}

static void count_pass(void *arg)
{
	struct bench *b = arg;

	b->seen->passes++;
}

static void serve(struct bench *b, int max_connections, rlim_t files)
{
	static const struct server_handler handler = { begin, gone, refusal };
	struct arena *a = arena_new();
	struct rlimit limit = { files, files };
	struct server_config c = {
		.fd = b->listener,
		.base_url = STR("https://localhost"),
		.max_connections = max_connections,
	};
	struct str why;

	bench = b;
	log_threshold(LOG_ERROR + 1);
	b->tls = c.tls = tls_server_new(a, b->certificate, b->key, STR("localhost"), &why);
	must(c.tls != NULL);
	b->loop = loop_new();
	loop_at_flush(b->loop, count_pass, b);
	b->server = server_new(b->loop, &c, &handler, NULL);
	signal_start(b->loop, &b->term, SIGTERM, on_term, b);
	signal_start(b->loop, &b->free_all, SIGUSR1, on_usr1, b);
	if (files > 0)
		must(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	loop_run(b->loop);
	server_free(b->server);
	signal_stop(&b->term);
	signal_stop(&b->free_all);
	loop_free(b->loop);
	tls_free(b->tls);
	arena_free(a);
}

/* the test's side */

static void write_pair(struct bench *b)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *x = X509_new();
	FILE *f;

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_gmtime_adj(X509_getm_notBefore(x), -60);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
				   (const unsigned char *)"localhost", -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(x));
	X509_set_pubkey(x, key);
	assert_true(X509_sign(x, key, EVP_sha256()) > 0);
	snprintf(b->certificate, sizeof(b->certificate), "%s/certificate", b->dir);
	snprintf(b->key, sizeof(b->key), "%s/key", b->dir);
	assert_non_null(f = fopen(b->certificate, "w"));
	PEM_write_X509(f, x);
	fclose(f);
	assert_non_null(f = fopen(b->key, "w"));
	PEM_write_PrivateKey(f, key, NULL, NULL, 0, NULL, NULL);
	fclose(f);
	chmod(b->key, 0600);
	X509_free(x);
	EVP_PKEY_free(key);
}

static struct bench *open_bench(int max_connections, rlim_t files)
{
	struct bench *b = must_alloc(sizeof(*b));
	socklen_t n = sizeof(b->at);

	strcpy(b->dir, "/tmp/conn_test.XXXXXX");
	assert_non_null(mkdtemp(b->dir));
	write_pair(b);
	b->seen = mmap(NULL, sizeof(*b->seen), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	b->at = (struct sockaddr_in){ .sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	b->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(b->listener, (struct sockaddr *)&b->at, n), 0);
	assert_int_equal(listen(b->listener, 64), 0);
	assert_int_equal(getsockname(b->listener, (struct sockaddr *)&b->at, &n), 0);
	fflush(NULL);
	b->child = fork();
	if (b->child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		signal(SIGPIPE, SIG_IGN);
		serve(b, max_connections, files);
		free(b);
		exit(0); /* with the sanitizers' last look */
	}
	return b;
}

/* `how`: the signal that ends the child, or 0 when it is leaving already. */
static void close_bench(struct bench *b, int how)
{
	int status = 0;

	kill(b->child, how);
	assert_int_equal(waitpid(b->child, &status, 0), b->child);
	assert_int_equal(status, 0);
	unlink(b->certificate);
	unlink(b->key);
	rmdir(b->dir);
	close(b->listener);
	munmap(b->seen, sizeof(*b->seen));
	free(b);
}

static SSL *connect_raw(struct bench *b)
{
	static SSL_CTX *context;
	struct timeval wait = { WAIT_MS / 1000, 0 };
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1, window = SMALL_WINDOW;
	SSL *s;

	if (context == NULL)
		context = SSL_CTX_new(TLS_client_method());
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &window, sizeof(window));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	assert_int_equal(connect(fd, (struct sockaddr *)&b->at, sizeof(b->at)), 0);
	s = SSL_new(context);
	SSL_set_fd(s, fd);
	return s;
}

static SSL *connect_to(struct bench *b)
{
	SSL *s = connect_raw(b);

	assert_int_equal(SSL_connect(s), 1);
	return s;
}

static void hang_up(SSL *s)
{
	close(SSL_get_fd(s));
	SSL_free(s);
}

static void hang_up_by_reset(SSL *s)
{
	struct linger now = { 1, 0 };

	setsockopt(SSL_get_fd(s), SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	hang_up(s);
}

static void ask(SSL *s, const char *paths)
{
	struct buf b = { 0 };

	for (struct str rest = str_of(paths); rest.p != NULL;) {
		struct str path = str_cut(rest, ' ', &rest);

		buf_printf(&b, "GET %.*s HTTP/1.1\r\nHost: localhost\r\n\r\n",
			   STR_ARG(path));
	}
	assert_int_equal(SSL_write(s, b.p, (int)b.n), (int)b.n);
	buf_free(&b);
}

/* Reads until `n` bodies equal to those of `expected` ("now late ...") came. */
static void expect(SSL *s, const char *expected)
{
	char got[8192];
	size_t n = 0;

	for (struct str rest = str_of(expected); rest.p != NULL;) {
		struct str body = str_cut(rest, ' ', &rest);
		char *end = NULL;

		while (end == NULL || (size_t)(got + n - end) < 4 + body.n) {
			int more = SSL_read(s, got + n, (int)(sizeof(got) - 1 - n));

			assert_true(more > 0);
			n += (size_t)more;
			got[n] = '\0';
			end = strstr(got, "\r\n\r\n");
		}
		assert_memory_equal(got, "HTTP/1.1 200 OK\r\n", 17);
		assert_memory_equal(end + 4, body.p, body.n);
		n -= (size_t)(end + 4 + body.n - got);
		memmove(got, end + 4 + body.n, n + 1);
	}
	assert_int_equal(n, 0);
}

static void expect_end(SSL *s)
{
	char c;

	assert_int_equal(SSL_read(s, &c, 1), 0);
	assert_int_equal(SSL_get_error(s, 0), SSL_ERROR_ZERO_RETURN);
	hang_up(s);
}

/* Waits for a count of the child, at most five seconds. */
static void await(const int *count, int least)
{
	int64_t end = clock_mono_ms() + WAIT_MS;

	while (__atomic_load_n(count, __ATOMIC_SEQ_CST) < least) {
		assert_true(clock_mono_ms() < end);
		poll(NULL, 0, 1);
	}
}

static void answers_keep_their_order(void **state)
{
	struct bench *b = open_bench(10, 0);
	SSL *s = connect_to(b);

	(void)state;
	ask(s, "/now /late /now /late /now");
	expect(s, "now late now late now");
	ask(s, "/late");
	expect(s, "late");
	hang_up(s);
	close_bench(b, SIGTERM);
}

static void one_request_at_a_time(void **state)
{
	struct bench *b = open_bench(10, 0);
	SSL *s = connect_to(b);

	(void)state;
	ask(s, "/now /never /now");
	expect(s, "now");
	await(&b->seen->begun, 2);
	ask(s, "/now");
	poll(NULL, 0, 50);
	assert_int_equal(b->seen->begun, 2);
	hang_up_by_reset(s);
	close_bench(b, SIGTERM);
}

static void reset_is_told(void **state)
{
	struct bench *b = open_bench(10, 0);
	SSL *s = connect_to(b);

	(void)state;
	ask(s, "/never");
	await(&b->seen->begun, 1);
	hang_up_by_reset(s);
	await(&b->seen->gone, 1);
	s = connect_to(b);
	ask(s, "/now");
	expect(s, "now");
	hang_up(s);
	close_bench(b, SIGTERM);
}

/* FIN without close_notify is no end, it is a loss */
static void cut_connection_is_told(void **state)
{
	struct bench *b = open_bench(10, 0);
	SSL *s = connect_to(b);

	(void)state;
	ask(s, "/never");
	await(&b->seen->begun, 1);
	hang_up(s);
	await(&b->seen->gone, 1);
	close_bench(b, SIGTERM);
}

static void half_closed_is_answered(void **state)
{
	struct bench *b = open_bench(10, 0);
	SSL *s = connect_to(b);

	(void)state;
	ask(s, "/late /late /now");
	SSL_shutdown(s);
	shutdown(SSL_get_fd(s), SHUT_WR);
	expect(s, "late late now");
	expect_end(s);
	assert_int_equal(b->seen->gone, 0);
	close_bench(b, SIGTERM);
}

static void big_answer_arrives_whole(void **state)
{
	struct bench *b = open_bench(10, 0);
	SSL *s = connect_to(b);
	static char got[65536];
	size_t sum = 0;

	(void)state;
	ask(s, "/big /now");
	await(&b->seen->begun, 1);
	poll(NULL, 0, 50); /* so that the server's side fills */
	assert_int_equal(b->seen->answered, 0);
	while (sum < BIG) {
		int n = SSL_read(s, got, sizeof(got));

		assert_true(n > 0);
		sum += (size_t)n;
	}
	await(&b->seen->begun, 2);
	hang_up(s);
	close_bench(b, SIGTERM);
}

/* Idle connections end, what is in flight is answered, then we leave. */
static void drain_waits_for_answers(void **state)
{
	struct bench *b = open_bench(10, 0);
	SSL *idle = connect_to(b), *busy = connect_to(b), *fresh = connect_to(b);
	char got[512];
	int n;

	(void)state;
	ask(idle, "/now");
	expect(idle, "now");
	ask(busy, "/late /now");
	await(&b->seen->begun, 2);
	kill(b->child, SIGTERM);
	expect_end(idle);
	n = SSL_read(busy, got, sizeof(got) - 1);
	assert_true(n > 0);
	got[n] = '\0';
	assert_non_null(strstr(got, "Connection: close\r\n"));
	expect_end(busy);
	ask(fresh, "/now");
	n = SSL_read(fresh, got, sizeof(got) - 1);
	assert_true(n > 0);
	expect_end(fresh);
	await(&b->seen->drained, 1);
	assert_int_equal(b->seen->begun, 3);
	close_bench(b, 0);
}

static void free_tells_what_is_in_flight(void **state)
{
	struct bench *b = open_bench(10, 0);
	SSL *s = connect_to(b), *t = connect_to(b);

	(void)state;
	ask(s, "/never");
	ask(t, "/late");
	await(&b->seen->begun, 2);
	kill(b->child, SIGUSR1);
	await(&b->seen->gone, 2);
	hang_up(s);
	hang_up(t);
	close_bench(b, 0);
}

/* Above the limit nobody is accepted and nothing spins; then the next is. */
static void accept_pauses(int max_connections, rlim_t files)
{
	struct bench *b = open_bench(max_connections, files);
	SSL *first = connect_to(b), *second, *third;
	int passes;

	ask(first, "/now");
	expect(first, "now");
	second = connect_to(b);
	third = connect_raw(b);
	poll(NULL, 0, 50);
	passes = b->seen->passes;
	poll(NULL, 0, 300);
	assert_in_range(b->seen->passes - passes, 0, 4);
	hang_up(first);
	assert_int_equal(SSL_connect(third), 1);
	ask(third, "/now");
	expect(third, "now");
	hang_up(second);
	hang_up(third);
	close_bench(b, SIGTERM);
}

static void limit_pauses_accept(void **state)
{
	(void)state;
	accept_pauses(2, 0);
}

static void no_descriptors_pause_accept(void **state)
{
	int fd = dup(0); /* the lowest free one here is the child's, too */
	rlim_t others;

	(void)state;
	close(fd);
	others = (rlim_t)fd;
	/* the child's own: listener, the loop's five, then two connections */
	for (rlim_t files = others + 4; files < others + 12; files++) {
		struct bench *b = open_bench(100, files);
		SSL *s = connect_raw(b);
		struct timeval wait = { 0, 300000 };
		bool served;

		setsockopt(SSL_get_fd(s), SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof(wait));
		served = SSL_connect(s) == 1;
		ERR_clear_error();
		hang_up(s);
		close_bench(b, SIGUSR1);
		if (served) {
			accept_pauses(100, files + 1);
			return;
		}
	}
	fail_msg("no limit with one connection found");
}

/* faults-H96 */
static void key_updates_end_it(void **state)
{
	struct bench *b = open_bench(10, 0);
	SSL *s = connect_to(b);
	int n = 0;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	ask(s, "/never");
	await(&b->seen->begun, 1);
	for (; n < 1000; n++) {
		if (SSL_key_update(s, SSL_KEY_UPDATE_NOT_REQUESTED) != 1 ||
		    SSL_do_handshake(s) != 1)
			break;
	}
	await(&b->seen->gone, 1);
	hang_up(s);
	close_bench(b, SIGTERM);
}

static void few_key_updates_are_fine(void **state)
{
	struct bench *b = open_bench(10, 0);
	SSL *s = connect_to(b);

	(void)state;
	for (int i = 0; i < 100; i++) {
		assert_int_equal(SSL_key_update(s, SSL_KEY_UPDATE_REQUESTED), 1);
		ask(s, "/now");
		expect(s, "now");
	}
	hang_up(s);
	close_bench(b, SIGTERM);
}

/* oauth-N3: the client of TLS 1.2 that asks for another handshake gets none */
static void nobody_renegotiates(void **state)
{
	struct bench *b = open_bench(10, 0);
	SSL *s = connect_raw(b);
	char got[16];

	(void)state;
	SSL_set_max_proto_version(s, TLS1_2_VERSION);
	assert_int_equal(SSL_connect(s), 1);
	assert_int_equal(SSL_renegotiate(s), 1);
	assert_true(SSL_do_handshake(s) != 1 || SSL_read(s, got, sizeof(got)) <= 0);
	assert_int_equal(ERR_GET_REASON(ERR_peek_error()), SSL_R_NO_RENEGOTIATION);
	ERR_clear_error();
	hang_up(s);
	close_bench(b, SIGTERM);
}

static void address_is_numeric(void **state)
{
	struct bench *b = open_bench(10, 0);
	SSL *s = connect_to(b);

	(void)state;
	ask(s, "/address");
	expect(s, "127.0.0.1");
	hang_up(s);
	close_bench(b, SIGTERM);
}

/* faults-H106: a field that would split the answer stops the worker */
static void fields_cannot_split_an_answer(void **state)
{
	static const struct http_field bad[] = {
		{ STR("Location"), STR("/a\r\nSet-Cookie: b") },
		{ STR("Location"), STR("/a\nb") },
		{ STR("Location"), { "a\0b", 3 } },
		{ STR("A b"), STR("c") },
		{ STR("A\r\nB"), STR("c") },
		{ STR(""), STR("c") },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		int status = 0;
		pid_t child = fork();

		if (child == 0) {
			struct http_field f = bad[i];
			struct reply r = { .status = 200, .field = &f, .fields = 1 };
			struct buf out = { 0 };

			assert_non_null(freopen("/dev/null", "w", stderr));
			signal(SIGABRT, SIG_DFL);
			reply_write(&out, &r, (struct reply_way){ 0 });
			_exit(0);
		}
		waitpid(child, &status, 0);
		assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	}
}

static void answers_without_body(void **state)
{
	struct buf out = { 0 };
	struct reply r = { .status = 204 };

	(void)state;
	reply_write(&out, &r, (struct reply_way){ .close = true });
	buf_byte(&out, '\0');
	assert_null(strstr(out.p, "Content-Length"));
	assert_non_null(strstr(out.p, "Connection: close\r\n\r\n"));
	buf_free(&out);
	r = (struct reply){ .status = 200, .type = STR("a/b"), .body = STR("12345") };
	reply_write(&out, &r, (struct reply_way){ .head = true });
	buf_byte(&out, '\0');
	assert_non_null(strstr(out.p, "Content-Length: 5\r\n"));
	assert_null(strstr(out.p, "12345"));
	buf_free(&out);
}

static void keys_of_loose_mode_are_refused(void **state)
{
	struct bench *b = open_bench(10, 0);
	struct arena *a = arena_new();
	struct str why = STR_NONE;

	(void)state;
	hang_up(connect_to(b)); /* the child has read the key */
	assert_true(chmod(b->key, 0644) == 0);
	assert_null(tls_server_new(a, b->certificate, b->key, STR("a"), &why));
	assert_true(str_starts(why, b->key));
	assert_null(tls_server_new(a, b->key, b->key, STR("a"), &why));
	assert_true(chmod(b->key, 0640) == 0);
	assert_null(tls_server_new(a, b->certificate, b->certificate, STR("a"), &why));
	assert_null(tls_server_new(a, "/nothing", b->key, STR("a"), &why));
	assert_true(str_starts(why, "/nothing"));
	struct tls *t = tls_server_new(a, b->certificate, b->key, STR("a"), &why);
	assert_non_null(t);
	tls_free(t);
	arena_free(a);
	close_bench(b, SIGTERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_without_body),
		cmocka_unit_test(fields_cannot_split_an_answer),
		cmocka_unit_test(answers_keep_their_order),
		cmocka_unit_test(one_request_at_a_time),
		cmocka_unit_test(reset_is_told),
		cmocka_unit_test(cut_connection_is_told),
		cmocka_unit_test(half_closed_is_answered),
		cmocka_unit_test(big_answer_arrives_whole),
		cmocka_unit_test(drain_waits_for_answers),
		cmocka_unit_test(free_tells_what_is_in_flight),
		cmocka_unit_test(limit_pauses_accept),
		cmocka_unit_test(no_descriptors_pause_accept),
		cmocka_unit_test(key_updates_end_it),
		cmocka_unit_test(few_key_updates_are_fine),
		cmocka_unit_test(nobody_renegotiates),
		cmocka_unit_test(address_is_numeric),
		cmocka_unit_test(keys_of_loose_mode_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
