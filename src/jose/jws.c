/* jws: a compact JWS is taken apart strictly before cjose sees it, because
 * cjose lets duplicate members, unknown crit, b64 and spare letters pass.
 * Called by oauth and dpop. Everything cheap comes before the signature; what
 * is refused costs a few microseconds. Nothing of a token is kept or logged.
 * Source: RFC 7515, RFC 7518 sections 3.4 and 3.5, RFC 8725 section 3.
 * SPDX-License-Identifier: Apache-2.0 */
#include "jose/jws.h"

#include <cjose/jws.h>
#include <openssl/err.h>

#include "base/enc.h"
#include "base/tree.h"
#include "jose/key.h"

enum { COMPACT_MAX = 16384, DEPTH_MAX = 16, ES256_LEN = 64 };

const char *verdict_word(enum verdict v)
{
	static const char *const word[] = {
		[V_OK] = "ok",
		[V_MALFORMED] = "malformed",
		[V_TYPE] = "type",
		[V_ALGORITHM] = "algorithm",
		[V_KEY] = "key",
		[V_CLAIMS] = "claims",
		[V_TIME] = "time",
		[V_AUDIENCE] = "audience",
		[V_REPLAYED] = "replayed",
		[V_BAD_SIGNATURE] = "signature",
	};

	must((size_t)v < COUNT(word));
	return word[v];
}

/* jansson recurses, so the depth is known before it begins. Text that is not
 * JSON may be counted wrongly here; jansson refuses it afterwards. */
static bool is_shallow(struct str json)
{
	size_t depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < json.n; i++) {
		char c = json.p[i];

		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '['))
			depth++;
		else if (!quoted && (c == '}' || c == ']') && depth > 0)
			depth--;
		if (depth > DEPTH_MAX)
			return false;
	}
	return true;
}

static json_t *parse_object(struct arena *a, struct str part)
{
	struct str text = dec_b64url_in(a, part);
	json_t *o;

	if (text.p == NULL || text.n == 0 || !is_shallow(text))
		return NULL;
	o = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
	if (o == NULL)
		return NULL;
	tree_own(a, o);
	return json_is_object(o) ? o : NULL;
}

/* *out is the text of a member, or absent; false when it is no text. */
static bool read_text(const json_t *o, const char *name, struct str *out)
{
	const json_t *v = json_object_get(o, name);

	*out = STR_NONE;
	if (v == NULL)
		return true;
	if (!json_is_string(v))
		return false;
	*out = tree_text(v);
	return true;
}

static enum verdict read_header(struct jws *out)
{
	struct str alg;

	/* we understand no extension, so one that is critical ends it */
	if (json_object_get(out->header, "crit") != NULL ||
	    json_object_get(out->header, "b64") != NULL ||
	    !read_text(out->header, "typ", &out->typ) ||
	    !read_text(out->header, "kid", &out->kid) ||
	    !read_text(out->header, "alg", &alg))
		return V_MALFORMED;
	if (str_is(alg, "ES256"))
		out->alg = JOSE_ES256;
	else if (str_is(alg, "PS256"))
		out->alg = JOSE_PS256;
	else
		return V_ALGORITHM;
	return V_OK;
}

/* Alphabet, spare bits and a length some key of the algorithm could have
 * made; jws_verify asks for the length of its key. */
static bool signature_has_form(struct str part, enum jose_alg alg)
{
	uint8_t bytes[KEY_RSA_MAX];
	size_t n = part.n / 4 * 3 + part.n % 4 * 3 / 4;
	size_t min = alg == JOSE_ES256 ? ES256_LEN : 256;
	size_t max = alg == JOSE_ES256 ? ES256_LEN : sizeof(bytes);

	return n >= min && n <= max && dec_b64url(part, bytes, n);
}

static enum verdict parse_parts(struct arena *a, const struct str part[3], struct jws *out)
{
	enum verdict v;

	out->header = parse_object(a, part[0]);
	if (out->header == NULL)
		return V_MALFORMED;
	v = read_header(out);
	if (v != V_OK)
		return v;
	if (!signature_has_form(part[2], out->alg))
		return V_MALFORMED;
	out->payload = parse_object(a, part[1]);
	return out->payload != NULL ? V_OK : V_MALFORMED;
}

enum verdict jws_parse(struct arena *a, struct str compact, struct jws *out)
{
	struct str part[3], rest;

	*out = (struct jws){ .compact = compact };
	if (compact.n == 0 || compact.n > COMPACT_MAX)
		return V_MALFORMED;
	part[0] = str_cut(compact, '.', &rest);
	part[1] = str_cut(rest, '.', &rest);
	part[2] = str_cut(rest, '.', &rest);
	if (part[2].p == NULL || rest.p != NULL)
		return V_MALFORMED;
	return parse_parts(a, part, out);
}

static size_t signature_chars(struct str compact)
{
	const char *dot = memrchr(compact.p, '.', compact.n);

	must(dot != NULL);
	return (size_t)(compact.p + compact.n - dot) - 1;
}

enum verdict jws_verify(const struct jws *s, const struct jwk *key)
{
	cjose_jws_t *jws;
	bool good;

	if (s->alg != key->alg)
		return V_ALGORITHM;
	if (signature_chars(s->compact) != ENC_B64URL_LEN(key->signature))
		return V_BAD_SIGNATURE;
	jws = cjose_jws_import(s->compact.p, s->compact.n, NULL);
	good = jws != NULL && cjose_jws_verify(jws, key->cjose, NULL);
	cjose_jws_release(jws);
	if (!good) /* an error left behind would be taken for one of TLS */
		ERR_clear_error();
	return good ? V_OK : V_BAD_SIGNATURE;
}
