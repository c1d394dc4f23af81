// SPDX-License-Identifier: Apache-2.0
/*
 * ask CONNINFO text|binary CODE ITEM,... [TIMEOUT_S]: asks one agency as the gateway
 * does: prepares provide() and calls it in libpq's pipeline mode, results in the format
 * named. Prints "column=value" lines (records as its bytes after the version byte), then
 * "rows N"; on failure one line "failed: ..." and exit code 1, after TIMEOUT_S without
 * an answer "failed: timeout" (default 5). For tests of agencies and of stub.mjs.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <arpa/inet.h>
#include <libpq-fe.h>

#define JSONB_OID 3802
#define DATE_OID 1082

static const char sql[] =
	"SELECT item, status, recorded_on, current_to, retained_from, records "
	"FROM selfinfo_provider.provide($1, $2, $3, $4, $5)";

static int failed(const char *why)
{
	printf("failed: %s\n", why);
	return EXIT_FAILURE;
}

static long left_ms(const struct timespec *end)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (end->tv_sec - now.tv_sec) * 1000 + (end->tv_nsec - now.tv_nsec) / 1000000;
}

/* The next result, or NULL and *late. NULL without *late separates two commands. */
static PGresult *next_result(PGconn *conn, const struct timespec *end, int *late)
{
	while (PQisBusy(conn)) {
		struct pollfd p = { .fd = PQsocket(conn), .events = POLLIN, .revents = 0 };
		long ms = left_ms(end);

		if (ms <= 0 || poll(&p, 1, (int)ms) == 0) {
			*late = 1;
			return NULL;
		}
		if (!PQconsumeInput(conn))
			break;
	}
	return PQgetResult(conn);
}

static void print_value(const PGresult *res, int row, int col)
{
	const char *v = PQgetvalue(res, row, col);
	int n = PQgetlength(res, row, col);

	printf("%s=", PQfname(res, col));
	if (PQgetisnull(res, row, col)) {
		printf("NULL");
	} else if (PQfformat(res, col) == 1 && PQftype(res, col) == DATE_OID && n == 4) {
		uint32_t days;

		memcpy(&days, v, sizeof days);
		printf("day %d", (int)ntohl(days));
	} else if (PQfformat(res, col) == 1 && PQftype(res, col) == JSONB_OID && n > 0) {
		printf("v%d ", v[0]);
		fwrite(v + 1, 1, (size_t)n - 1, stdout);
	} else {
		fwrite(v, 1, (size_t)n, stdout);
	}
	putchar('\n');
}

static int ask(PGconn *conn, int format, const char *code, const char *items,
	       const struct timespec *end)
{
	const char *values[5] = { code, items, NULL, NULL, "test" };
	int late = 0;
	int rows = 0;

	if (!PQenterPipelineMode(conn) || !PQsendPrepare(conn, "provide", sql, 0, NULL) ||
	    !PQsendQueryPrepared(conn, "provide", 5, values, NULL, NULL, format) ||
	    !PQpipelineSync(conn))
		return failed(PQerrorMessage(conn));
	for (;;) {
		PGresult *res = next_result(conn, end, &late);
		ExecStatusType status = PQresultStatus(res);

		if (late)
			return failed("timeout");
		if (status == PGRES_PIPELINE_SYNC) {
			PQclear(res);
			break;
		}
		if (res != NULL && status != PGRES_TUPLES_OK &&
		    status != PGRES_COMMAND_OK) {
			const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);

			failed(state != NULL ? state : PQresultErrorMessage(res));
			PQclear(res);
			return EXIT_FAILURE;
		}
		if (res == NULL && PQstatus(conn) != CONNECTION_OK)
			return failed("connection lost");
		for (int i = 0; i < PQntuples(res) && PQntuples(res) <= 100; i++)
			for (int j = 0; j < PQnfields(res); j++)
				print_value(res, i, j);
		rows += PQntuples(res);
		PQclear(res);
	}
	printf("rows %d\n", rows);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	struct timespec end;
	char items[256];
	PGconn *conn;
	int rc;

	if (argc < 5 || (strcmp(argv[2], "text") != 0 && strcmp(argv[2], "binary") != 0) ||
	    strlen(argv[4]) + 3 > sizeof items) {
		fprintf(stderr,
			"usage: ask CONNINFO text|binary CODE ITEM,... [TIMEOUT_S]\n");
		return 64;
	}
	snprintf(items, sizeof items, "{%s}", argv[4]);
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += argc > 5 ? atoi(argv[5]) : 5;
	conn = PQconnectdb(argv[1]);
	if (PQstatus(conn) == CONNECTION_OK)
		rc = ask(conn, strcmp(argv[2], "binary") == 0, argv[3], items, &end);
	else
		rc = failed(PQerrorMessage(conn));
	PQfinish(conn);
	return rc;
}
