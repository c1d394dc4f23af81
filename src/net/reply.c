/* reply: writes a status line, our three fields, the caller's, and the body
 * into one run of bytes, so that they leave in one record.
 * Called by conn for each answer. SPDX-License-Identifier: Apache-2.0 */
#include "net/reply.h"

#include <stdio.h>

#include "base/clock.h"
#include "net/line.h"

enum { HEAD_ROOM = 512 };

static const char *reason(int status)
{
	switch (status) {
	case 200:
		return "OK";
	case 201:
		return "Created";
	case 202:
		return "Accepted";
	case 204:
		return "No Content";
	case 302:
		return "Found";
	case 303:
		return "See Other";
	case 304:
		return "Not Modified";
	case 400:
		return "Bad Request";
	case 401:
		return "Unauthorized";
	case 403:
		return "Forbidden";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	case 406:
		return "Not Acceptable";
	case 408:
		return "Request Timeout";
	case 409:
		return "Conflict";
	case 410:
		return "Gone";
	case 412:
		return "Precondition Failed";
	case 413:
		return "Content Too Large";
	case 414:
		return "URI Too Long";
	case 415:
		return "Unsupported Media Type";
	case 417:
		return "Expectation Failed";
	case 421:
		return "Misdirected Request";
	case 422:
		return "Unprocessable Content";
	case 429:
		return "Too Many Requests";
	case 431:
		return "Request Header Fields Too Large";
	case 500:
		return "Internal Server Error";
	case 501:
		return "Not Implemented";
	case 502:
		return "Bad Gateway";
	case 503:
		return "Service Unavailable";
	case 504:
		return "Gateway Timeout";
	case 505:
		return "HTTP Version Not Supported";
	default:
		return "";
	}
}

static bool status_has_body(int status)
{
	return status != 204 && status != 304;
}

/* Written anew once a second; a worker has one thread. */
static struct str date_now(void)
{
	static char text[30];
	static int64_t second = -1;
	int64_t now = clock_wall_ms();

	if (now / 1000 != second) {
		second = now / 1000;
		clock_http_date(now, text);
	}
	return (struct str){ text, 29 };
}

static void add_number(struct buf *out, size_t v)
{
	char text[20];
	size_t at = sizeof(text);

	do
		text[--at] = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	buf_add(out, (struct str){ text + at, sizeof(text) - at });
}

static void add_field(struct buf *out, struct str name, struct str value)
{
	must(name.n > 0 && line_all(name, CHAR_TOKEN));
	must(line_all(value, CHAR_VALUE));
	buf_add(out, name);
	buf_add(out, STR(": "));
	buf_add(out, value);
	buf_add(out, STR("\r\n"));
}

static void add_status(struct buf *out, int status)
{
	must(status >= 200 && status <= 599);
	buf_add(out, STR("HTTP/1.1 "));
	add_number(out, (size_t)status);
	buf_byte(out, ' ');
	buf_adds(out, reason(status));
	buf_add(out, STR("\r\nDate: "));
	buf_add(out, date_now());
	buf_add(out, STR("\r\n"));
}

void reply_write(struct buf *out, const struct reply *r, struct reply_way way)
{
	bool has_body = status_has_body(r->status);

	buf_room(out, HEAD_ROOM + r->body.n);
	add_status(out, r->status);
	if (has_body && r->type.p != NULL)
		add_field(out, STR("Content-Type"), r->type);
	if (has_body) {
		buf_add(out, STR("Content-Length: "));
		add_number(out, r->type.p != NULL ? r->body.n : 0);
		buf_add(out, STR("\r\n"));
	}
	for (size_t i = 0; i < r->fields; i++)
		add_field(out, r->field[i].name, r->field[i].value);
	if (way.close)
		buf_add(out, STR("Connection: close\r\n"));
	buf_add(out, STR("\r\n"));
	if (has_body && r->type.p != NULL && !way.head)
		buf_add(out, r->body);
}
