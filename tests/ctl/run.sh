#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh [SELFINFOCTL]: selfinfoctl against a PostgreSQL cluster of its own, made
# and thrown away here (socket only, no port). Each step says what is expected:
# the exit code and a part of the output. Run from the project's folder; set
# CTL_TEST_WRITE=1 to write the expected errors anew and read the diff.
set -eu
ctl=${1:-build/release/selfinfoctl}
files=tests/ctl/files
work=$(mktemp -d "${TMPDIR:-/tmp}/selfinfoctl-test.XXXXXX")
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
[ "$(id -u)" = 0 ] && as="runuser -u postgres --" || as=
failed=0
steps=0

finish() {
	(cd "$work" && $as "$bin/pg_ctl" -D "$work/data" -m immediate stop >/dev/null 2>&1) || true
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

[ -z "$as" ] || chown postgres "$work"
cd "$work" && $as "$bin/initdb" -D "$work/data" -A trust -U postgres -E UTF8 --locale=C >"$work/initdb.log" 2>&1
$as "$bin/pg_ctl" -D "$work/data" -w -l "$work/server.log" start \
	-o "-k $work -c listen_addresses='' -c fsync=off" >/dev/null
cd - >/dev/null

sql() {
	psql -XAtq -v ON_ERROR_STOP=1 -h "$work" -U postgres "$@"
}

sql -d postgres -c "CREATE ROLE selfinfo_owner LOGIN CREATEROLE" \
	-c "CREATE DATABASE selfinfo OWNER selfinfo_owner" \
	-c "CREATE DATABASE production OWNER selfinfo_owner"

cat >"$work/selfinfo.conf" <<END
listen 127.0.0.1:8443
issuer https://localhost:8443
control absent.sock
catalogue "$PWD/schemas"
tls { certificate a.pem
key a.key }
database {
	dsn "host=$work dbname=selfinfo user=selfinfo_gateway"
	operator_dsn "host=$work dbname=selfinfo user=selfinfo_operator"
	owner_dsn "host=$work dbname=selfinfo user=selfinfo_owner"
	migrations "$PWD/schemas/db"
}
sandbox { personas "$PWD/sandbox/personas.json" }
END

# expect CODE TEXT ARGUMENT…: the exit code, and TEXT somewhere in the output
expect() {
	code=$1 text=$2
	shift 2
	steps=$((steps + 1))
	was=0
	"$ctl" "$@" >"$work/out" 2>&1 || was=$?
	if [ "$was" != "$code" ] || { [ -n "$text" ] && ! grep -qF -e "$text" "$work/out"; }; then
		failed=$((failed + 1))
		echo "selfinfoctl $*: expected $code and \"$text\", was $was:"
		cat "$work/out"
	fi
}

with() {
	code=$1 text=$2
	shift 2
	expect "$code" "$text" "$@" --config "$work/selfinfo.conf"
}

# the errors of a wrong file are those that stand beside it
golden() {
	file=$1
	shift
	steps=$((steps + 1))
	was=0
	"$ctl" "$@" --file "$files/$file" --config "$work/selfinfo.conf" >"$work/out" 2>&1 || was=$?
	expected=$files/${file%.*}.err
	[ -z "${CTL_TEST_WRITE:-}" ] || cp "$work/out" "$expected"
	if [ $was != 3 ] || ! cmp -s "$expected" "$work/out"; then
		failed=$((failed + 1))
		echo "selfinfoctl $* --file $file: exit $was, expected 3 and"
		diff "$expected" "$work/out" || true
	fi
}

is() {
	steps=$((steps + 1))
	was=$(sql -d selfinfo -c "$2")
	[ "$was" = "$1" ] || { failed=$((failed + 1)); echo "$2: expected $1, was $was"; }
}

# the command line
expect 0 'usage:' --help
expect 0 'selfinfoctl 0.' --version
expect 0 'selfinfoctl 0.' client add --version
expect 0 '--replace' client add --help
expect 2 'usage:'
expect 2 'no noun frobnicate' frobnicate
expect 2 'has no verb eat' client eat
expect 2 'needs a verb' client
expect 2 'no option --frob' client list --frob
expect 2 '--subject means nothing here' client list --subject x
expect 2 '--file needs FILE' client add --file
expect 2 '--json takes no value' client list --json=yes
expect 2 'CLIENT is expected' client disable
expect 2 'no argument is expected' client list now
expect 2 'too many words' a b c d e f g
expect 78 'No such file' client list --config "$work/none.conf"
expect 0 'no error' conf check --config "$work/selfinfo.conf"
expect 0 'par_lifetime 300s  # default' conf print --config "$work/selfinfo.conf"
expect 0 '# allowed: 1 to 256' conf defaults
expect 4 'cannot be reached' client list --dsn "host=$work/nowhere dbname=x"

# the manual names every command and every option
"$ctl" --help | sed -n 's/^  \([a-z]* *[a-z]*\).*  .*/\1/p' | sed 's/ *$//' >"$work/commands"
while read -r command; do
	steps=$((steps + 1))
	grep -q "^\.It Cm $command\( \|\$\)" conf/selfinfoctl.8 ||
		{ failed=$((failed + 1)); echo "selfinfoctl.8 lacks $command"; }
	"$ctl" $command --help | sed -n 's/^  --\([a-z-]*\).*/\1/p' >>"$work/options"
done <"$work/commands"
for option in $(sort -u "$work/options"); do
	steps=$((steps + 1))
	grep -q "Fl -$option" conf/selfinfoctl.8 ||
		{ failed=$((failed + 1)); echo "selfinfoctl.8 lacks --$option"; }
done

# the schema
with 1 'db migrate' client list --dsn "host=$work dbname=selfinfo user=selfinfo_owner"
expect 3 '--sandbox or --production' db migrate --migrations schemas/db \
	--dsn "host=$work dbname=selfinfo user=selfinfo_owner"
with 2 'exclude each other' db migrate --sandbox --production
with 3 'the configuration says sandbox' db migrate --production
with 0 '001-house.sql applied' db migrate
with 0 '' db migrate --sandbox
is 0 "SELECT $(wc -c <"$work/out")"
expect 0 '' db migrate --production --migrations schemas/db \
	--dsn "host=$work dbname=production user=selfinfo_owner"
expect 3 'production' db migrate --sandbox --migrations schemas/db \
	--dsn "host=$work dbname=production user=selfinfo_owner"

# clients
with 0 'no client' client list
with 0 '[]' client list --json
with 0 'tried only' client add --file $files/client.json --dry-run
is 0 "SELECT count(*) FROM client"
with 0 'client SP12345678_AB1234 added' client add --file $files/client.json
with 3 'registered already' client add --file $files/client.json
with 0 '"result": "replaced"' client add --file $files/client.json --replace --json
with 0 'すくすく手帳' client list
with 0 '"client": "SP12345678_AB1234"' client list --json
is '{authorization_code,refresh_token}|{3-4,1}|365|ES256' \
	"SELECT grant_types, items, max_access_days, jwks->'keys'->0->>'alg' FROM client"
with 0 'disabled' client disable SP12345678_AB1234
is t "SELECT disabled IS NOT NULL FROM client"
with 0 'enabled' client enable SP12345678_AB1234
is t "SELECT disabled IS NULL FROM client"
with 3 'no such client' client disable SP00000000_XX0000
with 2 '--file FILE' client add
with 3 'cannot be read' client add --file $files/absent.json
golden client-wrong.json client add
printf '{"client_id": "x", "client_id": "y"}' >"$work/twice.json"
with 3 'twice.json:1:' client add --file "$work/twice.json"
printf '{"d": "very-private' >"$work/cut.json"
with 3 'this is not JSON' client add --file "$work/cut.json"
steps=$((steps + 1))
! grep -q private "$work/out" || { failed=$((failed + 1)); echo "a file's content was shown"; }

# agencies
with 0 'agency aozora-city added' agency add --file $files/agency.json
with 3 'registered already' agency add --file $files/agency.json
with 0 'replaced' agency add --file $files/agency.json --replace
with 0 'あおぞら市' agency list
golden agency-wrong.json agency add

# people
with 0 '3 rows, 3 new, 0 changed (tried' linkage import --file $files/linkage.tsv --dry-run
is 0 "SELECT count(*) FROM subject"
with 0 '3 rows, 3 new, 0 changed' linkage import --file $files/linkage.tsv
with 0 '3 rows, 0 new, 0 changed' linkage import --file $files/linkage.tsv
with 0 '3 rows, 1 new, 1 changed' linkage import --file $files/linkage-later.tsv
with 0 '3 rows, 0 new, 3 changed (tried' linkage withdraw --file $files/linkage-later.tsv --dry-run
is '3|4|A\2' "SELECT (SELECT count(*) FROM subject), count(*),
	min(person_code) FILTER (WHERE person_code LIKE '%\\\\%') FROM linkage"
is t "SELECT bool_and(bucket = (('x' || encode(substr(sha256(decode(replace(id::text, '-', ''),
	'hex')), 1, 2), 'hex'))::bit(16)::int::bit(32)::int << 16) >> 16) FROM subject"
golden linkage-wrong.tsv linkage import
is 4 "SELECT count(*) FROM linkage"
with 0 '3 rows, 3 new' credential import --file $files/credential.tsv
with 0 '"new": 0' credential import --file $files/credential.tsv --json
golden credential-wrong.tsv credential import
with 0 '1 rows, 1 new' representation import --file $files/representation.tsv
golden representation-wrong.tsv representation import
: >"$work/empty.tsv"
with 3 'the file is empty' linkage import --file "$work/empty.tsv"
with 3 'nothing was imported' credential import --file $files/linkage.tsv

# grants and lost cards
A=11111111-1111-4111-8111-111111111111
issuer=$(printf 'a%.0s' $(seq 64))
sql -d selfinfo <<END
INSERT INTO grants (bucket, id, client, subject, beneficiary_kind, beneficiary_bucket,
	beneficiary, beneficiary_name, items, optional_items, left_out, inquiry_kind, purpose,
	once, access_date, expires, retention_days, catalogue, shown, method, signed_in, issuer,
	serial, created)
SELECT s.bucket, ('aaaaaaaa-aaaa-4aaa-8aaa-00000000000' || n)::uuid, 'SP12345678_AB1234', s.id,
	'self', s.bucket, s.id, gen_random_uuid(), '{3-4}', '{}', '{}', 'latest',
	'vaccination-record-keeping', false, '2099-03-31', '2099-04-01', 365, 'x', '', 'card',
	now(), decode('$issuer', 'hex'), decode(CASE n WHEN 3 THEN '02' ELSE '01ab' END, 'hex'),
	now() - n * interval '1 hour'
FROM subject s, generate_series(1, 4) n WHERE s.id = '$A';
INSERT INTO token SELECT bucket, sha256(id::text::bytea), 'access', id, client, 'jkt', '',
	created, expires, NULL FROM grants;
END
with 0 'live' grant list
with 0 '"state": "live"' grant list --subject $A --json
with 0 'no grant' grant list --client nobody
with 2 'UUID' grant list --subject hanako
with 2 '--limit is 1' grant list --limit 0
with 3 -- grant revoke aaaaaaaa-aaaa-4aaa-8aaa-000000000001
with 0 'revoked' grant revoke aaaaaaaa-aaaa-4aaa-8aaa-000000000001 --yes
with 0 'was revoked before' grant revoke aaaaaaaa-aaaa-4aaa-8aaa-000000000001 --yes
with 3 'no such grant' grant revoke $A --yes
with 2 'UUID' grant revoke 1 --yes
is '1|1|1' "SELECT count(revoked), max(epoch), (SELECT count(revoked) FROM token) FROM grants"
with 2 'either --subject' credential stop
with 2 'either --subject' credential stop --issuer $issuer
with 2 'hexadecimal' credential stop --issuer $issuer --serial xyz
with 3 'no such credential' credential stop --issuer $issuer --serial 77
with 3 -- credential stop --subject $A --grants
with 0 '1 credentials stopped, 0 grants' credential stop --issuer $issuer --serial 01ab
with 0 '"grants_revoked": 2' credential stop --issuer $issuer --serial 01ab --grants --yes --json
with 0 '1 credentials stopped, 1 grants' credential stop --subject $A --grants --yes
is '4|1|4' "SELECT count(revoked), max(epoch), (SELECT count(revoked) FROM token) FROM grants"

# partitions and purges
sql -d selfinfo <<END
INSERT INTO delivery SELECT 1, '2031-05-05 12:00+09'::timestamptz + n * interval '20 days',
	gen_random_uuid(), 'delivered' FROM generate_series(0, 2) n;
INSERT INTO assertion SELECT 1, sha256(n::text::bytea), now() - interval '2 days'
	FROM generate_series(1, 1201) n;
INSERT INTO assertion VALUES (1, sha256('fresh'), now() - interval '2 hours');
END
with 0 'delivery_2031_06 made' db maintain
grep -qF 'assertion: 1201 rows purged' "$work/out" || { failed=$((failed + 1)); cat "$work/out"; }
is 0 "SELECT count(*) FROM delivery_default"
is 3 "SELECT count(*) FROM delivery"
is 1 "SELECT count(*) FROM assertion"
is 12 "SELECT count(*) FROM pg_class WHERE relispartition AND relkind = 'r'
	AND relname ~ '^(disclosure|delivery|refusal)_20[0-9_]+\$' AND relname !~ '2031'"
with 0 '' db maintain
is 0 "SELECT $(wc -c <"$work/out")"
is f "SELECT has_table_privilege('selfinfo_gateway', 'delivery_2031_06', 'SELECT, INSERT, UPDATE')"

# the daemon is not there
with 4 'daemon cannot be reached' status
with 4 'daemon cannot be reached' sandbox clock +7d
with 4 'daemon cannot be reached' sandbox clock -1h
with 2 'is expected' sandbox clock 7d
with 0 'reset' sandbox reset
is '0|0|3' "SELECT (SELECT count(*) FROM grants), (SELECT count(stopped) FROM credential),
	(SELECT count(*) FROM subject)"
with 3 'production' sandbox reset --dsn "host=$work dbname=production user=selfinfo_owner"

echo "selfinfoctl: $steps steps, $failed failed"
[ $failed = 0 ]
