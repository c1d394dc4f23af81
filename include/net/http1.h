/* http1: a strict HTTP/1.1 request parser; it sees bytes and knows no socket.
 * Framing doubt always closes. Limits: request line 8 KiB, header section
 * 16 KiB and 100 fields, one field 8 KiB, body 64 KiB, chunk line 256 bytes,
 * 4,096 chunks (faults section 5).
 * Callers: conn (and the fuzzer). All text of a request is borrowed from the
 * connection's arena for that request and is valid until its answer is given.
 * Source: RFC 9112, RFC 9110.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_HTTP1_H
#define NET_HTTP1_H

#include "base/arena.h"
#include "base/buf.h"

enum {
	HTTP_LINE_MAX = 8192,
	HTTP_SECTION_MAX = 16384,
	HTTP_FIELDS_MAX = 100,
	HTTP_METHOD_MAX = 32,
};

/* HTTP_UNKNOWN never reaches a handler: it is answered with 501. */
enum http_method {
	HTTP_GET,
	HTTP_HEAD,
	HTTP_POST,
	HTTP_PUT,
	HTTP_DELETE,
	HTTP_OPTIONS,
	HTTP_TRACE,
	HTTP_CONNECT,
	HTTP_PATCH,
	HTTP_UNKNOWN
};

struct http_field {
	struct str name;  /* lower case */
	struct str value; /* without blanks around it */
};

struct http_request {
	enum http_method method;
	struct str target; /* as sent */
	struct str path;   /* as sent, up to '?': never normalised or decoded */
	struct str query;  /* behind '?'; absent without one */
	struct http_field *field;
	size_t fields;
	struct str body; /* complete, chunks joined */
	int minor;       /* HTTP/1.minor */
	bool close;      /* the connection ends behind this request */
};

/* The value of the first field of that name (lower case), or absent. */
struct str http_field(const struct http_request *r, const char *name);
size_t http_field_count(const struct http_request *r, const char *name);

/* host[:port] as compared: letters' case and a left out :443 do not matter. */
struct http_authority {
	struct str host;
	int port;
};
NODISCARD bool http_authority(struct str text, struct http_authority *out);

/* Reading one request. The reader lives in the arena, as does its request. */
struct http_reader;

enum http_state {
	HTTP_MORE,    /* what came is fine, the request is not complete */
	HTTP_DONE,    /* http_reader_request is complete; see http_reader_status */
	HTTP_REFUSED, /* answer http_reader_status and close */
};

/* `own` is the one authority served; it outlives the reader. */
struct http_reader *http_reader_new(struct arena *a, const struct http_authority *own);
/* Looks at `in`, of which the first *used bytes are done with: the next call
 * gets the rest again, and what has come behind it. */
enum http_state http_reader_take(struct http_reader *r, struct str in, size_t *used);
const struct http_request *http_reader_request(const struct http_reader *r);
/* 0, or the status of a request that is refused although it was well framed
 * (HTTP_DONE: the connection goes on) or was not (HTTP_REFUSED). */
int http_reader_status(const struct http_reader *r);
bool http_reader_is_head(const struct http_reader *r);  /* method HEAD */
bool http_reader_is_blank(const struct http_reader *r); /* nothing has begun */
/* true once, when the client waits for 100 before it sends the body */
bool http_reader_wants_continue(struct http_reader *r);
bool http_reader_in_body(const struct http_reader *r);
size_t http_reader_body_bytes(const struct http_reader *r);

#endif
