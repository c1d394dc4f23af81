# SPDX-License-Identifier: Apache-2.0
# rights.sh: what the gateway's role can and cannot do at an agency. Sourced by
# samples.sh, which gives gateway, owner, expect, ok, bad and a running server.

for a in aozora-city hikari-town midori-city midori-kenpo; do
	# Every table, view and sequence outside the system, one by one.
	owner "$a" -c "SELECT format('SELECT 1 FROM %I.%I', n.nspname, c.relname) FROM pg_class c
		JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind IN ('r', 'v', 'm', 'p', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'" >"$work/tables"
	tables=0
	while read -r statement; do
		tables=$((tables + 1))
		case $(gateway "$a" -c "$statement" || true) in
		*"permission denied"*) ok ;;
		*) bad "$a: role may $statement" ;;
		esac
	done <"$work/tables"
	[ "$tables" -ge 5 ] || bad "$a: only $tables tables were tried"
	expect "$a: its settings" "5s|1s|force_generic_plan|on" "$(gateway "$a" -c "SELECT current_setting('statement_timeout'),
		current_setting('client_connection_check_interval'), current_setting('plan_cache_mode'),
		current_setting('default_transaction_read_only')")"
	for try in "CREATE TABLE public.t ()" "CREATE TABLE selfinfo_provider.t ()" "CREATE TEMPORARY TABLE t ()" "CREATE SCHEMA s" \
		"UPDATE public.dial SET mode = 'none'" "SELECT faults.my_number('1')" "SET ROLE $(db "$a")_owner" \
		"CREATE OR REPLACE FUNCTION selfinfo_provider.provide() RETURNS int LANGUAGE sql AS 'SELECT 1'" \
		"SELECT pg_read_file('PG_VERSION')" "CREATE ROLE r"; do
		case $(gateway "$a" -c "SET default_transaction_read_only = off" -c "$try" || true) in
		*"permission denied"*) ok ;;
		*) bad "$a: role may $try" ;;
		esac
	done
done

# An object of the caller's with a catalogue name is not taken for the real one.
expect "search_path is pinned" "provided" "$(gateway midori-city -c "SET search_path = public, pg_catalog" \
	-c "SELECT status FROM selfinfo_provider.provide('M-20417', '{1}', NULL, NULL, 'test')")"

# role.sql is not content with a table open to PUBLIC, nor with a stray function.
roles() { psql -X -q -1 -v ON_ERROR_STOP=1 -d "$CLUSTER_DSN dbname=aozora_city" -f "$root/schemas/agency/role.sql" 2>&1 || true; }
expect "role.sql can run again" "" "$(roles)"
owner aozora-city -c "GRANT SELECT ON public.zk010 TO PUBLIC"
case $(roles) in *"has rights on: zk010"*) ok ;; *) bad "role.sql took a table open to PUBLIC" ;; esac
owner aozora-city -c "REVOKE SELECT ON public.zk010 FROM PUBLIC"
owner aozora-city -c "GRANT EXECUTE ON FUNCTION public.ymd(char) TO PUBLIC"
case $(roles) in *"can call: ymd"*) ok ;; *) bad "role.sql took a function open to PUBLIC" ;; esac
owner aozora-city -c "REVOKE EXECUTE ON FUNCTION public.ymd(char) FROM PUBLIC"
expect "role.sql is content again" "" "$(roles)"

# The contract alone, before an agency wrote anything, keeps everything back; and it
# never overwrites a provide() that is there.
psql -X -q -d "$CLUSTER_DSN" -c "CREATE DATABASE fresh"
psql -X -q -1 -v ON_ERROR_STOP=1 -d "$CLUSTER_DSN dbname=fresh" -f "$root/schemas/agency/contract.sql"
psql -X -q -1 -v ON_ERROR_STOP=1 -d "$CLUSTER_DSN dbname=fresh" -f "$root/schemas/agency/role.sql"
expect "a fresh contract withholds" "1:withheld,3-4:withheld" "$(gateway fresh -c "SELECT string_agg(item || ':' || status, ',' ORDER BY item)
	FROM selfinfo_provider.provide('x', '{1,3-4}', NULL, NULL, 'test')")"
if psql -X -q -1 -v ON_ERROR_STOP=1 -d "$CLUSTER_DSN dbname=aozora_city" -f "$root/schemas/agency/contract.sql" >/dev/null 2>&1; then
	bad "contract.sql ran over a contract that is there"; else ok; fi
