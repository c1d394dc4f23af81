/* ctl: what the commands of selfinfoctl share: options, configuration, the
 * blocking connection to the gateway's database, output. One process, one
 * command; everything lives in one arena until the process ends. Callers: the
 * files of this folder. Every command returns one of the exit codes below.
 * Citizens' data is in no text this program writes (operations O22, O28).
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SELFINFOCTL_CTL_H
#define SELFINFOCTL_CTL_H

#include <jansson.h>
#include <libpq-fe.h>

#include "base/arena.h"
#include "base/buf.h"
#include "conf/conf.h"

enum exit_code {
	EXIT_OK = 0,
	EXIT_FAILED = 1,      /* it should have worked */
	EXIT_WRONG_USE = 2,   /* the command line */
	EXIT_REFUSED = 3,     /* the file, the state or a missing --yes forbids it */
	EXIT_UNREACHABLE = 4, /* no database or no daemon */
	EXIT_CONFIG = CONF_EXIT
};

struct options {
	const char *config, *dsn, *catalogue, *control, *migrations;
	const char *file, *subject, *client, *issuer, *serial, *limit;
	bool json, yes, replace, grants, sandbox, production, dry_run;
	bool help, version;
};

enum { ARGUMENTS_MAX = 4 };

struct ctl {
	struct arena *a;
	struct options o;
	const char *argument[ARGUMENTS_MAX]; /* behind noun and verb */
	int arguments;
	struct conf *conf; /* NULL with --dsn alone */
	PGconn *db;
};

enum role { ROLE_OPERATOR, ROLE_OWNER };

/* conf.c: the configuration, unless --dsn without --config makes it needless. */
enum exit_code ctl_config(struct ctl *c);
const char *ctl_catalogue(const struct ctl *c);  /* a folder */
const char *ctl_control(const struct ctl *c);    /* path of the socket */
const char *ctl_migrations(const struct ctl *c); /* a folder */
const char *ctl_dsn(const struct ctl *c, enum role r);
enum exit_code ctl_conf_check(struct ctl *c);
enum exit_code ctl_conf_print(struct ctl *c);
enum exit_code ctl_conf_defaults(struct ctl *c);

/* database.c: loads the configuration first. Errors are told on stderr; a
 * PGresult is freed with the arena. */
enum exit_code ctl_connect(struct ctl *c, enum role r);
NODISCARD enum exit_code ctl_query(struct ctl *c, PGresult **out, const char *sql, int n,
				   const char *const *value);
NODISCARD enum exit_code ctl_do(struct ctl *c, const char *sql);
/* Ends the transaction: COMMIT, or ROLLBACK with --dry-run. */
NODISCARD enum exit_code ctl_commit(struct ctl *c);
const char *ctl_sqlstate(const PGresult *r);
/* Says what the database refused, without its DETAIL (which quotes rows). */
enum exit_code ctl_tell_database(const struct ctl *c, const PGresult *r);
/* values as arguments of statements */
const char *sql_array(struct arena *a, const struct str *v, size_t n);
const char *sql_time(struct arena *a, int64_t wall_ms);
const char *sql_int(struct arena *a, int64_t v);
const char *sql_bucket(struct arena *a, const uint8_t uuid[16]);
NODISCARD bool uuid_read(const char *text, uint8_t out[16]);
/* the database is stamped sandbox */
enum exit_code ctl_need_sandbox(struct ctl *c);

/* output.c: a query as a table, or with --json as an array of objects whose
 * members are the columns' names. `nothing` is said of an empty table. */
enum exit_code ctl_list(struct ctl *c, const char *nothing, const char *sql, int n,
			const char *const *value);
void ctl_print_json(json_t *j);
/* "client SP12345678_AB1234 added"; --json: {"result":…,"what":…,"id":…} */
void ctl_done(const struct ctl *c, const char *what, const char *id, const char *result);
void ctl_error(const char *fmt, ...) PRINTF(1, 2);

/* control.c: one question to the daemon; the caller owns *answer. */
enum exit_code ctl_ask(const struct ctl *c, json_t *question, json_t **answer);
/* The answer, whatever it says, or NULL when there is no daemon; tells nothing. */
json_t *ctl_try(const struct ctl *c, json_t *question);
/* Wall time; a sandbox's is its daemon's, where one runs. */
int64_t ctl_now(struct ctl *c);

/* the commands */
enum exit_code ctl_client_add(struct ctl *c);
enum exit_code ctl_client_list(struct ctl *c);
enum exit_code ctl_client_disable(struct ctl *c);
enum exit_code ctl_client_enable(struct ctl *c);
enum exit_code ctl_agency_add(struct ctl *c);
enum exit_code ctl_agency_list(struct ctl *c);
enum exit_code ctl_linkage_import(struct ctl *c);
enum exit_code ctl_linkage_withdraw(struct ctl *c);
enum exit_code ctl_credential_import(struct ctl *c);
enum exit_code ctl_credential_stop(struct ctl *c);
enum exit_code ctl_representation_import(struct ctl *c);
enum exit_code ctl_grant_list(struct ctl *c);
enum exit_code ctl_grant_revoke(struct ctl *c);
enum exit_code ctl_db_migrate(struct ctl *c);
enum exit_code ctl_db_maintain(struct ctl *c);
enum exit_code ctl_status(struct ctl *c);
enum exit_code ctl_sandbox_clock(struct ctl *c);
enum exit_code ctl_sandbox_reset(struct ctl *c);

#endif
