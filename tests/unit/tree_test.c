/* tree: texts of a parsed JSON text, and which members it may have.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/tree.h"

static json_t *parse(const char *text)
{
	json_t *tree = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

	assert_non_null(tree);
	return tree;
}

static void what_is_no_text_is_absent(void **state)
{
	AUTO(json)
	json_t *tree = parse("{\"a\":\"\",\"b\":1,\"c\":null,\"d\":\"x\\u0000y\"}");

	(void)state;
	assert_non_null(tree_member(tree, "a").p);
	assert_int_equal(tree_member(tree, "a").n, 0);
	assert_null(tree_member(tree, "b").p);
	assert_null(tree_member(tree, "c").p);
	assert_null(tree_member(tree, "e").p);
	assert_int_equal(tree_member(tree, "d").n, 3); /* a NUL ends nothing */
	assert_null(tree_text(NULL).p);
	assert_null(tree_member(NULL, "a").p);
}

static void members_that_are_not_named_are_seen(void **state)
{
	AUTO(json) json_t *tree = parse("{\"kind\":\"latest\",\"date\":\"2024-01-01\"}");
	AUTO(json) json_t *empty = parse("{}");
	AUTO(json) json_t *list = parse("[\"kind\"]");
	const char *const both[] = { "kind", "date", "more", NULL };
	const char *const one[] = { "kind", NULL };

	(void)state;
	assert_true(tree_only(tree, both));
	assert_false(tree_only(tree, one));
	assert_false(tree_only(tree, one + 1));
	assert_true(tree_only(empty, one + 1));
	assert_false(tree_only(list, both));
	assert_false(tree_only(NULL, both));
}

static void a_tree_goes_with_its_arena(void **state)
{
	struct arena *a = arena_new();
	AUTO(json) json_t *tree = parse("{}");

	(void)state;
	tree_own(a, json_incref(tree));
	assert_int_equal(tree->refcount, 2);
	arena_free(a);
	assert_int_equal(tree->refcount, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_text_is_absent),
		cmocka_unit_test(members_that_are_not_named_are_seen),
		cmocka_unit_test(a_tree_goes_with_its_arena),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
