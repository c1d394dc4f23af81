/* http1: head first, line by line over the caller's buffer, then the body.
 * Places in the head are kept as offsets until it is complete, because the
 * buffer moves while it grows; then the head is copied once into the arena.
 * Called by conn for each run of bytes; refuses at the first doubtful byte.
 * SPDX-License-Identifier: Apache-2.0 */
#include "net/http1.h"

#include "net/body.h"
#include "net/line.h"

enum { PORT_HTTPS = 443 };

struct span {
	uint16_t at, n;
};

_Static_assert(HTTP_LINE_MAX + HTTP_SECTION_MAX + 4 < UINT16_MAX,
	       "places in a head fit 16 bits");

struct head_field {
	struct span name, value;
};

enum stage { AT_REQUEST_LINE, AT_FIELDS, AT_BODY, AT_END };

struct http_reader {
	struct arena *arena;
	const struct http_authority *own;
	enum stage stage;
	size_t line, scan;  /* start of this line, scanned up to here */
	size_t section;     /* where the fields begin */
	bool skipped_empty; /* the one CRLF that may stand in front */
	bool expects_continue;
	struct span method, target;
	struct str authority; /* of an absolute target */
	bool foreign;         /* an absolute target of another scheme */
	size_t fields;
	struct head_field field[HTTP_FIELDS_MAX];
	struct http_request request;
	struct body body;
	int status;
};

struct str http_field(const struct http_request *r, const char *name)
{
	for (size_t i = 0; i < r->fields; i++)
		if (str_is(r->field[i].name, name))
			return r->field[i].value;
	return STR_NONE;
}

size_t http_field_count(const struct http_request *r, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < r->fields; i++)
		n += str_is(r->field[i].name, name);
	return n;
}

static bool port_number(struct str s, int *out)
{
	int port = 0;

	if (s.n == 0 || s.n > 5 || !line_all(s, CHAR_DIGIT))
		return false;
	for (size_t i = 0; i < s.n; i++)
		port = port * 10 + (s.p[i] - '0');
	*out = port;
	return port <= UINT16_MAX;
}

static bool is_address_char(char c)
{
	return char_is(c, CHAR_HEX) || c == ':' || c == '.';
}

/* RFC 9112 section 3.2.3, RFC 3986 section 3.2.2; names as hosts have them,
 * no percent signs, no userinfo. */
bool http_authority(struct str text, struct http_authority *out)
{
	size_t n = 0;

	if (text.n > 0 && text.p[0] == '[') {
		for (n = 1; n < text.n && is_address_char(text.p[n]); n++)
			;
		if (n < 3 || n == text.n || text.p[n++] != ']')
			return false;
	} else {
		while (n < text.n && char_is(text.p[n], CHAR_HOST))
			n++;
	}
	out->host = str_part(text, 0, n);
	out->port = PORT_HTTPS;
	if (n == 0)
		return false;
	if (n == text.n)
		return true;
	return text.p[n] == ':' && port_number(str_from(text, n + 1), &out->port);
}

static bool is_own(const struct http_reader *r, const struct http_authority *a)
{
	return a->port == r->own->port && a->host.n == r->own->host.n &&
	       strncasecmp(a->host.p, r->own->host.p, a->host.n) == 0;
}

struct http_reader *http_reader_new(struct arena *a, const struct http_authority *own)
{
	struct http_reader *r = arena_alloc(a, sizeof(*r));

	r->arena = a;
	r->own = own;
	return r;
}

const struct http_request *http_reader_request(const struct http_reader *r)
{
	return &r->request;
}

int http_reader_status(const struct http_reader *r)
{
	return r->status;
}

bool http_reader_is_head(const struct http_reader *r)
{
	return r->request.method == HTTP_HEAD;
}

bool http_reader_is_blank(const struct http_reader *r)
{
	return r->stage == AT_REQUEST_LINE && r->scan == 0;
}

bool http_reader_wants_continue(struct http_reader *r)
{
	bool wants = r->expects_continue;

	r->expects_continue = false;
	return wants;
}

bool http_reader_in_body(const struct http_reader *r)
{
	return r->stage == AT_BODY;
}

size_t http_reader_body_bytes(const struct http_reader *r)
{
	return r->body.data.n;
}

static enum http_state refuse(struct http_reader *r, int status)
{
	r->status = status;
	r->stage = AT_END;
	return HTTP_REFUSED;
}

/* Well framed but wrong: the first reason counts, the connection goes on. */
static void object(struct http_reader *r, int status)
{
	if (r->status == 0)
		r->status = status;
}

static struct span span(size_t at, size_t n)
{
	return (struct span){ (uint16_t)at, (uint16_t)n };
}

static enum http_method method_of(struct str s)
{
	static const char *const name[] = {
		[HTTP_GET] = "GET",       [HTTP_HEAD] = "HEAD",
		[HTTP_POST] = "POST",     [HTTP_PUT] = "PUT",
		[HTTP_DELETE] = "DELETE", [HTTP_OPTIONS] = "OPTIONS",
		[HTTP_TRACE] = "TRACE",   [HTTP_CONNECT] = "CONNECT",
		[HTTP_PATCH] = "PATCH",
	};

	for (size_t i = 0; i < COUNT(name); i++)
		if (str_is(s, name[i]))
			return (enum http_method)i;
	return HTTP_UNKNOWN;
}

/* 0, or the status that ends the connection. */
static int version_status(struct str s, int *minor)
{
	if (s.n != 8 || !str_starts(s, "HTTP/") || s.p[6] != '.' ||
	    !char_is(s.p[5], CHAR_DIGIT) || !char_is(s.p[7], CHAR_DIGIT))
		return 400;
	*minor = s.p[7] - '0';
	return s.p[5] == '1' ? 0 : 505;
}

static bool target_is_absolute(struct str target)
{
	size_t colon = str_find(target, ':');

	return colon > 0 && str_starts(str_from(target, colon), "://") &&
	       line_all(str_part(target, 0, colon), CHAR_HOST);
}

/* Where the path of an absolute target begins. */
static size_t path_of_absolute(struct str target)
{
	size_t at = str_find(target, ':') + 3;

	while (at < target.n && target.p[at] != '/' && target.p[at] != '?')
		at++;
	return at;
}

static bool target_is_fine(enum http_method method, struct str target)
{
	struct http_authority ignored;

	if (str_is(target, "*"))
		return method == HTTP_OPTIONS;
	if (target.p[0] == '/')
		return line_all(target, CHAR_TARGET);
	if (!target_is_absolute(target))
		return false;
	size_t start = str_find(target, ':') + 3, end = path_of_absolute(target);

	return http_authority(str_part(target, start, end - start), &ignored) &&
	       line_all(str_from(target, end), CHAR_TARGET);
}

static int request_line(struct http_reader *r, struct str line)
{
	struct str method, target, version, rest;
	int status;

	method = str_cut(line, ' ', &rest);
	target = str_cut(rest, ' ', &version);
	if (method.n == 0 || !line_all(method, CHAR_TOKEN) || target.n == 0 ||
	    version.p == NULL)
		return 400;
	status = version_status(version, &r->request.minor);
	if (status != 0)
		return status;
	if (method.n > HTTP_METHOD_MAX)
		return 501;
	r->request.method = method_of(method);
	if (r->request.method == HTTP_CONNECT)
		return 405;
	if (!target_is_fine(r->request.method, target))
		return 400;
	r->method = span(r->line, method.n);
	r->target = span(r->line + method.n + 1, target.n);
	return 0;
}

static int field_line(struct http_reader *r, struct str in, struct str line)
{
	struct str name, value;

	if (r->fields == HTTP_FIELDS_MAX)
		return 431;
	if (!line_field(line, &name, &value))
		return 400;
	r->field[r->fields++] = (struct head_field){
		span((size_t)(name.p - in.p), name.n),
		span((size_t)(value.p - in.p), value.n),
	};
	return 0;
}

static void set_path(struct http_reader *r)
{
	struct http_request *q = &r->request;
	struct str rest = q->target;

	if (target_is_absolute(q->target)) {
		size_t start = str_find(q->target, ':') + 3;
		size_t end = path_of_absolute(q->target);

		r->authority = str_part(q->target, start, end - start);
		r->foreign = !str_is_nocase(str_part(q->target, 0, start), "https://");
		rest = str_from(q->target, end);
	}
	q->path = str_cut(rest, '?', &q->query);
	if (q->path.n == 0)
		q->path = STR("/");
}

static void lower(char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] >= 'A' && p[i] <= 'Z')
			p[i] = (char)(p[i] | 0x20);
}

static void copy_head(struct http_reader *r, struct str head)
{
	struct http_request *q = &r->request;
	char *p = arena_cstr(r->arena, head);

	q->target = (struct str){ p + r->target.at, r->target.n };
	set_path(r);
	q->field = arena_array(r->arena, r->fields, sizeof(*q->field));
	q->fields = r->fields;
	for (size_t i = 0; i < r->fields; i++) {
		const struct head_field *f = &r->field[i];

		lower(p + f->name.at, f->name.n);
		q->field[i].name = (struct str){ p + f->name.at, f->name.n };
		q->field[i].value = (struct str){ p + f->value.at, f->value.n };
	}
}

struct head_facts {
	struct str host, length, coding, content_type, expect;
	unsigned hosts, lengths, codings, content_types;
	bool encoded;
};

static void note(struct str *slot, unsigned *count, struct str value)
{
	*slot = value;
	(*count)++;
}

/* A list of tokens; what is not one of ours does not matter here. */
static void connection_options(struct http_request *q, struct str value)
{
	while (value.p != NULL)
		if (str_is_nocase(str_trim(str_cut(value, ',', &value)), "close"))
			q->close = true;
}

static void gather(struct http_request *q, struct head_facts *h)
{
	for (size_t i = 0; i < q->fields; i++) {
		const struct http_field *f = &q->field[i];

		if (str_is(f->name, "host"))
			note(&h->host, &h->hosts, f->value);
		else if (str_is(f->name, "connection"))
			connection_options(q, f->value);
		else if (str_is(f->name, "content-length"))
			note(&h->length, &h->lengths, f->value);
		else if (str_is(f->name, "transfer-encoding"))
			note(&h->coding, &h->codings, f->value);
		else if (str_is(f->name, "content-type"))
			note(&h->content_type, &h->content_types, f->value);
		else if (str_is(f->name, "content-encoding"))
			h->encoded |= !str_is_nocase(f->value, "identity");
		else if (str_is(f->name, "expect") &&
			 (h->expect.p == NULL || str_is_nocase(h->expect, "100-continue")))
			h->expect = f->value;
	}
}

static int host_status(struct http_reader *r, const struct head_facts *h)
{
	struct http_authority a;

	if (h->hosts != 1 || !http_authority(h->host, &a))
		return 400;
	if (r->foreign)
		object(r, 421);
	/* RFC 9112 section 3.2.2: an absolute target overrides Host */
	if (r->authority.p != NULL && !http_authority(r->authority, &a))
		return 400;
	if (!is_own(r, &a))
		object(r, 421);
	return 0;
}

/* Digits alone, leading zeros allowed; what is too large is not computed. */
static int length_status(const struct head_facts *h, size_t *out)
{
	size_t n = 0;

	if (h->lengths > 1 || h->length.n == 0 || !line_all(h->length, CHAR_DIGIT))
		return 400;
	for (size_t i = 0; i < h->length.n; i++) {
		n = n * 10 + (size_t)(h->length.p[i] - '0');
		if (n > BODY_MAX)
			return 413;
	}
	*out = n;
	return 0;
}

/* RFC 9112 section 6.1: chunked alone is served. Known codings in front of a
 * last chunked are 501, everything else cannot be framed. */
static int coding_status(const struct http_reader *r, const struct head_facts *h)
{
	static const char *const known[] = { "gzip", "x-gzip", "deflate", "compress",
					     "x-compress" };
	struct str rest = h->coding;

	if (r->request.minor == 0 || h->codings > 1 || h->lengths > 0)
		return 400;
	if (str_is_nocase(h->coding, "chunked"))
		return 0;
	for (;;) {
		struct str one = str_trim(str_cut(rest, ',', &rest));
		bool is_known = false;

		if (rest.p == NULL)
			return str_is_nocase(one, "chunked") ? 501 : 400;
		for (size_t i = 0; i < COUNT(known); i++)
			is_known |= str_is_nocase(one, known[i]);
		if (!is_known)
			return 400;
	}
}

static bool method_has_body(enum http_method m)
{
	return m == HTTP_POST || m == HTTP_PUT || m == HTTP_PATCH || m == HTTP_UNKNOWN;
}

static int body_status(struct http_reader *r, const struct head_facts *h)
{
	size_t length = 0;
	int status = 0;

	if (h->codings > 0) {
		status = coding_status(r, h);
		body_by_chunks(&r->body);
	} else if (h->lengths > 0) {
		status = length_status(h, &length);
		body_by_length(&r->body, status ? 0 : length);
	}
	if (status == 0 && r->body.stage != BODY_NONE &&
	    !method_has_body(r->request.method))
		return 400;
	return status;
}

static int expect_status(struct http_reader *r, const struct head_facts *h)
{
	if (h->expect.p == NULL || r->request.minor == 0)
		return 0;
	if (!str_is_nocase(h->expect, "100-continue"))
		return 417;
	r->expects_continue = r->body.stage != BODY_NONE;
	/* the client may send the body or not: a refusal now has to close */
	return r->expects_continue ? r->status : 0;
}

/* faults-H19: a bad escape and an escaped NUL are errors of the request, not
 * of its framing. */
static bool escapes_are_fine(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '%')
			continue;
		if (s.n - i < 3 || !char_is(s.p[i + 1], CHAR_HEX) ||
		    !char_is(s.p[i + 2], CHAR_HEX))
			return false;
		if (s.p[i + 1] == '0' && s.p[i + 2] == '0')
			return false;
	}
	return true;
}

static enum http_state finish(struct http_reader *r)
{
	r->request.body = buf_str(&r->body.data);
	r->stage = AT_END;
	return HTTP_DONE;
}

static enum http_state head_is_complete(struct http_reader *r, struct str head)
{
	struct head_facts h = { 0 };
	int status;

	copy_head(r, head);
	gather(&r->request, &h);
	if (r->request.minor == 0)
		r->request.close = true;
	status = host_status(r, &h);
	if (status == 0)
		status = body_status(r, &h);
	if (!escapes_are_fine(r->request.target) || h.content_types > 1)
		object(r, 400);
	if (r->request.method == HTTP_UNKNOWN)
		object(r, 501);
	if (h.encoded)
		object(r, 415);
	if (status == 0)
		status = expect_status(r, &h);
	if (status != 0)
		return refuse(r, status);
	if (r->body.stage == BODY_NONE)
		return finish(r);
	arena_own(r->arena, &r->body, body_free);
	r->stage = AT_BODY;
	return HTTP_MORE;
}

/* One whole line; 0 or the status that ends the connection. */
static int head_line(struct http_reader *r, struct str in, struct str line)
{
	if (r->stage == AT_FIELDS)
		return field_line(r, in, line);
	if (line.n == 0 && !r->skipped_empty) {
		r->skipped_empty = true;
		return 0;
	}
	r->stage = AT_FIELDS;
	r->section = r->scan + 2;
	return request_line(r, line);
}

static int length_exceeded(const struct http_reader *r)
{
	bool long_line = r->scan - r->line > HTTP_LINE_MAX;

	if (r->stage == AT_REQUEST_LINE)
		return long_line ? 414 : 0;
	return long_line || r->scan - r->section > HTTP_SECTION_MAX ? 431 : 0;
}

static enum http_state take_head(struct http_reader *r, struct str in, size_t *used)
{
	for (;;) {
		enum line l = line_scan(in, &r->scan);
		struct str line = str_part(in, r->line, r->scan - r->line);
		int status = length_exceeded(r);

		if (status == 0 && l == LINE_BAD)
			status = 400;
		if (status != 0)
			return refuse(r, status);
		if (l == LINE_MORE)
			return HTTP_MORE;
		if (r->stage == AT_FIELDS && line.n == 0) {
			*used += r->scan + 2;
			return head_is_complete(r, str_part(in, 0, r->scan));
		}
		status = head_line(r, in, line);
		if (status != 0)
			return refuse(r, status);
		r->line = r->scan = r->scan + 2;
		if (r->stage == AT_REQUEST_LINE) { /* the empty line is done with */
			*used += r->scan;
			in = str_from(in, r->scan);
			r->line = r->scan = 0;
		}
	}
}

static enum http_state take_body(struct http_reader *r, struct str in, size_t *used)
{
	switch (body_take(&r->body, in, used)) {
	case BODY_MORE:
		return HTTP_MORE;
	case BODY_REFUSED:
		return refuse(r, r->body.status);
	case BODY_DONE:
		break;
	}
	return finish(r);
}

enum http_state http_reader_take(struct http_reader *r, struct str in, size_t *used)
{
	enum http_state s = HTTP_MORE;
	size_t n = 0;

	must(r->stage != AT_END);
	*used = 0;
	if (r->stage != AT_BODY)
		s = take_head(r, in, used);
	if (r->stage == AT_BODY) {
		s = take_body(r, str_from(in, *used), &n);
		*used += n;
	}
	return s;
}
