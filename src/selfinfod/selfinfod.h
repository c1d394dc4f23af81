/* selfinfod: what the files of the daemon share. main reads the command line;
 * setup is one configuration with all that is made of it; check asks whether it
 * can serve; master holds sockets and workers; reload changes the setup under
 * way; commands answers the operator; worker serves.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SELFINFOD_SELFINFOD_H
#define SELFINFOD_SELFINFOD_H

#include <netinet/in.h>

#include "base/buf.h"
#include "conf/conf.h"
#include "net/tls.h"
#include "ops/board.h"
#include "store/catalogue.h"

/* setup.c: one configuration and what is loaded with it. A reload makes a new
 * one and takes it whole. */
struct setup {
	struct arena *arena;
	struct conf *conf;
	struct tls *tls;
	struct catalogue *catalogue;
};
/* NULL: `told` has the errors, a line each. Reads files only. */
struct setup *setup_load(const char *file, struct buf *told);
void setup_free(struct setup *s);                             /* NULL is allowed */
struct str setup_host(struct arena *a, const struct conf *c); /* of the issuer */
NODISCARD bool setup_card(struct arena *a, const struct conf *c, struct str *why);
int64_t setup_certificate_ms(const struct setup *s); /* until it ends */
/* What cannot change without a restart stays as in `boot`; names what differs. */
void setup_keep(struct setup *s, const struct setup *boot, struct buf *names);

/* check.c */
enum checked {
	CHECKED_RIGHT = 0,
	CHECKED_UNREACHABLE = 75, /* EX_TEMPFAIL: the database does not answer */
	CHECKED_WRONG = CONF_EXIT
};
/* All that a start needs but sockets; every error and warning goes to `told`.
 * In a process of its own: it blocks and leaves things behind. */
enum checked check_setup(const struct setup *s, bool offline, struct buf *told);
/* Loads and checks. */
enum checked check_file(const char *file, bool offline, struct buf *told);

/* worker.c */
struct place { /* what a worker is given */
	const struct setup *setup;
	struct board *board;
	struct board_row *row;
	size_t slot;
	const int *listener; /* one an address */
	size_t listeners;
};
NORETURN void worker_run(const struct place *p);

/* master.c */
int master_run(const char *file);

#endif
