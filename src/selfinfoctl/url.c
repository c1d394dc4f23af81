/* url: see url.h. The URI is later compared byte by byte and sent as it is in
 * a Location field, so what is registered must mean the same to every reader.
 * SPDX-License-Identifier: Apache-2.0 */
#include "url.h"

#include <arpa/inet.h>

static bool lower(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* RFC 3986: the characters of path and query, and whole percent signs */
static bool chars_ok(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '%' && (i + 2 >= s.n || !hex(s.p[i + 1]) || !hex(s.p[i + 2])))
			return false;
		if (c <= 0x20 || c >= 0x7f || strchr("\"<>\\^`{|}", c) != NULL)
			return false;
	}
	return true;
}

static bool six_ok(struct str host)
{
	char z[INET6_ADDRSTRLEN];
	struct in6_addr six;

	if (host.n < 2 || host.n - 2 >= sizeof(z))
		return false;
	memcpy(z, host.p + 1, host.n - 2);
	z[host.n - 2] = '\0';
	return strlen(z) == host.n - 2 && inet_pton(AF_INET6, z, &six) == 1;
}

static bool host_ok(struct str host)
{
	struct str rest = host;

	if (str_starts(host, "["))
		return str_ends(host, "]") && six_ok(host);
	if (host.n == 0 || host.n > 253)
		return false;
	while (rest.p != NULL) {
		struct str label = str_cut(rest, '.', &rest);

		if (label.n == 0 || label.n > 63 || !lower(label.p[0]) ||
		    !lower(label.p[label.n - 1]))
			return false;
		for (size_t i = 0; i < label.n; i++)
			if (!lower(label.p[i]) && label.p[i] != '-')
				return false;
	}
	return true;
}

static size_t authority_end(struct str s)
{
	size_t at = str_find(s, '/'), query = str_find(s, '?');

	return query < at ? query : at;
}

const char *redirect_uri_wrong(struct str uri)
{
	struct str authority, host, port;
	size_t colon;
	int64_t number;

	if (uri.n > REDIRECT_URI_MAX)
		return "it is longer than 2000 characters";
	if (!str_starts(uri, "https://"))
		return str_starts(uri, "http://") ?
			       "http is refused, on loopback too; it begins with https://" :
			       "it begins with https:// in lower case";
	authority = str_part(uri, 8, authority_end(str_from(uri, 8)));
	if (str_find(uri, '#') < uri.n)
		return "it has no fragment (#)";
	if (str_find(authority, '@') < authority.n)
		return "it has no user in front of the host (@)";
	if (str_find(uri, '*') < uri.n)
		return "it has no wildcard (*)";
	if (!chars_ok(uri))
		return "it holds characters that a URI does not have";
	colon = str_starts(authority, "[") ? str_find(authority, ']') + 1 :
					     str_find(authority, ':');
	host = str_part(authority, 0, colon);
	port = str_from(authority, colon);
	if (!host_ok(host))
		return "its host is not a host name in lower case (xn-- for others) or an "
		       "address";
	if (port.n > 0 && !str_int(str_from(port, 1), 1, 65535, &number))
		return "its port is not 1 to 65535";
	if (port.n > 0 && number == 443)
		return "its port 443 is not written";
	return NULL;
}
