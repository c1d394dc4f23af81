/* value_net: values that name places: addresses to listen on, the issuer, the
 * database. All are numeric or checked by their letters; nothing is looked up,
 * and no error repeats what was written. Called by value.c.
 * SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <libpq-fe.h>
#include <netinet/in.h>

#include "option.h"

bool address_read(struct str text, struct conf_address *out)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)&out->socket;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&out->socket;
	bool six = str_starts(text, "[");
	struct str host, port;
	char z[INET6_ADDRSTRLEN];
	int64_t number;

	if (six) {
		host = str_cut(str_from(text, 1), ']', &port);
		if (port.p == NULL || !str_starts(port, ":"))
			return false;
		port = str_from(port, 1);
	} else {
		host = str_cut(text, ':', &port);
	}
	if (host.n >= sizeof(z) || !str_int(port, 1, 65535, &number))
		return false;
	memcpy(z, host.p, host.n);
	z[host.n] = '\0';
	if (strlen(z) != host.n)
		return false;
	out->port = (int)number;
	if (six) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)number);
		out->length = sizeof(*v6);
		return inet_pton(AF_INET6, z, &v6->sin6_addr) == 1;
	}
	v4->sin_family = AF_INET;
	v4->sin_port = htons((uint16_t)number);
	out->length = sizeof(*v4);
	return inet_pton(AF_INET, z, &v4->sin_addr) == 1;
}

static bool host_ok(struct str host)
{
	struct in6_addr six;
	char z[64];

	if (str_starts(host, "[")) {
		if (!str_ends(host, "]") || host.n - 2 >= sizeof(z))
			return false;
		memcpy(z, host.p + 1, host.n - 2);
		z[host.n - 2] = '\0';
		return strlen(z) == host.n - 2 && inet_pton(AF_INET6, z, &six) == 1;
	}
	if (host.n == 0 || host.n > 253)
		return false;
	while (host.p != NULL) {
		struct str rest, label = str_cut(host, '.', &rest);

		if (label.n == 0 || label.n > 63 || label.p[0] == '-' ||
		    label.p[label.n - 1] == '-')
			return false;
		for (size_t i = 0; i < label.n; i++) {
			char ch = label.p[i];

			if (!((ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') ||
			      ch == '-'))
				return false;
		}
		host = rest;
	}
	return true;
}

/* RFC 8414 section 2: https, no query or fragment. Here no path either, since
 * every path of the interface begins at the root. Lower case, because apps and
 * cards compare it byte by byte. */
const char *issuer_wrong(struct str url)
{
	struct str host, port = STR_NONE;
	size_t colon;
	int64_t number;

	if (!str_starts(url, "https://"))
		return "it begins with https://";
	host = str_from(url, 8);
	for (size_t i = 0; i < host.n; i++) {
		if (host.p[i] == '/')
			return "it has no path and no slash at its end";
		if (strchr("?#@", host.p[i]) != NULL)
			return "it has no query, fragment or user";
		if (host.p[i] >= 'A' && host.p[i] <= 'Z')
			return "its host is written in lower case";
	}
	colon = str_starts(host, "[") ? str_find(host, ']') + 1 : str_find(host, ':');
	if (colon < host.n) {
		port = str_from(host, colon);
		host = str_part(host, 0, colon);
	}
	if (port.n > 0) {
		if (!str_starts(port, ":") ||
		    !str_int(str_from(port, 1), 1, 65535, &number))
			return "its port is 1 to 65535";
		if (number == 443)
			return "its port 443 is not written";
	}
	return host_ok(host) ? NULL : "its host is not a host name or address";
}

static bool is_numeric(const char *host)
{
	struct in6_addr any;

	return inet_pton(AF_INET, host, &any) == 1 || inet_pton(AF_INET6, host, &any) == 1;
}

static bool hosts_numeric(const char *hosts)
{
	struct str rest = str_of(hosts);

	while (rest.p != NULL) {
		struct str host = str_cut(rest, ',', &rest);
		char z[64];

		if (host.n == 0 || host.p[0] == '/')
			continue;
		if (host.n >= sizeof(z))
			return false;
		memcpy(z, host.p, host.n);
		z[host.n] = '\0';
		if (!is_numeric(z))
			return false;
	}
	return true;
}

/* libpq's own words are not shown: they can quote a password. */
const char *dsn_wrong(const char *dsn)
{
	PQconninfoOption *all = PQconninfoParse(dsn, NULL);
	const char *wrong = NULL, *host = NULL;
	bool hostaddr = false;

	if (all == NULL)
		return "this is not a connection string of PostgreSQL";
	for (const PQconninfoOption *i = all; i->keyword != NULL; i++) {
		if (i->val == NULL || i->val[0] == '\0')
			continue;
		if (strcmp(i->keyword, "password") == 0)
			wrong = "a password has no place here; use passfile=FILE or "
				"a certificate";
		else if (strcmp(i->keyword, "service") == 0)
			wrong = "a service hides where the connection goes; write it out";
		else if (strcmp(i->keyword, "host") == 0)
			host = i->val;
		else if (strcmp(i->keyword, "hostaddr") == 0)
			hostaddr = true;
	}
	if (wrong == NULL && host != NULL && !hostaddr && !hosts_numeric(host))
		wrong = "a host name needs its hostaddr: looking names up would "
			"hold up a worker";
	PQconninfoFree(all);
	return wrong;
}
