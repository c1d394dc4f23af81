#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh [FOLDER_OF_PROGRAMS]: the daemon as an operator meets it: check, start,
# ready, metadata over TLS, a killed worker, reloads right and wrong, the sandbox
# clock, a lost and returned database, the end. PostgreSQL, certificates and port
# are its own and gone afterwards. Prints "N passed, N failed".
set -u
bin=${1:-build/release}
. tests/agency/cluster.sh
work=$(mktemp -d "${TMPDIR:-/tmp}/selfinfod-test.XXXXXX")
daemon=
passed=0
failed=0

finish() {
	[ -z "$daemon" ] || kill -9 "$daemon" 2>/dev/null
	cluster_stop
	[ -n "${KEEP:-}" ] || rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

ok() { # NAME COMMAND…
	name=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "FAILED: $name"
		tail -5 "$work/log" 2>/dev/null
	fi
}

# within SECONDS COMMAND…: polls the condition up to the deadline
within() {
	until_ms=$(($(date +%s%3N) + $1 * 1000))
	shift
	while ! "$@"; do
		[ "$(date +%s%3N)" -lt "$until_ms" ] || return 1
		sleep 0.02
	done
}

sql() {
	psql -XAtq -v ON_ERROR_STOP=1 -h "$CLUSTER" -U postgres "$@"
}

cc -o "$work/port" tests/daemon/port.c && cc -o "$work/say" tests/daemon/say.c || exit 1
port=$("$work/port")
base=https://localhost:$port

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
	-subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
	-keyout "$work/server.key" -out "$work/server.pem" 2>/dev/null || exit 1
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
	-subj /CN=elsewhere.example -keyout "$work/other.key" -out "$work/other.pem" 2>/dev/null
chmod 600 "$work"/*.key

cluster_start || exit 1
sql -d postgres -c "CREATE ROLE selfinfo_owner LOGIN CREATEROLE" \
	-c "CREATE DATABASE selfinfo OWNER selfinfo_owner" || exit 1

sandbox="sandbox {
personas $PWD/sandbox/personas.json
}"
write_conf() { # MORE_LINES CERTIFICATE INSTEAD_OF_SANDBOX
	cat >"$work/selfinfo.conf" <<-END
	listen 127.0.0.1:$port
	issuer $base
	workers 2
	drain 2s
	control control.sock
	catalogue "$PWD/schemas"
	$1
	tls {
		certificate ${2:-server.pem}
		key server.key
	}
	database {
		dsn "host=$CLUSTER dbname=selfinfo user=selfinfo_gateway"
		operator_dsn "host=$CLUSTER dbname=selfinfo user=selfinfo_operator"
		owner_dsn "host=$CLUSTER dbname=selfinfo user=selfinfo_owner"
		migrations "$PWD/schemas/db"
	}
	${3-$sandbox}
	END
}

ctl() {
	"$bin/selfinfoctl" "$@" --config "$work/selfinfo.conf"
}

check() { # CODE TEXT ARGUMENT…
	code=$1 text=$2
	shift 2
	timeout 20 "$bin/selfinfod" --config "$work/selfinfo.conf" "$@" >"$work/out" 2>&1
	[ $? = "$code" ] && grep -qF -e "$text" "$work/out" || { cat "$work/out"; false; }
}

start() {
	: >"$work/log"
	"$bin/selfinfod" --config "$work/selfinfo.conf" 2>>"$work/log" &
	daemon=$!
}

event() {
	grep -q "\"event\":\"$1\"${2:-}" "$work/log"
}

stops_with() { # CODE
	wait "$daemon"
	was=$?
	daemon=
	[ $was = "$1" ] || { echo "exit $was"; false; }
}

get() { # PATH
	curl -s --max-time 3 --cacert "$work/server.pem" -o "$work/body" -w '%{http_code}' "$base$1"
}

metadata() {
	[ "$(get /.well-known/oauth-authorization-server)" = 200 ] &&
		grep -q "\"issuer\":\"$base\"" "$work/body"
}

works() {
	for i in 1 2 3 4 5 6 7 8; do
		metadata || return 1
	done
}

b64() {
	base64 -w0 | tr '+/' '-_' | tr -d =
}

# of a client that is not registered, which only the database can tell
assertion() {
	now=$(date +%s)
	printf '{"alg":"ES256"}' | b64
	printf .
	printf '{"iss":"%s","sub":"%s","aud":"%s","jti":"%s","iat":%d,"nbf":%d,"exp":%d}' \
		SP00000000_XX0000 SP00000000_XX0000 "$base" "$(date +%N)" "$now" "$now" \
		$((now + 60)) | b64
	printf .
	head -c 64 /dev/zero | b64
}

asks_database() { # STATUS
	was=$(curl -s --max-time 8 --cacert "$work/server.pem" -o "$work/body" -w '%{http_code}' \
		-d client_id=SP00000000_XX0000 -d response_type=code \
		-d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \
		-d client_assertion="$(assertion)" "$base/oauth/par")
	[ "$was" = "$1" ]
}

status() {
	ctl status --json >"$work/status" 2>&1
}
pids() {
	status && tr -d ' \n' <"$work/status" | grep -o '"pid":[0-9]*,"state":"serving"' | grep -o '[0-9][0-9]*'
}
all_gone() { # those of $left
	for p in $left; do
		! kill -0 "$p" 2>/dev/null || return 1
	done
}
two_serve() {
	[ "$(pids | wc -l)" = 2 ]
}

# the command line
write_conf ''
ok 'help' check 0 'usage: selfinfod' --help
ok 'version' check 0 'selfinfod 0.' --version
ok 'no such option' check 2 'no option --frob' --frob
ok 'defaults' check 0 'par_lifetime' --print-defaults
ok 'configuration' check 0 'workers 2' --print-config
write_conf 'workrs 3'
ok 'every error at once' check 78 'did you mean "workers"' --check
ok 'a start tells them too' check 78 'selfinfo.conf:7:'

# the check
write_conf ''
ok 'schema missing' check 78 'selfinfoctl db migrate' --check
ok 'start without a schema' check 78 'selfinfoctl db migrate'
ok 'offline' check 0 'no error' --check --offline
ctl db migrate --sandbox >/dev/null || exit 1
ok 'right' check 0 'no error' --check
write_conf '' other.pem
ok 'key of another certificate' check 78 'does not fit' --check
cp "$work/server.key" "$work/kept.key" && cp "$work/other.key" "$work/server.key"
ok 'name of another host' check 78 'not a certificate for localhost' --check
cp "$work/kept.key" "$work/server.key"
chmod 644 "$work/server.key"
write_conf ''
ok 'key open to all' check 78 'mode 0644' --check
chmod 600 "$work/server.key"
: >"$work/ca.pem"
write_conf '' server.pem "card { anchor ca.pem
crl ca.pem
policy 1.2.3
}
contact { name x
phone 0120
hours x
}"
ok 'production on a sandbox database' check 78 'sandbox' --check
ok 'an empty anchor' check 78 'ca.pem: not a readable' --check
write_conf 'catalogue nowhere'
ok 'set twice' check 78 'set twice' --check
write_conf ''
sed -i "s|host=$CLUSTER dbname=selfinfo user=selfinfo_gateway|host=$work/nowhere dbname=selfinfo|" "$work/selfinfo.conf"
ok 'database out of reach' check 75 'cannot be reached' --check
write_conf ''
sql -d selfinfo -c "INSERT INTO schema_migration SELECT version + 2, name || '-later', sha256, applied FROM schema_migration ORDER BY version DESC LIMIT 1" 2>/dev/null ||
	sql -d selfinfo -c "CREATE TABLE kept AS SELECT * FROM schema_migration; UPDATE schema_migration SET version = version + 2"
ok 'schema too new' check 78 'install a newer release'
sql -d selfinfo -c "DELETE FROM schema_migration WHERE version > 2"
sql -d selfinfo -c "INSERT INTO schema_migration SELECT * FROM kept; DROP TABLE kept" 2>/dev/null
ok 'right again' check 0 'no error' --check

# start and serve
start
ok 'ready' within 5 event ready
ok 'metadata' works
ok 'an answer from the database' asks_database 401
ok 'status' two_serve
ok 'the control socket is closed to others' test "$(stat -c %a "$work/control.sock")" = 660
ok 'a second daemon on the port' check 1 'ddress'

# what the operator registers is known within about a second
ctl agency add --file tests/ctl/files/agency.json >/dev/null
agencies_known() {
	status && [ "$(tr -d ' \n' <"$work/status" | grep -o '"agencies":1[,}]' | wc -l)" = 2 ]
}
ok 'an agency registered meanwhile' within 2 agencies_known

# a worker dies
old=$(pids | head -1)
kill -9 "$old"
at=$(date +%s%3N)
ok 'its end is logged' within 2 event worker_ended ".*\"pid\":$old,\"signal\":9"
ok 'replaced' within 2 two_serve
ok 'within a second' test $(($(date +%s%3N) - at)) -lt 1000
ok 'serves after it' works

# a worker that dies again and again is replaced later and later
crash_loop() {
	n=$(grep -c '"event":"worker_started"' "$work/log")
	until_ms=$(($(date +%s%3N) + 3000))
	while [ "$(date +%s%3N)" -lt $until_ms ]; do
		"$work/say" "$work/control.sock" <"$work/ask_status" | grep -o '"worker":1,"pid":[0-9]*' |
			grep -o '[0-9]*$' | while read -r p; do kill -9 "$p" 2>/dev/null; done
	done
	n=$(($(grep -c '"event":"worker_started"' "$work/log") - n))
	[ $n -ge 3 ] && [ $n -le 7 ] || { echo "started $n times in 3 s"; false; }
}
echo '{"command":"status"}' >"$work/ask_status"
ok 'a crash loop backs off' crash_loop
ok 'and ends' within 6 two_serve

# the clock
ok 'clock moves' ctl sandbox clock +7d >/dev/null
shows() {
	ctl sandbox clock show | grep -qF -e "$1"
}
dated() { # the header of an answer
	curl -s -D - -o /dev/null --cacert "$work/server.pem" "$base/robots.txt" |
		grep -qi "^date: $(LC_ALL=C date -u -d "$1" '+%a, %d %b %Y')"
}
ok 'and says so' shows '+604800 s'
ok 'workers follow' dated '+7 days'
ok 'clock back' ctl sandbox clock =0 >/dev/null
ok 'workers follow back' dated now

# reloads
before=$(pids | sort | tr '\n' ' ')
write_conf 'par_lifetme 60s'
kill -HUP "$daemon"
ok 'a broken file is told with file and line' within 3 event reload_error '.*selfinfo.conf:7:1'
ok 'and serves on' works
ok 'with the same workers' test "$(write_conf ''; pids | sort | tr '\n' ' ')" = "$before"
write_conf 'par_lifetime 60s'
kill -HUP "$daemon"
ok 'a right one is taken' within 5 event reloaded
ok 'by new workers' within 3 two_serve
ok 'which are others' test "$(pids | sort | tr '\n' ' ')" != "$before"
ok 'and serve' works
reloaded=0
refused=0
while [ $reloaded -lt 10 ]; do
	n=$(grep -c '"event":"reloaded"' "$work/log")
	kill -HUP "$daemon"
	while [ "$(grep -c '"event":"reloaded"' "$work/log")" = "$n" ]; do
		metadata || refused=$((refused + 1))
	done
	reloaded=$((reloaded + 1))
done
ok 'no request is lost in ten reloads' test $refused = 0

say() { # QUESTION: the answer
	printf '%s\n' "$1" | "$work/say" "$work/control.sock"
}
answers() { # TEXT QUESTION
	say "$2" >"$work/answer"
	grep -qF -e "$1" "$work/answer"
}
ok 'a reload that is waited for' answers '{"ok":true}' '{"command":"reload"}'
write_conf 'par_lifetme 60s'
ok 'and one that is wrong tells all' answers 'did you mean' '{"command":"reload"}'
ok 'which is trouble' answers 'the last reload failed' '{"command":"status"}'
write_conf 'workers 3' # twice
ok 'another wrong one' answers 'set twice' '{"command":"reload"}'
write_conf ''
ok 'a right one mends it' answers '{"ok":true}' '{"command":"reload"}'
ok 'no trouble' answers '"trouble":[]' '{"command":"status"}'
ok 'ready' answers '"ready":true' '{"command":"ready"}'
ok 'no such command' answers 'no such command' '{"command":"dance"}'
ok 'the clock wants a mode' answers '"ok":false' '{"command":"clock","offset_ms":1}'
ok 'the clock stays in bounds' answers '"ok":false' '{"command":"clock","mode":"set","offset_ms":99999999999999}'
write_conf '' server.pem ''
ok 'a sandbox stays one' answers '"ok":false' '{"command":"reload"}'
write_conf ''
ok 'mended' answers '{"ok":true}' '{"command":"reload"}'

# the database goes and comes back
as_postgres "$PGBIN/pg_ctl" -s -m immediate -D "$CLUSTER/data" stop
ok 'database down is seen' within 5 sh -c "$bin/selfinfoctl status --config $work/selfinfo.conf | grep -q 'TROUBLE  the database'"
ok '503 meanwhile' asks_database 503
ok 'what needs none is served' works
as_postgres "$PGBIN/pg_ctl" -s -w -D "$CLUSTER/data" -l "$CLUSTER/log" \
	-o "-k $CLUSTER -c listen_addresses='' -c fsync=off -c max_connections=50" start
ok 'works again by itself' within 5 asks_database 401

# the end
left=$(pids)
kill -TERM "$daemon"
at=$(date +%s%3N)
ok 'ends with 0' stops_with 0
ok 'within a second' test $(($(date +%s%3N) - at)) -lt 1000
ok 'no worker is left' all_gone
ok 'its control socket is gone' test ! -e "$work/control.sock"
ok 'its log is JSON lines' test -z "$(grep -v '^{"at":".*}$' "$work/log")"

# the master dies: nobody is left behind
start
ok 'ready again' within 5 event ready
left=$(pids)
kill -9 "$daemon"
wait "$daemon" 2>/dev/null
ok 'no orphan' within 2 all_gone
start
ok 'starts beside the stale socket' within 5 event ready
ok 'and serves' works

# the operator's words
ok 'drain over the socket' sh -c "printf '{\"command\":\"drain\"}\n' | $work/say $work/control.sock | grep -q '\"ok\":true'"
ok 'ends with 0 again' stops_with 0

# started before its database
as_postgres "$PGBIN/pg_ctl" -s -m immediate -D "$CLUSTER/data" stop
start
ok 'waits for the database' within 5 event waiting_for_database
as_postgres "$PGBIN/pg_ctl" -s -w -D "$CLUSTER/data" -l "$CLUSTER/log" \
	-o "-k $CLUSTER -c listen_addresses='' -c fsync=off -c max_connections=50" start
ok 'is ready when it is there' within 6 event ready
kill -TERM "$daemon"
ok 'ends' stops_with 0

echo "$passed passed, $failed failed"
[ $failed = 0 ]
