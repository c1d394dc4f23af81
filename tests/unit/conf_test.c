/* conf_test: every wrong file under tests/conf says exactly what stands beside
 * it, right ones give what they say, and the table of keys, the sample file and
 * the manual name the same keys with the same defaults. Run from the project's
 * folder; CONF_TEST_WRITE=1 writes the expected texts anew (read the diff).
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../src/conf/option.h"
#include "base/log.h"

static struct str read_whole(struct arena *a, const char *path)
{
	FILE *f = fopen(path, "re");
	struct buf text = { 0 };
	struct str copy;
	size_t n;

	if (f == NULL)
		return STR_NONE;
	while ((n = fread(buf_room(&text, 4096), 1, 4096, f)) > 0)
		buf_grow(&text, n);
	fclose(f);
	copy = arena_str(a, buf_str(&text));
	buf_free(&text);
	return copy;
}

static void write_whole(const char *path, struct str text)
{
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
	assert_int_equal(fclose(f), 0);
}

static int wrong_file(const struct dirent *e)
{
	return str_starts(str_of(e->d_name), "wrong-") &&
	       (str_ends(str_of(e->d_name), ".conf") || str_ends(str_of(e->d_name), ".d"));
}

static bool says_what_stands_beside_it(const char *name)
{
	AUTO(arena) struct arena *a = arena_new();
	AUTO(buf) struct buf errors = { 0 };
	bool folder = str_ends(str_of(name), ".d");
	struct str file = arena_printf(a, "tests/conf/%s%s", name,
				       folder ? "/selfinfo.conf" : "");
	struct str err = arena_printf(a, "tests/conf/%.*s.err",
				      (int)(strlen(name) - (folder ? 2 : 5)), name);

	assert_null(conf_load(file.p, a, &errors));
	if (getenv("CONF_TEST_WRITE"))
		write_whole(err.p, buf_str(&errors));
	if (str_eq(buf_str(&errors), read_whole(a, err.p)))
		return true;
	print_error("%s: expected\n%.*sbut was\n%.*s", name, STR_ARG(read_whole(a, err.p)),
		    STR_ARG(buf_str(&errors)));
	return false;
}

static void wrong_files_say_what_is_wrong(void **state)
{
	struct dirent **entry;
	int n = scandir("tests/conf", &entry, wrong_file, alphasort), failed = 0;

	(void)state;
	assert_true(n >= 40);
	for (int i = 0; i < n; i++) {
		failed += !says_what_stands_beside_it(entry[i]->d_name);
		free(entry[i]);
	}
	free(entry);
	assert_int_equal(failed, 0);
}

static struct conf *load(const char *file, struct arena *a)
{
	AUTO(buf) struct buf errors = { 0 };
	struct conf *c = conf_load(file, a, &errors);

	if (c == NULL)
		fail_msg("%.*s", STR_ARG(buf_str(&errors)));
	return c;
}

static void full_file_is_understood(void **state)
{
	AUTO(arena) struct arena *a = arena_new();
	struct conf *c = load("tests/conf/right-full.conf", a);

	(void)state;
	assert_int_equal(c->listen.n, 2);
	assert_int_equal(c->listen.p[0].port, 8443);
	assert_int_equal(c->listen.p[1].socket.ss_family, AF_INET6);
	assert_true(str_is(c->issuer, "https://selfinfo.example.jp:8443"));
	assert_int_equal(c->workers, 3);
	assert_int_equal(c->log_level, LOG_WARN);
	assert_int_equal(c->par_lifetime_ms, 90 * 1000);
	assert_int_equal(c->drain_ms, 120 * 1000);
	assert_true(str_starts(c->tls.certificate, "/") &&
		    str_ends(c->tls.certificate, "/tests/conf/tls/a b.pem"));
	assert_true(str_is(c->tls.key, "/etc/selfinfo/\"odd\\name\".key"));
	assert_true(str_eq(c->database.owner_dsn, c->database.operator_dsn));
	assert_false(str_eq(c->database.operator_dsn, c->database.dsn));
	assert_int_equal(c->card.policy.n, 2);
	assert_int_equal(c->card.anchor.n, 1);
	assert_true(str_is(c->contact.phone, "0120-000-000"));
	assert_false(c->sandbox.on);
}

static void small_sandbox_takes_defaults(void **state)
{
	AUTO(arena) struct arena *a = arena_new();
	struct conf *c = load("tests/conf/right-sandbox.conf", a);

	(void)state;
	assert_true(c->sandbox.on);
	assert_true(c->workers >= 1);
	assert_int_equal(c->par_lifetime_ms, 300 * 1000);
	assert_int_equal(c->log_level, LOG_INFO);
	assert_true(str_is(c->control, "/run/selfinfo/control.sock"));
	assert_true(str_eq(c->database.owner_dsn, c->database.dsn));
	assert_int_equal(c->card.anchor.n, 1);
	assert_int_equal(c->sandbox.anchor.n, 1);
	assert_null(c->contact.name.p);
}

static void folder_is_read_after_the_file(void **state)
{
	AUTO(arena) struct arena *a = arena_new();
	struct conf *c = load("tests/conf/right-folder.d/selfinfo.conf", a);

	(void)state;
	assert_int_equal(c->listen.n, 2);
	assert_int_equal(c->listen.p[1].port, 8444);
	assert_int_equal(c->workers, 5);
	assert_true(str_ends(c->tls.key, "/tests/conf/right-folder.d/conf.d/server.key"));
}

/* What is printed is a configuration that prints the same values again. */
static void printed_file_reads_back(void **state)
{
	AUTO(arena) struct arena *a = arena_new();
	AUTO(buf) struct buf first = { 0 }, second = { 0 };
	char path[] = "/tmp/conf-test-XXXXXX";
	int fd = mkstemp(path);
	struct str line, rest, other, others;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	conf_print(load("tests/conf/right-full.conf", a), &first);
	write_whole(path, buf_str(&first));
	conf_print(load(path, a), &second);
	unlink(path);
	rest = buf_str(&first);
	others = buf_str(&second);
	while (rest.p != NULL) {
		line = str_cut(rest, '\n', &rest);
		other = str_cut(others, '\n', &others);
		assert_true(str_eq(str_cut(line, '#', &line), str_cut(other, '#', &other)));
	}
	assert_null(others.p);
}

static void secret_is_printed_as_fingerprint(void **state)
{
	AUTO(arena) struct arena *a = arena_new();
	AUTO(buf) struct buf out = { 0 };

	(void)state;
	conf_print(load("tests/conf/right-secret.conf", a), &out);
	buf_byte(&out, '\0');
	assert_non_null(strstr(out.p, "server.key  # tests/conf/right-secret.conf:4, "
				      "sha256:b37e50cedcd3e3f1\n"));
	assert_null(strstr(out.p, "\nsecret\n"));
}

static void files_are_checked(void **state)
{
	AUTO(arena) struct arena *a = arena_new();
	AUTO(buf) struct buf errors = { 0 };
	struct conf *c = load("tests/conf/right-secret.conf", a);

	(void)state;
	assert_int_equal(chmod("tests/conf/tls/server.key", 0644), 0);
	assert_false(conf_check_files(c, &errors));
	buf_byte(&errors, '\0');
	assert_non_null(strstr(errors.p, "tls/server.key has mode 0644\n"));
	assert_non_null(strstr(errors.p, "/tests/conf/tls/absent.pem: "
					 "No such file or directory\n"));
	assert_non_null(strstr(errors.p, "/tests/conf/tls/server.key is "
					 "not a folder\n"));
	buf_wipe(&errors);
	assert_int_equal(chmod("tests/conf/tls/server.key", 0600), 0);
	assert_false(conf_check_files(c, &errors));
	buf_byte(&errors, '\0');
	assert_null(strstr(errors.p, "mode"));
}

static void absent_file_is_told(void **state)
{
	AUTO(arena) struct arena *a = arena_new();
	AUTO(buf) struct buf errors = { 0 };

	(void)state;
	assert_null(conf_load("tests/conf/absent.conf", a, &errors));
	assert_true(str_is(buf_str(&errors), "tests/conf/absent.conf: error: it cannot be "
					     "read: No such file or directory\n"));
	buf_wipe(&errors);
	assert_null(conf_load("tests/conf", a, &errors));
	assert_true(str_is(buf_str(&errors), "tests/conf: error: this is not a file\n"));
}

/* operations O4: a truncated file is never taken. Of right-full.conf all is
 * required up to its last brace. */
static void cut_files_are_refused(void **state)
{
	AUTO(arena) struct arena *keep = arena_new();
	struct str text = read_whole(keep, "tests/conf/right-full.conf");
	char path[] = "/tmp/conf-test-XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	while (text.n > 0 && text.p[text.n - 1] != '}')
		text.n--;
	for (size_t n = 0; n < text.n; n++) {
		AUTO(arena) struct arena *a = arena_new();
		AUTO(buf) struct buf errors = { 0 };

		write_whole(path, str_part(text, 0, n));
		if (conf_load(path, a, &errors) != NULL)
			fail_msg("taken after %zu bytes", n);
		assert_true(errors.n > 0);
	}
	unlink(path);
}

/* Any bytes end in a struct or in errors; the sanitizers watch. */
static void any_bytes_are_survived(void **state)
{
	AUTO(arena) struct arena *keep = arena_new();
	struct str text = read_whole(keep, "tests/conf/right-full.conf");
	char *copy = arena_alloc(keep, text.n), path[] = "/tmp/conf-test-XXXXXX";
	static const char odd[] = "{}\"\\#\n\r\t 0-.:[]\x80\xff\x00\x7f";
	int fd = mkstemp(path);
	uint32_t seed = 1;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	for (int round = 0; round < 2000; round++) {
		AUTO(arena) struct arena *a = arena_new();
		AUTO(buf) struct buf errors = { 0 };

		must(text.p != NULL);
		memcpy(copy, text.p, text.n);
		for (int k = 0; k <= round % 4; k++) {
			seed = seed * 1664525u + 1013904223u;
			copy[(seed >> 8) % text.n] = odd[(seed >> 3) % (sizeof(odd) - 1)];
		}
		write_whole(path, (struct str){ copy, text.n });
		assert_true((conf_load(path, a, &errors) == NULL) == (errors.n > 0));
	}
	unlink(path);
}

static void sample_file_is_valid(void **state)
{
	AUTO(arena) struct arena *a = arena_new();

	(void)state;
	assert_false(load("conf/selfinfo.conf", a)->sandbox.on);
}

/* "listen ", "#listen " or with tabs, at the beginning of a line */
static size_t times_named(struct str text, const char *name, const char *value)
{
	size_t found = 0;

	while (text.p != NULL) {
		struct str line = str_cut(text, '\n', &text), rest;

		while (line.n > 0 && (line.p[0] == '#' || line.p[0] == '\t'))
			line = str_from(line, 1);
		if (str_is(str_cut(line, ' ', &rest), name) && rest.n > 0 &&
		    (value == NULL || value[0] == '\0' || str_is(rest, value)))
			found++;
	}
	return found;
}

static void sample_file_holds_every_key(void **state)
{
	AUTO(arena) struct arena *a = arena_new();
	struct str text = read_whole(a, "conf/selfinfo.conf");

	(void)state;
	assert_non_null(text.p);
	for (size_t i = 0; i < conf_options; i++)
		if (times_named(text, conf_option[i].name, conf_option[i].fallback) == 0)
			fail_msg("conf/selfinfo.conf does not show %s %s",
				 conf_option[i].name,
				 conf_option[i].fallback ? conf_option[i].fallback : "");
	for (size_t i = 0; i < conf_blocks; i++)
		if (times_named(text, conf_block[i].name, "{") != 1)
			fail_msg("conf/selfinfo.conf does not show %s {",
				 conf_block[i].name);
}

static struct str manual_line(struct arena *a, const struct option *o)
{
	static const char *const argument[] = {
		[OPTION_ADDRESS] = "Ar address:port",
		[OPTION_ISSUER] = "Ar url",
		[OPTION_FILE] = "Ar file",
		[OPTION_FOLDER] = "Ar folder",
		[OPTION_PATH] = "Ar path",
		[OPTION_NUMBER] = "Ar number",
		[OPTION_DURATION] = "Ar duration",
		[OPTION_SIZE] = "Ar size",
		[OPTION_DSN] = "Ar dsn",
		[OPTION_OID] = "Ar oid",
		[OPTION_TEXT] = "Ar text",
	};

	if (o->type == OPTION_CHOICE)
		return arena_printf(a, ".It Ic %s Cm ", o->name);
	return arena_printf(a, ".It Ic %s %s", o->name, argument[o->type]);
}

/* The manual has one .It for each key, under its block's .Ss, with the range
 * and the default in the words of the table, and no further one. */
static void manual_holds_every_key(void **state)
{
	AUTO(arena) struct arena *a = arena_new();
	struct str text = read_whole(a, "conf/selfinfo.conf.5");
	const struct option *o = conf_option;
	const char *block = "";
	AUTO(buf) struct buf range = { 0 };
	bool ranged = true, defaulted = true;

	(void)state;
	assert_non_null(text.p);
	while (text.p != NULL) {
		struct str line = str_cut(text, '\n', &text);

		for (size_t i = 0; i < conf_blocks; i++)
			if (str_eq(line,
				   arena_printf(a, ".Ss The block %s", conf_block[i].name)))
				block = conf_block[i].name;
		if (str_starts(line, ".It Ic ")) {
			struct str want;

			if (!ranged || !defaulted)
				fail_msg("selfinfo.conf.5: %s lacks %s", o[-1].name,
					 ranged ? "its default" : "its range");
			if (o == conf_option + conf_options)
				fail_msg("selfinfo.conf.5: %.*s is no key", STR_ARG(line));
			want = manual_line(a, o);
			if (!str_eq(str_part(line, 0, want.n), want) ||
			    strcmp(block, o->block) != 0)
				fail_msg("selfinfo.conf.5: \"%.*s\", expected \"%.*s\" in "
					 "block \"%s\"",
					 STR_ARG(line), STR_ARG(want), o->block);
			buf_wipe(&range);
			option_range(o, &range);
			ranged = range.n == 0;
			defaulted = o->fallback == NULL || o->fallback[0] == '\0';
			o++;
		}
		ranged |= o > conf_option && range.n > 0 &&
			  str_eq(line, arena_printf(a, "Allowed: %.*s.",
						    STR_ARG(buf_str(&range))));
		defaulted |= o > conf_option && !defaulted &&
			     str_eq(line, arena_printf(a, "Default: %s.", o[-1].fallback));
	}
	assert_true(ranged && defaulted);
	assert_int_equal(o - conf_option, conf_options);
}

static void printed_defaults_hold_every_key(void **state)
{
	AUTO(buf) struct buf out = { 0 };

	(void)state;
	conf_print_defaults(&out);
	for (size_t i = 0; i < conf_options; i++)
		assert_true(times_named(buf_str(&out), conf_option[i].name, NULL) > 0);
}

int main(void)
{
	const struct CMUnitTest test[] = {
		cmocka_unit_test(wrong_files_say_what_is_wrong),
		cmocka_unit_test(absent_file_is_told),
		cmocka_unit_test(full_file_is_understood),
		cmocka_unit_test(small_sandbox_takes_defaults),
		cmocka_unit_test(folder_is_read_after_the_file),
		cmocka_unit_test(printed_file_reads_back),
		cmocka_unit_test(secret_is_printed_as_fingerprint),
		cmocka_unit_test(files_are_checked),
		cmocka_unit_test(cut_files_are_refused),
		cmocka_unit_test(any_bytes_are_survived),
		cmocka_unit_test(sample_file_is_valid),
		cmocka_unit_test(sample_file_holds_every_key),
		cmocka_unit_test(manual_holds_every_key),
		cmocka_unit_test(printed_defaults_hold_every_key),
	};

	return cmocka_run_group_tests(test, NULL, NULL);
}
