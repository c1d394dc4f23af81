/* gateway: the card protocol's requests and strict reading of its answers
 * (agent/gateway.h). Unknown members of an answer are left alone, since they
 * change nothing that is signed; a known one of the wrong form ends it. Called
 * by sign; texts live in the arena.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agent/gateway.h"

#include "base/clock.h"
#include "base/enc.h"
#include "base/rand.h"
#include "base/signmsg.h"
#include "base/tree.h"

enum {
	HANDLE_BYTES = 32,
	SHOW_MOST = 32 * 1024,
	SECONDS_MOST = 3600,
	SLUG_MOST = 64,
	RETURN_CODE = 6,
};

static void auto_answer(struct http_answer *answer)
{
	buf_free(&answer->body);
}

static bool is_port(struct str port)
{
	int64_t number;

	return str_int(port, 1, 65535, &number);
}

/* signmsg_origin lets any colon and bracket through; here they must make a host
 * and a port, and nothing may stand behind. */
struct str gateway_origin(struct arena *a, struct str url)
{
	struct str origin = signmsg_origin(a, url);
	struct str host, port;

	if (origin.p == NULL)
		return STR_NONE;
	host = str_from(url, strlen("https://"));
	if (str_find(host, '/') + 1 < host.n)
		return STR_NONE;
	host = str_from(origin, strlen("https://"));
	if (host.p[0] == '[') {
		size_t end = str_find(host, ']');

		port = str_from(host, end + 1);
		return end < host.n && (port.n == 0 ||
					(port.p[0] == ':' && is_port(str_from(port, 1)))) ?
			       origin :
			       STR_NONE;
	}
	host = str_cut(host, ':', &port);
	if (host.n == 0 || str_find(host, '[') < host.n || str_find(host, ']') < host.n)
		return STR_NONE;
	return port.p == NULL || is_port(port) ? origin : STR_NONE;
}

static json_t *read_object(struct str body)
{
	json_t *j = json_loadb(body.p, body.n, JSON_REJECT_DUPLICATES, NULL);

	if (j != NULL && !json_is_object(j)) {
		json_decref(j);
		return NULL;
	}
	return j;
}

static bool seconds(const json_t *j, int64_t *out)
{
	const json_t *value = json_object_get(j, "expires_in");

	*out = json_is_integer(value) ? json_integer_value(value) : 0;
	return *out >= 1 && *out <= SECONDS_MOST;
}

static enum agent_fault odd(struct agent_gateway *g, const char *name)
{
	g->why = str_of(name);
	return FAULT_GATEWAY_SHAPE;
}

static bool handle(struct agent_gateway *g, struct str text, struct str *out)
{
	uint8_t bytes[HANDLE_BYTES];

	*out = arena_str(g->arena, text);
	return text.p != NULL && dec_b64url(text, bytes, sizeof(bytes));
}

enum agent_fault gateway_read_begun(struct agent_gateway *g, struct str body,
				    struct gateway_begun *out)
{
	AUTO(json) json_t *j = read_object(body);
	struct str text;
	int64_t left;

	if (j == NULL)
		return odd(g, "JSON");
	text = tree_member(j, "issuer");
	if (text.p == NULL)
		return odd(g, "issuer");
	if (!str_eq(gateway_origin(g->arena, text), g->origin))
		return FAULT_GATEWAY_FALSE;
	if (!handle(g, tree_member(j, "transaction"), &out->transaction))
		return odd(g, "transaction");
	if (!handle(g, tree_member(j, "challenge"), &out->challenge))
		return odd(g, "challenge");
	if (!seconds(j, &left))
		return odd(g, "expires_in");
	out->deadline = clock_mono_ms() + left * 1000;
	text = tree_member(j, "show");
	if (text.p == NULL || text.n > SHOW_MOST)
		return odd(g, "show");
	out->show = dec_b64url_in(g->arena, text);
	return out->show.p == NULL ? odd(g, "show") : FAULT_NONE;
}

enum agent_fault gateway_read_signed(struct agent_gateway *g, struct str body,
				     struct gateway_signed *out)
{
	AUTO(json) json_t *j = read_object(body);
	struct str code;

	if (j == NULL)
		return odd(g, "JSON");
	code = tree_member(j, "return_code");
	if (code.p == NULL || code.n != RETURN_CODE)
		return odd(g, "return_code");
	for (size_t i = 0; i < code.n; i++)
		if (code.p[i] == '\0' || strchr(RAND_HUMAN_ALPHABET, code.p[i]) == NULL)
			return odd(g, "return_code");
	if (!seconds(j, &out->expires_in))
		return odd(g, "expires_in");
	out->return_code = arena_str(g->arena, code);
	return FAULT_NONE;
}

/* RFC 9457: `type` is a URL; its last part is the name of the problem. */
static struct str slug_of(struct agent_gateway *g, struct str type)
{
	struct str rest = type;

	while (str_find(rest, '/') < rest.n)
		rest = str_from(rest, str_find(rest, '/') + 1);
	if (rest.n > SLUG_MOST)
		return STR_NONE;
	for (size_t i = 0; i < rest.n; i++)
		if (!((rest.p[i] >= 'a' && rest.p[i] <= 'z') || rest.p[i] == '-'))
			return STR_NONE;
	return arena_str(g->arena, rest);
}

void gateway_read_problem(struct agent_gateway *g, struct str body)
{
	AUTO(json) json_t *j = read_object(body);
	const json_t *left = json_object_get(j, "tries_left");

	g->slug = slug_of(g, tree_member(j, "type"));
	g->tries_left = -1;
	if (json_is_integer(left) && json_integer_value(left) >= 0 &&
	    json_integer_value(left) <= 99)
		g->tries_left = json_integer_value(left);
}

/* Sends; FAULT_NONE when the status is the one that was hoped for. */
static enum agent_fault post(struct agent_gateway *g, const char *path, struct str json,
			     long hoped, struct http_answer *answer)
{
	struct str url = arena_printf(g->arena, "%.*s/card/transactions%s",
				      STR_ARG(g->origin), path);
	const char *why = "";
	enum agent_fault fault;

	fault = http_post(g->http, arena_cstr(g->arena, url), json, answer, &why);
	g->why = fault == FAULT_NONE ? STR_NONE : str_of(why);
	if (fault != FAULT_NONE)
		return fault;
	if (answer->status >= 300 && answer->status < 400)
		return odd(g, "redirect");
	if (answer->status >= 400) {
		gateway_read_problem(g, buf_str(&answer->body));
		return FAULT_REFUSED;
	}
	if (answer->status != hoped)
		return odd(g, "status");
	if (hoped != 204 && strcmp(answer->type, "application/json") != 0)
		return odd(g, "Content-Type");
	return FAULT_NONE;
}

static struct str json_text(struct agent_gateway *g, json_t *j)
{
	AUTO(json) json_t *whole = j;
	char *text = json_dumps(whole, JSON_COMPACT);
	struct str copy;

	must(text != NULL);
	copy = arena_str(g->arena, str_of(text));
	free(text);
	return copy;
}

enum agent_fault gateway_begin(struct agent_gateway *g, struct str user_code,
			       struct gateway_begun *out)
{
	AUTO(answer) struct http_answer answer = { 0 };
	json_t *j = json_pack("{s:s%}", "user_code", user_code.p, user_code.n);
	enum agent_fault fault;

	must(j != NULL);
	fault = post(g, "", json_text(g, j), 201, &answer);
	return fault != FAULT_NONE ? fault :
				     gateway_read_begun(g, buf_str(&answer.body), out);
}

enum agent_fault gateway_sign(struct agent_gateway *g, const struct gateway_begun *t,
			      struct str digits, struct str certificate,
			      struct str signature, struct gateway_signed *out)
{
	AUTO(answer) struct http_answer answer = { 0 };
	AUTO(buf) struct buf path = { 0 }, der = { 0 }, bytes = { 0 };
	enum agent_fault fault;
	json_t *j;

	buf_printf(&path, "/%.*s/signature", STR_ARG(t->transaction));
	buf_byte(&path, '\0');
	enc_b64(&der, certificate.p, certificate.n);
	enc_b64(&bytes, signature.p, signature.n);
	j = json_pack("{s:s%,s:s%,s:s%}", "digits", digits.p, digits.n, "certificate",
		      der.p, der.n, "signature", bytes.p, bytes.n);
	must(j != NULL);
	fault = post(g, path.p, json_text(g, j), 200, &answer);
	if (fault == FAULT_NONE)
		fault = gateway_read_signed(g, buf_str(&answer.body), out);
	return fault == FAULT_GATEWAY_SHAPE ? FAULT_GATEWAY_ANSWER : fault;
}

enum agent_fault gateway_cancel(struct agent_gateway *g, const struct gateway_begun *t)
{
	AUTO(answer) struct http_answer answer = { 0 };
	struct str path = arena_printf(g->arena, "/%.*s/cancel", STR_ARG(t->transaction));

	return post(g, arena_cstr(g->arena, path), STR_NONE, 204, &answer);
}
