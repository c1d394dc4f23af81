/* options: argv, environment and configuration file into struct agent_options
 * (agent/options.h). The first of --config, ~/.config/selfinfo-card.conf and
 * /etc/selfinfo/selfinfo-card.conf that exists is read; what the command line
 * said stays. Called by main once.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agent/options.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

enum { FILE_MOST = 64 * 1024, WAIT_DEFAULT = 60, WAIT_MOST = 3600 };

#define SYSTEM_FILE "/etc/selfinfo/selfinfo-card.conf"

static const struct option known[] = {
	{ "gateway", required_argument, NULL, 'g' },
	{ "ca", required_argument, NULL, 'a' },
	{ "config", required_argument, NULL, 'f' },
	{ "reader", required_argument, NULL, 'r' },
	{ "lang", required_argument, NULL, 'l' },
	{ "wait", required_argument, NULL, 'w' },
	{ "digits", required_argument, NULL, 'd' },
	{ "pin-file", required_argument, NULL, 'p' },
	{ "card", required_argument, NULL, 'c' },
	{ "card-control", required_argument, NULL, 'u' },
	{ "cards", required_argument, NULL, 's' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ 0 },
};

static const struct {
	const char *name;
	enum agent_command command;
} commands[] = {
	{ "sign-in", COMMAND_SIGN_IN },
	{ "approve", COMMAND_APPROVE },
	{ "status", COMMAND_STATUS },
};

/* What the command line leaves to the file and the environment. */
struct given {
	const char *lang, *wait;
	bool help, version;
};

void options_help(bool japanese)
{
	fputs(japanese ?
		      "使い方: selfinfo-card [オプション] [コマンド]\n\n"
		      "  sign-in [コード]   "
		      "マイナンバーカードでサインインする(コマンドなしと同じ)\n"
		      "  approve コード --digits NN --pin-file FILE\n"
		      "                     "
		      "端末なしでサインインし、もどりコードだけを出力する\n"
		      "  status             カードリーダーとカードの様子を見る\n\n"
		      "  --gateway URL      接続先(https://名前[:番号])\n"
		      "  --ca FILE          接続先を確かめる認証局(PEM)\n"
		      "  --config FILE      設定ファイル\n"
		      "  --reader NAME      使うカードリーダー\n"
		      "  --wait SECONDS     カードを待つ時間(標準60秒)\n"
		      "  --lang ja|en       ことば\n"
		      "  --digits NN        画面の2けたの数字(approve)\n"
		      "  --pin-file FILE    暗証番号のファイル、0600か0400(approve)\n"
		      "  --card NAME        先に入れる仮想カード(approve、サンドボックス)\n"
		      "  --card-control PATH, --cards DIR\n"
		      "                     仮想カードのソケットとカードの置き場所\n"
		      "  --help, --version\n\n"
		      "終了コード: 0 成功、1 失敗、2 使い方、3 断られた・取りやめた、4 "
		      "つながらない\n" :
		      "usage: selfinfo-card [options] [command]\n\n"
		      "  sign-in [CODE]     sign in with the My Number card (the default)\n"
		      "  approve CODE --digits NN --pin-file FILE\n"
		      "                     sign in without a terminal; prints the return "
		      "code alone\n"
		      "  status             readers and card\n\n"
		      "  --gateway URL      the gateway (https://host[:port])\n"
		      "  --ca FILE          authorities that vouch for the gateway (PEM)\n"
		      "  --config FILE      configuration file\n"
		      "  --reader NAME      the card reader to use\n"
		      "  --wait SECONDS     how long to wait for the card (60)\n"
		      "  --lang ja|en       language\n"
		      "  --digits NN        the two digits of the sign-in page (approve)\n"
		      "  --pin-file FILE    file with the PIN, mode 0600 or 0400 "
		      "(approve)\n"
		      "  --card NAME        virtual card to put in first (approve, "
		      "sandbox)\n"
		      "  --card-control PATH, --cards DIR\n"
		      "                     socket of the virtual card, folder of the "
		      "cards\n"
		      "  --help, --version\n\n"
		      "exit codes: 0 ok, 1 failed, 2 usage, 3 refused or cancelled, 4 "
		      "unreachable\n",
	      stdout);
}

static bool take_option(int letter, struct agent_options *o, struct given *given)
{
	switch (letter) {
	case 'g':
		o->gateway = optarg;
		break;
	case 'a':
		o->ca = optarg;
		break;
	case 'f':
		o->config = optarg;
		break;
	case 'r':
		o->reader = optarg;
		break;
	case 'l':
		given->lang = optarg;
		break;
	case 'w':
		given->wait = optarg;
		break;
	case 'd':
		o->digits = optarg;
		break;
	case 'p':
		o->pin_file = optarg;
		break;
	case 'c':
		o->card = optarg;
		break;
	case 'u':
		o->card_control = optarg;
		break;
	case 's':
		o->cards = optarg;
		break;
	case 'h':
		given->help = true;
		break;
	case 'V':
		given->version = true;
		break;
	default:
		return false;
	}
	return true;
}

/* An unknown option is told by its name without what was given to it: it may
 * be a PIN typed in the wrong place. */
static struct str unknown_option(struct arena *a, const char *arg)
{
	struct str rest, name = str_cut(str_of(arg), '=', &rest);

	if (name.n > 2 && name.n < 40 && str_starts(name, "--") && text_is_plain(name))
		return arena_str(a, name);
	return STR("option");
}

static bool take_command(char **argv, int n, struct agent_options *o, struct str *why)
{
	size_t i = 0;

	if (n == 0)
		return true;
	while (i < COUNT(commands) && strcmp(commands[i].name, argv[0]) != 0)
		i++;
	if (i == COUNT(commands)) {
		*why = STR("command");
		return false;
	}
	o->command = commands[i].command;
	if (n > 1 && o->command != COMMAND_STATUS)
		o->user_code = argv[1];
	if (n > (o->command == COMMAND_STATUS ? 1 : 2)) {
		*why = STR("too many arguments");
		return false;
	}
	return true;
}

static bool take_language(struct agent_options *o, const char *lang)
{
	o->japanese = strcmp(lang, "ja") == 0;
	return o->japanese || strcmp(lang, "en") == 0;
}

/* No locale at all is a citizen's as much as a Japanese one. */
static void language_of_environment(struct agent_options *o)
{
	static const char *const names[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	const char *value = "";

	for (size_t i = 0; i < COUNT(names) && value[0] == '\0'; i++) {
		const char *set = getenv(names[i]);

		value = set != NULL ? set : "";
	}
	o->japanese = value[0] == '\0' || strncmp(value, "ja", 2) == 0 ||
		      strcasecmp(value, "C.UTF-8") == 0 || strcasecmp(value, "C.utf8") == 0;
}

static bool set_once(struct arena *a, const char **slot, bool *seen, struct str value)
{
	if (*seen)
		return false;
	*seen = true;
	if (*slot == NULL)
		*slot = arena_cstr(a, value);
	return true;
}

struct file {
	bool gateway, ca, reader, lang;
	const char *language;
};

static const char *take_line(struct arena *a, struct agent_options *o, struct file *f,
			     struct str line)
{
	struct str value, key = str_cut(line, ' ', &value);
	bool fresh;

	value = str_trim(value);
	if (value.n == 0)
		return "a key and its value are needed";
	if (str_is(key, "gateway"))
		fresh = set_once(a, &o->gateway, &f->gateway, value);
	else if (str_is(key, "ca"))
		fresh = set_once(a, &o->ca, &f->ca, value);
	else if (str_is(key, "reader"))
		fresh = set_once(a, &o->reader, &f->reader, value);
	else if (str_is(key, "lang"))
		fresh = set_once(a, &f->language, &f->lang, value);
	else
		return "unknown key (gateway, ca, reader, lang)";
	return fresh ? NULL : "the key stands there twice";
}

bool options_read_file(struct arena *a, struct str name, struct str text,
		       struct agent_options *o, struct str *why)
{
	struct file f = { 0 };
	int number = 0;

	if (!text_is_utf8(text) || memchr(text.p, '\0', text.n) != NULL) {
		*why = arena_printf(a, "%.*s: not UTF-8 text", STR_ARG(name));
		return false;
	}
	while (text.p != NULL) {
		struct str line = str_trim(str_cut(text, '\n', &text));
		const char *wrong = NULL;

		number++;
		for (size_t i = 0; i < line.n; i++)
			if (line.p[i] == '\t')
				wrong = "a tab; use blanks";
		if (wrong == NULL && line.n > 0 && line.p[0] != '#')
			wrong = take_line(a, o, &f, line);
		if (wrong == NULL && f.language != NULL && !take_language(o, f.language))
			wrong = "lang is ja or en";
		if (wrong == NULL)
			continue;
		*why = arena_printf(a, "%.*s:%d: %s", STR_ARG(name), number, wrong);
		return false;
	}
	return true;
}

/* The file says whom to trust: nobody else may write it. */
static const char *read_all(int fd, struct buf *out)
{
	struct stat st;
	ssize_t got;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return "not a regular file";
	if ((st.st_mode & S_IWOTH) != 0)
		return "everybody may write it";
	if (st.st_size > FILE_MOST)
		return "larger than 64 KiB";
	while ((got = read(fd, buf_room(out, 4096), 4096)) > 0) {
		buf_grow(out, (size_t)got);
		if (out->n > FILE_MOST)
			return "larger than 64 KiB";
	}
	return got < 0 ? "cannot be read" : NULL;
}

/* False and *why absent: there is no such file. */
static bool try_file(struct arena *a, const char *path, struct agent_options *o,
		     struct str *why)
{
	AUTO(buf) struct buf text = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	const char *wrong;

	*why = STR_NONE;
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return false;
	wrong = fd < 0 ? "cannot be opened" : read_all(fd, &text);
	if (fd >= 0)
		close(fd);
	if (wrong != NULL) {
		*why = arena_printf(a, "%s: %s", path, wrong);
		return false;
	}
	return options_read_file(a, str_of(path), buf_str(&text), o, why);
}

static bool find_file(struct arena *a, struct agent_options *o, struct str *why)
{
	const char *home = getenv("HOME");
	struct str path;

	if (o->config != NULL) {
		if (try_file(a, o->config, o, why))
			return true;
		if (why->p == NULL)
			*why = arena_printf(a, "%s: no such file", o->config);
		return false;
	}
	if (home != NULL && home[0] == '/') {
		path = arena_printf(a, "%s/.config/selfinfo-card.conf", home);
		if (try_file(a, arena_cstr(a, path), o, why) || why->p != NULL)
			return why->p == NULL;
	}
	return try_file(a, SYSTEM_FILE, o, why) || why->p == NULL;
}

static bool is_card_name(const char *name)
{
	return name[0] != '\0' && strlen(name) <= 64 &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") == strlen(name);
}

static const char *missing(const struct agent_options *o)
{
	if (o->command != COMMAND_APPROVE) {
		if (o->digits != NULL || o->pin_file != NULL || o->card != NULL)
			return "--digits, --pin-file and --card belong to approve";
		return NULL;
	}
	if (o->user_code == NULL)
		return "approve needs a user code";
	if (o->digits == NULL || strlen(o->digits) != 2 ||
	    strspn(o->digits, "0123456789") != 2)
		return "approve needs --digits NN";
	if (o->pin_file == NULL)
		return "approve needs --pin-file FILE";
	if (o->card == NULL)
		return NULL;
	if (!is_card_name(o->card))
		return "--card NAME: letters a-z, digits, - and _";
	if (o->card_control == NULL || o->cards == NULL)
		return "--card needs --card-control and --cards, or SELFINFO_CARD_CONTROL "
		       "and SELFINFO_CARDS";
	return NULL;
}

static void defaults(struct agent_options *o)
{
	*o = (struct agent_options){ .wait_seconds = WAIT_DEFAULT };
	o->card_control = getenv("SELFINFO_CARD_CONTROL");
	o->cards = getenv("SELFINFO_CARDS");
	language_of_environment(o);
}

static bool take_argv(struct arena *a, int argc, char **argv, struct agent_options *o,
		      struct given *given, struct str *why)
{
	int letter;

	opterr = 0;
	optind = 1;
	while ((letter = getopt_long(argc, argv, "", known, NULL)) != -1)
		if (!take_option(letter, o, given)) {
			*why = unknown_option(a, argv[optind - 1]);
			return false;
		}
	if (given->help || given->version) {
		o->command = given->help ? COMMAND_HELP : COMMAND_VERSION;
		return true;
	}
	return take_command(argv + optind, argc - optind, o, why);
}

enum agent_fault options_read(struct arena *a, int argc, char **argv,
			      struct agent_options *o, struct str *why)
{
	struct given given = { 0 };

	defaults(o);
	if (!take_argv(a, argc, argv, o, &given, why))
		return FAULT_USAGE;
	if (given.lang != NULL && !take_language(o, given.lang)) {
		*why = STR("--lang ja|en");
		return FAULT_USAGE;
	}
	if (o->command == COMMAND_HELP || o->command == COMMAND_VERSION)
		return FAULT_NONE;
	if (given.wait != NULL &&
	    !str_int(str_of(given.wait), 0, WAIT_MOST, &o->wait_seconds)) {
		*why = STR("--wait SECONDS");
		return FAULT_USAGE;
	}
	*why = str_of(missing(o));
	if (why->p != NULL)
		return FAULT_USAGE;
	if (!find_file(a, o, why))
		return FAULT_CONFIGURATION;
	if (given.lang != NULL)
		o->japanese = strcmp(given.lang, "ja") == 0;
	return FAULT_NONE;
}
