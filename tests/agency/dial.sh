# SPDX-License-Identifier: Apache-2.0
# dial.sh: every position of the fault dial does what dial.sql says, and off is off.
# Sourced by samples.sh.

# What the answer to kenji's (or, at the insurer, his) items looks like, told in one word.
seen() {
	gateway "$1" -c "SELECT string_agg(item || ':' || status || CASE
		WHEN records IS NULL THEN '' WHEN jsonb_typeof(records) <> 'array' THEN ':' || jsonb_typeof(records)
		WHEN records = '[]' THEN ':empty' ELSE '' END, ',' ORDER BY item, status)
		FROM selfinfo_provider.provide('$2', '$3', NULL, NULL, 'test')"
}
text() { gateway "$1" -c "SELECT records FROM selfinfo_provider.provide('$2', '{$3}', NULL, NULL, 'test')"; }

honest=$(text midori-city M-20417 3-4)
dial midori-city withhold; expect "dial withhold" "1:withheld,2:withheld" "$(seen midori-city M-20417 '{1,2}')"
dial midori-city none; expect "dial none" "1:no_record,2:no_record" "$(seen midori-city M-20417 '{1,2}')"
dial midori-city pending; expect "dial pending" "1:pending" "$(seen midori-city M-20417 '{1}')"
dial midori-city unknown_status; expect "dial unknown_status" "1:perhaps" "$(seen midori-city M-20417 '{1}')"
dial midori-city no_records; expect "dial no_records" "1:provided:empty" "$(seen midori-city M-20417 '{1}')"
dial midori-city not_an_array; expect "dial not_an_array" "1:provided:object" "$(seen midori-city M-20417 '{1}')"
dial midori-city null_records; expect "dial null_records" "1:provided" "$(seen midori-city M-20417 '{1}')"
dial midori-city missing_row; expect "dial missing_row" "" "$(seen midori-city M-20417 '{1}')"
dial midori-city too_many_rows; expect "dial too_many_rows" "1:provided,1:provided,4-6:provided" "$(seen midori-city M-20417 '{1}')"
dial midori-city too_many_rows twice; expect "dial twice" "1:provided,1:provided" "$(seen midori-city M-20417 '{1}')"
dial midori-city too_many_rows not_asked; expect "dial not_asked" "1:provided,4-6:provided" "$(seen midori-city M-20417 '{1}')"
dial midori-city error
case $(seen midori-city M-20417 '{1}' || true) in *"says error"*) ok ;; *) bad "dial error" ;; esac
dial midori-city huge
expect "dial huge" "t" "$(gateway midori-city -c "SELECT octet_length(records::text) > 2 * 1024 * 1024
	FROM selfinfo_provider.provide('M-20417', '{1}', NULL, NULL, 'test')")"

# One item spoiled, the other honest.
owner midori-city -c "UPDATE public.dial SET mode = 'withhold', item = '1'"
expect "dial of one item" "1:withheld,2:provided" "$(seen midori-city M-20417 '{1,2}')"

# Each of these makes a record that records.mjs refuses, for each item.
for row in "midori-city M-20417 1" "midori-city M-20417 2" "midori-city M-20417 3-4" "midori-kenpo KP20C4E8 3-2"; do
	set -- $row
	for mode in undeclared missing_required wrong_type wrong_code resident_code my_number:string my_number:number my_number:nested \
		my_number:fullwidth my_number:spaced my_number:hyphen my_number:mixed my_number:undeclared \
		my_number:undeclared_nested my_number:member_name; do
		place=${mode#*:}
		[ "$place" = "$mode" ] && place=
		dial "$1" "${mode%%:*}" "$place"
		printf '{"who":"dial","item":"%s","records":%s}\n' "$3" "$(text "$1" "$2" "$3")" >"$work/spoiled"
		if "$node" "$here/records.mjs" "$fields" <"$work/spoiled" >/dev/null 2>"$work/why"; then bad "dial $mode left $3 correct"; else ok; fi
		case $mode in
		my_number*) grep -q 'holds a My Number' "$work/why" && ok || bad "dial $mode: no My Number in $3" ;;
		resident_code) grep -q 'holds a 住民票コード' "$work/why" && ok || bad "dial $mode: no code in $3" ;;
		esac
	done
	dial "$1" off
done
expect "dial off" "$honest" "$(text midori-city M-20417 3-4)"

owner midori-city -c "UPDATE public.dial SET delay_ms = 700"
began=$(date +%s%N)
seen midori-city M-20417 '{1}' >/dev/null
[ $((($(date +%s%N) - began) / 1000000)) -ge 700 ] && ok || bad "dial delay"
owner midori-city -c "UPDATE public.dial SET delay_ms = 60000"
case $(seen midori-city M-20417 '{1}' || true) in *"statement timeout"*) ok ;; *) bad "the role's statement timeout" ;; esac
dial midori-city off

for type in text json; do
	owner midori-city -v type=$type -f "$samples/wrong-columns.sql"
	expect "wrong columns $type" "$type" "$(gateway midori-city -c "SELECT pg_typeof(records)
		FROM selfinfo_provider.provide('M-20417', '{1}', NULL, NULL, 'test')")"
done
owner midori-city -f "$samples/dial.sql" >/dev/null
expect "wrong columns taken back" "$honest" "$(text midori-city M-20417 3-4)"
