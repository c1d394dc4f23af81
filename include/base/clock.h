/* clock: two times. Wall time is milliseconds since 1970-01-01 UTC and is what
 * statements, tokens and records use; in the sandbox it can be moved. Monotonic
 * time is milliseconds from an unknown start and is what timers and deadlines
 * use; nothing moves it. Callers: every room. Never fails.
 * Japan's time zone is UTC+9 without summer time.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/arena.h"
#include "base/buf.h"

#define CLOCK_DAY_MS (INT64_C(86400) * 1000)

int64_t clock_wall_ms(void);
int64_t clock_mono_ms(void);
int64_t clock_cpu_us(void); /* of this process */

/* The sandbox clock: *offset_ms is added to wall time from now on. It lies in
 * memory shared by the master and its workers and outlives them all. */
void clock_share_offset(const int64_t *offset_ms);

struct date { /* a day in Japan's calendar, proleptic Gregorian */
	int year, month, day;
};
NODISCARD bool date_parse(struct str s, struct date *out); /* YYYY-MM-DD */
int64_t date_days(struct date d);                          /* days since 1970-01-01 */
struct date date_from_days(int64_t days);
int64_t date_start_ms(struct date d);                 /* 00:00 in Japan, wall ms */
struct date date_of_ms(int64_t wall_ms);              /* the day in Japan */
struct str date_text(struct arena *a, struct date d); /* YYYY-MM-DD */

/* 2026-11-24T09:30:00.123+09:00, RFC 3339 in Japan's time */
struct str clock_text(struct arena *a, int64_t wall_ms);
/* Tue, 24 Nov 2026 00:30:00 GMT, RFC 9110 section 5.6.7; 29 bytes and NUL */
void clock_http_date(int64_t wall_ms, char out[30]);

#endif
