-- SPDX-License-Identifier: Apache-2.0
-- wrong-columns.sql: puts in the place of provide() one that breaks the contract by
-- its column types: records is text, or json with -v type=json. For tests against a
-- sample agency that has dial.sql; run as the owner of the database. dial.sql, run
-- again, takes it back.

\if :{?type}
\else
	\set type text
\endif

DROP FUNCTION selfinfo_provider.provide(text, text[], date, date, text);
CREATE FUNCTION selfinfo_provider.provide(
	person_code text, items text[], period_from date, period_to date, purpose text)
RETURNS TABLE (item text, status text, recorded_on date, current_to date, retained_from date, records :type)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
	SELECT item, status, recorded_on, current_to, retained_from, records::text::json
	FROM faults.provide(person_code, items, period_from, period_to, purpose)
$$;
REVOKE ALL ON FUNCTION selfinfo_provider.provide(text, text[], date, date, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION selfinfo_provider.provide(text, text[], date, date, text) TO selfinfo_gateway;
