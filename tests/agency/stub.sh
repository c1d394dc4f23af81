#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# stub.sh: stub.mjs can be talked to by psql and libpq, in clear and over TLS, in text
# and binary, and each of its modes sends what it names. Prints a line a failure and
# "N passed, N failed".
set -eu
here=$(cd "$(dirname "$0")" && pwd)
node=${NODE:-node}
passed=0 failed=0 stub=
work=$(mktemp -d)
stop() { if [ -n "$stub" ]; then kill "$stub" 2>/dev/null || true; wait "$stub" 2>/dev/null || true; stub=; fi; }
trap 'stop; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP
ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAILED $*"; }

# start MODE [ARGUMENT...]: sets port.
start() {
	stop
	rm -f "$work/port"
	mkfifo "$work/port"
	"$node" "$here/stub.mjs" --mode "$@" >"$work/port" &
	stub=$!
	read -r _ port <"$work/port"
	dsn="hostaddr=127.0.0.1 host=localhost port=$port user=selfinfo_gateway dbname=stub connect_timeout=5"
}
# sees NAME PATTERN FORMAT [TIMEOUT]: what ask prints must match.
sees() {
	LC_ALL=C.UTF-8 "$work/ask" "$dsn ${tls:-sslmode=disable}" "$3" X-1 1,3-4 "${4:-5}" >"$work/out" 2>&1 || true
	if LC_ALL=C grep -aqE "$2" "$work/out"; then ok; else bad "$1 ($3): $(head -c 300 "$work/out")"; fi
}

${CC:-cc} -std=c17 -D_GNU_SOURCE -Wall -Wextra -Wshadow -Wconversion -Werror -I"$(pg_config --includedir)" \
	-o "$work/ask" "$here/ask.c" -lpq

start ok
for f in text binary; do
	sees ok '^rows 2$' $f
	sees "ok, first item" '"householderName":"見本' $f
done
sees "ok, day in binary" '^current_to=day [0-9]{4,5}$' binary
sees "ok, jsonb in binary" '^records=v1 \[\{' binary
sees "ok, day in text" '^current_to=20[0-9-]{8}$' text
[ "$(psql -X -At -d "$dsn sslmode=disable" -c "SELECT status FROM selfinfo_provider.provide('x', '{3-4}', NULL, NULL, 'y')")" = provided ] \
	&& ok || bad "psql, one column"
[ "$(psql -X -At -d "$dsn sslmode=disable" -c "SELECT * FROM selfinfo_provider.provide('x', '{1,2,3-4}', NULL, NULL, 'y')" | wc -l)" = 3 ] \
	&& ok || bad "psql, three rows"
kill "$stub"
if wait "$stub"; then ok; else bad "SIGTERM is a correct end"; fi
stub=

for f in text binary; do
	start invalid-utf8; sees invalid-utf8 "$(printf '\300\257')" $f
	start invalid-json; sees invalid-json ',\}\]$' $f
	start trailing-bytes; sees trailing-bytes '\] \[\]$' $f
	start duplicate-members; sees duplicate-members 'vaccineKind.*vaccineKind' $f
	start duplicate-escaped; sees duplicate-escaped '\\u0076accineKind' $f
	start duplicate-nested; sees duplicate-nested '"a":1,"a":2' $f
	start lone-surrogate; sees lone-surrogate 'ud800' $f
	start nul-escape; sees nul-escape 'u0000' $f
	start infinite; sees infinite '1e999' $f
	start not-a-number; sees not-a-number 'NaN' $f
	start deep; sees deep '\[{50}' $f
	start huge --bytes 3000000; sees huge 'x{1000}' $f
	[ "$(wc -c <"$work/out")" -gt 3000000 ] && ok || bad "huge is small ($f)"
	start many-rows --rows 200000; sees many-rows '^rows 200000$' $f 30
	start no-rows; sees no-rows '^rows 0$' $f
	start empty-value; sees empty-value '^records=$' $f
	start truncated; sees truncated 'failed: ' $f
	start close; sees close 'failed: ' $f
	start garbage; sees garbage 'failed: ' $f
	start bad-length; sees bad-length 'failed: ' $f
	start silent; sees silent '^failed: timeout$' $f 1
	start slow; sees slow '^failed: timeout$' $f 3
	start warning; sees warning '^rows 2$' $f
	start error; sees error '^failed: 57014$' $f
	start error-once; sees "error-once, first" '^failed: 57014$' $f; sees "error-once, then" '^rows 2$' $f
done
start bad-version; sees bad-version '^records=v2 ' binary
start silent-start
if timeout 2 "$work/ask" "$dsn sslmode=disable" text X 1 >"$work/out" 2>&1; then bad "silent-start spoke"; else ok; fi

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
	-keyout "$work/key" -out "$work/cert" 2>/dev/null
start ok --cert "$work/cert" --key "$work/key"
tls="sslmode=verify-full sslrootcert=$work/cert"
sees "over TLS" '^rows 2$' binary
tls=sslmode=disable
sees "clear text where TLS is due" 'failed: .*not this way' text

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
