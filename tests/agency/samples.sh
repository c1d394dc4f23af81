#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# samples.sh: loads the four sample agencies into a throw-away server and asks them
# as the gateway's role: each row of samples.tsv, the records against the catalogue,
# the rights of the role, the fault dial, the personas' tables. Prints a line a
# failure and "N passed, N failed". Valid while the samples are: their last notices
# of tax run out in June 2028.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
fields=${SELFINFO_FIELDS:-$root/schemas/catalogue/fields.tsv}
samples=$root/schemas/agency/samples
node=${NODE:-node}
passed=0 failed=0
. "$here/cluster.sh"
work=$(mktemp -d)
trap 'cluster_stop; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM HUP

ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAILED $*"; }
# expect NAME WANTED GOT
expect() { if [ "$2" = "$3" ]; then ok; else bad "$1: wanted '$2', got '$3'"; fi; }
db() { printf %s "$1" | tr - _; }
gateway() { a=$1; shift; psql -X -q -At -F '|' -d "host=$CLUSTER user=selfinfo_gateway dbname=$(db "$a")" "$@" 2>&1; }
owner() { a=$1; shift; psql -X -q -At -v ON_ERROR_STOP=1 -d "$CLUSTER_DSN dbname=$(db "$a")" -c "SET ROLE $(db "$a")_owner" "$@"; }
dial() { owner "$1" -c "UPDATE public.dial SET delay_ms = 0, mode = '$2', place = '${3:-}', item = NULL"; }

cluster_start
for a in aozora-city hikari-town midori-city midori-kenpo; do
	SELFINFO_AGENCY_PASSWORD=only-in-this-test "$samples/load.sh" "$a" "$CLUSTER_DSN"
done

# What each persona gets, and no_record that can stand as evidence.
ask="SELECT status, coalesce(jsonb_array_length(records)::text, ''),
	CASE status WHEN 'withheld' THEN current_to IS NULL AND recorded_on IS NULL AND records IS NULL
	ELSE current_to BETWEEN current_date - 1 AND current_date + 366
		AND (status = 'provided') = (recorded_on IS NOT NULL)
		AND coalesce(recorded_on <= current_to, true)
		AND (item = '3-4') = (retained_from IS NOT NULL) END
FROM selfinfo_provider.provide(:'code', ARRAY[:'item'], nullif(:'from', '')::date, nullif(:'to', '')::date, 'test');"
save="SELECT json_build_object('who', :'who', 'item', item, 'records', records)
FROM selfinfo_provider.provide(:'code', ARRAY[:'item'], nullif(:'from', '')::date, nullif(:'to', '')::date, 'test')
WHERE status = 'provided';"
tab=$(printf '\t')
# A tab is white space to read and would swallow an empty field.
sed 1d "$here/samples.tsv" | tr '\t' '\037' >"$work/rows"
while IFS=$(printf '\037') read -r who agency code period item status records; do
	case $period in
	latest) from='' to='' ;;
	*..*) from=${period%%..*} to=${period##*..} ;;
	*) from=$period to=$period ;;
	esac
	printf '%s\n%s\n' "$ask" "\\o $work/one" >"$work/sql"
	printf '%s\n' "$save" >>"$work/sql"
	got=$(gateway "$agency" -v who="$who" -v code="$code" -v item="$item" -v from="$from" -v to="$to" -f "$work/sql" || true)
	cat "$work/one" >>"$work/records" 2>/dev/null || true
	expect "$who $agency $period $item" "$status|$records|t" "$got"
done <"$work/rows"

if "$node" "$here/records.mjs" "$fields" <"$work/records" >"$work/count" 2>"$work/faults"; then ok; else
	bad "records against the catalogue: $(head -20 "$work/faults")"; fi

# Several items in one question: one row each.
expect "three items, three rows" "1,2,3-4" "$(gateway midori-city -c "SELECT string_agg(item, ',' ORDER BY item)
	FROM selfinfo_provider.provide('M-20417', '{3-4,1,2}', NULL, NULL, 'test')")"
# What the parents' town knew before the younger was born is not what it knows now.
expect "household as of a day" "3" "$(gateway hikari-town -c "SELECT records -> 0 -> 'householdSize'
	FROM selfinfo_provider.provide('3-0119', '{1}', '2024-12-31', '2024-12-31', 'test')")"
# A revision of September counts from September.
expect "decision before its revision" "" "$(gateway midori-city -c "SELECT records -> 0 -> 'deductions' -> 'medicalExpenses'
	FROM selfinfo_provider.provide('M-20417', '{2}', '2025-09-17', '2025-09-17', 'test')")"
expect "decision in its revision" "21340" "$(gateway midori-city -c "SELECT records -> 0 -> 'deductions' -> 'medicalExpenses'
	FROM selfinfo_provider.provide('M-20417', '{2}', '2025-09-18', '2025-09-18', 'test')")"
# Nothing in what sakura gets tells where she lives.
expect "no place of a sheltered person" "0" "$(gateway midori-city -c "SELECT count(*)
	FROM selfinfo_provider.provide('M-31102', '{1,2,3-4}', NULL, NULL, 'test')
	WHERE records::text ~ '482021|みどり|椋鳥|蜃気楼|institution'")"
# Half-width kana comes out whole.
expect "kana" "キッショウイン ケンジ" "$(gateway midori-city -c "SELECT records -> 0 ->> 'nameKana'
	FROM selfinfo_provider.provide('M-20417', '{1}', NULL, NULL, 'test')")"
# Older than five years: kept by the city, not given.
expect "five years" "2|0" "$(owner midori-city -c "SELECT count(*) FROM health.vaccination WHERE person_id = 20417 AND given_on < '2021-11-01'")|$(
	gateway midori-city -c "SELECT count(*) FROM selfinfo_provider.provide('M-20417', '{3-4}', '2021-01-01', '2021-11-01', 'test') WHERE status = 'provided'")"

. "$here/rights.sh"
. "$here/dial.sh"
. "$here/personas.sh"

echo "$passed passed, $failed failed ($(cat "$work/count"))"
[ "$failed" = 0 ]
