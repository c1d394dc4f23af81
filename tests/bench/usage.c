/* usage: what processes used, told by the kernel: CPU in nanoseconds
 * (/proc/PID/schedstat, and for children that ended /proc/PID/stat) and anonymous
 * memory, of a process and all below it. Callers: load.c. Source: proc(5).
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "bench/load.h"

struct usage usage_read(const char *argument)
{
	const char *sign = strchr(argument, '=');
	struct usage u = { .name = argument };

	if (sign == NULL || (u.pid = atol(sign + 1)) <= 1)
		fail("not NAME=PID: %s", argument);
	return u;
}

static int64_t own_cpu_ns(long pid)
{
	char path[64];
	long long ns = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/schedstat", pid);
	f = fopen(path, "r");
	if (f == NULL)
		return 0; /* ended just now: its parent tells */
	if (fscanf(f, "%lld", &ns) != 1)
		fail("no %s", path);
	fclose(f);
	return ns;
}

/* Of children that ended: fields 16 and 17, behind the name, which may hold
 * blanks. Told in ticks, so not for short times. */
static int64_t ended_cpu_ns(long pid)
{
	char path[64], line[1024];
	long long user = 0, system = 0;
	const char *at;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	f = fopen(path, "r");
	if (f == NULL)
		return 0;
	at = fgets(line, sizeof(line), f) != NULL ? strrchr(line, ')') : NULL;
	if (at == NULL || sscanf(at,
				 ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u "
				 "%*u %*u %lld %lld",
				 &user, &system) != 2)
		fail("no %s", path);
	fclose(f);
	return (user + system) * (INT64_C(1000000000) / sysconf(_SC_CLK_TCK));
}

static size_t own_anonymous_kib(long pid)
{
	char path[64], line[256];
	size_t kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%ld/status", pid);
	f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "RssAnon:", 8) == 0)
			kib = strtoul(line + 8, NULL, 10);
	if (kib == 0)
		fail("no RssAnon in %s", path);
	fclose(f);
	return kib;
}

static FILE *children_of(long pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%ld/task/%ld/children", pid, pid);
	return fopen(path, "r");
}

int64_t usage_cpu_ns(long pid)
{
	FILE *f = children_of(pid);
	int64_t sum = own_cpu_ns(pid) + ended_cpu_ns(pid);
	long child;

	while (f != NULL && fscanf(f, "%ld", &child) == 1)
		sum += usage_cpu_ns(child);
	if (f != NULL)
		fclose(f);
	return sum;
}

size_t usage_anonymous_kib(long pid)
{
	FILE *f = children_of(pid);
	size_t sum = own_anonymous_kib(pid);
	long child;

	while (f != NULL && fscanf(f, "%ld", &child) == 1)
		sum += usage_anonymous_kib(child);
	if (f != NULL)
		fclose(f);
	return sum;
}
