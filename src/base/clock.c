/* clock: the only place that asks the system for the time.
 * Called by every room; the days-from-civil arithmetic is exact for all years.
 * Source: RFC 3339, RFC 9110 section 5.6.7.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

#define JAPAN_MS (INT64_C(9) * 3600 * 1000)

static const int64_t *shared_offset;

static int64_t read_ms(clockid_t id)
{
	struct timespec t;

	must(clock_gettime(id, &t) == 0);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_wall_ms(void)
{
	int64_t now = read_ms(CLOCK_REALTIME);

	if (shared_offset != NULL)
		now += __atomic_load_n(shared_offset, __ATOMIC_RELAXED);
	return now;
}

int64_t clock_mono_ms(void)
{
	return read_ms(CLOCK_MONOTONIC);
}

int64_t clock_cpu_us(void)
{
	struct timespec t;

	must(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t) == 0);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void clock_share_offset(const int64_t *offset_ms)
{
	shared_offset = offset_ms;
}

int64_t date_days(struct date d)
{
	int64_t y = d.month <= 2 ? d.year - 1 : d.year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

struct date date_from_days(int64_t days)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	int month = (int)(mp < 10 ? mp + 3 : mp - 9);

	return (struct date){ .year = (int)(yoe + era * 400 + (month <= 2)),
			      .month = month,
			      .day = (int)(doy - (153 * mp + 2) / 5 + 1) };
}

static bool digits(struct str s, int *out)
{
	*out = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		*out = *out * 10 + (s.p[i] - '0');
	}
	return true;
}

bool date_parse(struct str s, struct date *out)
{
	struct date d, back;

	if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-' ||
	    !digits(str_part(s, 0, 4), &d.year) || !digits(str_part(s, 5, 2), &d.month) ||
	    !digits(str_part(s, 8, 2), &d.day))
		return false;
	if (d.year < 1 || d.month < 1 || d.month > 12 || d.day < 1)
		return false;
	back = date_from_days(date_days(d));
	if (back.day != d.day || back.month != d.month)
		return false;
	*out = d;
	return true;
}

int64_t date_start_ms(struct date d)
{
	return date_days(d) * CLOCK_DAY_MS - JAPAN_MS;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

struct date date_of_ms(int64_t wall_ms)
{
	return date_from_days(floor_div(wall_ms + JAPAN_MS, CLOCK_DAY_MS));
}

struct str date_text(struct arena *a, struct date d)
{
	return arena_printf(a, "%04d-%02d-%02d", d.year, d.month, d.day);
}

struct str clock_text(struct arena *a, int64_t wall_ms)
{
	struct date d = date_of_ms(wall_ms);
	int64_t in_day = wall_ms - date_start_ms(d);
	int s = (int)(in_day / 1000);

	return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d.%03d+09:00", d.year, d.month,
			    d.day, s / 3600, s / 60 % 60, s % 60, (int)(in_day % 1000));
}

void clock_http_date(int64_t wall_ms, char out[30])
{
	static const char days[] = "ThuFriSatSunMonTueWed";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int64_t day = floor_div(wall_ms, CLOCK_DAY_MS);
	struct date d = date_from_days(day);
	int s = (int)((wall_ms - day * CLOCK_DAY_MS) / 1000);
	int weekday = (int)(day - floor_div(day, 7) * 7);
	char text[64];
	int n = snprintf(text, sizeof(text), "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
			 &days[(size_t)weekday * 3], d.day,
			 &months[(size_t)(d.month - 1) * 3], d.year, s / 3600, s / 60 % 60,
			 s % 60);

	must(n == 29);
	memcpy(out, text, 30);
}
