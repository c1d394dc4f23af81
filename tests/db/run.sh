#!/bin/sh
# run.sh COMMAND...: runs a command beside a PostgreSQL cluster of its own, which
# lies in a temporary folder and is gone afterwards. The command finds
#   SELFINFO_TEST_SOCKET  the folder of the server's socket (also its host)
#   SELFINFO_TEST_DATA    the data folder
#   SELFINFO_TEST_CTL     a command line: start, or stop MODE
#   SELFINFO_TEST_CONF    the last line of configuration wins; reload by SIGHUP
# Role and database: postgres. Called by make; needs root or an own account that
# PostgreSQL accepts. SPDX-License-Identifier: Apache-2.0
set -eu
bin=$(pg_config --bindir)
dir=$(mktemp -d "${TMPDIR:-/tmp}/selfinfo-db.XXXXXX")
if [ "$(id -u)" = 0 ]; then
	chown postgres "$dir"
	chmod 755 "$dir"
	as="runuser -u postgres --"
else
	as=
fi
cat >"$dir/ctl" <<END
#!/bin/sh
cd /
case \$1 in
start) exec $as $bin/pg_ctl -s -w -t 30 -D "$dir/data" -l "$dir/log" start ;;
stop) exec $as $bin/pg_ctl -s -w -t 30 -D "$dir/data" -m "\$2" stop ;;
esac
END
chmod 755 "$dir/ctl"
end() {
	"$dir/ctl" stop immediate >/dev/null 2>&1 || :
	if [ -n "${SELFINFO_TEST_KEEP_LOG:-}" ]; then
		cp "$dir/log" "$SELFINFO_TEST_KEEP_LOG" 2>/dev/null || :
	fi
	rm -rf "$dir"
}
trap end EXIT
trap 'exit 1' HUP INT TERM
(cd / && $as "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 \
	--locale=C.UTF-8 --no-sync >/dev/null)
cat >>"$dir/data/postgresql.conf" <<END
listen_addresses = ''
unix_socket_directories = '$dir'
fsync = off
max_connections = 30
shared_buffers = 16MB
END
"$dir/ctl" start
export SELFINFO_TEST_SOCKET="$dir" SELFINFO_TEST_DATA="$dir/data" \
	SELFINFO_TEST_CTL="$dir/ctl" SELFINFO_TEST_CONF="$dir/data/postgresql.conf"
"$@" <&0 &
child=$!
trap 'kill "$child" 2>/dev/null; exit 1' HUP INT TERM
status=0
wait "$child" || status=$?
exit $status
