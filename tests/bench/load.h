/* load: the parts of the load generator. One request is under way on each of
 * its kept TLS connections; every answer is read whole and looked at.
 * Callers: load.c (command line), client.c (connections), proof.c (requests with
 * a proof of possession), usage.c (what other processes used).
 * Anything that fails ends the program with a message: a bench that measures
 * errors measures nothing. Times are nanoseconds.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <openssl/ssl.h>

#include "base/arena.h"

struct target {
	const char *address, *port; /* numeric */
	const char *ca_file;
};

/* What is sent: the n-th request is request[n % requests]. */
struct plan {
	const struct str *request;
	size_t requests;
	size_t total; /* requests to make */
	size_t connections;
	const char *must_say; /* each answer's body holds it; NULL: not asked */
};

struct outcome {
	int64_t ns; /* from the first request to the last answer */
	int64_t p50_ns, p99_ns;
	struct str answer; /* the last one; gone with the client */
};

__attribute__((noreturn)) void PRINTF(1, 2) fail(const char *fmt, ...);
int64_t now_ns(void);

struct client;
struct client *client_open(const struct target *t, size_t connections);
struct outcome client_run(struct client *c, const struct plan *p);
void client_close(struct client *c);

/* A request for each proof, tokens taken in turn. */
struct str *proof_requests(struct arena *a, const struct target *t, const char *token_file,
			   const char *key_file, const char *body, size_t n);

/* NAME=PID: that process and all below it. */
struct usage {
	const char *name;
	long pid;
	int64_t ns;
};
struct usage usage_read(const char *argument);
int64_t usage_cpu_ns(long pid);
size_t usage_anonymous_kib(long pid);

#endif
