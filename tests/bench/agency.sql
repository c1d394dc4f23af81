-- SPDX-License-Identifier: Apache-2.0
-- agency.sql: makes the sandbox's みどり市 a house that keeps its answers ready (one
-- row a person and item, looked up by key), so that the gateway is measured and not
-- how a sample puts its records together. The answers are those the sample gave.
-- Read by tests/bench/run, in a sandbox of the bench's own, as superuser.
--   psql -v person=M-20417 -v item=2 -f agency.sql

CREATE SCHEMA bench;
CREATE TABLE bench.ready AS
	SELECT :'person'::text AS person, p.item, p.status, p.recorded_on, p.current_to,
		p.retained_from, p.records
	FROM selfinfo_provider.provide(:'person', ARRAY[:'item'], NULL, NULL, 'test') AS p;
INSERT INTO bench.ready SELECT 'M-' || 100000 + n, item, status, recorded_on, current_to, retained_from, records
	FROM bench.ready, generate_series(1, 20000) AS n;
ALTER TABLE bench.ready ADD PRIMARY KEY (person, item);
ANALYZE bench.ready;

CREATE OR REPLACE FUNCTION selfinfo_provider.provide(
	person_code text,
	items       text[],
	period_from date,
	period_to   date,
	purpose     text)
RETURNS TABLE (
	item          text,
	status        text,
	recorded_on   date,
	current_to    date,
	retained_from date,
	records       jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET timezone = 'Asia/Tokyo'
AS $$
BEGIN
	RETURN QUERY SELECT r.item, r.status, r.recorded_on, r.current_to, r.retained_from, r.records
		FROM bench.ready r WHERE r.person = provide.person_code AND r.item = ANY (items);
END
$$;
GRANT USAGE ON SCHEMA bench TO PUBLIC;
GRANT SELECT ON bench.ready TO PUBLIC;
