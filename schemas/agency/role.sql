-- SPDX-License-Identifier: Apache-2.0
-- role.sql: the gateway's role at an agency. Promises that it may call the
-- functions of selfinfo_provider and nothing else, and fails, changing nothing,
-- where rights you gave to PUBLIC would let it do more. Run by a superuser in the
-- agency's database after contract.sql: psql -v ON_ERROR_STOP=1 -1 -f role.sql
-- (also again after a change; -v timeout=10s for an agreed deadline over 4 s).
-- It sets no password: use \password selfinfo_gateway, or cert in pg_hba.conf,
-- and let pg_hba.conf take this role over TLS only (hostssl).

\if :{?timeout}
\else
	\set timeout 5s
\endif

-- A role belongs to the whole server: two databases of one server share it.
SELECT count(*) = 0 AS missing FROM pg_roles WHERE rolname = 'selfinfo_gateway' \gset
\if :missing
	CREATE ROLE selfinfo_gateway LOGIN;
\endif
ALTER ROLE selfinfo_gateway LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT
	NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 64;

-- A little over the deadline agreed with the operator: it ends what the gateway
-- has stopped waiting for.
ALTER ROLE selfinfo_gateway SET statement_timeout = :'timeout';
-- A question whose asker has gone ends within a second.
ALTER ROLE selfinfo_gateway SET client_connection_check_interval = '1s';
-- One question, asked thousands of times: the plan is made once a connection.
ALTER ROLE selfinfo_gateway SET plan_cache_mode = force_generic_plan;
ALTER ROLE selfinfo_gateway SET default_transaction_read_only = on;
ALTER ROLE selfinfo_gateway SET idle_in_transaction_session_timeout = '10s';
ALTER ROLE selfinfo_gateway SET lock_timeout = '1s';
ALTER ROLE selfinfo_gateway SET timezone = 'Asia/Tokyo';
ALTER ROLE selfinfo_gateway SET search_path = pg_catalog;

-- Temporary tables are a right of PUBLIC by default, and would be a place to put
-- things. Grant it by name to roles of yours that need it.
SELECT current_database() AS database \gset
REVOKE TEMPORARY ON DATABASE :"database" FROM PUBLIC;
REVOKE ALL ON DATABASE :"database" FROM selfinfo_gateway;
GRANT CONNECT ON DATABASE :"database" TO selfinfo_gateway;

REVOKE ALL ON SCHEMA selfinfo_provider FROM selfinfo_gateway;
GRANT USAGE ON SCHEMA selfinfo_provider TO selfinfo_gateway;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA selfinfo_provider FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA selfinfo_provider TO selfinfo_gateway;

DO $$
DECLARE
	found text;
BEGIN
	SELECT string_agg(c.oid::regclass::text, ', ' ORDER BY c.oid) INTO found
	FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
	AND CASE WHEN c.relkind IN ('r', 'p', 'v', 'm', 'f') THEN
		has_table_privilege('selfinfo_gateway', c.oid,
			'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
		OR has_any_column_privilege('selfinfo_gateway', c.oid,
			'SELECT, INSERT, UPDATE, REFERENCES')
	WHEN c.relkind = 'S' THEN
		has_sequence_privilege('selfinfo_gateway', c.oid, 'USAGE, SELECT, UPDATE')
	ELSE false END;
	IF found IS NOT NULL THEN
		RAISE EXCEPTION 'selfinfo_gateway has rights on: %', found
			USING HINT = 'Revoke them from PUBLIC or from the role, then run role.sql again.';
	END IF;

	SELECT string_agg(p.oid::regprocedure::text, ', ' ORDER BY p.oid) INTO found
	FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
	WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'selfinfo_provider')
	AND has_schema_privilege('selfinfo_gateway', n.oid, 'USAGE')
	AND has_function_privilege('selfinfo_gateway', p.oid, 'EXECUTE');
	IF found IS NOT NULL THEN
		RAISE EXCEPTION 'selfinfo_gateway can call: %', found
			USING HINT = 'Revoke EXECUTE from PUBLIC on them, then run role.sql again.';
	END IF;

	SELECT string_agg(n.nspname, ', ') INTO found FROM pg_namespace n
	WHERE has_schema_privilege('selfinfo_gateway', n.oid, 'CREATE')
	OR (n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'public', 'selfinfo_provider')
		AND has_schema_privilege('selfinfo_gateway', n.oid, 'USAGE'));
	IF found IS NOT NULL THEN
		RAISE EXCEPTION 'selfinfo_gateway has rights on schema: %', found;
	END IF;

	SELECT string_agg(g.rolname, ', ') INTO found
	FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
	WHERE m.member = 'selfinfo_gateway'::regrole;
	IF found IS NOT NULL THEN
		RAISE EXCEPTION 'selfinfo_gateway is a member of: %', found;
	END IF;

	SELECT string_agg(p.oid::regprocedure::text, ', ') INTO found
	FROM pg_proc p WHERE p.pronamespace = 'selfinfo_provider'::regnamespace
	AND (NOT p.prosecdef OR NOT EXISTS (
		SELECT 1 FROM unnest(p.proconfig) s WHERE s ~ '^search_path=pg_catalog, "?pg_temp"?$'));
	IF found IS NOT NULL THEN
		RAISE EXCEPTION 'not SECURITY DEFINER with search_path = pg_catalog, pg_temp: %', found;
	END IF;
END
$$;
