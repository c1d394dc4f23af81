#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The virtual card as software nobody here wrote sees it: OpenSC's tools over a
# private reader.   tests/card/opensc.sh BUILD_DIR
# BUILD_DIR holds card-emulator. Works in a folder of its own under the system's
# temporary one and ends what it started. Needs root (scripts/virtual-reader)
# and Debian's pcscd, vsmartcard-vpcd, opensc, opensc-pkcs11.
set -u

[ $# -eq 1 ] || { echo "usage: opensc.sh BUILD_DIR" >&2; exit 2; }
here=$(cd "$(dirname "$0")/../.." && pwd)
emulator=$1/card-emulator
[ -x "$emulator" ] || { echo "opensc.sh: no card-emulator in $1" >&2; exit 2; }
dir=$(mktemp -d)
emulator_pid=
passed=0
failed=0

clean() {
	[ -z "$emulator_pid" ] || kill "$emulator_pid" 2>/dev/null
	[ -z "$emulator_pid" ] || wait "$emulator_pid" 2>/dev/null
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
	echo "opensc.sh: $1" >&2
	exit 1
}

# start_emulator CARD: returns when the reader has seen the card
start_emulator() {
	mkfifo "$dir/said"
	"$emulator" --card "$dir/pki/cards/$1" --port "$(cat "$dir/reader/reader-port")" \
		--state "$dir/state" --control "$dir/control" >"$dir/said" 2>"$dir/emulator.log" &
	emulator_pid=$!
	read -r word <"$dir/said" || word=
	rm "$dir/said"
	[ "$word" = inserted ] || { cat "$dir/emulator.log" >&2; give_up "the card did not get in"; }
}

stop_emulator() {
	kill "$emulator_pid"
	wait "$emulator_pid"
	status=$?
	emulator_pid=
	return $status
}

tell() {
	"$emulator" --control "$dir/control" --tell "$1"
}

tell_is() {
	answer=$(tell "$1")
	echo "$answer"
	[ "$answer" = "$2" ]
}

# The counters as the card answers them to OpenSC, in the order auth, sign.
tries_are() {
	pkcs15-tool --list-pins 2>&1 | awk '/Tries left/ { printf "%s ", $NF }' >"$dir/tries"
	echo "$(cat "$dir/tries")"
	[ "$(cat "$dir/tries")" = "$1 $2 " ]
}

count_is() {
	found=$(grep -c "$1" "$dir/dump")
	cat "$dir/dump"
	[ "$found" -eq "$2" ]
}

# sign ID PIN: signs $dir/text; the two PINs are two slots of the module
sign() {
	rm -f "$dir/signature"
	pkcs11-tool --slot-index $(($1 - 1)) --login --pin "$2" --sign --id "0$1" \
		-m SHA256-RSA-PKCS -i "$dir/text" -o "$dir/signature" 2>&1
}

signature_is_by() {
	openssl x509 -in "$dir/pki/cards/$1.pem" -noout -pubkey >"$dir/key.pem" &&
		openssl dgst -sha256 -verify "$dir/key.pem" -signature "$dir/signature" "$dir/text"
}

refused_with() {
	code=$1
	shift
	! "$@" >"$dir/refusal" && cat "$dir/refusal" && grep -q "$code" "$dir/refusal"
}

certificate_is() {
	pkcs15-tool --read-certificate "$1" >"$dir/read.pem" || return 1
	openssl x509 -in "$dir/read.pem" -outform DER -out "$dir/read.der" &&
		openssl x509 -in "$dir/pki/cards/$2" -outform DER | cmp - "$dir/read.der"
}

# Eight octets of the authentication certificate, as the wire has them
raw_read_is() {
	opensc-tool -s 00A4040C0AD392F000260100000001 -s 00A4020C02000A -s 00B0000008 |
		tee /dev/stderr | tail -n 1 | grep -qx "$1"
}

card_is_there() {
	opensc-tool -l | awk '$1 == 0' | tee /dev/stderr | grep -q "^0 *$1 .*Virtual PCD 00 00"
}

printf 'name\tsubject\tcard_state\nakari\tone\tvalid\nminoru\ttwo\tvalid\n' >"$dir/personas.tsv"
"$here/scripts/test-pki" "$dir/pki" "$dir/personas.tsv" || give_up "no keys"
"$here/scripts/virtual-reader" start "$dir/reader" || give_up "no reader"
. "$dir/reader/pcsc.env"
export PCSCLITE_CSOCK_NAME
echo 'what the card signs' >"$dir/text"
pin=$(cat "$dir/pki/cards/akari/pin")
sign_pin=$(cat "$dir/pki/cards/akari/sign-pin")
wrong=$(printf '%04d' $(((1$pin + 1) % 10000)))

check "an empty reader is listed without a card" card_is_there No
start_emulator akari
check "the reader is listed with the card" card_is_there Yes
check "OpenSC takes it for a JPKI card" sh -c 'opensc-tool --name | tee /dev/stderr | grep -qx jpki'
pkcs15-tool --dump >"$dir/dump" 2>&1
check "two PINs" count_is '^PIN \[' 2
check "two RSA keys" count_is '^Private RSA Key \[' 2
check "of 2048 bits" count_is 'ModLength .*: 2048' 2
check "four certificates" count_is '^X.509 Certificate \[' 4
check "three and five tries left" tries_are 3 5
check "the authentication certificate is read whole" certificate_is 01 akari/auth.pem
check "its CA's certificate too" certificate_is 03 akari/auth-ca.pem
check "the signature certificate is not read without its PIN" \
	refused_with 'Certificate read failed' sh -c 'pkcs15-tool --read-certificate 02 </dev/null 2>&1'

check "the authentication key signs" sign 1 "$pin"
check "and the signature verifies" signature_is_by akari/auth
check "the signature key signs with its own PIN" sign 2 "$sign_pin"
check "and that verifies" signature_is_by akari/sign

check "a wrong PIN is refused" refused_with CKR_PIN_INCORRECT sign 1 "$wrong"
check "and costs a try" tries_are 2 5
check "a right PIN" sign 1 "$pin"
check "gives the tries back" tries_are 3 5
for n in 1 2 3; do
	check "wrong PIN number $n is refused" refused_with 'CKR_PIN_\(INCORRECT\|LOCKED\)' sign 1 "$wrong"
done
check "three wrong ones leave no try" tries_are 0 5
# OpenSC has no word of its own for 6984 and calls it a general error.
check "the right PIN no longer helps" refused_with 'C_Login failed' sign 1 "$pin"
check "and gives no try back" tries_are 0 5
check "the other PIN still does" sign 2 "$sign_pin"

check "another card goes in" tell_is "insert $dir/pki/cards/minoru" ok
check "and is the one that is read" certificate_is 01 minoru/auth.pem
check "it is not locked" tries_are 3 5
check "a card is taken out" tell_is remove ok
check "and the reader is empty" card_is_there No
check "what is out cannot be taken out" refused_with error tell remove

check "the emulator ends when told" stop_emulator
start_emulator akari
check "the lock outlives the emulator" tries_are 0 5
check "a folder that is no card is refused" refused_with error tell "insert $dir"
check "and leaves the card in" tell_is state "ok akari auth 0 sign 5"
check "tries are restored" tell_is restore ok
check "for the card in the reader as well" tries_are 3 5
check "eight octets are asked for and come" raw_read_is "30 82 .* .* 30 82 .* .*"
check "an answer is to be cut short" tell_is truncate-next ok
check "and comes with half its octets" raw_read_is "30 82 .. .. [^ ]*"
check "once" raw_read_is "30 82 .* .* 30 82 .* .*"

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
