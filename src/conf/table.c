/* table: every key of selfinfo.conf. Parser, --print-config, --print-defaults
 * and the check against the manual and the sample file read this one table; a
 * key that is not here does not exist. Constant; called inside this room.
 * Limits are those of operations and faults; defaults fit a small gateway.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <unistd.h>

#include "option.h"

#define SHARE "/usr/share/selfinfo/"
#define AT(member) .at = offsetof(struct conf, member)
#define SECOND INT64_C(1000)
#define HOUR (INT64_C(3600) * SECOND)

const struct option conf_option[] = {
	{ .block = "",
	  .name = "listen",
	  .type = OPTION_ADDRESS,
	  AT(listen),
	  .flags = OPTION_REQUIRED | OPTION_LIST | OPTION_RESTART,
	  .help = "Address and port for HTTPS, numeric; may be given again.",
	  .help_ja = "HTTPS を受けるアドレスとポート（数値）。複数書ける。" },
	{ .block = "",
	  .name = "issuer",
	  .type = OPTION_ISSUER,
	  AT(issuer),
	  .flags = OPTION_REQUIRED | OPTION_RESTART,
	  .help = "Public base URL: https, lower case, without a path.",
	  .help_ja = "公開する URL。https、小文字、パスなし。" },
	{ .block = "",
	  .name = "workers",
	  .type = OPTION_NUMBER,
	  AT(workers),
	  .flags = OPTION_RESTART,
	  .min = 1,
	  .max = 256,
	  .fallback = "",
	  .help = "Worker processes; without it one a core.",
	  .help_ja = "ワーカーの数。書かなければコアの数。" },
	{ .block = "",
	  .name = "connections",
	  .type = OPTION_NUMBER,
	  AT(connections),
	  .min = 16,
	  .max = 1000000,
	  .fallback = "4096",
	  .help = "Open connections of one worker; above it accepting pauses.",
	  .help_ja = "ワーカー一つが持つ接続の上限。" },
	{ .block = "",
	  .name = "control",
	  .type = OPTION_PATH,
	  AT(control),
	  .flags = OPTION_RESTART,
	  .fallback = "/run/selfinfo/control.sock",
	  .help = "Socket over which selfinfoctl reaches the daemon.",
	  .help_ja = "selfinfoctl がデーモンと話すソケット。" },
	{ .block = "",
	  .name = "log_level",
	  .type = OPTION_CHOICE,
	  AT(log_level),
	  .choices = "debug info warn error",
	  .fallback = "info",
	  .help = "The least level that is logged.",
	  .help_ja = "記録するログの最低の重さ。" },
	{ .block = "",
	  .name = "par_lifetime",
	  .type = OPTION_DURATION,
	  AT(par_lifetime_ms),
	  .min = 5 * SECOND,
	  .max = 599 * SECOND,
	  .fallback = "300s",
	  .help = "How long a pushed request waits for its browser.",
	  .help_ja = "預けられた要求がブラウザーを待つ時間。" },
	{ .block = "",
	  .name = "drain",
	  .type = OPTION_DURATION,
	  AT(drain_ms),
	  .min = 1 * SECOND,
	  .max = HOUR,
	  .fallback = "30s",
	  .help = "How long a stopping worker finishes what it has begun.",
	  .help_ja = "終わるワーカーが途中の仕事を済ませる時間。" },
	{ .block = "",
	  .name = "catalogue",
	  .type = OPTION_FOLDER,
	  AT(catalogue),
	  .fallback = SHARE "schemas",
	  .help = "Folder of catalogue/items.tsv and its like and of items/*.json.",
	  .help_ja = "catalogue/items.tsv などと items/*.json のあるフォルダー。" },

	{ .block = "tls",
	  .name = "certificate",
	  .type = OPTION_FILE,
	  AT(tls.certificate),
	  .flags = OPTION_REQUIRED,
	  .help = "Certificate chain in PEM, the server's own first.",
	  .help_ja = "証明書（PEM、サーバーのものが先頭）。" },
	{ .block = "tls",
	  .name = "key",
	  .type = OPTION_FILE,
	  AT(tls.key),
	  .flags = OPTION_REQUIRED | OPTION_SECRET,
	  .help = "Private key in PEM, mode 0400 or 0600.",
	  .help_ja = "秘密鍵（PEM、モード 0400 か 0600）。" },

	{ .block = "database",
	  .name = "dsn",
	  .type = OPTION_DSN,
	  AT(database.dsn),
	  .flags = OPTION_REQUIRED | OPTION_RESTART,
	  .help = "The gateway's database as role gateway: a socket folder or "
		  "hostaddr, no password.",
	  .help_ja = "データベースへの接続（gateway ロール）。"
		     "ソケットか数値アドレス、パスワードなし。" },
	{ .block = "database",
	  .name = "operator_dsn",
	  .type = OPTION_DSN,
	  AT(database.operator_dsn),
	  .help = "The same as role operator, for selfinfoctl; without it dsn.",
	  .help_ja = "selfinfoctl 用（operator ロール）。なければ dsn。" },
	{ .block = "database",
	  .name = "owner_dsn",
	  .type = OPTION_DSN,
	  AT(database.owner_dsn),
	  .help = "The same as its owner, for selfinfoctl db; without it "
		  "operator_dsn.",
	  .help_ja = "selfinfoctl db 用（所有者）。なければ operator_dsn。" },
	{ .block = "database",
	  .name = "migrations",
	  .type = OPTION_FOLDER,
	  AT(database.migrations),
	  .fallback = SHARE "schemas/db",
	  .help = "Folder of the numbered SQL files of selfinfoctl db migrate.",
	  .help_ja = "番号のついた SQL のあるフォルダー。" },

	{ .block = "card",
	  .name = "anchor",
	  .type = OPTION_FILE,
	  AT(card.anchor),
	  .flags = OPTION_PRODUCTION | OPTION_LIST,
	  .help = "Certificate of an authority that issues cards; may be given "
		  "again.",
	  .help_ja = "カードの証明書を出す認証局の証明書。複数書ける。" },
	{ .block = "card",
	  .name = "crl",
	  .type = OPTION_FILE,
	  AT(card.crl),
	  .flags = OPTION_PRODUCTION | OPTION_LIST,
	  .help = "Revocation list, read again when the file changes; a stale "
		  "one ends sign-ins with 503.",
	  .help_ja = "失効リスト。ファイルが変わると読み直す。古ければ 503。" },
	{ .block = "card",
	  .name = "policy",
	  .type = OPTION_OID,
	  AT(card.policy),
	  .flags = OPTION_PRODUCTION | OPTION_LIST,
	  .help = "Policy OID a card's certificate must carry; may be given "
		  "again.",
	  .help_ja = "カードの証明書に必要なポリシー OID。複数書ける。" },

	{ .block = "contact",
	  .name = "name",
	  .type = OPTION_TEXT,
	  AT(contact.name),
	  .flags = OPTION_PRODUCTION,
	  .min = 1,
	  .max = 100,
	  .help = "Who helps a citizen, in Japanese; shown on error pages.",
	  .help_ja = "市民の相談先の名前。エラーの画面に出る。" },
	{ .block = "contact",
	  .name = "name_en",
	  .type = OPTION_TEXT,
	  AT(contact.name_en),
	  .min = 1,
	  .max = 100,
	  .help = "The same in English.",
	  .help_ja = "同じものの英語。" },
	{ .block = "contact",
	  .name = "phone",
	  .type = OPTION_TEXT,
	  AT(contact.phone),
	  .flags = OPTION_PRODUCTION,
	  .min = 3,
	  .max = 40,
	  .help = "Telephone number.",
	  .help_ja = "電話番号。" },
	{ .block = "contact",
	  .name = "hours",
	  .type = OPTION_TEXT,
	  AT(contact.hours),
	  .flags = OPTION_PRODUCTION,
	  .min = 1,
	  .max = 100,
	  .help = "When the telephone is answered, in Japanese.",
	  .help_ja = "電話の受付時間。" },
	{ .block = "contact",
	  .name = "hours_en",
	  .type = OPTION_TEXT,
	  AT(contact.hours_en),
	  .min = 1,
	  .max = 100,
	  .help = "The same in English.",
	  .help_ja = "同じものの英語。" },

	{ .block = "sandbox",
	  .name = "personas",
	  .type = OPTION_FILE,
	  AT(sandbox.personas),
	  .flags = OPTION_RESTART,
	  .help = "JSON file of the personas who can sign in without a card.",
	  .help_ja = "カードなしでサインインできる人物の JSON。" },
	{ .block = "sandbox",
	  .name = "anchor",
	  .type = OPTION_FILE,
	  AT(sandbox.anchor),
	  .flags = OPTION_LIST,
	  .help = "Certificate of the authority of test cards; may be given "
		  "again.",
	  .help_ja = "試験用カードの認証局の証明書。複数書ける。" },
};
const size_t conf_options = COUNT(conf_option);

const struct block conf_block[] = {
	{ "tls", "The server's certificate.", "サーバーの証明書。" },
	{ "database", "The gateway's PostgreSQL database.",
	  "ゲートウェイの PostgreSQL データベース。" },
	{ "card", "Which My Number cards are believed.",
	  "どのマイナンバーカードを信じるか。" },
	{ "contact", "Who helps a citizen.", "市民の相談先。" },
	{ "sandbox",
	  "Makes this a sandbox: loopback only, test cards, personas. Leave it "
	  "out in production.",
	  "サンドボックスにする。ループバックだけ。本番では書かない。" },
};
const size_t conf_blocks = COUNT(conf_block);

const struct option *option_find(struct str block, struct str name)
{
	for (size_t i = 0; i < conf_options; i++)
		if (str_is(block, conf_option[i].block) &&
		    str_is(name, conf_option[i].name))
			return &conf_option[i];
	return NULL;
}

const struct block *block_find(struct str name)
{
	for (size_t i = 0; i < conf_blocks; i++)
		if (str_is(name, conf_block[i].name))
			return &conf_block[i];
	return NULL;
}

void option_range(const struct option *o, struct buf *out)
{
	if (o->type == OPTION_CHOICE) {
		buf_printf(out, "one of %s", o->choices);
	} else if (o->max > 0) {
		unit_print(o->type, o->min, out);
		buf_adds(out, " to ");
		unit_print(o->type, o->max, out);
		if (o->type == OPTION_TEXT)
			buf_adds(out, " characters");
	}
}

bool option_default(const struct option *o, struct buf *out)
{
	long cores;

	if (o->fallback == NULL)
		return false;
	if (o->fallback[0] != '\0') {
		buf_adds(out, o->fallback);
		return true;
	}
	cores = sysconf(_SC_NPROCESSORS_ONLN);
	if (cores < o->min)
		cores = (long)o->min;
	if (cores > o->max)
		cores = (long)o->max;
	buf_int(out, cores);
	return true;
}
