/* body: a small machine over lines and runs of bytes; a stage is left when its
 * line or run is complete. A refusal is final: the connection closes.
 * Called by http1 with whatever has arrived.
 * SPDX-License-Identifier: Apache-2.0 */
#include "net/body.h"

#include "net/http1.h"
#include "net/line.h"

enum { SIZE_DIGITS_MAX = 16 };

void body_by_length(struct body *b, size_t n)
{
	must(n <= BODY_MAX);
	b->stage = n > 0 ? BODY_LENGTH : BODY_NONE;
	b->left = n;
}

void body_by_chunks(struct body *b)
{
	b->stage = BODY_SIZE;
}

void body_free(void *body)
{
	struct body *b = body;

	buf_free(&b->data);
	buf_free(&b->line);
}

static void skip_blanks(struct str *s)
{
	while (s->n > 0 && (s->p[0] == ' ' || s->p[0] == '\t'))
		*s = str_from(*s, 1);
}

static bool skip_token(struct str *s)
{
	size_t n = 0;

	while (n < s->n && char_is(s->p[n], CHAR_TOKEN))
		n++;
	*s = str_from(*s, n);
	return n > 0;
}

static bool skip_quoted(struct str *s)
{
	for (size_t i = 1; i < s->n; i++) {
		if (s->p[i] == '\\') {
			i++;
		} else if (s->p[i] == '"') {
			*s = str_from(*s, i + 1);
			return true;
		}
	}
	return false;
}

/* RFC 9112 section 7.1.1: *( BWS ";" BWS name [ BWS "=" BWS value ] ) */
static bool extensions_are_fine(struct str s)
{
	while (s.n > 0) {
		skip_blanks(&s);
		if (s.n == 0 || s.p[0] != ';')
			return false;
		s = str_from(s, 1);
		skip_blanks(&s);
		if (!skip_token(&s))
			return false;
		struct str rest = s;
		skip_blanks(&rest);
		if (rest.n == 0 || rest.p[0] != '=')
			continue;
		s = str_from(rest, 1);
		skip_blanks(&s);
		if (s.n > 0 && s.p[0] == '"' ? !skip_quoted(&s) : !skip_token(&s))
			return false;
	}
	return true;
}

static unsigned hex_value(char c)
{
	if (c <= '9')
		return (unsigned)(c - '0');
	return (unsigned)((c | 0x20) - 'a') + 10;
}

static int size_line(struct body *b, struct str line)
{
	uint64_t size = 0;
	size_t n = 0;

	for (; n < line.n && char_is(line.p[n], CHAR_HEX); n++) {
		if (n == SIZE_DIGITS_MAX)
			return 400;
		size = size << 4 | hex_value(line.p[n]);
	}
	if (n == 0 || !extensions_are_fine(str_from(line, n)))
		return 400;
	if (size == 0) {
		b->stage = BODY_TRAILER;
		return 0;
	}
	if (++b->chunks > BODY_CHUNKS_MAX || size > BODY_MAX - b->data.n)
		return 413;
	b->left = (size_t)size;
	b->stage = BODY_DATA;
	return 0;
}

/* RFC 9110 section 6.5.1: fields that frame, route, authenticate or describe
 * the content must not come behind it. */
static bool trailer_is_forbidden(struct str name)
{
	static const char *const forbidden[] = {
		"content-length",
		"transfer-encoding",
		"host",
		"authorization",
		"connection",
		"content-type",
		"content-encoding",
		"cookie",
		"expect",
		"te",
		"trailer",
		"upgrade",
		"cache-control",
		"content-range",
		"max-forwards",
		"proxy-authorization",
		"dpop",
	};

	for (size_t i = 0; i < COUNT(forbidden); i++)
		if (str_is_nocase(name, forbidden[i]))
			return true;
	return false;
}

static int trailer_line(struct body *b, struct str line)
{
	struct str name, value;

	if (line.n == 0) {
		b->stage = BODY_NONE;
		return 0;
	}
	b->trailer_bytes += line.n + 2;
	if (++b->trailers > HTTP_FIELDS_MAX || b->trailer_bytes > HTTP_SECTION_MAX)
		return 431;
	if (!line_field(line, &name, &value) || trailer_is_forbidden(name))
		return 400;
	return 0;
}

static int whole_line(struct body *b, struct str line)
{
	switch (b->stage) {
	case BODY_SIZE:
		return line.n > BODY_LINE_MAX ? 400 : size_line(b, line);
	case BODY_DATA_END:
		b->stage = BODY_SIZE;
		return line.n == 0 ? 0 : 400;
	case BODY_TRAILER:
		return line.n > HTTP_LINE_MAX ? 431 : trailer_line(b, line);
	default: /* only these three stages read lines */
		must(b->stage == BODY_TRAILER);
		return 400;
	}
}

static size_t line_limit(const struct body *b)
{
	switch (b->stage) {
	case BODY_DATA_END:
		return 0;
	case BODY_SIZE:
		return BODY_LINE_MAX;
	default:
		return HTTP_LINE_MAX;
	}
}

/* A part of a line waits in b->line. Only its end is scanned again: a CR there
 * may be the first half of the line's end. */
static enum body_state take_line(struct body *b, struct str in, size_t *used)
{
	size_t kept = b->line.n, at = 0;
	struct str line = in;

	if (kept > 0) {
		buf_add(&b->line, str_part(in, 0, line_limit(b) + 2));
		line = buf_str(&b->line);
		at = line.p[kept - 1] == '\r' ? kept - 1 : kept;
	}
	switch (line_scan(line, &at)) {
	case LINE_BAD:
		b->status = 400;
		return BODY_REFUSED;
	case LINE_MORE:
		if (at > line_limit(b)) {
			b->status = b->stage == BODY_TRAILER ? 431 : 400;
			return BODY_REFUSED;
		}
		if (kept == 0)
			buf_add(&b->line, in);
		*used = in.n;
		return BODY_MORE;
	case LINE_ENDS:
		break;
	}
	*used = at + 2 - kept;
	b->status = whole_line(b, str_part(line, 0, at));
	b->line.n = 0;
	return b->status ? BODY_REFUSED : BODY_MORE;
}

static void take_data(struct body *b, struct str in, size_t *used)
{
	size_t n = in.n < b->left ? in.n : b->left;

	buf_add(&b->data, str_part(in, 0, n));
	b->left -= n;
	*used = n;
	if (b->left == 0)
		b->stage = b->stage == BODY_LENGTH ? BODY_NONE : BODY_DATA_END;
}

enum body_state body_take(struct body *b, struct str in, size_t *used)
{
	size_t at = 0;

	while (b->stage != BODY_NONE && at < in.n) {
		enum body_state s = BODY_MORE;
		size_t n = 0;

		if (b->stage == BODY_LENGTH || b->stage == BODY_DATA)
			take_data(b, str_from(in, at), &n);
		else
			s = take_line(b, str_from(in, at), &n);
		at += n;
		if (s == BODY_REFUSED) {
			*used = at;
			return s;
		}
	}
	*used = at;
	return b->stage == BODY_NONE ? BODY_DONE : BODY_MORE;
}
