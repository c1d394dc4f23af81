#!/bin/sh
# Does scripts/arrows see an include that points up, one across a floor, and one to
# no room? In a copy, so that the house stays as it is.
# SPDX-License-Identifier: Apache-2.0
set -eu
cd "$(dirname "$0")/.."
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp -r src include "$copy"
passed=0 failed=0

# plant FILE INCLUDE: arrows has to fail and to name file and line
plant() {
	cp "$1" "$copy/$1"
	printf '#include "%s"\n' "$2" >>"$copy/$1"
	if scripts/arrows "$copy" >"$copy/out"; then
		failed=$((failed + 1))
		echo "not seen: $2 in $1"
	elif grep -q "^$1:$(wc -l <"$copy/$1"):" "$copy/out"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "seen, but not named: $2 in $1"
	fi
	cp "$1" "$copy/$1"
}

if scripts/arrows "$copy" >/dev/null; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
plant src/base/str.c os/loop.h
plant src/db/call.c store/client.h
plant include/net/http1.h web/endpoint.h
plant src/store/client.c web/endpoint.h
plant src/oauth/token.c retrieval/retrieval.h
plant src/base/str.c nowhere/at_all.h
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
