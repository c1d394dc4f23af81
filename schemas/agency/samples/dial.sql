-- SPDX-License-Identifier: Apache-2.0
-- dial.sql: the fault dial of the sample agencies; no agency installs this. It puts
-- the honest provide() aside (schema faults) and in its place one that waits and
-- spoils the answer as the one row of public.dial says. Loaded by load.sh as the
-- owner; running it again also takes wrong-columns.sql back. Then for example
--   UPDATE public.dial SET delay_ms = 5000;
--   UPDATE public.dial SET mode = 'my_number', place = 'fullwidth', item = '3-4';
--   UPDATE public.dial SET delay_ms = 0, mode = 'off', place = '', item = NULL;
--
-- mode              what becomes of an answer (of every item, or of dial.item alone)
--   off             nothing
--   withhold, none  withheld; no_record
--   error           provide() raises an error
--   my_number       a My Number with a right check digit (1234567890 1 and its digit,
--                   a sample number, nobody's) in the first record; place: string
--                   (the default), number, nested, fullwidth, spaced, hyphen, mixed,
--                   undeclared, undeclared_nested, member_name
--   resident_code   a string member that is one 住民票コード with a right check digit
--   undeclared      members the schema does not have, at the top and nested
--   missing_required, wrong_type, wrong_code    a record that fails its schema
--   no_records, not_an_array, null_records, no_current_to   an answer that breaks the contract
--   pending, unknown_status   a status an agency may not use
--   too_many_rows   place: twice (the item's row two times), not_asked (a row for an
--                   item not asked for, with another person's name in it), '' both
--   missing_row     no row for the item
--   huge            a string of 2 MiB in the first record

SET client_min_messages = warning;

CREATE SCHEMA IF NOT EXISTS faults;
REVOKE ALL ON SCHEMA faults FROM PUBLIC;

CREATE TABLE IF NOT EXISTS public.dial (
	delay_ms integer NOT NULL DEFAULT 0 CHECK (delay_ms BETWEEN 0 AND 600000),
	mode     text    NOT NULL DEFAULT 'off' CHECK (mode IN ('off', 'withhold', 'none', 'error', 'my_number',
		'resident_code', 'undeclared', 'missing_required', 'wrong_type', 'wrong_code', 'no_records',
		'not_an_array', 'null_records', 'no_current_to', 'pending', 'unknown_status', 'too_many_rows',
		'missing_row', 'huge')),
	place    text    NOT NULL DEFAULT '' CHECK (place IN ('', 'string', 'number', 'nested', 'fullwidth', 'spaced',
		'hyphen', 'mixed', 'undeclared', 'undeclared_nested', 'member_name', 'twice', 'not_asked')),
	item     text,
	one      boolean NOT NULL DEFAULT true CHECK (one) UNIQUE
);
INSERT INTO public.dial DEFAULT VALUES ON CONFLICT DO NOTHING;
REVOKE ALL ON public.dial FROM PUBLIC;

DO $$
BEGIN
	IF to_regprocedure('faults.provide(text, text[], date, date, text)') IS NULL THEN
		ALTER FUNCTION selfinfo_provider.provide(text, text[], date, date, text) SET SCHEMA faults;
	ELSE
		DROP FUNCTION IF EXISTS selfinfo_provider.provide(text, text[], date, date, text);
	END IF;
END
$$;

-- Eleven digits and the check digit of an individual number (総務省令85号5条).
CREATE OR REPLACE FUNCTION faults.my_number(base text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT base || CASE WHEN s % 11 <= 1 THEN 0 ELSE 11 - s % 11 END
	FROM (SELECT sum(substr(base, 12 - n, 1)::int * CASE WHEN n <= 6 THEN n + 1 ELSE n - 5 END) AS s
		FROM generate_series(1, 11) n) t
$$;

-- Ten digits and the check digit of a 住民票コード (weights 2 to 7 from the right, then
-- from 2 again; 11 less the rest, its last digit).
CREATE OR REPLACE FUNCTION faults.resident_code(base text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
	SELECT base || (11 - s % 11) % 10
	FROM (SELECT sum(substr(base, 11 - n, 1)::int * ((n - 1) % 6 + 2)) AS s
		FROM generate_series(1, 10) n) t
$$;

-- Where in an item's record a declared member of a kind stands.
CREATE OR REPLACE FUNCTION faults.path(item text, kind text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE kind
	WHEN 'string' THEN CASE item WHEN '1' THEN '{0,name}'::text[] WHEN '2' THEN '{0,taxingMunicipalityCode}'
		WHEN '3-2' THEN '{0,insurerName}' ELSE '{0,vaccineName}' END
	WHEN 'number' THEN CASE item WHEN '1' THEN '{0,householdSize}'::text[] WHEN '2' THEN '{0,aggregateIncome}'
		WHEN '3-2' THEN '{0,copayRate}' ELSE '{0,doseNumber}' END
	WHEN 'nested' THEN CASE item WHEN '1' THEN '{0,members,0,name}'::text[] WHEN '2' THEN '{0,municipalTax,incomeLevy}'
		WHEN '3-2' THEN '{0,benefits,0,institutionName}' ELSE '{0,diseases,0}' END
	WHEN 'object' THEN CASE item WHEN '1' THEN '{0,address}'::text[] WHEN '2' THEN '{0,municipalTax}'
		WHEN '3-2' THEN '{0,benefits,0}' ELSE '{0}' END
	WHEN 'code' THEN CASE item WHEN '1' THEN '{0,relationshipCode}'::text[] WHEN '2' THEN '{0,taxStatus}'
		WHEN '3-2' THEN '{0,insuranceKind}' ELSE '{0,vaccineKind}' END
	END
$$;

CREATE OR REPLACE FUNCTION faults.with_my_number(records jsonb, item text, place text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
	n text := faults.my_number('1234567890' || '1');
	wide text := translate(n, '0123456789', '０１２３４５６７８９');
BEGIN
	RETURN CASE place
	WHEN 'number' THEN jsonb_set(records, faults.path(item, 'number'), to_jsonb(n::bigint))
	WHEN 'nested' THEN jsonb_set(records, faults.path(item, 'nested'), to_jsonb('備考 ' || n))
	WHEN 'fullwidth' THEN jsonb_set(records, faults.path(item, 'string'), to_jsonb('見本' || wide || 'です'))
	WHEN 'spaced' THEN jsonb_set(records, faults.path(item, 'string'),
		to_jsonb(concat_ws(' ', '見本', substr(n, 1, 4), substr(n, 5, 4), substr(n, 9, 4))))
	WHEN 'hyphen' THEN jsonb_set(records, faults.path(item, 'string'),
		to_jsonb(concat_ws('-', substr(n, 1, 4), substr(n, 5, 4), substr(n, 9, 4))))
	WHEN 'mixed' THEN jsonb_set(records, faults.path(item, 'string'),
		to_jsonb('見本' || substr(wide, 1, 4) || '－' || substr(n, 5, 4) || '　' || substr(wide, 9, 4)))
	WHEN 'undeclared' THEN jsonb_set(records, '{0,biko}', to_jsonb(n))
	WHEN 'undeclared_nested' THEN jsonb_set(records, faults.path(item, 'object') || '{biko}'::text[],
		jsonb_build_array(jsonb_build_object('old', n)))
	WHEN 'member_name' THEN jsonb_set(records, ARRAY['0', n], 'true')
	ELSE jsonb_set(records, faults.path(item, 'string'), to_jsonb('見本 ' || n))
	END;
END
$$;

CREATE OR REPLACE FUNCTION faults.spoiled(records jsonb, item text, mode text, place text) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE mode
	WHEN 'my_number' THEN faults.with_my_number(records, item, place)
	WHEN 'resident_code' THEN jsonb_set(records, faults.path(item, 'string'),
		to_jsonb(faults.resident_code('1234567890')))
	WHEN 'undeclared' THEN jsonb_set(jsonb_set(records, '{0,shokuinMemo}', '"not for apps: 要注意"'),
		faults.path(item, 'object') || '{internalFlags}'::text[], '{"a": [1, {"b": null}], "c": "not for apps"}')
	WHEN 'missing_required' THEN records #- faults.path(item, 'code')
	WHEN 'wrong_type' THEN jsonb_set(records, faults.path(item, 'number'), '"three"')
	WHEN 'wrong_code' THEN jsonb_set(records, faults.path(item, 'code'), '"no_such_code"')
	WHEN 'no_records' THEN '[]'
	WHEN 'not_an_array' THEN records -> 0
	WHEN 'null_records' THEN NULL
	WHEN 'huge' THEN jsonb_set(records, faults.path(item, 'string'), to_jsonb(repeat('あ', 2 * 1024 * 1024 / 3 + 1)))
	ELSE records END
$$;

CREATE FUNCTION selfinfo_provider.provide(
	person_code text, items text[], period_from date, period_to date, purpose text)
RETURNS TABLE (item text, status text, recorded_on date, current_to date, retained_from date, records jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	dial public.dial;
	row  record;
BEGIN
	SELECT * INTO STRICT dial FROM public.dial;
	IF dial.delay_ms > 0 THEN
		PERFORM pg_sleep(dial.delay_ms / 1000.0);
	END IF;
	IF dial.mode = 'error' THEN
		RAISE EXCEPTION 'the dial of this sample agency says error';
	END IF;
	FOR row IN SELECT * FROM faults.provide(person_code, items, period_from, period_to, purpose) LOOP
		item := row.item;
		status := row.status;
		recorded_on := row.recorded_on;
		current_to := row.current_to;
		retained_from := row.retained_from;
		records := row.records;
		IF dial.mode = 'off' OR dial.item <> item THEN
			RETURN NEXT;
			CONTINUE;
		END IF;
		CONTINUE WHEN dial.mode = 'missing_row';
		IF dial.mode IN ('withhold', 'none', 'pending', 'unknown_status') THEN
			status := CASE dial.mode WHEN 'withhold' THEN 'withheld' WHEN 'none' THEN 'no_record'
				WHEN 'pending' THEN 'pending' ELSE 'perhaps' END;
			recorded_on := NULL;
			records := NULL;
			current_to := CASE WHEN status <> 'withheld' THEN coalesce(current_to, current_date - 1) END;
			retained_from := CASE WHEN status <> 'withheld' THEN retained_from END;
		ELSIF dial.mode = 'no_current_to' THEN
			current_to := NULL;
		ELSIF status = 'provided' THEN
			records := faults.spoiled(records, item, dial.mode, dial.place);
		END IF;
		RETURN NEXT;
		IF dial.mode = 'too_many_rows' AND dial.place IN ('', 'twice') THEN
			RETURN NEXT;
		END IF;
	END LOOP;
	IF dial.mode = 'too_many_rows' AND dial.place IN ('', 'not_asked') THEN
		item := CASE WHEN '4-6' = ANY (items) THEN '4-1' ELSE '4-6' END;
		status := 'provided';
		recorded_on := current_date - 30;
		records := '[{"name": "隣野　誰某", "note": "nobody asked for this"}]';
		RETURN NEXT;
	END IF;
END
$$;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA faults FROM PUBLIC;
REVOKE ALL ON FUNCTION selfinfo_provider.provide(text, text[], date, date, text) FROM PUBLIC;
DO $$
BEGIN
	-- On a first load role.sql grants this; on a later one the role is there already.
	IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'selfinfo_gateway') THEN
		GRANT EXECUTE ON FUNCTION selfinfo_provider.provide(text, text[], date, date, text) TO selfinfo_gateway;
	END IF;
END
$$;
