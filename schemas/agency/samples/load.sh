#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# load.sh NAME DSN: makes the sample agency NAME (a folder beside this file) on the
# database server DSN leads to as a superuser: owner role NAME_owner, database
# NAME (with _ for -), tables, data, contract, provide(), fault dial, gateway's role.
# Run by the sandbox and by tests/agency/samples.sh; an error stops it and leaves
# what was made. The gateway's password is taken from SELFINFO_AGENCY_PASSWORD
# (empty: none is set), its statement timeout from SELFINFO_AGENCY_TIMEOUT (5s).
# PSQL names another psql command, for example one run as another user.
set -eu

if [ $# -ne 2 ]; then
	echo "usage: load.sh NAME DSN" >&2
	exit 64
fi
name=$1 dsn=$2
here=$(cd "$(dirname "$0")" && pwd)
if [ ! -f "$here/$name/provide.sql" ]; then
	echo "load.sh: no sample agency $name" >&2
	exit 66
fi
database=$(printf %s "$name" | tr - _)
owner=${database}_owner

run() {
	${PSQL:-psql} -X -q -v ON_ERROR_STOP=1 "$@" >/dev/null
}

run -d "$dsn" -v owner="$owner" -v database="$database" <<'SQL'
CREATE ROLE :"owner" NOLOGIN;
CREATE DATABASE :"database" OWNER :"owner" TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
SQL

{
	printf '\\connect %s\nBEGIN;\nSET client_min_messages = warning;\nSET ROLE %s;\n' "$database" "$owner"
	cat "$here/$name/tables.sql" "$here/$name/data.sql" "$here/../contract.sql" \
		"$here/$name/provide.sql" "$here/dial.sql"
	printf 'RESET ROLE;\nCOMMIT;\nANALYZE;\n'
} | run -d "$dsn"

{
	printf '\\connect %s\nBEGIN;\n' "$database"
	cat "$here/../role.sql"
	printf 'COMMIT;\n'
} | run -d "$dsn" -v timeout="${SELFINFO_AGENCY_TIMEOUT:-5s}"

# The password must not reach the server's log, nor the list of processes.
if [ -n "${SELFINFO_AGENCY_PASSWORD:-}" ]; then
	run -d "$dsn" <<'SQL'
\getenv password SELFINFO_AGENCY_PASSWORD
BEGIN;
SET LOCAL log_statement = 'none';
SET LOCAL log_min_duration_statement = -1;
SET LOCAL log_min_error_statement = 'panic';
ALTER ROLE selfinfo_gateway PASSWORD :'password';
COMMIT;
SQL
fi
