/* Unit test of the agent's command line, configuration file and PIN file
 * (agent/options.h, pin.h), and that the sample and the manual name every key
 * of the file. Run from the top of the sources; files go into a folder under
 * the system's temporary one.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "agent/options.h"
#include "agent/pin.h"
#include "base/buf.h"

static struct arena *arena;
static char folder[] = "/tmp/selfinfo-card-test-XXXXXX";

static int begin(void **state)
{
	(void)state;
	arena = arena_new();
	if (mkdtemp(folder) == NULL)
		return 1;
	setenv("HOME", folder, 1);
	unsetenv("SELFINFO_CARD_CONTROL");
	unsetenv("SELFINFO_CARDS");
	return 0;
}

static int end(void **state)
{
	(void)state;
	arena_free(arena);
	return rmdir(folder);
}

static struct str why;
static struct agent_options o;

#define READ(...) read_argv((char *[]){ "selfinfo-card", __VA_ARGS__, NULL })
static enum agent_fault read_argv(char **argv)
{
	int argc = 0;

	while (argv[argc] != NULL)
		argc++;
	why = STR_NONE;
	return options_read(arena, argc, argv, &o, &why);
}

static void commands_and_options_in_any_order(void **state)
{
	(void)state;
	assert_int_equal(READ("--gateway", "https://a", "approve", "ABCD2345", "--digits",
			      "47", "--pin-file", "p", "--wait=5", "--ca", "c"),
			 FAULT_NONE);
	assert_int_equal(o.command, COMMAND_APPROVE);
	assert_string_equal(o.user_code, "ABCD2345");
	assert_string_equal(o.gateway, "https://a");
	assert_int_equal(o.wait_seconds, 5);
	assert_int_equal(READ("status", "--lang", "en"), FAULT_NONE);
	assert_int_equal(o.command, COMMAND_STATUS);
	assert_false(o.japanese);
	assert_int_equal(READ("--lang", "ja"), FAULT_NONE);
	assert_int_equal(o.command, COMMAND_SIGN_IN);
	assert_null(o.user_code);
	assert_true(o.japanese);
	assert_int_equal(o.wait_seconds, 60);
	assert_int_equal(READ("sign-in", "ABCD2345"), FAULT_NONE);
	assert_int_equal(READ("approve", "--help"), FAULT_NONE);
	assert_int_equal(o.command, COMMAND_HELP);
}

static void usage_that_is_wrong(void **state)
{
	(void)state;
	assert_int_equal(READ("frobnicate"), FAULT_USAGE);
	assert_int_equal(READ("approve"), FAULT_USAGE);
	assert_int_equal(READ("approve", "ABCD2345", "--pin-file", "p"), FAULT_USAGE);
	assert_int_equal(READ("approve", "ABCD2345", "--digits", "4", "--pin-file", "p"),
			 FAULT_USAGE);
	assert_int_equal(READ("approve", "ABCD2345", "--digits", "4x", "--pin-file", "p"),
			 FAULT_USAGE);
	assert_int_equal(READ("approve", "ABCD2345", "--digits", "47"), FAULT_USAGE);
	assert_int_equal(READ("approve", "A", "B", "--digits", "47", "--pin-file", "p"),
			 FAULT_USAGE);
	assert_int_equal(
		READ("approve", "A", "--digits", "47", "--pin-file", "p", "--card", "x"),
		FAULT_USAGE);
	assert_int_equal(READ("approve", "A", "--digits", "47", "--pin-file", "p", "--card",
			      "../x", "--cards", "d", "--card-control", "c"),
			 FAULT_USAGE);
	assert_int_equal(READ("sign-in", "--pin-file", "p"), FAULT_USAGE);
	assert_int_equal(READ("status", "x"), FAULT_USAGE);
	assert_int_equal(READ("--wait", "-1"), FAULT_USAGE);
	assert_int_equal(READ("--wait", "010"), FAULT_USAGE);
	assert_int_equal(READ("--lang", "fr"), FAULT_USAGE);
	assert_int_equal(READ("--gateway"), FAULT_USAGE);
	assert_int_equal(READ("status", "--pin=1234"), FAULT_USAGE);
	assert_null(memmem(why.p, why.n, "1234", 4));
}

static void the_locale_gives_the_language(void **state)
{
	static const struct {
		const char *lang;
		bool japanese;
	} seen[] = { { "ja_JP.UTF-8", true }, { "en_US.UTF-8", false },
		     { "C", false },          { "", true },
		     { "C.UTF-8", true },     { "de_DE.UTF-8", false } };

	(void)state;
	unsetenv("LC_ALL");
	unsetenv("LC_MESSAGES");
	for (size_t i = 0; i < COUNT(seen); i++) {
		setenv("LANG", seen[i].lang, 1);
		assert_int_equal(READ("status"), FAULT_NONE);
		assert_int_equal(o.japanese, seen[i].japanese);
	}
}

static bool file_reads(const char *text)
{
	o = (struct agent_options){ 0 };
	return options_read_file(arena, STR("f"), str_of(text), &o, &why);
}

static void a_configuration_file(void **state)
{
	(void)state;
	assert_true(file_reads("# a comment\n\n  gateway   https://a  \nca /x/y z.pem\n"
			       "reader Virtual PCD 00 00\nlang ja\n"));
	assert_string_equal(o.gateway, "https://a");
	assert_string_equal(o.ca, "/x/y z.pem");
	assert_string_equal(o.reader, "Virtual PCD 00 00");
	assert_true(o.japanese);
	assert_true(file_reads(""));
	assert_true(file_reads("gateway https://a"));
}

static void a_configuration_file_that_is_wrong(void **state)
{
	static const struct {
		const char *text, *why;
	} seen[] = {
		{ "gateway https://a\nproxy x\n",
		  "f:2: unknown key (gateway, ca, reader, lang)" },
		{ "gateway https://a\ngateway https://b\n",
		  "f:2: the key stands there twice" },
		{ "gateway\n", "f:1: a key and its value are needed" },
		{ "lang fr\n", "f:1: lang is ja or en" },
		{ "gateway\thttps://a\n", "f:1: a tab; use blanks" },
		{ "gateway \xFF\n", "f: not UTF-8 text" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(seen); i++) {
		assert_false(file_reads(seen[i].text));
		assert_true(str_is(why, seen[i].why));
	}
}

static struct str whole_file(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = arena_alloc(arena, 65536);
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, 65536, f);
	fclose(f);
	return (struct str){ text, n };
}

static void sample_and_manual_name_every_key(void **state)
{
	static const char *const keys[] = { "gateway", "ca", "reader", "lang" };
	struct str sample = whole_file("conf/selfinfo-card.conf");
	struct str manual = whole_file("conf/selfinfo-card.1");

	(void)state;
	assert_true(options_read_file(arena, STR("sample"), sample, &o, &why));
	for (size_t i = 0; i < COUNT(keys); i++) {
		struct str in_sample = arena_printf(arena, "%s ", keys[i]);
		struct str in_manual = arena_printf(arena, "\n.It Ic %s ", keys[i]);

		assert_non_null(memmem(sample.p, sample.n, in_sample.p, in_sample.n));
		assert_non_null(memmem(manual.p, manual.n, in_manual.p, in_manual.n));
	}
}

static enum agent_fault load(const char *text, mode_t mode, const char **reason)
{
	AUTO(pin) struct agent_pin *pin = NULL;
	struct str path = arena_printf(arena, "%s/pin", folder);
	FILE *f = fopen(path.p, "w");
	enum agent_fault fault;

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_int_equal(chmod(path.p, mode), 0);
	assert_int_equal(pin_new(&pin), FAULT_NONE);
	fault = pin_load(pin, path.p, reason);
	if (fault == FAULT_NONE)
		assert_memory_equal(pin->digits, "1234", PIN_DIGITS);
	for (size_t i = 0; i < sizeof(pin->typed); i++)
		assert_int_equal(pin->typed[i], 0); /* wiped, right or wrong */
	assert_int_equal(unlink(path.p), 0);
	return fault;
}

static void pin_files(void **state)
{
	static const mode_t open_modes[] = { 0644, 0640, 0604, 0620, 0602, 0666, 0610 };
	const char *reason;

	(void)state;
	assert_int_equal(load("1234\n", 0600, &reason), FAULT_NONE);
	assert_int_equal(load("1234", 0400, &reason), FAULT_NONE);
	assert_int_equal(load("１２３４\r\n", 0600, &reason), FAULT_NONE);
	for (size_t i = 0; i < COUNT(open_modes); i++)
		assert_int_equal(load("1234\n", open_modes[i], &reason), FAULT_PIN_FILE);
	assert_int_equal(load("", 0600, &reason), FAULT_PIN_FILE);
	assert_int_equal(load("123\n", 0600, &reason), FAULT_PIN_FILE);
	assert_int_equal(load("12345\n", 0600, &reason), FAULT_PIN_FILE);
	assert_int_equal(load("12a4\n", 0600, &reason), FAULT_PIN_FILE);
	assert_int_equal(load("1234\n5678\n9012\n3456\n7890\n1234\n5678\n9012\n3456\n7890\n"
			      "1234\n5678\n9012\n",
			      0600, &reason),
			 FAULT_PIN_FILE);
}

static void what_is_no_file_is_no_pin_file(void **state)
{
	AUTO(pin) struct agent_pin *pin = NULL;
	const char *reason;

	(void)state;
	assert_int_equal(pin_new(&pin), FAULT_NONE);
	assert_int_equal(pin_load(pin, folder, &reason), FAULT_PIN_FILE);
	assert_int_equal(pin_load(pin, "/dev/zero", &reason), FAULT_PIN_FILE);
	assert_int_equal(pin_load(pin, "/nonexistent", &reason), FAULT_PIN_FILE);
}

/* proc(5): the flags of the mapping: locked, not dumped, wiped on fork. The
 * address sanitizer turns mlock() into nothing. */
#ifdef __SANITIZE_ADDRESS__
#define LOCKED ""
#else
#define LOCKED " lo"
#endif

static void the_pin_lies_in_locked_memory(void **state)
{
	AUTO(pin) struct agent_pin *pin = NULL;
	FILE *f = fopen("/proc/self/smaps", "r");
	char line[512], begins[32];
	bool here = false, seen = false;

	(void)state;
	assert_int_equal(pin_new(&pin), FAULT_NONE);
	assert_non_null(f);
	snprintf(begins, sizeof(begins), "%lx-", (unsigned long)(uintptr_t)pin);
	while (fgets(line, sizeof(line), f) != NULL) {
		if (strncmp(line, begins, strlen(begins)) == 0)
			here = true;
		if (!here || strncmp(line, "VmFlags:", 8) != 0)
			continue;
		seen = strstr(line, LOCKED) != NULL && strstr(line, " dd") != NULL &&
		       strstr(line, " wf") != NULL;
		break;
	}
	fclose(f);
	assert_true(seen);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commands_and_options_in_any_order),
		cmocka_unit_test(usage_that_is_wrong),
		cmocka_unit_test(the_locale_gives_the_language),
		cmocka_unit_test(a_configuration_file),
		cmocka_unit_test(a_configuration_file_that_is_wrong),
		cmocka_unit_test(sample_and_manual_name_every_key),
		cmocka_unit_test(pin_files),
		cmocka_unit_test(what_is_no_file_is_no_pin_file),
		cmocka_unit_test(the_pin_lies_in_locked_memory),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
