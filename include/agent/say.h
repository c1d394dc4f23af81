/* say: where the agent speaks to the citizen: a stream, a language, a width.
 * Every sentence stands in the one table of words below (faults in fault.h).
 * `{}` takes the next value. Callers: sign_in, approve, status, find, show.
 * Output errors are ignored: there is nobody else to tell.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AGENT_SAY_H
#define AGENT_SAY_H

#include <stdio.h>

#include "agent/fault.h"
#include "base/arena.h"
#include "base/clock.h"

struct agent_say {
	FILE *out;
	bool japanese;
	size_t columns;
};

/* T(id, ja, en) */
/* clang-format off */
#define AGENT_WORDS(T)                                                                           \
	T(TITLE, "カード確認アプリ: マイナンバーカードで本人確認", "Signing in with the My Number card")       \
	T(GATEWAY, "接続先: {}", "Gateway: {}")                                                  \
	T(ASK_CODE, "ブラウザーの画面に出ている8文字の利用者コードを入れてください: ",                 \
	  "Type the user code (eight characters) of the sign-in page: ")                     \
	T(SHOW_TITLE, "次の手続きのための本人確認です。内容をよく確かめてください。",                  \
	  "You are signing in for the following. Read it carefully.")                            \
	T(SHOW_APP, "アプリ", "App")                                                             \
	T(SHOW_WHOSE, "だれの情報", "Whose data")                                                \
	T(SHOW_SELF, "あなた自身の情報", "Your own")                                             \
	T(SHOW_CHILD, "あなたのお子さまの情報(どのお子さまかは、次の画面で選びます)",            \
	  "Your child's (you pick which child on the next page)")                                \
	T(SHOW_NONE, "(かならず渡すものはありません)", "(none that has to be shared)")              \
	T(SHOW_ITEMS, "渡す情報", "Items")                                                       \
	T(SHOW_OPTIONAL, "選べる情報", "Optional items")                                         \
	T(SHOW_OPTIONAL_HINT, "渡すかどうかは、次の画面で選べます。",                            \
	  "You choose on the next page whether to share these.")                                 \
	T(SHOW_INQUIRY, "いつの情報", "Period")                                                  \
	T(SHOW_LATEST, "いちばん新しいもの", "The latest")                                       \
	T(SHOW_AS_OF, "{}の時点のもの", "As of {}")                                              \
	T(SHOW_RANGE, "{}から{}まで", "From {} to {}")                                           \
	T(SHOW_PURPOSE, "使う目的", "Purpose")                                                   \
	T(SHOW_ACCESS, "取得できる期限", "Access")                                               \
	T(SHOW_ONCE, "今回の1回だけ", "Once only")                                               \
	T(SHOW_UNTIL, "{}まで、くり返し", "Until {}, repeatedly")                                \
	T(SHOW_RETENTION, "アプリが持つ期間", "Kept by the app")                                 \
	T(SHOW_DAYS, "{}日まで", "For {} days at most")                                          \
	T(SHOW_BEGAN, "始めた時刻", "Begun")                                                     \
	T(ITEM, "・{}({})", "- {} ({})")                                                         \
	T(NAME_ID, "{}({})", "{} ({})")                                                          \
	T(STRANGER,                                                                              \
	  "あなた自身がいまブラウザーで始めた手続きのときだけ進んでください。電話、メール、メッセージで頼まれて進めるものではありません。", \
	  "Go on only if you began this yourself in a browser just now. Nobody may ask you to do it by telephone, mail or message.") \
	T(ASK_DIGITS, "ブラウザーの画面に出ている2けたの数字(心当たりがない、やめるときは no): ", \
	  "The two digits on the sign-in page (or no, if this is not yours or you want to stop): ") \
	T(DIGITS_AGAIN, "2けたの数字か no を入れてください。", "Type the two digits, or no.")    \
	T(CANCEL_UNTOLD, "取りやめを接続先に伝えられませんでした。この手続きは時間がたつと無効になります。", \
	  "The gateway could not be told. The sign-in ends by itself when its time is up.")      \
	T(WAIT_READER, "カードリーダーをつないでください。", "Connect a card reader.")           \
	T(WAIT_CARD, "マイナンバーカードをカードリーダーに置いてください。",                     \
	  "Put your My Number card on the reader.")                                              \
	T(OTHER_CARD, "「{}」のカードはマイナンバーカードではないか、読めません。置き直してください。", \
	  "The card in \"{}\" is not a My Number card or cannot be read. Put it back or change it.") \
	T(CARD_FOUND, "カードを読みました({})。", "The card is there ({}).")                     \
	T(CERT_EXPIRED, "電子証明書の期限が{}に切れています。このまま進んでも断られる見込みです。", \
	  "The certificate expired on {}. The gateway will probably refuse it.")                 \
	T(PIN_WHICH, "「利用者証明用」の数字4けたの暗証番号を使います。署名用のパスワード(6文字から16文字)ではありません。入れた数字は画面に出ません。", \
	  "The PIN for user authentication (four digits) is needed, not the one for signatures (6 to 16 characters). What you type is not shown.") \
	T(PIN_LEFT, "あと{}回まちがえるとロックされます。", "Tries left before it locks: {}.")   \
	T(PIN_LAST, "注意: あと1回まちがえるとロックされます。自信がなければ、何も入れずにEnterを押してやめてください。", \
	  "Careful: one more wrong try locks it. If you are not sure, press Enter alone to stop.") \
	T(ASK_PIN, "暗証番号: ", "PIN: ")                                                        \
	T(DONE, "署名しました。次の6文字をブラウザーの画面に入れて「つづける」を押してください({}秒以内)。", \
	  "Signed. Type these six characters on the page in the browser and press Continue (within {} seconds).") \
	T(RETURN_CODE, "もどりコード: {}", "Return code: {}")                                    \
	T(KEEP_SECRET, "もどりコードは、だれにも教えないでください。",                             \
	  "Do not tell this code to anybody.")                                                   \
	T(TRIES_LEFT, "残りの回数: {}", "Tries left: {}")                                        \
	T(TRIES_NONE, "もう試せません。アプリに戻って、はじめからやり直してください。",          \
	  "No try is left. Go back to the app and start again.")                                 \
	T(STATUS_READER, "カードリーダー: {}", "Reader: {}")                                     \
	T(STATUS_EMPTY, "カードなし", "no card")                                                 \
	T(STATUS_OTHER, "マイナンバーカードではないか、読めません",                              \
	  "not a My Number card, or not readable")                                               \
	T(STATUS_JPKI, "マイナンバーカード", "My Number card")                                   \
	T(STATUS_TRIES, "利用者証明用の暗証番号: あと{}回", "PIN for user authentication, tries left: {}") \
	T(STATUS_LOCKED, "利用者証明用の暗証番号: ロックされています",                           \
	  "PIN for user authentication: locked")                                                 \
	T(STATUS_VALID, "利用者証明用の電子証明書: {}から{}まで有効",                            \
	  "Certificate for user authentication: valid from {} to {}")                            \
	T(STATUS_NOT_YET, "まだ有効期間に入っていません", "not valid yet")                       \
	T(STATUS_EXPIRED, "期限が切れています", "expired")                                       \
	T(STATUS_NO_CERT, "利用者証明用の電子証明書を読めません",                                \
	  "the certificate for user authentication cannot be read")                              \
	T(DETAIL, "詳しくは: {}", "Detail: {}")                                            \
	T(STATUS_NO_GATEWAY, "接続先: 設定なし", "Gateway: not configured")
/* clang-format on */

enum agent_word {
#define AGENT_WORD_ENUM(id, ja, en) WORD_##id,
	AGENT_WORDS(AGENT_WORD_ENUM)
#undef AGENT_WORD_ENUM
		WORD_COUNT
};

/* what stands in the holes of the words, one for each `{}` */
struct say_values {
	const struct str *p;
	size_t n;
};
#define AGENT_TEXTS(...) ((const struct str[]){ { 0 }, ##__VA_ARGS__ })
#define AGENT_VALUES(...)                                                         \
	(struct say_values)                                                       \
	{                                                                         \
		AGENT_TEXTS(__VA_ARGS__) + 1, COUNT(AGENT_TEXTS(__VA_ARGS__)) - 1 \
	}
/* SAY(say, TITLE) or SAY(say, GATEWAY, origin): a paragraph of its own */
#define SAY(say, id, ...) say_words((say), WORD_##id, AGENT_VALUES(__VA_ARGS__))
#define FILL(arena, say, id, ...) \
	say_fill((arena), (say), WORD_##id, AGENT_VALUES(__VA_ARGS__))

struct agent_say say_to(FILE *out, bool japanese);
const char *say_word(const struct agent_say *say, enum agent_word word);
struct str say_fill(struct arena *a, const struct agent_say *say, enum agent_word word,
		    struct say_values value);
void say_words(const struct agent_say *say, enum agent_word word, struct say_values value);
void say_text(const struct agent_say *say, struct str text);        /* a paragraph */
void say_prompt(const struct agent_say *say, enum agent_word word); /* no LF */
void say_blank(const struct agent_say *say);
void say_fault(const struct agent_say *say, enum agent_fault fault, struct str value);
struct str say_date(struct arena *a, const struct agent_say *say, struct date d);

#endif
