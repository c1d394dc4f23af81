/* place, form: handles that hide their bucket, and strict forms.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rand.h"
#include "store/place.h"
#include "web/form.h"

static struct arena *a;

static int fresh(void **state)
{
	uint8_t key[32];

	(void)state;
	rand_bytes(key, sizeof(key));
	place_key_set((struct str){ (char *)key, sizeof(key) });
	a = arena_new();
	return 0;
}

static int gone(void **state)
{
	(void)state;
	arena_free(a);
	return 0;
}

static void a_handle_tells_its_bucket_to_us_alone(void **state)
{
	int same_front = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		int16_t bucket = (int16_t)rand_below(65536);
		struct handle h = handle_new(a, bucket), back, other;

		assert_int_equal(h.text.n, HANDLE_TEXT);
		assert_true(handle_read(h.text, &back));
		assert_int_equal(back.bucket, bucket);
		assert_memory_equal(back.hash, h.hash, sizeof(h.hash));
		other = handle_new(a, 77);
		same_front += other.text.p[0] == handle_new(a, 77).text.p[0];
	}
	assert_in_range(same_front, 0, 100); /* 1 in 64 by chance */
}

static void malformed_handles_are_refused(void **state)
{
	struct handle h = handle_new(a, 5), back;
	char *text = arena_cstr(a, h.text);

	(void)state;
	assert_false(handle_read(str_part(h.text, 0, h.text.n - 1), &back));
	assert_false(handle_read(STR_NONE, &back));
	text[3] = '=';
	assert_false(handle_read(str_of(text), &back));
	assert_false(loose_read(h.text, &back));
}

static void a_grant_id_reads_back(void **state)
{
	uint8_t id[16], back[16];
	int16_t bucket;

	(void)state;
	rand_uuid(id);
	assert_true(grant_id_read(grant_id_text(a, -3, id), &bucket, back));
	assert_int_equal(bucket, -3);
	assert_memory_equal(id, back, 16);
}

static bool parses(const char *text)
{
	struct form f;

	return form_parse(a, str_of(text), NULL, &f);
}

/* oauth-F2: parameter twice; NUL, bad escape, invalid UTF-8 */
static void oauth_F2_forms_that_are_refused(void **state)
{
	(void)state;
	assert_false(parses("a=1&a=2"));
	assert_false(parses("a=1&%61=2"));
	assert_false(parses("a=%00"));
	assert_false(parses("a=%zz"));
	assert_false(parses("a=%4"));
	assert_false(parses("a=%"));
	assert_false(parses("a=%C0%AF"));
	assert_false(parses("a=%ED%A0%80"));
	assert_true(parses("a=%E3%81%82&b=c+d&&e"));
}

static void values_are_decoded_once(void **state)
{
	struct form f;
	static const char *const repeatable[] = { "x", NULL };

	(void)state;
	assert_true(form_parse(a, STR("k=%2541+b&x=1&x=2"), repeatable, &f));
	assert_true(str_is(form_value(&f, "k"), "%41 b"));
	assert_true(form_has(&f, "x", STR("1")) && form_has(&f, "x", STR("2")));
	assert_false(form_has(&f, "x", STR("3")));
	assert_null(form_value(&f, "y").p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_handle_tells_its_bucket_to_us_alone),
		cmocka_unit_test(malformed_handles_are_refused),
		cmocka_unit_test(a_grant_id_reads_back),
		cmocka_unit_test(oauth_F2_forms_that_are_refused),
		cmocka_unit_test(values_are_decoded_once),
	};

	return cmocka_run_group_tests(tests, fresh, gone);
}
