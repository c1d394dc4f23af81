# SPDX-License-Identifier: Apache-2.0
# cluster.sh: a throw-away PostgreSQL server for a test, in a private folder owned by
# postgres. Sourced. cluster_start sets CLUSTER (the folder, also the socket's) and
# CLUSTER_DSN (as superuser, over the socket; no TCP); cluster_stop ends exactly that
# server and takes the folder away. The caller traps EXIT.

PGBIN=${PGBIN:-/usr/lib/postgresql/15/bin}

as_postgres() {
	if [ "$(id -u)" = 0 ]; then
		(cd / && runuser -u postgres -- "$@")
	else
		"$@"
	fi
}

cluster_start() {
	CLUSTER=$(as_postgres mktemp -d "${TMPDIR:-/tmp}/selfinfo-test.XXXXXX")
	as_postgres chmod 711 "$CLUSTER"
	as_postgres "$PGBIN/initdb" -D "$CLUSTER/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
	as_postgres "$PGBIN/pg_ctl" -s -w -D "$CLUSTER/data" -l "$CLUSTER/log" \
		-o "-k $CLUSTER -c listen_addresses='' -c fsync=off -c max_connections=50" start
	CLUSTER_DSN="host=$CLUSTER user=postgres dbname=postgres"
}

cluster_stop() {
	if [ -n "${CLUSTER:-}" ]; then
		as_postgres "$PGBIN/pg_ctl" -s -m immediate -D "$CLUSTER/data" stop || true
		as_postgres rm -rf "$CLUSTER"
		CLUSTER=
	fi
}
