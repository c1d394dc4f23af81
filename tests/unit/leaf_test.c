/* leaf: the hashes of a disclosure record, held against the worked example of
 * docs/disclosure-record.md, whose values were made with openssl alone.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../src/disclose/leaf.h"
#include "base/enc.h"

#define SENT "[{\"annualTax\":250100,\"fiscalYear\":2026}]"
#define AT INT64_C(1795480200123) /* 2026-11-24T09:30:00.123+09:00 */

static struct arena *a;
static struct record_row row;
static struct grant grant;
static uint8_t retrieval[16];

static void id(uint8_t out[16], const char *text)
{
	assert_true(dec_uuid(str_of(text), out));
}

/* The example, as the columns of its row. */
static int fresh(void **state)
{
	(void)state;
	a = arena_new();
	row = (struct record_row){ .agency = STR("midori-city"),
				   .item = STR("2"),
				   .state = STATE_PROVIDED };
	grant = (struct grant){ .client = STR("SP12345678_AB1234"),
				.purpose = STR("loan-screening") };
	for (size_t i = 0; i < sizeof(row.salt); i++)
		row.salt[i] = (uint8_t)i;
	id(row.record, "459f3f7d-aa85-4b6c-b47b-4e3e8f95e296");
	id(grant.id, "0d9c9a33-6a3c-4a53-9b63-2f3b1f0a8e51");
	id(grant.subject, "b5201a79-5d95-4514-b707-8112df0a3d41");
	id(grant.beneficiary, "b5201a79-5d95-4514-b707-8112df0a3d41");
	id(retrieval, "7c1b6f0e-52d4-4a1e-8f0d-3b9a5c7e2d18");
	digest_sha256_parts(
		(struct str[]){ { (char *)row.salt, sizeof(row.salt) }, STR(SENT) }, 2,
		row.content);
	return 0;
}

static int gone(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static void assert_hash(const uint8_t hash[32], const char *text)
{
	assert_string_equal(enc_b64url_in(a, hash, 32).p, text);
}

static void the_example_of_the_documentation(void **state)
{
	(void)state;
	leaf_make(&row, &grant, retrieval, AT);
	assert_hash(row.content, "KFJZzsrAuiTRNqAJMtU4zgAMJQxThvX-MWR9CmKZjUc");
	assert_hash(row.leaf, "Fo3o2VYSuFCqwu9j4imbHyzYkACtlCIXrOn6BJwxUL4");
}

/* The same record about a child and a year: periods are dates, not null. */
static void a_period_stands_in_it(void **state)
{
	(void)state;
	row.from = (struct date){ 2025, 4, 1 };
	row.to = (struct date){ 2026, 3, 31 };
	id(grant.beneficiary, "d2bdc78a-9f26-434a-8643-f4f42866d504");
	leaf_make(&row, &grant, retrieval, AT);
	assert_hash(row.leaf, "hBkLJrqP2oY6D7antXbhZ4Yb6SQoLSInq3Q0Uu01k34");
}

static void every_column_changes_it(void **state)
{
	uint8_t before[32];

	(void)state;
	leaf_make(&row, &grant, retrieval, AT);
	memcpy(before, row.leaf, sizeof(before));

#define CHANGES(change, back)                                              \
	do {                                                               \
		change;                                                    \
		leaf_make(&row, &grant, retrieval, AT);                    \
		assert_memory_not_equal(row.leaf, before, sizeof(before)); \
		back;                                                      \
	} while (0)
	CHANGES(row.agency = STR("midori-citz"), row.agency = STR("midori-city"));
	CHANGES(row.item = STR("3"), row.item = STR("2"));
	CHANGES(row.state = STATE_NO_RECORD, row.state = STATE_PROVIDED);
	CHANGES(row.from = ((struct date){ 2026, 1, 1 }), row.from = (struct date){ 0 });
	CHANGES(row.to = ((struct date){ 2026, 1, 1 }), row.to = (struct date){ 0 });
	CHANGES(row.record[15] ^= 1, row.record[15] ^= 1);
	CHANGES(row.salt[31] ^= 1, row.salt[31] ^= 1);
	CHANGES(row.content[31] ^= 1, row.content[31] ^= 1);
	CHANGES(retrieval[0] ^= 1, retrieval[0] ^= 1);
	CHANGES(grant.id[0] ^= 1, grant.id[0] ^= 1);
	CHANGES(grant.subject[0] ^= 1, grant.subject[0] ^= 1);
	CHANGES(grant.beneficiary[0] ^= 1, grant.beneficiary[0] ^= 1);
	CHANGES(grant.client = STR("SP12345678_AB1235"),
		grant.client = STR("SP12345678_AB1234"));
	CHANGES(grant.purpose = STR("loan"), grant.purpose = STR("loan-screening"));
#undef CHANGES
	leaf_make(&row, &grant, retrieval, AT + 1);
	assert_memory_not_equal(row.leaf, before, sizeof(before));
	leaf_make(&row, &grant, retrieval, AT);
	assert_memory_equal(row.leaf, before, sizeof(before));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_example_of_the_documentation, fresh,
						gone),
		cmocka_unit_test_setup_teardown(a_period_stands_in_it, fresh, gone),
		cmocka_unit_test_setup_teardown(every_column_changes_it, fresh, gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
