#!/bin/sh
# check.sh FOLDER: runs the tests that need a database server, each beside a
# server of its own: FOLDER/*_test (cmocka) and FOLDER/describe. Ends with
# `N passed, N failed`. Called by make. SPDX-License-Identifier: Apache-2.0
set -u
here=$(cd "$(dirname "$0")" && pwd)
export SELFINFO_TEST_STUB="${NODE:-node} $here/../agency/stub.mjs"
passed=0 failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
trap 'exit 1' HUP INT TERM

# count NAME STATUS: adds up what the log says; shows it when something failed.
count() {
	good=$(sed -n 's/^\[  PASSED  \] \([0-9]*\) test.*/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
	bad=$(sed -n 's/^\[  FAILED  \] \([0-9]*\) test.*/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
	[ "$2" = 0 ] || [ "$bad" != 0 ] || bad=1
	[ "$2" != 0 ] || [ "$good" != 0 ] || good=1
	printf '%-32s %s passed, %s failed\n' "$1" "$good" "$bad"
	[ "$bad" = 0 ] || cat "$log"
	passed=$((passed + good)) failed=$((failed + bad))
}

for program in "$1"/*_test; do
	"$here/run.sh" "$program" >"$log" 2>&1
	count "$(basename "$program")" $?
done
"$here/run.sh" "$1/describe" "$here/../../schemas/db" >"$log" 2>&1
count describe $?
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
