/* details: every rule about what an app may ask, in one place.
 * Unknown members are refused, because the citizen cannot consent to what is
 * not shown (oauth-RA2, RA3). Called by oauth, signin and retrieval.
 * SPDX-License-Identifier: Apache-2.0 */
#include "store/details.h"

#include "base/text.h"
#include "base/tree.h"

static bool date_of(json_t *j, struct date *out)
{
	struct str s = tree_text(j);

	return s.p != NULL && date_parse(s, out);
}

const char *inquiry_word(enum inquiry_kind k)
{
	static const char *const word[] = { "latest", "as_of", "range" };

	return word[k];
}

static bool is_past(struct date d, int64_t now)
{
	return date_days(d) <= date_days(date_of_ms(now));
}

bool inquiry_parse(json_t *j, int64_t now, struct inquiry *out)
{
	struct str kind = tree_member(j, "kind");

	*out = (struct inquiry){ 0 };
	if (str_is(kind, "latest"))
		return tree_only(j, (const char *const[]){ "kind", NULL });
	if (str_is(kind, "as_of")) {
		out->kind = INQUIRY_AS_OF;
		if (!tree_only(j, (const char *const[]){ "kind", "date", NULL }) ||
		    !date_of(json_object_get(j, "date"), &out->from))
			return false;
		out->to = out->from;
		return is_past(out->to, now);
	}
	if (!str_is(kind, "range"))
		return false;
	out->kind = INQUIRY_RANGE;
	return tree_only(j, (const char *const[]){ "kind", "from", "to", NULL }) &&
	       date_of(json_object_get(j, "from"), &out->from) &&
	       date_of(json_object_get(j, "to"), &out->to) &&
	       date_days(out->from) <= date_days(out->to) && is_past(out->to, now);
}

static json_t *date_json(struct date d)
{
	struct arena *a = arena_new();
	json_t *j = json_string(date_text(a, d).p);

	arena_free(a);
	return j;
}

json_t *inquiry_json(const struct inquiry *i)
{
	json_t *j = json_pack("{s:s}", "kind", inquiry_word(i->kind));

	if (i->kind == INQUIRY_AS_OF)
		json_object_set_new(j, "date", date_json(i->from));
	if (i->kind == INQUIRY_RANGE) {
		json_object_set_new(j, "from", date_json(i->from));
		json_object_set_new(j, "to", date_json(i->to));
	}
	return j;
}

bool inquiry_within(const struct inquiry *inner, const struct inquiry *outer)
{
	if (outer->kind == INQUIRY_LATEST || inner->kind == INQUIRY_LATEST)
		return inner->kind == outer->kind;
	return date_days(inner->from) >= date_days(outer->from) &&
	       date_days(inner->to) <= date_days(outer->to);
}

static bool items_of(struct arena *a, json_t *list, struct str **out, size_t *n)
{
	*n = json_array_size(list);
	*out = arena_array(a, *n + 1, sizeof(**out));
	for (size_t i = 0; i < *n; i++) {
		(*out)[i] = arena_str(a, tree_text(json_array_get(list, i)));
		if ((*out)[i].p == NULL)
			return false;
	}
	return true;
}

/* Known in the catalogue, registered for the client, and named once. */
static bool items_are_right(const struct details *d, const struct client *c,
			    const struct catalogue *catalogue)
{
	size_t all = d->items + d->optionals;

	for (size_t i = 0; i < all; i++) {
		struct str one = i < d->items ? d->item[i] : d->optional[i - d->items];

		if (catalogue_item(catalogue, one) == NULL ||
		    !client_may(c->item, c->items, one))
			return false;
		if (client_may(d->item, i < d->items ? i : d->items, one) ||
		    (i >= d->items && client_may(d->optional, i - d->items, one)))
			return false;
	}
	return d->items > 0;
}

static bool access_of(json_t *j, const struct client *c, int64_t now, struct details *d)
{
	struct str kind = tree_member(j, "kind");
	int64_t today = date_days(date_of_ms(now));

	d->once = str_is(kind, "once");
	if (d->once)
		return tree_only(j, (const char *const[]){ "kind", NULL });
	return str_is(kind, "until") &&
	       tree_only(j, (const char *const[]){ "kind", "date", NULL }) &&
	       date_of(json_object_get(j, "date"), &d->until) &&
	       date_days(d->until) >= today &&
	       date_days(d->until) <= today + c->max_access_days;
}

static bool retention_of(json_t *j, const struct client *c, struct details *d)
{
	if (!json_is_integer(j) || json_integer_value(j) < 0 ||
	    json_integer_value(j) > c->max_retention_days)
		return false;
	d->retention_days = (int)json_integer_value(j);
	return true;
}

static bool behalf_of(json_t *j, const struct client *c, struct details *d)
{
	struct str who = j == NULL ? STR("self") : tree_text(j);

	d->child = str_is(who, "child");
	return (d->child || str_is(who, "self")) &&
	       client_may(c->on_behalf_of, c->on_behalf_ofs, who);
}

/* locations and actions are allowed and change nothing (oauth-RA1). */
static bool places_are_ours(json_t *entry, struct str base_url)
{
	json_t *locations = json_object_get(entry, "locations");
	json_t *actions = json_object_get(entry, "actions"), *one;
	size_t i;

	if (locations != NULL && !json_is_array(locations))
		return false;
	json_array_foreach(locations, i, one)
	{
		struct str s = tree_text(one);

		if (str_ends(s, "/"))
			s.n--;
		if (s.p == NULL || !str_eq(s, base_url))
			return false;
	}
	if (actions != NULL && !json_is_array(actions))
		return false;
	json_array_foreach(actions, i, one)
	{
		if (!str_is(tree_text(one), "read"))
			return false;
	}
	return true;
}

static bool entry_parse(struct arena *a, json_t *e, const struct client *client,
			const struct catalogue *catalogue, struct str base_url, int64_t now,
			struct details *d)
{
	static const char *const members[] = {
		"type",   "items",          "optional_items", "inquiry",   "purpose",
		"access", "retention_days", "on_behalf_of",   "locations", "actions",
		NULL
	};
	json_t *optional = json_object_get(e, "optional_items");

	d->wrong = "the entry has a member that the type self_information does not know";
	if (!tree_only(e, members))
		return false;
	d->wrong = "type has to be self_information";
	if (!str_is(tree_member(e, "type"), "self_information"))
		return false;
	d->wrong = "locations may hold only this gateway, actions only read";
	if (!places_are_ours(e, base_url))
		return false;
	d->wrong = "items and optional_items: numbers of the catalogue, registered for the "
		   "client, each named once, at least one required";
	if (!json_is_array(json_object_get(e, "items")) ||
	    (optional != NULL && !json_is_array(optional)) ||
	    !items_of(a, json_object_get(e, "items"), &d->item, &d->items) ||
	    !items_of(a, optional, &d->optional, &d->optionals) ||
	    !items_are_right(d, client, catalogue))
		return false;
	d->wrong = "purpose: a code that is registered for the client";
	d->purpose = arena_str(a, tree_member(e, "purpose"));
	if (d->purpose.p == NULL ||
	    json_object_get(client->purposes, arena_cstr(a, d->purpose)) == NULL)
		return false;
	d->wrong = "inquiry: latest, as_of with a date, or range with from and to, none of "
		   "them in the future";
	if (!inquiry_parse(json_object_get(e, "inquiry"), now, &d->inquiry))
		return false;
	d->wrong = "access: once, or until a date from today to the maximum that is "
		   "registered for the client";
	if (!access_of(json_object_get(e, "access"), client, now, d))
		return false;
	d->wrong =
		"retention_days: a whole number up to the maximum that is registered for "
		"the client";
	if (!retention_of(json_object_get(e, "retention_days"), client, d))
		return false;
	d->wrong = "on_behalf_of: self or child, as registered for the client";
	return behalf_of(json_object_get(e, "on_behalf_of"), client, d);
}

bool details_parse(struct arena *a, struct str text, const struct client *client,
		   const struct catalogue *catalogue, struct str base_url, int64_t now,
		   struct details *out)
{
	json_t *list;
	bool ok;

	*out = (struct details){ .wrong = "authorization_details has to be a JSON array of "
					  "exactly one entry, of 16 KiB at most" };
	if (text.n > DETAILS_MAX_BYTES || !text_is_utf8(text))
		return false;
	list = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, NULL);
	ok = json_is_array(list) && json_array_size(list) == 1 &&
	     entry_parse(a, json_array_get(list, 0), client, catalogue, base_url, now, out);
	json_decref(list);
	return ok;
}

static json_t *items_json(const struct str *item, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_stringn(item[i].p, item[i].n));
	return list;
}

json_t *details_json(const struct details *d)
{
	json_t *access = json_pack("{s:s}", "kind", d->once ? "once" : "until");

	if (!d->once)
		json_object_set_new(access, "date", date_json(d->until));
	return json_pack("{s:s, s:o, s:o, s:o, s:s%, s:o, s:i, s:s}", "type",
			 "self_information", "items", items_json(d->item, d->items),
			 "optional_items", items_json(d->optional, d->optionals), "inquiry",
			 inquiry_json(&d->inquiry), "purpose", d->purpose.p, d->purpose.n,
			 "access", access, "retention_days", d->retention_days,
			 "on_behalf_of", d->child ? "child" : "self");
}

struct details *details_load(struct arena *a, json_t *e)
{
	struct details *d = arena_alloc(a, sizeof(*d));
	json_t *access = json_object_get(e, "access");

	d->purpose = arena_str(a, tree_member(e, "purpose"));
	must(items_of(a, json_object_get(e, "items"), &d->item, &d->items));
	must(items_of(a, json_object_get(e, "optional_items"), &d->optional,
		      &d->optionals));
	must(inquiry_parse(json_object_get(e, "inquiry"), INT64_MAX / 4, &d->inquiry));
	d->once = str_is(tree_member(access, "kind"), "once");
	if (!d->once)
		must(date_of(json_object_get(access, "date"), &d->until));
	d->retention_days = (int)json_integer_value(json_object_get(e, "retention_days"));
	d->child = str_is(tree_member(e, "on_behalf_of"), "child");
	return d;
}
