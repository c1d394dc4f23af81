#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# selfinfo-card with a real reader daemon, the emulated card and gateways that
# are false, odd or broken.   tests/card/agent.sh BUILD_DIR
# BUILD_DIR holds selfinfo-card and card-emulator. Works in a folder of its own
# under the system's temporary one and ends what it started. Needs root
# (scripts/virtual-reader), Debian's pcscd and vsmartcard-vpcd, openssl, script
# (bsdutils) and Node 20.
set -u

[ $# -eq 1 ] || { echo "usage: agent.sh BUILD_DIR" >&2; exit 2; }
here=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "$1" && pwd) || exit 2
agent=$build/selfinfo-card
emulator=$build/card-emulator
[ -x "$agent" ] && [ -x "$emulator" ] || { echo "agent.sh: no selfinfo-card or card-emulator in $1" >&2; exit 2; }
dir=$(mktemp -d)
emulator_pid=
gateway_pid=
talk_pid=
passed=0
failed=0

clean() {
	for pid in $talk_pid $emulator_pid $gateway_pid; do
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	"$here/scripts/virtual-reader" stop "$dir/reader"
	rm -rf "$dir"
}
trap clean EXIT
trap 'exit 1' HUP INT TERM

# check CLAIM COMMAND…
check() {
	claim=$1
	shift
	if "$@" >"$dir/check" 2>&1; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "not so: $claim"
		sed 's/^/    /' "$dir/check"
	fi
}

give_up() {
	echo "agent.sh: $1" >&2
	exit 1
}

start_emulator() {
	mkfifo "$dir/said"
	"$emulator" --card "$dir/cards/akari" --port "$(cat "$dir/reader/reader-port")" \
		--state "$dir/state" --control "$dir/control" >"$dir/said" 2>"$dir/emulator.log" &
	emulator_pid=$!
	read -r word <"$dir/said" || word=
	[ "$word" = inserted ] || { cat "$dir/emulator.log" >&2; give_up "the card did not get in"; }
}

tell() {
	"$emulator" --control "$dir/control" --tell "$1" >"$dir/told"
}

put() {
	tell remove
	tell "insert $dir/cards/$1" || give_up "card $1 does not go in"
}

start_gateway() {
	mkfifo "$dir/gateway.in" "$dir/gateway.out"
	"$here/scripts/node" "$here/tests/card/fake-gateway.mjs" "$dir/pki/tls/server.pem" "$dir/pki/tls/server.key" \
		"$dir/got" <"$dir/gateway.in" >"$dir/gateway.out" 2>"$dir/gateway.log" &
	gateway_pid=$!
	exec 3>"$dir/gateway.in"
	read -r port other_port shapes signed_ones refusals <"$dir/gateway.out" ||
		{ cat "$dir/gateway.log" >&2; give_up "no gateway"; }
	origin=https://127.0.0.1:$port
}

# run EXIT ARGUMENTS…: runs the agent; out and err hold what it said
run() {
	hoped=$1
	shift
	timeout 60 "$agent" --gateway "$origin" --ca "$ca" "$@" >"$dir/out" 2>"$dir/err" </dev/null
	code=$?
	cat "$dir/out" "$dir/err"
	[ $code -eq "$hoped" ] || { echo "exit $code, not $hoped"; return 1; }
}

# approve EXIT CODE ARGUMENTS…
approve() {
	hoped_exit=$1
	user_code=$2
	shift 2
	run "$hoped_exit" approve "$user_code" --digits 47 --pin-file "$pin_file" --wait 20 "$@"
}

# refuses EXIT WORDS CODE ARGUMENTS…: nothing on standard output
refuses() {
	hoped_exit=$1
	words=$2
	shift 2
	approve "$hoped_exit" "$@" && [ ! -s "$dir/out" ] && err_has "$words"
}

out_is() {
	[ "$(cat "$dir/out")" = "$1" ]
}

# A line may be broken anywhere: between Japanese letters, or at a blank.
err_has() {
	tr -d '\n' <"$dir/err" | grep -q "$1" || tr '\n' ' ' <"$dir/err" | grep -q "$1"
}

asked() {
	: >"$dir/got/requests"
}

asked_is() {
	cat "$dir/got/requests"
	[ "$(awk '{ printf "%s ", $2 }' "$dir/got/requests")" = "$1" ]
}

# The text of formats.md, made here by other means, against what was sent.
signature_is_right() {
	hash=$(openssl dgst -sha256 -binary "$dir/got/show" | openssl base64 -A | tr '+/' '-_' | tr -d =)
	printf 'selfinfo-card-sign-in-v1\n%s\n%s\n%s\n%s\n%s\n' "$origin" "$(cat "$dir/got/transaction")" \
		"$(cat "$dir/got/challenge")" "$(cat "$dir/got/digits")" "$hash" >"$dir/text"
	openssl x509 -inform DER -in "$dir/got/certificate.der" -noout -pubkey >"$dir/key.pem" &&
		openssl dgst -sha256 -verify "$dir/key.pem" -signature "$dir/got/signature" "$dir/text"
}

certificate_is() {
	openssl x509 -in "$dir/cards/$1/auth.pem" -outform DER | cmp - "$dir/got/certificate.der"
}

tries_are() {
	tell state
	cat "$dir/told"
	[ "$(awk '{ print $4 }' "$dir/told")" = "$1" ]
}

# No line is wider than 80 columns; awk counts octets, so wide ones by class.
fits_80() {
	awk '{
		line = $0; width = 0
		while (match(line, /^([\001-\177]|[\300-\337].|[\340-\357]..|[\360-\367]...)/)) {
			width += RLENGTH == 1 ? 1 : 2
			line = substr(line, RLENGTH + 1)
		}
		if (width > 80) { print width ": " $0; bad = 1 }
	} END { exit bad }' "$1"
}

# Talking to the agent on a terminal of its own -------------------------------

# talk COMMAND: begins it; heard holds what it shows, say types
talk() {
	: >"$dir/heard"
	rm -f "$dir/typed"
	mkfifo "$dir/typed"
	script -qefc "$1" "$dir/heard" <"$dir/typed" >/dev/null 2>&1 &
	talk_pid=$!
	exec 4>"$dir/typed"
}

say() {
	printf '%s\n' "$1" >&4
}

# hear WORDS: waits until they were shown, 20 s at most
hear() {
	tries=0
	while ! tr -d '\r\n' <"$dir/heard" | grep -q "$1"; do
		tries=$((tries + 1))
		[ $tries -lt 400 ] || { echo "never heard: $1"; cat "$dir/heard"; return 1; }
		sleep 0.05
	done
}

# ended EXIT
ended() {
	exec 4>&-
	wait "$talk_pid"
	code=$?
	talk_pid=
	cat "$dir/heard"
	[ $code -eq "$1" ] || { echo "exit $code, not $1"; return 1; }
}

signs_in() {
	talk "$talking sign-in"
	hear '8文字の利用者コード' && say "$1" && hear '2けたの数字(' && say "$2" &&
		hear '暗証番号: ' && say "$3"
}

conversation() {
	signs_in 'good-2222' '47' "$pin" && hear 'もどりコード: K7M2QX' && ended 0
}

full_width() {
	signs_in 'ｇｏｏｄ　２２２２' '４７' "$pin" && ended 0 && [ "$(cat "$dir/got/digits")" = 47 ]
}

says_no() {
	talk "$talking sign-in GOOD2222"
	hear '2けたの数字(' && say '4' && hear '2けたの数字か no' && say "$1" && ended 3 &&
		grep -q '取りやめました' "$dir/heard"
}

hangs_up() {
	talk "$talking sign-in GOOD2222"
	hear '2けたの数字(' && printf '\004' >&4 && ended 3
}

corrects_the_pin() {
	signs_in GOOD2222 47 "$wrong" && hear '暗証番号が違います。あと2回' && hear 'あと2回まちがえると.*暗証番号: ' &&
		say 12345 && hear '暗証番号は数字4けた' && say "$pin" && hear 'もどりコード: K7M2QX' && ended 0
}

stops_at_the_last_try() {
	signs_in GOOD2222 47 "$wrong" && hear 'あと2回まちがえるとロックされます.*暗証番号: ' && say "$wrong" &&
		hear '注意: あと1回.*暗証番号: ' && say '' && ended 3
}

pulls_the_card() {
	talk "$talking sign-in GOOD2222"
	hear '2けたの数字(' && say 47 && hear '暗証番号: ' && tell remove && say "$pin" && ended 1 &&
		tr -d '\r\n' <"$dir/heard" | grep -q '外れました'
}

interrupted() {
	talk "sh -c 'trap : INT; $talking sign-in GOOD2222; stty -a'"
	hear '2けたの数字(' && say 47 && hear '暗証番号: ' && printf '\003' >&4 && hear 'echoe' && ended 0 &&
		grep -q '[^-]echo ' "$dir/heard"
}

leaves_no_core() {
	talk "sh -c 'echo pid \$\$; exec $talking sign-in GOOD2222'"
	hear '2けたの数字(' || return 1
	pid=$(tr -d '\r' <"$dir/heard" | awk '/^pid / { print $2 }')
	grep 'Max core' "/proc/$pid/limits"
	grep -q 'Max core file size *0 *0 ' "/proc/$pid/limits" || return 1
	say no && ended 3
}

# ------------------------------------------------------------------------------

printf 'name\tsubject\tcard_state\nakari\tone\tvalid\nminoru\ttwo\tvalid\nold\tthree\texpired\n' >"$dir/personas.tsv"
"$here/scripts/test-pki" "$dir/pki" "$dir/personas.tsv" || give_up "no keys"
"$here/scripts/test-pki" "$dir/other" "$dir/personas.tsv" || give_up "no other keys"
mkdir "$dir/got"
ln -s "$dir/pki/cards" "$dir/cards"
ca=$dir/pki/tls/ca.pem
"$here/scripts/virtual-reader" start "$dir/reader" || give_up "no reader"
. "$dir/reader/pcsc.env"
export PCSCLITE_CSOCK_NAME
export LANG=ja_JP.UTF-8 HOME="$dir"
unset LC_ALL LC_MESSAGES
start_emulator
start_gateway
pin_file=$dir/cards/akari/pin
pin=$(cat "$pin_file")
wrong=$(printf '%04d' $(((1$pin + 1) % 10000)))
(umask 077; echo "$wrong" >"$dir/wrong-pin")
talking="$agent --gateway $origin --ca $ca --wait 20"

asked
check "a sign-in is approved" approve 0 GOOD2222
check "the return code stands alone on standard output" out_is K7M2QX
check "two requests were made" asked_is 'begin signature '
check "both as JSON" sh -c "! grep -v ' application/json ' $dir/got/requests"
check "the signature is of the agreed text" signature_is_right
check "three members were sent" [ "$(cat "$dir/got/members")" = 'certificate digits signature' ]
check "the certificate is the card's" certificate_is akari
check "app, items and purpose were shown" err_has 'あおぞら母子手帳(SP12345678_AB1234).*予防接種の記録(3-4).*養育医療の給付(4-6).*予防接種の予定'
check "whose data, period, limits and when it began, too" \
	err_has 'お子さま.*平成31年4月30日(2019年)から令和8年11月24日(2026年)まで.*令和9年3月31日(2027年)まで.*365日.*令和8年11月24日(2026年) 09:30'
check "within 80 columns" fits_80 "$dir/err"
check "the code may be typed in any way" approve 0 'good-2222'
check "a member that is new to the answer changes nothing" approve 0 ADDED222
check "one's own latest data, once" approve 0 SELF2222
check "are shown as that" err_has 'あなた自身.*いちばん新しい.*今回の1回だけ.*09:30'
check "in English when asked" approve 0 GOOD2222 --lang en
check "with English words" err_has 'Aozora Mother and Child Book.*Your child.*30 April 2019.*31 March 2027'
check "within 80 columns as well" fits_80 "$dir/err"
check "a proxy of the environment is not used" env https_proxy=http://127.0.0.1:9 ALL_PROXY=http://127.0.0.1:9 \
	SSLKEYLOGFILE="$dir/keylog" "$agent" --gateway "$origin" --ca "$ca" approve GOOD2222 --digits 47 --pin-file "$pin_file"
check "nor are TLS keys written" [ ! -e "$dir/keylog" ]

check "another card is put in by name" approve 0 GOOD2222 --card minoru --card-control "$dir/control" \
	--cards "$dir/cards" --pin-file "$dir/cards/minoru/pin"
check "and signs" certificate_is minoru
check "with the socket from the environment" env SELFINFO_CARD_CONTROL="$dir/control" SELFINFO_CARDS="$dir/cards" \
	"$agent" --gateway "$origin" --ca "$ca" approve GOOD2222 --digits 47 --pin-file "$pin_file" --card akari
both_at_once() {
	"$agent" --gateway "$origin" --ca "$ca" approve GOOD2222 --digits 47 --card minoru --wait 20 \
		--card-control "$dir/control" --cards "$dir/cards" --pin-file "$dir/cards/minoru/pin" >"$dir/out2" 2>&1 &
	second=$!
	approve 0 GOOD2222 --card akari --card-control "$dir/control" --cards "$dir/cards"
	first=$?
	wait $second && [ $first -eq 0 ] || { cat "$dir/out2"; return 1; }
}
check "two at once do not take each other's card" both_at_once
check "an unknown card is named as such" refuses 4 仮想カード GOOD2222 --card nobody --card-control "$dir/control" --cards "$dir/cards"
check "a name that is a path is refused" refuses 2 使い方 GOOD2222 --card ../akari --card-control "$dir/control" --cards "$dir/cards"
put akari

check "status shows the tries" run 0 status
check "three of them, and until when the certificate is valid" sh -c "tr -d '\n' <$dir/out | grep -q 'Virtual PCD 00 00.*あと3回.*有効'"
name=$(openssl x509 -in "$dir/cards/akari/auth.pem" -noout -subject -nameopt multiline | awk '/commonName/ { print $3 }')
check "but not whose card it is" sh -c "! grep -q '$name' $dir/out"
put old
check "status of an expired card" run 1 status
check "says so" grep -q 期限が切れています "$dir/out"
check "an expired card is left to the gateway" approve 0 GOOD2222 --pin-file "$dir/cards/old/pin"
check "with a word of warning" err_has '期限が.*に切れています'
put akari

chmod 644 "$dir/wrong-pin"
check "a PIN file that others may read is refused" refuses 1 0600 GOOD2222 --pin-file "$dir/wrong-pin"
check "and costs no try" tries_are 3
chmod 600 "$dir/wrong-pin"
(umask 077; echo 12345 >"$dir/long-pin")
check "so is one without four digits" refuses 1 0600 GOOD2222 --pin-file "$dir/long-pin"
check "a wrong PIN is told with the tries left" refuses 1 'あと2回' GOOD2222 --pin-file "$dir/wrong-pin"
check "and counted by the card" tries_are 2
check "a right one gives the tries back" approve 0 GOOD2222
check "there are three again" tries_are 3
for left in 2 1; do
	check "a wrong PIN leaves $left" refuses 1 "あと${left}回" GOOD2222 --pin-file "$dir/wrong-pin"
done
check "the last wrong one locks" refuses 1 ロック GOOD2222 --pin-file "$dir/wrong-pin"
asked
check "then the right PIN is not even asked for" refuses 1 市区町村 GOOD2222
check "nothing is signed" asked_is 'begin '
check "status says that it is locked" run 1 status
check "in words" grep -q ロックされています "$dir/out"
tell restore

tell truncate-next
check "an answer cut short ends it" refuses 1 '正しくありません' GOOD2222
check "and the next try is whole" approve 0 GOOD2222
tell remove
check "without a card the wait has an end" refuses 4 '置かれませんでした' GOOD2222 --wait 1
check "with --wait 0 at once" refuses 4 '置かれませんでした' GOOD2222 --wait 0
comes_late() {
	"$agent" --gateway "$origin" --ca "$ca" approve GOOD2222 --digits 47 --pin-file "$pin_file" --wait 20 \
		>"$dir/out2" 2>"$dir/heard" &
	second=$!
	hear 'カードリーダーに置いてください' && tell "insert $dir/cards/akari"
	wait $second && [ "$(cat "$dir/out2")" = K7M2QX ]
}
check "a card that comes while it waits is taken" comes_late
check "the reader may be named" approve 0 GOOD2222 --reader 'Virtual PCD 00 00'
check "an empty one is not replaced by another" refuses 4 '置かれませんでした' GOOD2222 --reader 'Virtual PCD 00 01' --wait 1
check "an unknown one is told" refuses 4 '見つかりません: nonsense' GOOD2222 --reader nonsense --wait 1
check "time that ran out before the PIN" sh -c "(sleep 2; '$emulator' --control '$dir/control' --tell 'insert $dir/cards/akari' >/dev/null) &
	'$emulator' --control '$dir/control' --tell remove >/dev/null
	'$agent' --gateway $origin --ca $ca approve LATE2222 --digits 47 --pin-file $pin_file --wait 20; [ \$? -eq 3 ]"
put akari

asked
for n in 222 223 224 225; do
	check "another issuer ends it ($n)" refuses 1 'にせの接続先' "FALSE$n"
done
check "without a signature" asked_is 'begin begin begin begin '
check "an unknown code is told" refuses 3 'この利用者コードは使えません' UNKNWN22
check "a code too short is not sent" refuses 1 8文字 GOOD222
check "a redirect is not followed" refuses 1 redirect REDRCT22
check "a dropped connection is told" refuses 4 つながりません DRPPED22
asked
n=0
while [ $n -lt "$shapes" ]; do
	check "an answer of wrong shape ends it, number $n" refuses 1 '決められた形' "$(printf 'SHAPE%03d' $n)"
	n=$((n + 1))
done
check "none of them was signed" sh -c "! grep -q signature $dir/got/requests"
check "no try was used" tries_are 3
n=0
while [ $n -lt "$signed_ones" ]; do
	check "a wrong answer to the signature is told, number $n" refuses 1 '署名は送りましたが' "$(printf 'SIGNED%02d' $n)"
	n=$((n + 1))
done
n=0
for words in '残りの回数: 4' 'もう試せません' 'まちがいが続いた' '署名を確かめられません' 失効しています 更新してください \
	'このカードは使えません' 登録がまだありません 終わっています 時間切れです '有効かどうか' 回数が多すぎます 不具合 断りました 断りました; do
	check "refusal $n has its words" refuses 3 "$words" "$(printf 'REFUSE%02d' $n)"
	n=$((n + 1))
done
check "and all refusals were tried" [ $n -eq "$refusals" ]

asked
check "a gateway with another CA is not talked to" refuses 4 '本物かどうか' GOOD2222 --ca "$dir/other/tls/ca.pem"
check "nor one with the system's CAs" sh -c "'$agent' --gateway $origin approve GOOD2222 --digits 47 --pin-file $pin_file; [ \$? -eq 4 ]"
check "nor one with another name" refuses 4 '本物かどうか' GOOD2222 --gateway "https://127.0.0.2:$other_port"
check "none of them heard anything" asked_is ''
check "plain HTTP is no gateway" refuses 2 https GOOD2222 --gateway "http://127.0.0.1:$port"
check "nor is a URL with a path" refuses 2 https GOOD2222 --gateway "$origin/x"
check "a closed port is told" refuses 4 つながりません GOOD2222 --gateway https://127.0.0.1:9

mkdir -p "$dir/.config"
printf '# mine\ngateway %s\nca %s\nlang en\n' "$origin" "$ca" >"$dir/.config/selfinfo-card.conf"
check "the configuration file is read" sh -c "'$agent' approve GOOD2222 --digits 47 --pin-file $pin_file 2>&1 | grep 'Aozora Mother'"
printf 'gateway %s\nproxy x\n' "$origin" >"$dir/wrong.conf"
check "an unknown key is told with its line" refuses 2 'wrong.conf:2: unknown key' GOOD2222 --config "$dir/wrong.conf"
chmod 666 "$dir/.config/selfinfo-card.conf"
check "a file that everybody may write is refused" refuses 2 'everybody may write' GOOD2222
rm "$dir/.config/selfinfo-card.conf"
check "an unknown option is a usage error" run 2 status --pin 1234
check "whose value is not repeated" sh -c "! grep -q 1234 $dir/err"
check "an unknown command too" run 2 frobnicate
check "help is help" run 0 --help
check "the version is told" sh -c "'$agent' --version | grep -q '^selfinfo-card [0-9]'"

check "a conversation leads to the return code" conversation
check "in which the PIN is not shown" sh -c "! tr -d '\r' <$dir/heard | grep -q '^$pin\$' && ! grep -q '暗証番号: $pin' $dir/heard"
sed -e 1d -e 's/\r//' "$dir/heard" | grep -v '^Script ' >"$dir/plain"
check "it fits 80 columns" fits_80 "$dir/plain"
check "the signature is right there, too" signature_is_right
check "full-width letters and digits are good" full_width
for word in no いいえ 心当たりがない; do
	asked
	check "$word cancels" says_no "$word"
	check "and tells the gateway" asked_is 'begin cancel '
done
check "the end of input cancels as well" hangs_up
check "a wrong PIN is asked for again" corrects_the_pin
check "at the last try one may stop" stops_at_the_last_try
check "which leaves it" tries_are 1
tell restore
asked
check "a card pulled before the PIN ends it" pulls_the_card
check "without a signature" asked_is 'begin '
put akari
check "an interrupted PIN leaves the terminal as it was" interrupted
check "no core can be left" leaves_no_core

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
