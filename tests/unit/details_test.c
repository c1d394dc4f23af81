/* details: authorization_details of type self_information. Each line of
 * oauth-RA3 is a case: the entry that is right, with one thing made wrong.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "store/details.h"

#define NOW INT64_C(1795000000000) /* 2026-11-18 in Japan */

static struct arena *a;
static struct catalogue *catalogue;
static struct client client;
static struct str items[] = { { "1", 1 }, { "2", 1 }, { "3-2", 3 }, { "3-4", 3 } };
static struct str behalf[] = { { "self", 4 }, { "child", 5 } };

static int fresh(void **state)
{
	const char *dir = getenv("SELFINFO_SCHEMAS");
	struct str why = STR_NONE;

	(void)state;
	a = arena_new();
	catalogue = catalogue_load(a, dir ? dir : "schemas", &why);
	assert_non_null(catalogue);
	client = (struct client){ .item = items,
				  .items = COUNT(items),
				  .on_behalf_of = behalf,
				  .on_behalf_ofs = COUNT(behalf),
				  .max_access_days = 100,
				  .max_retention_days = 30 };
	client.purposes = json_pack("{s:{s:s, s:s}}", "p", "ja", "用", "en", "use");
	return 0;
}

static int gone(void **state)
{
	(void)state;
	json_decref(client.purposes);
	arena_free(a);
	return 0;
}

static bool parses(const char *text, struct details *d)
{
	return details_parse(a, str_of(text), &client, catalogue,
			     STR("https://gateway.example"), NOW, d);
}

#define ENTRY(items, optional, inquiry, purpose, access, days, rest)                       \
	"[{\"type\":\"self_information\",\"items\":" items ",\"optional_items\":" optional \
	",\"inquiry\":" inquiry ",\"purpose\":" purpose ",\"access\":" access              \
	",\"retention_days\":" days rest "}]"
#define LATEST "{\"kind\":\"latest\"}"
#define ONCE "{\"kind\":\"once\"}"

static void the_right_entry_survives_a_round_trip(void **state)
{
	struct details d, *back;
	json_t *j;

	(void)state;
	assert_true(parses(
		ENTRY("[\"3-4\"]", "[\"3-2\"]",
		      "{\"kind\":\"range\",\"from\":\"2024-04-01\",\"to\":\"2025-03-31\"}",
		      "\"p\"", "{\"kind\":\"until\",\"date\":\"2026-12-31\"}", "30",
		      ",\"on_behalf_of\":\"child\",\"actions\":[\"read\"],"
		      "\"locations\":[\"https://gateway.example\"]"),
		&d));
	j = details_json(&d);
	back = details_load(a, j);
	json_decref(j);
	assert_int_equal(back->items, 1);
	assert_true(str_is(back->item[0], "3-4") && str_is(back->optional[0], "3-2"));
	assert_int_equal(back->inquiry.kind, INQUIRY_RANGE);
	assert_int_equal(back->inquiry.to.day, 31);
	assert_true(back->child && !back->once);
	assert_int_equal(back->until.month, 12);
	assert_int_equal(back->retention_days, 30);
}

static void oauth_RA3_wrong_entries_are_refused(void **state)
{
	static const char *const wrong[] = {
		"",
		"{}",
		"[]",
		"nonsense",
		"[1]",
		"[{}]",
		ENTRY("[]", "[]", LATEST, "\"p\"", ONCE, "1", ""),
		ENTRY("[\"9-9\"]", "[]", LATEST, "\"p\"", ONCE, "1", ""),
		ENTRY("[\"4-1\"]", "[]", LATEST, "\"p\"", ONCE, "1",
		      ""), /* not registered */
		ENTRY("[\"1\",\"1\"]", "[]", LATEST, "\"p\"", ONCE, "1", ""),
		ENTRY("[\"1\"]", "[\"1\"]", LATEST, "\"p\"", ONCE, "1", ""),
		ENTRY("[\"1\"]", "[\"2\",\"2\"]", LATEST, "\"p\"", ONCE, "1", ""),
		ENTRY("[1]", "[]", LATEST, "\"p\"", ONCE, "1", ""),
		ENTRY("[\"１\"]", "[]", LATEST, "\"p\"", ONCE, "1", ""),
		ENTRY("[\"1\"]", "[]", "{\"kind\":\"soon\"}", "\"p\"", ONCE, "1", ""),
		ENTRY("[\"1\"]", "[]", "{\"kind\":\"latest\",\"date\":\"2026-01-01\"}",
		      "\"p\"", ONCE, "1", ""),
		ENTRY("[\"1\"]", "[]", "{\"kind\":\"as_of\",\"date\":\"2026-02-30\"}",
		      "\"p\"", ONCE, "1", ""),
		ENTRY("[\"1\"]", "[]", "{\"kind\":\"as_of\",\"date\":\"2027-01-01\"}",
		      "\"p\"", ONCE, "1", ""),
		ENTRY("[\"1\"]", "[]",
		      "{\"kind\":\"range\",\"from\":\"2025-02-02\",\"to\":\"2025-02-01\"}",
		      "\"p\"", ONCE, "1", ""),
		ENTRY("[\"1\"]", "[]", LATEST, "\"other\"", ONCE, "1", ""),
		ENTRY("[\"1\"]", "[]", LATEST, "7", ONCE, "1", ""),
		ENTRY("[\"1\"]", "[]", LATEST, "\"p\"",
		      "{\"kind\":\"until\",\"date\":\"2027-02-27\"}", "1", ""),
		ENTRY("[\"1\"]", "[]", LATEST, "\"p\"",
		      "{\"kind\":\"until\",\"date\":\"2026-11-17\"}", "1", ""),
		ENTRY("[\"1\"]", "[]", LATEST, "\"p\"", "{\"kind\":\"for_ever\"}", "1", ""),
		ENTRY("[\"1\"]", "[]", LATEST, "\"p\"", ONCE, "31", ""),
		ENTRY("[\"1\"]", "[]", LATEST, "\"p\"", ONCE, "-1", ""),
		ENTRY("[\"1\"]", "[]", LATEST, "\"p\"", ONCE, "1.0", ""),
		ENTRY("[\"1\"]", "[]", LATEST, "\"p\"", ONCE, "\"1\"", ""),
		ENTRY("[\"1\"]", "[]", LATEST, "\"p\"", ONCE, "1", ",\"more\":1"),
		ENTRY("[\"1\"]", "[]", LATEST, "\"p\"", ONCE, "1", ",\"retention_days\":1"),
		ENTRY("[\"1\"]", "[]", LATEST, "\"p\"", ONCE, "1",
		      ",\"on_behalf_of\":\"neighbour\""),
		ENTRY("[\"1\"]", "[]", LATEST, "\"p\"", ONCE, "1",
		      ",\"locations\":[\"https://other.example\"]"),
		ENTRY("[\"1\"]", "[]", LATEST, "\"p\"", ONCE, "1",
		      ",\"actions\":[\"write\"]"),
		ENTRY("[\"1\"]", "[]", LATEST, "\"p\"", ONCE, "1", "},{\"type\":\"x\""),
	};
	struct details d;

	(void)state;
	assert_true(parses(ENTRY("[\"1\"]", "[]", LATEST, "\"p\"", ONCE, "1", ""), &d));
	for (size_t i = 0; i < COUNT(wrong); i++)
		if (parses(wrong[i], &d))
			fail_msg("taken: %s", wrong[i]);
	client.on_behalf_ofs = 1;
	assert_false(parses(ENTRY("[\"1\"]", "[]", LATEST, "\"p\"", ONCE, "1",
				  ",\"on_behalf_of\":\"child\""),
			    &d));
}

static void until_may_be_today_and_the_last_day_allowed(void **state)
{
	struct details d;

	(void)state;
	assert_true(parses(ENTRY("[\"1\"]", "[]", LATEST, "\"p\"",
				 "{\"kind\":\"until\",\"date\":\"2026-11-18\"}", "1", ""),
			   &d));
	assert_true(parses(ENTRY("[\"1\"]", "[]", LATEST, "\"p\"",
				 "{\"kind\":\"until\",\"date\":\"2027-02-26\"}", "1", ""),
			   &d));
}

static void a_narrower_period_lies_within(void **state)
{
	struct inquiry range = { INQUIRY_RANGE, { 2024, 1, 1 }, { 2024, 12, 31 } };
	struct inquiry day = { INQUIRY_AS_OF, { 2024, 12, 31 }, { 2024, 12, 31 } };
	struct inquiry later = { INQUIRY_RANGE, { 2024, 12, 1 }, { 2025, 1, 1 } };
	struct inquiry latest = { 0 };

	(void)state;
	assert_true(inquiry_within(&day, &range));
	assert_true(inquiry_within(&range, &range));
	assert_false(inquiry_within(&later, &range));
	assert_false(inquiry_within(&latest, &range));
	assert_false(inquiry_within(&day, &latest));
	assert_true(inquiry_within(&latest, &latest));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_right_entry_survives_a_round_trip,
						fresh, gone),
		cmocka_unit_test_setup_teardown(oauth_RA3_wrong_entries_are_refused, fresh,
						gone),
		cmocka_unit_test_setup_teardown(until_may_be_today_and_the_last_day_allowed,
						fresh, gone),
		cmocka_unit_test(a_narrower_period_lies_within),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
