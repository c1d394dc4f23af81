/* call, row, dsn without a server: bytes of arguments, values that go round by a
 * result made by hand, results that must not be trusted, connection texts.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "db/dsn.h"
#include "db/pool.h"
#include "db/wire.h"

static struct arena *arena;

static int begin(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

/* One argument and one column of the same type. */
static struct statement *echo(enum db_type t)
{
	struct statement *s = arena_alloc(arena, sizeof(*s));
	enum db_type *type = arena_alloc(arena, sizeof(*type));

	*type = t;
	s->name = "echo";
	s->arguments = s->columns = 1;
	s->argument = s->column = type;
	return s;
}

static PGresult *one_cell(enum db_type t, const char *p, int n)
{
	PGresult *r = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
	PGresAttDesc column = { .name = (char[]){ "x" },
				.format = 1,
				.typid = wire_oid(t) };

	assert_true(PQsetResultAttrs(r, 1, &column));
	assert_true(PQsetvalue(r, 0, 0, (char *)(uintptr_t)p, p ? n : -1));
	return r;
}

/* What was given as the argument, as if the server had sent it back. */
static struct call *back(const struct call *c)
{
	struct call from = { .statement = c->statement, .state = CALL_DONE };
	struct call *to = call_new(arena, c->statement);

	from.result = one_cell(c->statement->column[0], c->value[0], c->length[0]);
	assert_true(wire_fits(c->statement, from.result));
	call_move(to, &from);
	return to;
}

static void bytes_are(const struct call *c, const void *p, size_t n)
{
	assert_int_equal(c->length[0], n);
	assert_memory_equal(c->value[0], p, n);
}

static void numbers_have_network_order(void **state)
{
	struct call *c = call_new(arena, echo(DB_INT4));

	(void)state;
	call_int4(c, -2);
	bytes_are(c, "\xff\xff\xff\xfe", 4);
	assert_int_equal(row_int4(back(c), 0, 0), -2);
	c = call_new(arena, echo(DB_INT2));
	call_int2(c, INT16_MIN);
	bytes_are(c, "\x80\x00", 2);
	c = call_new(arena, echo(DB_INT8));
	call_int8(c, INT64_MIN);
	assert_true(row_int8(back(c), 0, 0) == INT64_MIN);
	c = call_new(arena, echo(DB_BOOL));
	call_bool(c, true);
	bytes_are(c, "\1", 1);
}

static void times_count_from_the_year_2000(void **state)
{
	static const int64_t ms[] = {
		0, -1, 946684800000, 946684799999, 1795480200123, -62135596800000
	};
	struct call *c = call_new(arena, echo(DB_TIMESTAMPTZ));

	(void)state;
	call_time(c, 946684800001);
	bytes_are(c, "\0\0\0\0\0\0\x03\xe8", 8);
	for (size_t i = 0; i < COUNT(ms); i++) {
		c = call_new(arena, echo(DB_TIMESTAMPTZ));
		call_time(c, ms[i]);
		assert_true(row_time(back(c), 0, 0) == ms[i]);
	}
	c = call_new(arena, echo(DB_TIMESTAMPTZ));
	call_time(c, INT64_MAX / 2);
	bytes_are(c, "\x7f\xff\xff\xff\xff\xff\xff\xff", 8); /* infinity */
	assert_true(row_time(back(c), 0, 0) == INT64_MAX);
}

static void dates_go_round(void **state)
{
	static const struct date days[] = {
		{ 2000, 1, 1 }, { 1900, 2, 28 }, { 2024, 2, 29 }, { 9999, 12, 31 }
	};

	(void)state;
	for (size_t i = 0; i < COUNT(days); i++) {
		struct call *c = call_new(arena, echo(DB_DATE));
		struct date d;

		call_date(c, days[i]);
		d = row_date(back(c), 0, 0);
		assert_memory_equal(&d, &days[i], sizeof(d));
	}
}

static void jsonb_has_its_version(void **state)
{
	struct call *c = call_new(arena, echo(DB_JSONB));

	(void)state;
	call_text(c, STR("{}"));
	bytes_are(c, "\1{}", 3);
	assert_true(str_is(row_text(back(c), 0, 0), "{}"));
}

static void an_absent_text_is_null_and_an_empty_one_is_not(void **state)
{
	struct call *c = call_new(arena, echo(DB_TEXT));

	(void)state;
	call_text(c, STR_NONE);
	assert_true(row_is_null(back(c), 0, 0));
	c = call_new(arena, echo(DB_TEXT));
	call_text(c, STR(""));
	assert_false(row_is_null(back(c), 0, 0));
	assert_non_null(row_text(back(c), 0, 0).p);
}

static void an_array_has_dimension_type_and_lengths(void **state)
{
	static const char bytes[] = "\0\0\0\1"
				    "\0\0\0\1"
				    "\0\0\0\x19"
				    "\0\0\0\3"
				    "\0\0\0\1"
				    "\0\0\0\1"
				    "a"
				    "\xff\xff\xff\xff"
				    "\0\0\0\0";
	struct call *c = call_new(arena, echo(DB_TEXT_ARRAY));
	struct str *list;
	size_t n;

	(void)state;
	call_texts(c, (struct str[]){ STR("a"), STR_NONE, STR("") }, 3);
	bytes_are(c, bytes, sizeof(bytes) - 1);
	list = row_texts(back(c), 0, 0, &n);
	assert_int_equal(n, 3);
	assert_true(str_is(list[0], "a") && list[1].p == NULL && list[2].p != NULL);
	c = call_new(arena, echo(DB_TEXT_ARRAY));
	call_texts(c, NULL, 0);
	bytes_are(c,
		  "\0\0\0\0"
		  "\0\0\0\0"
		  "\0\0\0\x19",
		  12);
	(void)row_texts(back(c), 0, 0, &n);
	assert_int_equal(n, 0);
}

static void lies(enum db_type t, const char *p, size_t n)
{
	PGresult *r = one_cell(t, p, (int)n);

	assert_false(wire_fits(echo(t), r));
	PQclear(r);
}
#define LIES(type, bytes) lies((type), (bytes), sizeof(bytes) - 1)

#define HEAD       \
	"\0\0\0\1" \
	"\0\0\0\0" \
	"\0\0\0\x19"

static void what_a_server_may_lie_is_seen(void **state)
{
	PGresult *r = one_cell(DB_TEXT, "x", 1);

	(void)state;
	assert_false(wire_fits(echo(DB_INT4), r)); /* another type */
	assert_false(wire_fits(echo(DB_JSONB), r));
	PQclear(r);
	LIES(DB_INT4, "\0\0\0");
	LIES(DB_INT8, "\0\0\0\0");
	LIES(DB_DATE, "");
	LIES(DB_UUID, "123456789012345");
	LIES(DB_BOOL, "");
	LIES(DB_JSONB, "");
	LIES(DB_JSONB, "\1");
	LIES(DB_JSONB, "\2{}");
	LIES(DB_TEXT_ARRAY, "");
	LIES(DB_TEXT_ARRAY, "\0\0\0\0"
			    "\0\0\0\0"
			    "\0\0\0\x17"); /* int4 inside */
	LIES(DB_TEXT_ARRAY, "\0\0\0\0"
			    "\0\0\0\0"
			    "\0\0\0\x19"
			    "x");
	LIES(DB_TEXT_ARRAY, "\0\0\0\2"
			    "\0\0\0\0"
			    "\0\0\0\x19"
			    "\0\0\0\1"
			    "\0\0\0\1");
	LIES(DB_TEXT_ARRAY, HEAD "\0\0\0\1");
	LIES(DB_TEXT_ARRAY, HEAD "\0\0\0\1"
				 "\0\0\0\1"); /* no element */
	LIES(DB_TEXT_ARRAY, HEAD "\0\0\0\1"
				 "\0\0\0\1"
				 "\0\0\0\2"
				 "a"); /* too long */
	LIES(DB_TEXT_ARRAY, HEAD "\0\0\0\1"
				 "\0\0\0\1"
				 "\0\0\0\1"
				 "ab"); /* one over */
	LIES(DB_TEXT_ARRAY, HEAD "\xff\xff\xff\xff"
				 "\0\0\0\1"
				 "\0\0\0\1"
				 "a");
	LIES(DB_TEXT_ARRAY, HEAD "\0\0\0\1"
				 "\0\0\0\1"
				 "\x80\0\0\0"
				 "a");
}

/* Any bytes: either refused, or read without touching a byte beyond. */
static void random_arrays_are_read_safely(void **state)
{
	unsigned seed = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		static const char good[] = HEAD "\0\0\0\2"
						"\0\0\0\1"
						"\0\0\0\1"
						"a"
						"\xff\xff\xff\xff";
		size_t n = sizeof(good) - 1, count;
		char *p = malloc(n);
		struct call c = { .arena = arena,
				  .statement = echo(DB_TEXT_ARRAY),
				  .state = CALL_DONE };

		assert_non_null(p);
		memcpy(p, good, n);
		for (int i = 0; i < 3; i++)
			p[(size_t)rand_r(&seed) % n] = (char)(rand_r(&seed) % 4 ?
								      rand_r(&seed) % 4 :
								      rand_r(&seed));
		n -= (size_t)(rand_r(&seed) % 3);
		c.result = one_cell(DB_TEXT_ARRAY, p, (int)n);
		if (wire_fits(c.statement, c.result)) {
			struct str *list = row_texts(&c, 0, 0, &count);

			for (size_t i = 0; i < count; i++)
				(void)arena_str(arena, list[i]);
		}
		PQclear(c.result);
		free(p);
	}
}

static void a_copy_has_its_arguments_with_it(void **state)
{
	struct call *c = call_new(arena, echo(DB_TEXT)), *copy;
	char *block;

	(void)state;
	call_text(c, STR("abc"));
	block = wire_copy(c, 24, &copy);
	assert_int_equal(block[23], 0);
	assert_ptr_not_equal(copy->value[0], c->value[0]);
	bytes_are(copy, "abc", 3);
	free(block);
}

static void right(const char *text, size_t endpoints)
{
	static const struct setting none[] = { { NULL, NULL } };
	struct dsn d;
	struct str wrong = dsn_read(arena, str_of(text), none, &d);

	if (wrong.p != NULL)
		fail_msg("%s: %s", text, wrong.p);
	assert_int_equal(d.endpoints, endpoints);
}

static void wrong(const char *text, const char *says)
{
	struct str why = pool_check(arena, str_of(text));

	assert_non_null(why.p);
	if (strstr(why.p, says) == NULL)
		fail_msg("%s: \"%s\" does not say \"%s\"", text, why.p, says);
	assert_null(strstr(why.p, "hunter2"));
}

static void names_of_hosts_are_refused(void **state)
{
	(void)state;
	right("host=/run/postgresql dbname=selfinfo", 1);
	right("hostaddr=192.0.2.1 dbname=selfinfo", 1);
	right("host=db.example hostaddr=192.0.2.1", 1);
	right("hostaddr=192.0.2.1,2001:db8::1 port=5432", 2);
	right("postgresql://selfinfo@192.0.2.1:5433/selfinfo", 1);
	right("host=192.0.2.1,192.0.2.2,/run/postgresql port=1,2,3", 3);
	wrong("host=db.example password=hunter2", "hostaddr=ADDRESS");
	wrong("hostaddr=db.example", "not a numeric address");
	wrong("host=192.0.2.1,db.example", "hostaddr=ADDRESS");
	wrong("dbname=selfinfo", "no host is named");
	wrong("hostaddr=192.0.2.1,192.0.2.2 port=1,2,3", "differ in number");
	wrong("password=hunter2 nonsense", "keyword=value");
	wrong("hostadr=192.0.2.1 password=hunter2", "keyword=value");
}

static void our_settings_lie_over_the_text(void **state)
{
	static const struct setting ours[] = { { "application_name", "ours" },
					       { "options", "-c jit=off" },
					       { NULL, NULL } };
	struct dsn d;
	const struct endpoint *e;
	int found = 0;

	(void)state;
	assert_null(dsn_read(arena,
			     STR("hostaddr=192.0.2.1,192.0.2.2 port=1,2 "
				 "application_name=theirs options='-c a.b=1'"),
			     ours, &d)
			    .p);
	e = &d.endpoint[1];
	for (size_t i = 0; e->keyword[i] != NULL; i++) {
		found += strcmp(e->keyword[i], "application_name") == 0 &&
			 strcmp(e->value[i], "ours") == 0;
		found += strcmp(e->keyword[i], "options") == 0 &&
			 strcmp(e->value[i], "-c a.b=1 -c jit=off") == 0;
		found += strcmp(e->keyword[i], "hostaddr") == 0 &&
			 strcmp(e->value[i], "192.0.2.2") == 0;
		found += strcmp(e->keyword[i], "port") == 0 &&
			 strcmp(e->value[i], "2") == 0;
	}
	assert_int_equal(found, 4);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(numbers_have_network_order),
		TEST(times_count_from_the_year_2000),
		TEST(dates_go_round),
		TEST(jsonb_has_its_version),
		TEST(an_absent_text_is_null_and_an_empty_one_is_not),
		TEST(an_array_has_dimension_type_and_lengths),
		TEST(what_a_server_may_lie_is_seen),
		TEST(random_arrays_are_read_safely),
		TEST(a_copy_has_its_arguments_with_it),
		TEST(names_of_hosts_are_refused),
		TEST(our_settings_lie_over_the_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
