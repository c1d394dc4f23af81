/* agency against a real server with a provide() that does what the person code
 * says, and against tests/agency/stub.mjs, which breaks the protocol. Run by
 * tests/db/run.sh; SELFINFO_TEST_STUB is the command that starts the stub (node
 * and the script), without it those tests are left out.
 * Numbers F… are those of the list of faults. SPDX-License-Identifier: Apache-2.0 */
#include "db/database.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agency/agency.h"
#include "base/log.h"

enum { ASKS = 400, DEADLINE = 700 };

static const char provide_sql[] =
	"DROP SCHEMA IF EXISTS selfinfo_provider CASCADE; CREATE SCHEMA selfinfo_provider;"
	"CREATE FUNCTION selfinfo_provider.provide(person_code text, items text[],"
	" period_from date, period_to date, purpose text)"
	" RETURNS TABLE (item text, status text, recorded_on date, current_to date,"
	" retained_from date, records jsonb) LANGUAGE plpgsql AS $$"
	" DECLARE verb text := split_part(person_code, ':', 1);"
	" arg text := split_part(person_code, ':', 2); BEGIN"
	" IF verb = 'sleep' THEN PERFORM pg_sleep(arg::int / 1000.0); END IF;"
	" IF verb = 'error' THEN RAISE EXCEPTION 'no'; END IF;"
	" IF verb = 'cancel' THEN RAISE EXCEPTION 'no' USING ERRCODE = '57014'; END IF;"
	" IF verb = 'unasked' THEN RETURN QUERY SELECT '9-9', 'withheld', NULL::date,"
	"  NULL::date, NULL::date, NULL::jsonb; END IF;"
	" IF verb = 'rows' THEN RETURN QUERY SELECT items[1], 'withheld', NULL::date,"
	"  NULL::date, NULL::date, NULL::jsonb FROM generate_series(1, arg::int); RETURN; "
	"END IF;"
	" IF verb = 'status' THEN RETURN QUERY SELECT items[1], arg, NULL::date,"
	"  '2026-11-23'::date, NULL::date, NULL::jsonb; RETURN; END IF;"
	" IF verb = 'infinity' THEN RETURN QUERY SELECT items[1], 'no_record', NULL::date,"
	"  'infinity'::date, NULL::date, NULL::jsonb; RETURN; END IF;"
	" RETURN QUERY SELECT i, 'provided', '2026-10-02'::date, '2026-11-23'::date,"
	"  NULL::date, jsonb_build_array(jsonb_build_object('code', person_code,"
	"  'from', period_from, 'purpose', purpose, 'fill',"
	"  CASE WHEN verb = 'size' THEN repeat('x', arg::int) END)) FROM unnest(items) i;"
	" END $$";

struct asked {
	struct agency_question question;
	struct source_answer answer;
	struct str agency;
	char first[200]; /* what the first row's records begin with */
	int64_t ms;
	bool ended;
};

static struct {
	struct loop *loop;
	struct agency_row row;
	struct asked asked[ASKS];
	size_t asks;
	pid_t stub;
	int port;
} t;

static const struct str items[] = { STR("1"), STR("3-4") };

static enum step ask_stage(struct flow *f)
{
	struct asked *a = f->data;

	a->ms = clock_mono_ms();
	agency_ask(f, a->agency, &a->question, &a->answer);
	return WAIT;
}

static enum step answer_stage(struct flow *f)
{
	struct asked *a = f->data;

	a->ms = clock_mono_ms() - a->ms;
	if (a->answer.rows > 0)
		snprintf(a->first, sizeof(a->first), "%.*s",
			 STR_ARG(a->answer.row[0].records));
	return DONE;
}

static void ended(struct flow *f)
{
	struct asked *a = f->data;

	a->ended = true;
}

static void failed(struct flow *f, enum failure why)
{
	(void)f;
	fail_msg("an agency failed a flow: %d", why);
}

static struct asked *ask_agency(const char *agency, const char *code)
{
	static const struct stage table[] = { { "ask", ask_stage },
					      { "answer", answer_stage },
					      { NULL, NULL } };
	static const struct flow_owner owner = { failed, ended };
	struct asked *a = &t.asked[t.asks++];
	struct flow *f = flow_new(t.loop, table, &owner);

	assert_true(t.asks <= ASKS);
	*a = (struct asked){ .agency = str_of(agency) };
	a->question = (struct agency_question){
		.person_code = str_of(code),
		.item = items,
		.items = COUNT(items),
		.from = { 2026, 4, 1 },
		.to = { 2026, 9, 30 },
		.purpose = STR("test"),
	};
	f->data = a;
	flow_start(f);
	return a;
}

static struct asked *ask(const char *code)
{
	return ask_agency("aozora", code);
}

static bool all_ended(void *arg)
{
	(void)arg;
	for (size_t i = 0; i < t.asks; i++)
		if (!t.asked[i].ended)
			return false;
	return true;
}

static void wait_all(int64_t ms)
{
	assert_true(run_until(t.loop, all_ended, NULL, ms));
}

static bool never(void *arg)
{
	(void)arg;
	return false;
}

static void is_unavailable(const struct asked *a, const char *reason)
{
	assert_int_equal(a->answer.state, SOURCE_UNAVAILABLE);
	assert_string_equal(a->answer.reason, reason);
	assert_int_equal(a->answer.rows, 0);
}

static void is_answered(const struct asked *a)
{
	if (a->answer.state != SOURCE_ANSWERED)
		fail_msg("not answered: %s after %d ms", a->answer.reason, (int)a->ms);
	assert_int_equal(a->answer.rows, 2);
}

static int begin(void **state)
{
	(void)state;
	t.loop = loop_new();
	flow_init(t.loop);
	agency_init(t.loop);
	t.asks = 0;
	t.row = (struct agency_row){
		.id = STR("aozora"),
		.name_ja = STR("あおぞら市"),
		.name_en = STR("Aozora"),
		.provider_kind = STR("municipality"),
		.address = str_of(getenv("SELFINFO_TEST_SOCKET")),
		.port = 5432,
		.dbname = STR("postgres"),
		.username = STR("postgres"),
		.sslmode = STR("disable"),
		.sslrootcert = STR(""),
		.credential = STR(""),
		.deadline_ms = DEADLINE,
		.item = items,
		.items = COUNT(items),
	};
	agency_set(&t.row, 1);
	return 0;
}

static int begin_server(void **state)
{
	database_run(provide_sql);
	return begin(state);
}

static int end(void **state)
{
	(void)state;
	if (t.loop != NULL) {
		agency_close();
		run_until(t.loop, all_ended, NULL, 100);
		loop_free(t.loop);
	}
	t.loop = NULL;
	if (t.stub > 0)
		kill(t.stub, SIGTERM);
	t.stub = 0;
	return 0;
}

static void rows_come_as_the_contract_says(void **state)
{
	struct asked *a = ask("X-1");

	(void)state;
	wait_all(2000);
	is_answered(a);
	assert_string_equal(a->first, "[{\"code\": \"X-1\", \"fill\": null, \"from\": "
				      "\"2026-04-01\", \"purpose\": \"test\"}]");
}

static void latest_asks_without_a_period(void **state)
{
	struct asked *a = ask("X-1");

	(void)state;
	a->question.from.day = a->question.to.day = 0;
	wait_all(2000);
	is_answered(a);
	assert_non_null(strstr(a->first, "\"from\": null"));
}

static void an_unknown_agency_is_unavailable(void **state)
{
	struct asked *a = ask_agency("nobody", "X-1");

	(void)state;
	wait_all(100);
	is_unavailable(a, "connect");
}

static void breaches_of_the_contract_are_agency_errors(void **state)
{
	static const char *const code[] = { "error",           "rows:2",   "status:pending",
					    "status:provided", "infinity", "rows:20000" };
	struct asked *a[COUNT(code)];

	(void)state;
	for (size_t i = 0; i < COUNT(code); i++)
		a[i] = ask(code[i]);
	wait_all(3000);
	for (size_t i = 0; i < COUNT(code); i++)
		is_unavailable(a[i], "agency_error");
}

static void rows_not_asked_for_are_dropped_and_counted(void **state)
{
	struct asked *a = ask("unasked");

	(void)state;
	wait_all(2000);
	is_answered(a);
	assert_int_equal(a->answer.unasked, 1);
}

/* F28 */
static void a_value_over_a_mebibyte_is_too_large(void **state)
{
	struct asked *a, *b, *c;

	(void)state;
	t.row.deadline_ms = 8000;
	agency_set(&t.row, 1);
	a = ask("size:1100000");
	b = ask("size:1000000");
	c = ask("size:30000000");
	wait_all(9000);
	is_unavailable(a, "too_large");
	is_answered(b);
	is_unavailable(c, "too_large");
}

/* F26 one errs or times out with 16 queued */
static void an_error_concerns_one_alone(void **state)
{
	struct asked *a[17];

	(void)state;
	for (int i = 0; i < 17; i++)
		a[i] = ask(i == 3 ? "error" : i == 5 ? "cancel" : "X-1");
	wait_all(2000);
	for (int i = 0; i < 17; i++)
		if (i == 3)
			is_unavailable(a[i], "agency_error");
		else if (i == 5)
			is_unavailable(a[i], "timeout");
		else
			is_answered(a[i]);
}

static void a_slow_one_is_unavailable_at_its_deadline(void **state)
{
	struct asked *a = ask("sleep:3000"), *b;

	(void)state;
	wait_all(2000);
	is_unavailable(a, "timeout");
	assert_in_range(a->ms, DEADLINE - 20, DEADLINE + 100);
	b = ask("X-1");
	wait_all(2000);
	is_answered(b);
}

static void the_callers_patience_counts_too(void **state)
{
	struct asked *a = ask("sleep:3000");

	(void)state;
	a->question.most_ms = 200;
	wait_all(2000);
	is_unavailable(a, "timeout");
	assert_in_range(a->ms, 190, 300);
}

/* F25 */
static void a_killed_backend_costs_one_try(void **state)
{
	struct asked *a[8];

	(void)state;
	t.row.deadline_ms = 4000;
	agency_set(&t.row, 1);
	ask("X-1");
	wait_all(2000);
	for (int i = 0; i < 8; i++)
		a[i] = ask(i == 0 ? "sleep:500" : "X-1");
	run_until(t.loop, never, NULL, 100);
	kill((pid_t)database_number("SELECT pid FROM pg_stat_activity WHERE "
				    "application_name = 'selfinfo'"),
	     SIGTERM);
	wait_all(4000);
	for (int i = 0; i < 8; i++)
		is_answered(a[i]);
}

/* F35 */
static void a_connection_closed_meanwhile_is_opened_again(void **state)
{
	struct asked *a;

	(void)state;
	ask("X-1");
	wait_all(2000);
	database_run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
		     "application_name = 'selfinfo'");
	a = ask("X-1");
	wait_all(2000);
	is_answered(a);
	database_run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE "
		     "application_name = 'selfinfo'");
	run_until(t.loop, never, NULL, 700);
	a = ask("X-1");
	wait_all(2000);
	is_answered(a);
}

/* F22 refused: two tries; after five failures the circuit opens */
static void a_dead_agency_is_answered_at_once_after_a_while(void **state)
{
	struct asked *a;
	int n = 0;

	(void)state;
	t.row.port = 1; /* no such socket */
	agency_set(&t.row, 1);
	do {
		a = ask("X-1");
		wait_all(2000);
		assert_int_equal(a->answer.state, SOURCE_UNAVAILABLE);
	} while (strcmp(a->answer.reason, "circuit_open") != 0 && ++n < 20);
	assert_in_range(n, 2, 6);
	a = ask("X-1");
	wait_all(50);
	is_unavailable(a, "circuit_open");
	assert_true(a->ms <= 1);
	t.row.port = 5432; /* another row is another peer, with a circuit of its own */
	agency_set(&t.row, 1);
	a = ask("X-1");
	wait_all(2000);
	is_answered(a);
}

/* F21 STOP: unavailable at the deadline, then the circuit; F36 back within 30 s */
static void a_stopped_agency_comes_back(void **state)
{
	struct asked *a[6], *b;
	bool back = false;

	(void)state;
	ask("X-1");
	wait_all(2000);
	database_signal(SIGSTOP);
	for (int i = 0; i < 6; i++)
		a[i] = ask("X-1");
	wait_all(2000);
	for (int i = 0; i < 6; i++)
		assert_int_equal(a[i]->answer.state, SOURCE_UNAVAILABLE);
	assert_in_range(a[0]->ms, DEADLINE - 20, DEADLINE + 100);
	b = ask("X-1");
	wait_all(50);
	is_unavailable(b, "circuit_open");
	database_signal(SIGCONT);
	for (int i = 0; i < 40 && !back; i++) {
		run_until(t.loop, never, NULL, 250);
		b = ask("X-1");
		wait_all(2000);
		back = b->answer.state == SOURCE_ANSWERED;
	}
	assert_true(back);
}

/* F32 */
static void a_queue_has_an_end(void **state)
{
	size_t busy = 0, late = 0;

	(void)state;
	for (int i = 0; i < ASKS; i++)
		ask("sleep:50");
	wait_all(3000);
	for (int i = 0; i < ASKS; i++) {
		if (t.asked[i].answer.state != SOURCE_UNAVAILABLE)
			continue;
		busy += strcmp(t.asked[i].answer.reason, "busy") == 0;
		late += strcmp(t.asked[i].answer.reason, "timeout") == 0 ||
			strcmp(t.asked[i].answer.reason, "circuit_open") == 0;
	}
	assert_int_equal(busy, ASKS - 256);
	assert_in_range(late, 230, 256);
}

static void a_flow_that_leaves_is_forgotten(void **state)
{
	static const struct stage table[] = { { "ask", ask_stage },
					      { "answer", answer_stage },
					      { NULL, NULL } };
	static const struct flow_owner owner = { failed, ended };
	struct flow *f = flow_new(t.loop, table, &owner);
	struct asked *a = ask("sleep:200"), left = a[0];

	(void)state;
	f->data = &left;
	flow_start(f);
	run_until(t.loop, never, NULL, 100);
	flow_leave(f);
	wait_all(2000);
	is_answered(a);
	assert_int_equal(left.answer.state, SOURCE_ASKING);
}

static void a_set_without_a_row_ends_what_it_asked_in_time(void **state)
{
	struct asked *a = ask("sleep:100");

	(void)state;
	run_until(t.loop, never, NULL, 50);
	agency_set(NULL, 0);
	assert_null(agency_find(STR("aozora")));
	wait_all(2000);
	is_answered(a);
	agency_set(&t.row, 1);
	assert_true(agency_serves(agency_find(STR("aozora")), STR("3-4")));
	assert_false(agency_serves(agency_find(STR("aozora")), STR("3-5")));
}

static int listen_somewhere(int *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&a, n), 0);
	assert_int_equal(listen(fd, 64), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &n), 0);
	*port = ntohs(a.sin_port);
	return fd;
}

/* F21 one that keeps silent slows none of the others; P6 a connect tells nothing */
static void a_silent_agency_slows_no_other(void **state)
{
	enum { OTHERS = 12, ROUNDS = 10 };
	struct agency_row row[OTHERS + 1];
	char name[OTHERS + 1][24];
	int port, fd = listen_somewhere(&port);
	struct asked *silent, *other[ROUNDS][OTHERS];

	(void)state;
	for (int i = 0; i <= OTHERS; i++) {
		snprintf(name[i], sizeof(name[i]), "agency-%d", i);
		row[i] = t.row;
		row[i].id = str_of(name[i]);
	}
	row[OTHERS].address = STR("127.0.0.1");
	row[OTHERS].port = port;
	agency_set(row, OTHERS + 1);
	silent = ask_agency(name[OTHERS], "X-1");
	for (int r = 0; r < ROUNDS; r++) {
		for (int i = 0; i < OTHERS; i++)
			other[r][i] = ask_agency(name[i], "X-1");
		run_until(t.loop, never, NULL, 60);
	}
	wait_all(3000);
	close(fd);
	assert_int_equal(silent->answer.state, SOURCE_UNAVAILABLE);
	assert_in_range(silent->ms, DEADLINE - 20, DEADLINE + 100);
	for (int r = 0; r < ROUNDS; r++)
		for (int i = 0; i < OTHERS; i++) {
			is_answered(other[r][i]);
			assert_true(other[r][i]->ms < 400);
		}
}

static int taken;

static void take_and_close(void *arg, int ready)
{
	int fd = accept(*(int *)arg, NULL, NULL);

	(void)ready;
	if (fd < 0)
		return;
	taken++;
	close(fd);
}

/* F36 at most two connects a second, however many ask */
static void connects_are_few(void **state)
{
	int fd = listen_somewhere(&t.row.port);
	struct watch w;

	(void)state;
	taken = 0;
	watch_start(t.loop, &w, fd, WATCH_READ, take_and_close, &fd);
	t.row.address = STR("127.0.0.1");
	agency_set(&t.row, 1);
	for (int i = 0; i < 30; i++) {
		ask("X-1");
		run_until(t.loop, never, NULL, 50);
	}
	wait_all(3000);
	watch_stop(&w);
	close(fd);
	assert_in_range(taken, 2, 5);
	for (size_t i = 0; i < t.asks; i++)
		assert_int_equal(t.asked[i].answer.state, SOURCE_UNAVAILABLE);
}

/* F29 by its type */
static void other_types_are_an_agency_error(void **state)
{
	struct asked *a;

	(void)state;
	database_run(
		"DROP FUNCTION selfinfo_provider.provide;"
		"CREATE FUNCTION selfinfo_provider.provide(person_code text, items text[],"
		" period_from date, period_to date, purpose text)"
		" RETURNS TABLE (item text, status text, recorded_on date, current_to date,"
		" retained_from date, records json) LANGUAGE sql AS"
		" $$ SELECT i, 'provided', '2026-10-02'::date, '2026-11-23'::date,"
		" NULL::date, '[{}]'::json FROM unnest(items) i $$");
	a = ask("X-1");
	wait_all(2000);
	is_unavailable(a, "agency_error");
	database_run("DROP FUNCTION selfinfo_provider.provide");
	a = ask("X-1");
	wait_all(2000);
	is_unavailable(a, "agency_error");
}

static void start_stub(const char *arguments)
{
	const char *command = getenv("SELFINFO_TEST_STUB");
	char line[512];
	int out[2];
	FILE *f;

	assert_int_equal(pipe(out), 0);
	t.stub = fork();
	if (t.stub == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		dup2(out[1], 1);
		close(out[0]);
		close(out[1]);
		snprintf(line, sizeof(line), "exec %s --mode %s", command, arguments);
		execl("/bin/sh", "sh", "-c", line, (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	f = fdopen(out[0], "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "port %d", &t.port), 1);
	fclose(f);
	t.row.address = STR("127.0.0.1");
	t.row.port = t.port;
	agency_set(&t.row, 1);
}

/* F24, F27, F28, F29 and worse: unavailable in time, whatever comes */
static void whatever_comes_an_agency_is_answered_in_time(void **state)
{
	static const struct {
		const char *mode, *reason; /* NULL: answered */
	} t_case[] = {
		{ "ok", NULL },
		{ "warning", NULL },
		{ "bad-version", "agency_error" },
		{ "empty-value", "agency_error" },
		{ "huge", "too_large" },
		{ "truncated", "connect" },
		{ "close", "connect" },
		{ "silent", "timeout" },
		{ "silent-start", "" },
		{ "slow", "timeout" },
		{ "many-rows", "" },
		{ "error", "timeout" }, /* its error is 57014 */
		{ "bad-length", "" },
		{ "garbage", "" },
	};

	for (size_t i = 0; i < COUNT(t_case); i++) {
		struct asked *a;

		begin(state);
		if (strcmp(t_case[i].mode, "huge") == 0)
			t.row.deadline_ms = 8000; /* to build it takes a while */
		start_stub(t_case[i].mode);
		a = ask("X-1");
		wait_all(t.row.deadline_ms + 300);
		if (t_case[i].reason == NULL)
			is_answered(a);
		else if (t_case[i].reason[0] != '\0')
			is_unavailable(a, t_case[i].reason);
		else
			assert_int_equal(a->answer.state, SOURCE_UNAVAILABLE);
		printf("%s: %s after %d ms\n", t_case[i].mode,
		       a->answer.reason ? a->answer.reason : "answered", (int)a->ms);
		end(state);
	}
}

static void no_rows_are_an_answer_without_rows(void **state)
{
	struct asked *a;

	begin(state);
	start_stub("no-rows");
	a = ask("X-1");
	wait_all(2000);
	assert_int_equal(a->answer.state, SOURCE_ANSWERED);
	assert_int_equal(a->answer.rows, 0);
	end(state);
}

/* A CA, another one, and certificates: right, expired, for another address. */
static const char make_certificates[] =
	"set -e; cd %s; exec 2>/dev/null\n"
	"for ca in ca other; do openssl req -x509 -newkey ec -pkeyopt "
	"ec_paramgen_curve:P-256"
	" -nodes -keyout $ca.key -out $ca.pem -days 2 -subj /CN=$ca; done\n"
	"make() { printf 'subjectAltName=IP:%%s\n' $2 >$1.ext; openssl req -newkey ec"
	" -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $1.key -subj /CN=agency |"
	" openssl x509 -req -CA ca.pem -CAkey ca.key -CAcreateserial -extfile $1.ext"
	" -days $3 -out $1.pem; }\n"
	"make right 127.0.0.1 2; make expired 127.0.0.1 -1; make address 192.0.2.1 2";

/* F34 */
static void only_a_right_certificate_is_trusted(void **state)
{
	static const struct {
		const char *certificate, *ca;
		bool right;
	} t_case[] = {
		{ "right", "ca", true },    { "expired", "ca", false },
		{ "address", "ca", false }, { "right", "other", false },
		{ "right", "none", false }, { NULL, "ca", false },
	};
	char folder[] = "/tmp/selfinfo-tls.XXXXXX", command[2048], arguments[256], ca[64];

	assert_non_null(mkdtemp(folder));
	snprintf(command, sizeof(command), make_certificates, folder);
	assert_int_equal(system(command), 0);
	for (size_t i = 0; i < COUNT(t_case); i++) {
		const char *name = t_case[i].certificate;
		struct asked *a;

		begin(state);
		t.row.deadline_ms = 4000;
		t.row.sslmode = STR("verify-full");
		snprintf(ca, sizeof(ca), "%s/%s.pem", folder, t_case[i].ca);
		t.row.sslrootcert = str_of(ca);
		if (name != NULL)
			snprintf(arguments, sizeof(arguments),
				 "ok --cert %s/%s.pem --key %s/%s.key", folder, name,
				 folder, name);
		start_stub(name != NULL ? arguments : "ok");
		a = ask("X-1");
		wait_all(5000);
		if (t_case[i].right)
			is_answered(a);
		else
			is_unavailable(a, "connect");
		end(state);
	}
	snprintf(command, sizeof(command), "rm -r %s", folder);
	assert_int_equal(system(command), 0);
}

int main(void)
{
#define ON_SERVER(f) cmocka_unit_test_setup_teardown(f, begin_server, end)
	const struct CMUnitTest tests[] = {
		ON_SERVER(rows_come_as_the_contract_says),
		ON_SERVER(latest_asks_without_a_period),
		ON_SERVER(an_unknown_agency_is_unavailable),
		ON_SERVER(breaches_of_the_contract_are_agency_errors),
		ON_SERVER(rows_not_asked_for_are_dropped_and_counted),
		ON_SERVER(a_value_over_a_mebibyte_is_too_large),
		ON_SERVER(an_error_concerns_one_alone),
		ON_SERVER(a_slow_one_is_unavailable_at_its_deadline),
		ON_SERVER(the_callers_patience_counts_too),
		ON_SERVER(a_killed_backend_costs_one_try),
		ON_SERVER(a_connection_closed_meanwhile_is_opened_again),
		ON_SERVER(a_dead_agency_is_answered_at_once_after_a_while),
		ON_SERVER(a_stopped_agency_comes_back),
		ON_SERVER(a_queue_has_an_end),
		ON_SERVER(a_silent_agency_slows_no_other),
		ON_SERVER(connects_are_few),
		ON_SERVER(a_flow_that_leaves_is_forgotten),
		ON_SERVER(a_set_without_a_row_ends_what_it_asked_in_time),
		ON_SERVER(other_types_are_an_agency_error),
	};
	const struct CMUnitTest stub_tests[] = {
		cmocka_unit_test_teardown(whatever_comes_an_agency_is_answered_in_time,
					  end),
		cmocka_unit_test_teardown(only_a_right_certificate_is_trusted, end),
		cmocka_unit_test_teardown(no_rows_are_an_answer_without_rows, end),
	};
	int wrong;

	log_threshold(LOG_ERROR + 1);
	wrong = cmocka_run_group_tests(tests, NULL, NULL);
	if (getenv("SELFINFO_TEST_STUB") != NULL)
		wrong += cmocka_run_group_tests(stub_tests, NULL, NULL);
	return wrong;
}
