/* conf: selfinfo.conf as a struct. One table (src/conf/table.c) is the only
 * source of keys; every error of the files is told in one run, and a wrong
 * file gives no struct, so a configuration is taken whole or not at all.
 * Callers: selfinfod, selfinfoctl; NULL means exit 78 with the errors shown.
 * Lifetime: everything lives in the arena given; a reload makes a new one.
 * Units: durations are milliseconds, sizes bytes. Source: operations O1-O7.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <sys/socket.h>

#include "base/arena.h"
#include "base/buf.h"

#define CONF_EXIT 78 /* EX_CONFIG of sysexits.h */
#define CONF_FILE "/etc/selfinfo/selfinfo.conf"
#define CONF_LIST_MAX 16

struct conf_address {
	struct sockaddr_storage socket;
	socklen_t length;
	int port;
	struct str text; /* as written: 127.0.0.1:8443, [::1]:8443 */
};

struct conf_addresses {
	struct conf_address *p;
	size_t n;
};

struct conf_list {
	struct str *p;
	size_t n;
};

struct conf_settings; /* what was written where; for conf_print */

/* A text that was not written and has no default is absent. Files and folders
 * are absolute: what was written without a slash in front begins at the folder
 * of the file it stands in. All texts are followed by a NUL, not counted. */
struct conf {
	struct str file;
	struct conf_addresses listen;
	struct str issuer; /* https://host[:port], never a slash behind it */
	int64_t workers;
	int64_t connections; /* of one worker */
	struct str control;  /* path of the control socket */
	int64_t log_level;   /* enum log_level */
	int64_t par_lifetime_ms;
	int64_t drain_ms;
	struct str catalogue; /* folder that holds catalogue/ and items/ */
	struct {
		struct str certificate, key;
	} tls;
	struct {
		struct str dsn;
		struct str operator_dsn; /* dsn when not written */
		struct str owner_dsn;    /* operator_dsn when not written */
		struct str migrations;   /* folder of NNN-*.sql */
	} database;
	struct {
		struct conf_list anchor; /* those of the sandbox included */
		struct conf_list crl, policy;
	} card;
	struct { /* who helps a citizen: shown on error pages */
		struct str name, name_en, phone, hours, hours_en;
	} contact;
	struct {
		bool on; /* sandbox { } is there */
		struct str personas;
		struct conf_list anchor;
	} sandbox;
	struct conf_settings *settings;
};

/* Reads file, then conf.d/[name].conf beside it in the order of their names.
 * NULL when anything is wrong; errors then holds the lines to show. */
struct conf *conf_load(const char *file, struct arena *a, struct buf *errors);

/* What a start needs of the files named: they are there and of the right kind,
 * and secrets are readable by nobody but their owner. Only for the daemon and
 * `--check`: the operator's account need not see them. */
NODISCARD bool conf_check_files(const struct conf *c, struct buf *errors);

/* Each value and where it came from; of a secret the fingerprint of its file
 * or of its text. The output is itself a valid configuration. */
void conf_print(const struct conf *c, struct buf *out);
/* Every key with its unit, range, default and help, as a file of comments. */
void conf_print_defaults(struct buf *out);

#endif
