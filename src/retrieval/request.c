/* request: what the app asks for: body, Prefer and Idempotency-Key.
 * Called by start. Nothing outside the documented members is taken.
 * SPDX-License-Identifier: Apache-2.0 */
#include "retrieval_room.h"

#include "base/tree.h"

/* Below a second no agency could answer. */
enum { WAIT_LEAST_S = 1, WAIT_DEFAULT_S = 10, WAIT_MAX_S = 60, KEY_MAX = 255 };

static bool read_items(struct arena *a, json_t *list, struct retrieval *r)
{
	size_t n = json_array_size(list);

	if (!json_is_array(list) || n == 0 || n > catalogue_count(retrieval_catalogue()))
		return false;
	r->item = arena_array(a, n, sizeof(*r->item));
	for (size_t i = 0; i < n; i++) {
		struct str one = tree_text(json_array_get(list, i));

		if (one.p == NULL)
			return false;
		r->item[r->items++] = one;
	}
	return true;
}

static bool read_body(struct flow *f, struct retrieval *r, enum problem_id *why)
{
	const char *key;
	json_t *value;

	*why = PROBLEM_BAD_REQUEST;
	r->inquiry = r->g.access.grant.inquiry;
	json_object_foreach(r->g.x.json, key, value)
	{
		if (strcmp(key, "items") == 0) {
			if (!read_items(f->arena, value, r))
				return false;
		} else if (strcmp(key, "inquiry") == 0) {
			if (!inquiry_parse(value, r->g.x.now, &r->inquiry))
				return false;
			*why = PROBLEM_ITEM_NOT_GRANTED;
			if (!inquiry_within(&r->inquiry, &r->g.access.grant.inquiry))
				return false;
			*why = PROBLEM_BAD_REQUEST;
		} else {
			*why = PROBLEM_UNKNOWN_MEMBER;
			return false;
		}
	}
	return true;
}

/* The N of "wait=N" in any case, with quotes, blanks or parameters around it. */
static bool read_preference(struct str one, int64_t *seconds)
{
	struct str value, rest, name;

	one = str_trim(str_cut(one, ';', &rest));
	name = str_trim(str_cut(one, '=', &value));
	value = str_trim(value);
	if (value.n >= 2 && value.p[0] == '"' && value.p[value.n - 1] == '"')
		value = str_part(value, 1, value.n - 2);
	return str_is_nocase(name, "wait") && str_int(value, 0, INT32_MAX, seconds);
}

/* Prefer: wait=N (RFC 7240): the first counts; what is not understood is ignored. */
static void read_wait(struct retrieval *r)
{
	struct str rest = http_field(r->g.x.http, "prefer");
	int64_t seconds = WAIT_DEFAULT_S;

	while (rest.n > 0)
		if (read_preference(str_cut(rest, ',', &rest), &seconds))
			break;
	if (seconds < WAIT_LEAST_S)
		seconds = WAIT_LEAST_S;
	r->wait_ms = (seconds < WAIT_MAX_S ? seconds : WAIT_MAX_S) * 1000;
}

static bool read_key(struct retrieval *r)
{
	struct str key = http_field(r->g.x.http, "idempotency-key");

	if (key.p == NULL)
		return true;
	if (key.n == 0 || key.n > KEY_MAX ||
	    http_field_count(r->g.x.http, "idempotency-key") > 1)
		return false;
	r->has_key = true;
	digest_sha256(key, r->key_hash);
	digest_sha256(r->g.x.http->body, r->body_hash);
	return true;
}

bool read_request(struct flow *f, struct retrieval *r, enum problem_id *why)
{
	read_wait(r);
	if (!read_key(r)) {
		*why = PROBLEM_BAD_REQUEST;
		return false;
	}
	return read_body(f, r, why);
}
