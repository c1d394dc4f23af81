/* database: see database.h. SPDX-License-Identifier: Apache-2.0 */
#include "db/database.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

static const char *env(const char *name)
{
	const char *v = getenv(name);

	if (v == NULL)
		fail_msg("%s is not set; run this by tests/db/run.sh", name);
	return v;
}

const char *database_dsn(void)
{
	static char text[256];

	snprintf(text, sizeof(text), "host=%s dbname=postgres user=postgres",
		 env("SELFINFO_TEST_SOCKET"));
	return text;
}

/* A killed process stays for a moment; the next server waits for none. */
static void wait_gone(int pid)
{
	int64_t end = clock_mono_ms() + 3000;

	while (kill(pid, 0) == 0 && clock_mono_ms() < end)
		usleep(2000);
	assert_int_not_equal(kill(pid, 0), 0);
}

static PGresult *query(PGconn **c, const char *sql)
{
	PGresult *r;
	char dsn[400];

	/* even while the server waits for a standby */
	snprintf(dsn, sizeof(dsn),
		 "%s options='-c synchronous_commit=local"
		 " -c client_min_messages=warning'",
		 database_dsn());
	*c = PQconnectdb(dsn);
	r = PQexec(*c, sql);
	if (PQresultStatus(r) != PGRES_COMMAND_OK && PQresultStatus(r) != PGRES_TUPLES_OK)
		fail_msg("%s: %s", sql, PQerrorMessage(*c));
	return r;
}

void database_run(const char *sql)
{
	PGconn *c;

	PQclear(query(&c, sql));
	PQfinish(c);
}

long database_number(const char *sql)
{
	PGconn *c;
	PGresult *r = query(&c, sql);
	long n = strtol(PQgetvalue(r, 0, 0), NULL, 10);

	PQclear(r);
	PQfinish(c);
	return n;
}

void database_ctl(const char *words)
{
	char command[512];

	snprintf(command, sizeof(command), "%s %s", env("SELFINFO_TEST_CTL"), words);
	assert_int_equal(system(command), 0);
}

int database_postmaster(void)
{
	char path[512];
	FILE *f;
	int pid = 0;

	snprintf(path, sizeof(path), "%s/postmaster.pid", env("SELFINFO_TEST_DATA"));
	f = fopen(path, "r");
	assert_non_null(f);
	assert_int_equal(fscanf(f, "%d", &pid), 1);
	fclose(f);
	return pid;
}

void database_signal(int number)
{
	char command[64];
	int parent = database_postmaster(), pid[64], n = 0;
	FILE *f;

	snprintf(command, sizeof(command), "ps -o pid= --ppid %d", parent);
	f = popen(command, "r");
	assert_non_null(f);
	while (n < 64 && fscanf(f, "%d", &pid[n]) == 1)
		n++;
	pclose(f);
	assert_int_equal(kill(parent, number), 0);
	for (int i = 0; i < n; i++)
		kill(pid[i], number);
	for (int i = 0; number == SIGKILL && i < n; i++)
		wait_gone(pid[i]);
	if (number == SIGKILL)
		wait_gone(parent);
}

void database_setting(const char *line)
{
	FILE *f = fopen(env("SELFINFO_TEST_CONF"), "a");

	assert_non_null(f);
	fprintf(f, "%s\n", line);
	fclose(f);
	database_run("SELECT pg_reload_conf()");
}

struct waiting {
	struct loop *loop;
	struct timer timer;
	bool (*is_true)(void *);
	void *arg;
	int64_t end;
	bool came;
};

static void look(void *arg)
{
	struct waiting *w = arg;

	w->came = w->is_true(w->arg);
	if (w->came || clock_mono_ms() >= w->end)
		loop_stop(w->loop);
	else
		timer_start(w->loop, &w->timer, 2, look, w);
}

bool run_until(struct loop *l, bool (*is_true)(void *), void *arg, int64_t ms)
{
	struct waiting w = {
		.loop = l, .is_true = is_true, .arg = arg, .end = clock_mono_ms() + ms
	};

	timer_start(l, &w.timer, 0, look, &w);
	loop_run(l);
	timer_stop(&w.timer);
	return w.came;
}
