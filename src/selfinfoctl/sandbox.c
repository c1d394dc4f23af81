/* sandbox: moving its clock and returning to its pinned state. Both refuse to
 * touch anything that is not a sandbox: the clock lies in the daemon, which
 * refuses in production; the reset asks the database's own stamp. Called by
 * main. Source: api.md 5.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "ctl.h"
#include "offset.h"

static void print_clock(const struct ctl *c, json_t *answer)
{
	int64_t offset = json_integer_value(json_object_get(answer, "offset_ms"));
	int64_t now = clock_wall_ms() + offset;
	struct str text = clock_text(c->a, now);
	json_t *j;

	if (!c->o.json) {
		printf("%.*s (%+lld s from real time)\n", STR_ARG(text),
		       (long long)(offset / 1000));
		return;
	}
	j = json_pack("{s:I, s:s%}", "offset_ms", (json_int_t)offset, "now", text.p,
		      text.n);
	must(j != NULL);
	ctl_print_json(j);
	json_decref(j);
}

static json_t *clock_question(const char *mode, int64_t ms)
{
	json_t *question = json_pack("{s:s, s:s, s:I}", "command", "clock", "mode", mode,
				     "offset_ms", (json_int_t)ms);

	must(question != NULL);
	return question;
}

enum exit_code ctl_sandbox_clock(struct ctl *c)
{
	struct offset o;
	json_t *question, *answer;
	enum exit_code code;

	if (!offset_read(str_of(c->argument[0]), &o)) {
		ctl_error("+7d, -1h, =0 or show is expected; units are ms, s, min, h, d");
		return EXIT_WRONG_USE;
	}
	code = ctl_config(c);
	if (code != EXIT_OK)
		return code;
	question = clock_question(o.set ? "set" : "add", o.ms);
	code = ctl_ask(c, question, &answer);
	json_decref(question);
	if (code != EXIT_OK)
		return code;
	print_clock(c, answer);
	json_decref(answer);
	return EXIT_OK;
}

/* One transaction. Clients, agencies, people, their links and cards stay: they
 * are what the pinned state consists of. */
static const char forget_sql[] =
	"TRUNCATE pushed, interaction, card_step, card_transaction, code, token, "
	"assertion, retrieval, grant_use, pairwise, grants, disclosure, delivery, "
	"refusal; "
	"UPDATE credential SET stopped = NULL WHERE stopped IS NOT NULL";

/* A daemon that does not run begins with the real time anyway. */
static enum exit_code reset_clock(struct ctl *c)
{
	json_t *question, *answer;
	bool refused;

	if (c->conf == NULL && c->o.control == NULL)
		return EXIT_OK; /* no daemon is known here */
	question = clock_question("set", 0);
	answer = ctl_try(c, question);
	refused = answer != NULL && !json_is_true(json_object_get(answer, "ok"));
	json_decref(question);
	json_decref(answer);
	if (refused)
		ctl_error("the daemon did not reset its clock");
	return refused ? EXIT_FAILED : EXIT_OK;
}

enum exit_code ctl_sandbox_reset(struct ctl *c)
{
	enum exit_code code = ctl_connect(c, ROLE_OWNER);

	if (code == EXIT_OK)
		code = ctl_need_sandbox(c);
	if (code != EXIT_OK)
		return code;
	code = ctl_do(c, forget_sql);
	if (code == EXIT_OK)
		code = reset_clock(c);
	if (code == EXIT_OK)
		ctl_done(c, "sandbox", PQdb(c->db), "reset");
	return code;
}
