/* fault: all ways in which the agent ends without success, in one table: exit
 * code (operations-O17) and what to do next, in the citizen's words; and the
 * refusals of the gateway by the last part of their `type`. `{}` is filled with
 * what the caller gives; where there is none, it is told as a detail behind it.
 * Words hold nothing secret. Callers: all of agent.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AGENT_FAULT_H
#define AGENT_FAULT_H

#include "base/str.h"

enum agent_exit {
	AGENT_OK = 0,
	AGENT_FAILED = 1,
	AGENT_USAGE = 2,
	AGENT_REFUSED = 3,     /* by the gateway or by the citizen */
	AGENT_UNREACHABLE = 4, /* the gateway, the reader or a card in it */
};

/* F(id, exit code, ja, en) */
/* clang-format off */
#define AGENT_FAULTS(F)                                                                          \
	F(NONE, AGENT_OK, "", "")                                                                \
	F(REFUSED, AGENT_REFUSED, "{}", "{}")                                                    \
	F(CANCELLED, AGENT_REFUSED,                                                              \
	  "手続きを取りやめました。情報は何も渡していません。心当たりのない手続きだったときは、コードを知らせてきた相手に返事をしないでください。", \
	  "Cancelled. Nothing was handed out. If you did not begin this yourself, do not answer whoever sent you the code.") \
	F(NO_SERVICE, AGENT_UNREACHABLE,                                                         \
	  "カードリーダーを扱うサービス(pcscd)が動いていません。pcscdを入れて起動してから、もう一度試してください。", \
	  "The smart card service (pcscd) is not running. Install and start pcscd, then try again.") \
	F(NO_READER, AGENT_UNREACHABLE,                                                          \
	  "カードリーダーが見つかりません。カードリーダーをつないでから、もう一度試してください。", \
	  "No card reader was found. Connect a reader, then try again.")                         \
	F(NO_SUCH_READER, AGENT_UNREACHABLE,                                                     \
	  "指定のカードリーダーが見つかりません: {}。selfinfo-card status でつながっているものを確かめてください。", \
	  "There is no such reader: {}. selfinfo-card status lists those that are connected.")   \
	F(NO_CARD, AGENT_UNREACHABLE,                                                            \
	  "時間内にカードが置かれませんでした。マイナンバーカードをカードリーダーに置いてから、もう一度試してください。", \
	  "No card was put on the reader in time. Put your My Number card on the reader, then try again.") \
	F(NOT_JPKI, AGENT_UNREACHABLE,                                                           \
	  "マイナンバーカードではないか、カードを読めません。カードの種類と向きを確かめて、もう一度試してください。", \
	  "This is not a My Number card, or it cannot be read. Check the card and how it lies, then try again.") \
	F(CARD_BUSY, AGENT_UNREACHABLE,                                                          \
	  "ほかのプログラムがカードを使っています。そのプログラムを閉じてから、もう一度試してください。", \
	  "Another program is using the card. Close it, then try again.")                        \
	F(CARD_REMOVED, AGENT_FAILED,                                                            \
	  "途中でカードかカードリーダーが外れました。署名はしていません。置き直して、はじめからやり直してください。", \
	  "The card or the reader was removed on the way. Nothing was signed. Put it back and start again.") \
	F(CARD_BROKEN, AGENT_FAILED,                                                             \
	  "カードとの通信が途切れたか、カードの答えが正しくありません。カードを置き直して、はじめからやり直してください。続くときは、お住まいの市区町村の窓口でカードを見てもらってください。", \
	  "The card did not answer correctly. Put it back and start again. If it happens again, have the card checked at your municipality.") \
	F(NO_CERTIFICATE, AGENT_FAILED,                                                          \
	  "カードに利用者証明用の電子証明書がありません。お住まいの市区町村の窓口で発行を受けてください。", \
	  "The card holds no certificate for user authentication. Your municipality can issue one.") \
	F(PIN_WRONG, AGENT_FAILED,                                                               \
	  "暗証番号が違います。あと{}回まちがえると、カードがロックされます。",                  \
	  "The PIN is wrong. Tries left before the card locks: {}.")                             \
	F(PIN_LOCKED, AGENT_FAILED,                                                              \
	  "利用者証明用の暗証番号がロックされています。解除は、お住まいの市区町村の窓口か、コンビニエンスストアのキオスク端末(スマートフォンのアプリで予約)でできます。", \
	  "The PIN for user authentication is locked. Your municipality can unlock it, or a kiosk in a convenience store after booking with the smartphone app.") \
	F(PIN_FORM, AGENT_FAILED,                                                                \
	  "暗証番号は数字4けたです。カードには送っていません。",                                 \
	  "The PIN has four digits. Nothing was sent to the card.")                              \
	F(PIN_FILE, AGENT_FAILED,                                                                \
	  "暗証番号のファイルを使えません。持ち主だけが読める(0600か0400)、数字4けたの普通のファイルにしてください。", \
	  "The PIN file cannot be used. It has to be a regular file of yours with mode 0600 or 0400 that holds four digits.") \
	F(NO_TERMINAL, AGENT_FAILED,                                                             \
	  "端末がないので、ここでは入力できません。端末で動かすか、selfinfo-card approve を使ってください。", \
	  "There is no terminal to ask on. Run this in a terminal, or use selfinfo-card approve.") \
	F(NO_MEMORY_LOCK, AGENT_FAILED,                                                          \
	  "暗証番号を守るためのメモリーを確保できません(ulimit -l)。",                           \
	  "Memory for the PIN cannot be locked (see ulimit -l).")                                \
	F(DIGITS_FORM, AGENT_FAILED,                                                             \
	  "2けたの数字が入っていません。はじめからやり直してください。",                         \
	  "The two digits are missing. Start again.")                                            \
	F(CODE_FORM, AGENT_FAILED,                                                               \
	  "利用者コードは8文字です。画面のとおりに入れてください(0、O、1、Iは使われません)。",         \
	  "The user code has eight characters. Type it as shown (0, O, 1 and I never occur).")        \
	F(TOO_LATE, AGENT_REFUSED,                                                               \
	  "時間切れです。ブラウザーの画面で新しい利用者コードを出して、はじめからやり直してください。", \
	  "Time is up. Get a new code on the sign-in page and start again.")                     \
	F(SIGNATURE_ODD, AGENT_FAILED,                                                           \
	  "カードの署名が、カードの証明書と合いません。何も送っていません。カードを置き直して、はじめからやり直してください。", \
	  "The signature of the card does not fit its certificate. Nothing was sent. Put the card back and start again.") \
	F(GATEWAY_DOWN, AGENT_UNREACHABLE,                                                       \
	  "接続先につながりません。インターネットの接続を確かめて、しばらくしてから試してください。", \
	  "The gateway cannot be reached. Check the connection and try again in a while.")   \
	F(GATEWAY_SLOW, AGENT_UNREACHABLE,                                                       \
	  "接続先の答えが時間内に来ませんでした。しばらくしてから試してください。",          \
	  "The gateway did not answer in time. Try again in a while.")                       \
	F(GATEWAY_TLS, AGENT_UNREACHABLE,                                                        \
	  "接続先が本物かどうかを確かめられません。暗証番号は使っていません。進まずに、設定の接続先と認証局を確かめてください。", \
	  "It cannot be verified that this is the real gateway. The PIN was not used. Do not go on; check gateway and CA in the configuration.") \
	F(GATEWAY_FALSE, AGENT_FAILED,                                                           \
	  "警告: 接続先が、別の名前を名乗りました。にせの接続先のおそれがあります。ここで止めました。何も署名していません。コードを知らせてきた相手に返事をせず、運営の窓口に知らせてください。", \
	  "Warning: the gateway gave the name of another one. It may be a false gateway. Stopped; nothing was signed. Do not answer whoever sent you the code, and tell the operator.") \
	F(GATEWAY_SHAPE, AGENT_FAILED,                                                           \
	  "接続先の答えが、決められた形ではありません。何も署名していません。接続先が正しいか、このプログラムが最新かを確かめてください。", \
	  "The answer of the gateway is not of the agreed form. Nothing was signed. Check that the gateway is the right one and this program up to date.") \
	F(GATEWAY_ANSWER, AGENT_FAILED,                                                          \
	  "署名は送りましたが、接続先の答えが決められた形ではありません。ブラウザーの画面で新しい利用者コードを出して、やり直してください。", \
	  "The signature was sent, but the answer is not of the agreed form. Get a new code on the sign-in page and start again.") \
	F(CONFIGURATION, AGENT_USAGE, "設定ファイルに誤りがあります。", "The configuration is wrong.")                   \
	F(NO_GATEWAY, AGENT_USAGE,                                                               \
	  "接続先が設定されていません。~/.config/selfinfo-card.conf に「gateway https://…」と書くか、--gateway で指定してください。", \
	  "No gateway is configured. Write \"gateway https://...\" into ~/.config/selfinfo-card.conf, or use --gateway.") \
	F(GATEWAY_URL, AGENT_USAGE,                                                              \
	  "接続先は https://名前 か https://名前:番号 の形で指定してください。",                 \
	  "The gateway has to be of the form https://host or https://host:port.")                \
	F(USAGE, AGENT_USAGE, "使い方が違います。selfinfo-card --help を見てください。",     \
	  "Wrong usage. See selfinfo-card --help.")                                          \
	F(EMULATOR, AGENT_UNREACHABLE, "仮想カードを入れられません。",                         \
	  "The virtual card cannot be put in.")
/* clang-format on */

enum agent_fault {
#define AGENT_FAULT_ENUM(id, ...) FAULT_##id,
	AGENT_FAULTS(AGENT_FAULT_ENUM)
#undef AGENT_FAULT_ENUM
		FAULT_COUNT
};

/* R(slug, ja, en): what the gateway may refuse with */
#define AGENT_REFUSALS(R)                                                                                                         \
	R("user-code-unknown",                                                                                                    \
	  "この利用者コードは使えません。ブラウザーの画面にいま出ているものを入れてくださ" \
	  "い。",                                                                                                                 \
	  "The code is not known. Type the code that the sign-in page shows now.")                                                \
	R("digits-wrong",                                                                                                         \
	  "2けたの数字が違います。ブラウザーの画面にいま出ている数字を確かめて、はじめか"   \
	  "らやり直してください。",                                                                                               \
	  "The two digits are wrong. Look at the sign-in page and start again.")                                                  \
	R("too-many-tries",                                                                                                       \
	  "まちがいが続いたので、この手続きは止まりました。アプリに戻って、はじめからやり" \
	  "直してください。",                                                                                                     \
	  "Too many wrong tries; this sign-in has ended. Go back to the app and start "                                           \
	  "again.")                                                                                                               \
	R("signature-wrong",                                                                                                      \
	  "接続先が署名を確かめられませんでした。接続先の設定を確かめて、はじめからやり直" \
	  "してください。",                                                                                                       \
	  "The gateway could not verify the signature. Check the configured gateway and "                                         \
	  "start again.")                                                                                                         \
	R("card-revoked",                                                                                                         \
	  "このカードの電子証明書は失効しています。お住まいの市区町村の窓口で、新しい発行" \
	  "を受けてください。",                                                                                                   \
	  "The certificate of this card is revoked. Ask your municipality for a new one.")                                        \
	R("card-expired",                                                                                                         \
	  "このカードの電子証明書は期限が切れています。お住まいの市区町村の窓口で更新して" \
	  "ください。",                                                                                                           \
	  "The certificate of this card has expired. Renew it at your municipality.")                                             \
	R("card-untrusted",                                                                                                       \
	  "このカードは使えません。利用者証明用の電子証明書が入ったマイナンバーカードを使" \
	  "ってください。",                                                                                                       \
	  "This card is not accepted. Use a My Number card with its certificate for user "                                        \
	  "authentication.")                                                                                                      \
	R("no-linkage",                                                                                                           \
	  "カードは有効ですが、このカードの方の登録がまだありません。情報を持つ市区町村な" \
	  "どの窓口に確かめてください。",                                                                                         \
	  "The card is valid, but no agency has linked records to it yet. Ask the agency "                                        \
	  "that holds your records.")                                                                                             \
	R("card-transaction-used",                                                                                                \
	  "この手続きはもう終わっています。ブラウザーの画面で新しい利用者コードを出してく" \
	  "ださい。",                                                                                                             \
	  "This sign-in is already finished. Get a new code on the sign-in page.")                                                \
	R("card-transaction-expired",                                                                                             \
	  "時間切れです。ブラウザーの画面で新しい利用者コードを出して、はじめからやり直し" \
	  "てください。",                                                                                                         \
	  "Time is up. Get a new code on the sign-in page and start again.")                                                      \
	R("revocation-unknown",                                                                                                   \
	  "いまカードが有効かどうかを確かめられません。カードに問題はありません。しばらく" \
	  "してから試してください。",                                                                                             \
	  "It cannot be checked now whether the card is still valid. Nothing is wrong "                                           \
	  "with the card. Try again in a while.")                                                                                 \
	R("too-many", "回数が多すぎます。しばらく待ってから試してください。",                                                     \
	  "Too many requests. Wait a while, then try again.")                                                                     \
	R("unavailable", "接続先がいま答えられません。しばらくしてから試してください。",                                          \
	  "The gateway cannot answer now. Try again in a while.")                                                                 \
	R("internal",                                                                                                             \
	  "接続先で不具合が起きました。情報は何も渡していません。しばらくしてから試してく" \
	  "ださい。",                                                                                                             \
	  "The gateway failed. Nothing was handed out. Try again in a while.")                                                    \
	R("issuer", "接続先が違うと言われました。設定の接続先を確かめてください。",                                               \
	  "The gateway says that another one is meant. Check the gateway in the "                                                 \
	  "configuration.")

int agent_fault_exit(enum agent_fault fault);
const char *agent_fault_text(enum agent_fault fault, bool japanese);
/* The words for a refusal; a general sentence for a slug not in the table. */
const char *agent_refusal_text(struct str slug, bool japanese);

#endif
