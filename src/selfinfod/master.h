/* master: what master.c, reload.c and commands.c share: the process that holds
 * sockets, shared memory and the configuration in force, and serves nothing
 * itself. Everything runs on its one loop. Times are monotonic milliseconds.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SELFINFOD_MASTER_H
#define SELFINFOD_MASTER_H

#include "ops/control.h"
#include "os/signals.h"
#include "selfinfod.h"

struct worker_proc {
	struct worker_proc *next;
	pid_t pid;
	size_t slot;
	struct board_row *row;
	int64_t started;
	int64_t kill_at; /* 0: not asked to end */
	bool coming;     /* of a reload that is not over */
	bool stuck;      /* told so already */
};

struct slot { /* what one worker serves with; outlives workers */
	struct master *master;
	int listener[CONF_LIST_MAX];
	struct worker_proc *current; /* NULL: waits for `again` */
	struct timer again;
	int failures; /* in a row, soon after the start */
};

/* A check of the configuration in a child, its words through a pipe. */
struct checker {
	pid_t pid; /* 0: none is under way */
	int fd;
	struct watch watch;
	struct buf told;
	bool heard; /* the pipe's end */
	bool ended;
	int code;
	void (*done)(struct master *m);
};

enum reload_step {
	RELOAD_NONE,
	RELOAD_CHECKING, /* left when the checker has ended */
	RELOAD_STARTING  /* left when all new workers serve, one ended, or too late */
};

struct master {
	const char *file;
	struct loop *loop;
	struct signals signals;
	struct watch wake;
	struct timer tick, start_again;
	struct board *board;
	struct setup *boot, *setup; /* at the start, in force */
	struct slot *slot;
	size_t slots, listeners;
	struct worker_proc *workers;
	struct checker checker;
	int control_fd;
	struct control *control;
	int64_t started;
	bool told_ready, told_unreachable, stopping;
	int code; /* of the exit */
	/* reload.c */
	enum reload_step reload;
	struct setup *coming;
	int64_t reload_ends;
	bool reload_again; /* asked for while one was under way */
	bool reload_failed;
	struct asker *reload_asker;
	int64_t watchdog_ms, watchdog_at;
};

/* master.c */
/* NULL: no row or no process is to be had now. */
struct worker_proc *worker_start(struct master *m, size_t slot, const struct setup *s);
void worker_drain(struct master *m, struct worker_proc *w);
bool worker_serves(const struct worker_proc *w);
NODISCARD bool checker_start(struct master *m, void (*done)(struct master *m));
void master_stop(struct master *m); /* drains; a second time ends at once */
/* Each "FILE:LINE:COL: error: text" of a text as an event of its own. */
void log_told(const char *event, struct str told);

/* reload.c */
void reload_begin(struct master *m, struct asker *who);          /* who: or NULL */
void reload_look(struct master *m);                              /* something has changed */
void reload_lost(struct master *m, const struct worker_proc *w); /* it has ended */
void reload_give_up(struct master *m);

/* commands.c */
extern const struct control_handler commands;

#endif
