/* echo-server: the net room alone behind a listener, for the HTTP stories and
 * for measuring: fixed answers, no database. Prints its base URL, then serves
 * until SIGTERM, drains and ends.
 *   echo-server CERTIFICATE KEY [PORT [MAX_CONNECTIONS]]
 * SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/server.h"

#define JSON STR("application/json")

static const struct path {
	const char *path, *allow;
	enum http_method method;
	int status;
} known[] = {
	{ "/.well-known/oauth-authorization-server", "GET, HEAD", HTTP_GET, 200 },
	{ "/oauth/par", "POST", HTTP_POST, 400 },
	{ "/v1/retrievals", "POST", HTTP_POST, 401 },
};

static char body[551];

static int status_of(const struct path *p, const struct http_request *r)
{
	enum http_method m = r->method == HTTP_HEAD ? HTTP_GET : r->method;

	return m == p->method ? p->status : 405;
}

static void *begin(struct conn *c, const struct http_request *r, void *arg)
{
	struct reply answer = { .status = 404, .type = JSON, .body = STR("{}") };
	struct http_field allow = { STR("Allow"), STR_NONE };

	(void)arg;
	for (size_t i = 0; i < COUNT(known); i++) {
		if (!str_is(r->path, known[i].path))
			continue;
		answer.status = status_of(&known[i], r);
		answer.body = (struct str){ body, sizeof(body) - 1 };
		if (answer.status == 405) {
			allow.value = str_of(known[i].allow);
			answer.field = &allow;
			answer.fields = 1;
		}
	}
	if (str_is(r->path, "*")) {
		allow.value = STR("GET, HEAD, POST, OPTIONS");
		answer = (struct reply){ .status = 204, .field = &allow, .fields = 1 };
	}
	conn_reply(c, &answer);
	return NULL;
}

static void gone(void *exchange)
{
	(void)exchange;
}

static struct str refusal(int status)
{
	(void)status;
	return STR("{\"title\":\"refused\"}");
}

static int listen_on(int port, struct sockaddr_in *at)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int on = 1;
	socklen_t n = sizeof(*at);

	*at = (struct sockaddr_in){ .sin_family = AF_INET,
				    .sin_port = htons((uint16_t)port),
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	must(fd >= 0 && bind(fd, (struct sockaddr *)at, n) == 0);
	must(listen(fd, 4096) == 0);
	must(getsockname(fd, (struct sockaddr *)at, &n) == 0);
	return fd;
}

static void drained(void *arg)
{
	loop_stop(arg);
}

struct program {
	struct loop *loop;
	struct server *server;
};

static void terminated(void *arg, int number)
{
	struct program *p = arg;

	(void)number;
	server_drain(p->server, drained, p->loop);
}

static void fill_body(void)
{
	memset(body, 'x', sizeof(body) - 1);
	memcpy(body, "{\"a\":\"", 6);
	memcpy(body + sizeof(body) - 3, "\"}", 2);
}

int main(int argc, char **argv)
{
	static const struct server_handler handler = { begin, gone, refusal };
	AUTO(arena) struct arena *a = arena_new();
	struct str why = STR_NONE;
	struct sockaddr_in at;
	struct program p;
	struct signal_watch term;

	must(argc >= 3);
	signal(SIGPIPE, SIG_IGN);
	fill_body();
	int fd = listen_on(argc > 3 ? atoi(argv[3]) : 0, &at);
	struct tls *tls = tls_server_new(a, argv[1], argv[2], STR("localhost"), &why);
	if (tls == NULL) {
		fprintf(stderr, "%.*s\n", STR_ARG(why));
		return 1;
	}
	struct server_config c = {
		.fd = fd,
		.tls = tls,
		.base_url = arena_printf(a, "https://localhost:%d", ntohs(at.sin_port)),
		.max_connections = argc > 4 ? atoi(argv[4]) : 20000,
	};
	p.loop = loop_new();
	p.server = server_new(p.loop, &c, &handler, NULL);
	signal_start(p.loop, &term, SIGTERM, terminated, &p);
	printf("%.*s\n", STR_ARG(c.base_url));
	fflush(stdout);
	loop_run(p.loop);
	server_free(p.server);
	signal_stop(&term);
	loop_free(p.loop);
	tls_free(tls);
	close(fd);
	return 0;
}
