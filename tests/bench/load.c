/* load: makes requests on kept TLS connections and tells, in one line of
 * name=value, the rate, the times and the CPU of the processes named.
 *   load get ADDRESS:PORT CA PATH CONNECTIONS TOTAL [NAME=PID ...]
 *   load retrieve ADDRESS:PORT CA TOKENS KEY BODY CONNECTIONS TOTAL [NAME=PID ...]
 *   load idle ADDRESS:PORT CA CONNECTIONS ROUNDS NAME=PID
 *   load show ADDRESS:PORT CA PATH   the answer as it came
 *   load cpu NAME=PID ...          nanoseconds used until now
 * Called by tests/bench/run. Exits 1 when an answer is not the one expected.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/clock.h"
#include "bench/load.h"

enum { WATCHED = 8, FILES = 8192 };

struct watched {
	struct usage of[WATCHED];
	size_t n;
};

void fail(const char *fmt, ...)
{
	va_list args;

	fputs("load: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	exit(1);
}

int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static struct target read_target(char *where, const char *ca_file)
{
	char *colon = strrchr(where, ':');

	if (colon == NULL)
		fail("not ADDRESS:PORT: %s", where);
	*colon = '\0';
	return (struct target){ where, colon + 1, ca_file };
}

static size_t read_count(const char *text)
{
	int64_t n;

	if (!str_int(str_of(text), 1, INT32_MAX, &n))
		fail("not a number: %s", text);
	return (size_t)n;
}

static struct watched read_watched(char **argument)
{
	struct watched w = { .n = 0 };

	for (; *argument != NULL; argument++) {
		if (w.n == WATCHED)
			fail("more than %d processes", WATCHED);
		w.of[w.n++] = usage_read(*argument);
	}
	for (size_t i = 0; i < w.n; i++)
		w.of[i].ns = usage_cpu_ns(w.of[i].pid);
	return w;
}

static void print_name(const struct usage *u)
{
	printf(" %.*s", (int)strcspn(u->name, "="), u->name);
}

static void measure(const struct target *t, const struct plan *p, char **processes)
{
	struct client *c = client_open(t, p->connections);
	struct watched before = read_watched(processes);
	int64_t own = clock_cpu_us();
	struct outcome o = client_run(c, p);

	printf("rate=%.0f p50_us=%.1f p99_us=%.1f bytes=%zu client=%.2f",
	       (double)p->total * 1e9 / (double)o.ns, (double)o.p50_ns / 1e3,
	       (double)o.p99_ns / 1e3, o.answer.n,
	       (double)(clock_cpu_us() - own) / (double)p->total);
	for (size_t i = 0; i < before.n; i++) {
		int64_t ns = usage_cpu_ns(before.of[i].pid) - before.of[i].ns;

		print_name(&before.of[i]);
		printf("=%.2f", (double)ns / 1e3 / (double)p->total);
	}
	putchar('\n');
	client_close(c);
}

static struct str get_request(struct arena *a, const struct target *t, const char *path)
{
	return arena_printf(a,
			    "GET %s HTTP/1.1\r\nHost: %s:%s\r\n"
			    "Accept: application/json\r\n\r\n",
			    path, t->address, t->port);
}

static void get(char **word)
{
	struct target t = read_target(word[0], word[1]);
	struct arena *a = arena_new();
	struct str request = get_request(a, &t, word[2]);
	struct plan p = { .request = &request,
			  .requests = 1,
			  .connections = read_count(word[3]),
			  .total = read_count(word[4]) };

	measure(&t, &p, word + 5);
	arena_free(a);
}

static void retrieve(char **word)
{
	struct target t = read_target(word[0], word[1]);
	struct arena *a = arena_new();
	struct plan p = { .connections = read_count(word[5]),
			  .total = read_count(word[6]),
			  .must_say = "\"status\":\"provided\"" };

	p.requests = p.total;
	p.request = proof_requests(a, &t, word[2], word[3], word[4], p.requests);
	measure(&t, &p, word + 7);
	arena_free(a);
}

/* Each connection has served one request before it stands idle. All stay open;
 * each round adds as many again and prints what one of them took. */
static void idle(char **word)
{
	struct target t = read_target(word[0], word[1]);
	size_t n = read_count(word[2]), rounds = read_count(word[3]);
	struct usage u = usage_read(word[4]);
	struct arena *a = arena_new();
	struct str request = get_request(a, &t, "/.well-known/oauth-protected-resource");
	struct plan p = {
		.request = &request, .requests = 1, .connections = n, .total = n
	};
	struct client **c = arena_array(a, rounds, sizeof(struct client *));
	size_t before = usage_anonymous_kib(u.pid), now;

	for (size_t i = 0; i < rounds; i++, before = now) {
		c[i] = client_open(&t, n);
		client_run(c[i], &p);
		now = usage_anonymous_kib(u.pid);
		printf("kib=%.2f\n", ((double)now - (double)before) / (double)n);
	}
	for (size_t i = 0; i < rounds; i++)
		client_close(c[i]);
	arena_free(a);
}

static void show(char **word)
{
	struct target t = read_target(word[0], word[1]);
	struct arena *a = arena_new();
	struct str request = get_request(a, &t, word[2]);
	struct plan p = {
		.request = &request, .requests = 1, .connections = 1, .total = 1
	};
	struct client *c = client_open(&t, 1);
	struct str answer = client_run(c, &p).answer;

	fwrite(answer.p, 1, answer.n, stdout);
	client_close(c);
	arena_free(a);
}

static void cpu(char **word)
{
	struct watched w = read_watched(word);

	for (size_t i = 0; i < w.n; i++) {
		print_name(&w.of[i]);
		printf("=%lld", (long long)w.of[i].ns);
	}
	putchar('\n');
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int words;
		void (*run)(char **word);
	} mode[] = { { "get", 5, get },
		     { "retrieve", 7, retrieve },
		     { "idle", 5, idle },
		     { "show", 3, show },
		     { "cpu", 1, cpu } };
	struct rlimit files = { FILES, FILES };

	setrlimit(RLIMIT_NOFILE, &files);
	for (size_t i = 0; argc > 1 && i < sizeof(mode) / sizeof(*mode); i++) {
		if (strcmp(argv[1], mode[i].name) == 0 && argc - 2 >= mode[i].words) {
			mode[i].run(argv + 2);
			return 0;
		}
	}
	fail("usage: load get|retrieve|idle|show|cpu ...");
}
