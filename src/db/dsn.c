/* dsn: reads a libpq connection text ("hostaddr=10.0.0.1,10.0.0.2 dbname=…" or a
 * postgresql:// URI) into one list of keywords per host.
 * Callers: pool, migrate, configuration check. Never connects or resolves.
 * Source: PostgreSQL 15 documentation, chapter 34.1.1.
 * SPDX-License-Identifier: Apache-2.0 */
#include "db/dsn.h"

#include <arpa/inet.h>
#include <libpq-fe.h>

enum { HOSTS_MAX = 16, KEYWORDS_MAX = 64 };

struct list {
	struct str part[HOSTS_MAX];
	size_t n;
};

static bool split(struct str text, struct list *out)
{
	out->n = 0;
	while (text.p != NULL && out->n < HOSTS_MAX)
		out->part[out->n++] = str_trim(str_cut(text, ',', &text));
	return text.p == NULL;
}

static bool is_numeric(struct arena *a, struct str host)
{
	const char *z = arena_cstr(a, host);
	unsigned char bytes[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, z, bytes) == 1 || inet_pton(AF_INET6, z, bytes) == 1;
}

static struct str value_of(struct arena *a, const PQconninfoOption *o, const char *keyword)
{
	for (; o->keyword != NULL; o++)
		if (strcmp(o->keyword, keyword) == 0 && o->val != NULL)
			return arena_str(a, str_of(o->val));
	return STR_NONE;
}

static bool is_ours(const struct setting *extra, const char *keyword)
{
	for (; extra->keyword != NULL; extra++)
		if (strcmp(extra->keyword, keyword) == 0)
			return true;
	return false;
}

static void put(struct endpoint *e, size_t *n, const char *keyword, const char *value)
{
	must(*n < KEYWORDS_MAX);
	e->keyword[*n] = keyword;
	e->value[(*n)++] = value;
}

/* "options" of the text and of ours are both wanted, ours last. */
static const char *joined(struct arena *a, struct str theirs, const char *ours)
{
	return arena_printf(a, "%.*s %s", STR_ARG(theirs), ours).p;
}

static struct endpoint endpoint(struct arena *a, const PQconninfoOption *o,
				const struct setting *extra)
{
	struct endpoint e = {
		arena_array(a, KEYWORDS_MAX + 1, sizeof(char *)),
		arena_array(a, KEYWORDS_MAX + 1, sizeof(char *)),
	};
	struct str options = value_of(a, o, "options");
	size_t n = 0;

	for (; o->keyword != NULL; o++) {
		const char *k = arena_cstr(a, str_of(o->keyword));

		if (o->val == NULL || is_ours(extra, k) || strcmp(k, "host") == 0 ||
		    strcmp(k, "hostaddr") == 0 || strcmp(k, "port") == 0)
			continue;
		put(&e, &n, k, arena_cstr(a, str_of(o->val)));
	}
	for (; extra->keyword != NULL; extra++)
		put(&e, &n, extra->keyword,
		    strcmp(extra->keyword, "options") == 0 ?
			    joined(a, options, extra->value) :
			    extra->value);
	return e;
}

static void add_place(struct arena *a, struct endpoint *e, struct str host,
		      struct str address, struct str port)
{
	size_t n = 0;

	while (e->keyword[n] != NULL)
		n++;
	if (host.n > 0)
		put(e, &n, "host", arena_cstr(a, host));
	if (address.n > 0)
		put(e, &n, "hostaddr", arena_cstr(a, address));
	if (port.n > 0)
		put(e, &n, "port", arena_cstr(a, port));
}

static struct str check_host(struct arena *a, struct str host, struct str address)
{
	if (address.n > 0 && !is_numeric(a, address))
		return STR("hostaddr is not a numeric address; write for example "
			   "hostaddr=192.0.2.10");
	if (address.n > 0)
		return STR_NONE;
	if (host.n == 0)
		return STR("no host is named; write hostaddr=ADDRESS, or host=DIRECTORY "
			   "for a socket, for example host=/run/postgresql");
	if (host.p[0] != '/' && !is_numeric(a, host))
		return STR("host is a name, and names are not resolved; write its address "
			   "as hostaddr=ADDRESS beside it (host then only names the "
			   "certificate), or a socket directory beginning with /");
	return STR_NONE;
}

static struct str build(struct arena *a, const PQconninfoOption *o,
			const struct setting *extra, struct dsn *out)
{
	struct list host, address, port;
	size_t n;

	if (!split(value_of(a, o, "host"), &host) ||
	    !split(value_of(a, o, "hostaddr"), &address) ||
	    !split(value_of(a, o, "port"), &port))
		return STR("more than 16 hosts; name fewer");
	n = host.n > address.n ? host.n : address.n;
	if ((host.n > 0 && host.n != n) || (address.n > 0 && address.n != n) ||
	    (port.n > 1 && port.n != n))
		return STR("host, hostaddr and port differ in number; give each host one "
			   "of each, separated by commas");
	n = n > 0 ? n : 1;
	out->endpoint = arena_array(a, n, sizeof(*out->endpoint));
	out->endpoints = n;
	for (size_t i = 0; i < n; i++) {
		struct str h = i < host.n ? host.part[i] : STR_NONE;
		struct str d = i < address.n ? address.part[i] : STR_NONE;
		struct str p = port.n == 1 ? port.part[0] :
			       port.n > 1  ? port.part[i] :
					     STR_NONE;
		struct str wrong = check_host(a, h, d);

		if (wrong.p != NULL)
			return wrong;
		out->endpoint[i] = endpoint(a, o, extra);
		add_place(a, &out->endpoint[i], h, d, p);
	}
	return STR_NONE;
}

struct str dsn_read(struct arena *a, struct str text, const struct setting *extra,
		    struct dsn *out)
{
	char *why = NULL;
	PQconninfoOption *o = PQconninfoParse(arena_cstr(a, text), &why);
	struct str wrong;

	PQfreemem(why); /* it may repeat a password */
	if (o == NULL)
		return STR("it cannot be read; write `keyword=value` pairs, for example "
			   "host=/run/postgresql dbname=selfinfo user=selfinfo_gateway, "
			   "with values that hold blanks in single quotes");
	wrong = build(a, o, extra, out);
	PQconninfoFree(o);
	return wrong;
}
