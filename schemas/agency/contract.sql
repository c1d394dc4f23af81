-- SPDX-License-Identifier: Apache-2.0
-- contract.sql: what an agency installs so that the gateway can ask it.
-- Promises one schema, selfinfo_provider, with one function, provide(); your
-- tables stay as they are and the gateway never sees them. Run once by the role
-- that is to own the function (it needs SELECT on your tables, and should have
-- no more): psql -v ON_ERROR_STOP=1 -1 -f contract.sql. It never overwrites what
-- is there. Then write your own provide(), and run role.sql as a superuser.
--
-- WHAT YOU WRITE
-- Until you replace it, provide() below answers "withheld" to everything: that
-- is true of a house which has not opened its door yet. Replace it with
-- CREATE OR REPLACE FUNCTION and the same head; samples/ holds four complete
-- examples over four very different legacy databases.
--
-- What you are asked
--   person_code   your own code for that person, as you handed it to the
--                 operator. It is the only name of a person you are told.
--   items         numbers of the catalogue ('1', '3-4', ...), none twice.
--   period_from, period_to   days in Japan's time zone, both ends included:
--       NULL, NULL   latest: what is in force today.
--       equal        as of that day.
--       from < to    everything within the range.
--   purpose       the code of the purpose the citizen agreed to. You may keep
--                 an item back because of it.
--
-- How the kinds of item read a period (time_shape in the catalogue)
--   state    latest, as of: the state that holds on that day, one record. Not
--            the last state of someone who has left: that is no_record.
--            range: one record for each state that held at some time in it.
--   event    latest, as of: every event up to that day that you still keep.
--            range: the events in it.
--   period   latest, as of: the fiscal year's decision in force on that day (for
--            amounts that grow, the year of that day and the one before).
--            range: the fiscal years that touch it.
--
-- What you answer: one row for each item asked for, in any order, no other row
--   item            as asked.
--   status          'provided'   records holds at least one record.
--                   'no_record'  you looked and hold nothing in the period. This
--                                can stand as evidence: never say it when you
--                                could not look.
--                   'withheld'   you keep it back (支援措置, a rule of yours, an
--                                item you do not serve). No reason is asked for.
--   recorded_on     day on which the newest part of the answer was recorded with
--                   you; NULL unless provided.
--   current_to      day up to which your data is complete (a nightly batch: the
--                   day before). Needed for provided and no_record.
--   retained_from   where records end by law (3-4: five years), the first day
--                   still kept; give nothing from before it. NULL: no limit.
--                   Give it with no_record too.
--   records         provided: a JSON array of objects, members and codes as in
--                   schemas/items/; otherwise NULL. A member you have no value
--                   for is left out, not null, not ''. At most 1 MiB an item.
--
-- Never put into records: 個人番号, 住民票コード, 宛名番号 or any number the
-- catalogue has no member for. The gateway withholds an item in which it finds a
-- My Number and tells you; members it does not know are cut and counted.
--
-- If you cannot answer, RAISE an error: the source is then shown as unavailable.
-- Its text stays in your log; the gateway neither keeps nor passes it on.
--
-- HOW THE FUNCTION HAS TO STAND
--   SECURITY DEFINER   so that our role needs no right on your tables;
--   SET search_path    to pg_catalog, pg_temp, and every table named with its
--                      schema, so that nobody can put another in its place;
--   SET timezone       so that current_date is Japan's day;
--   STABLE             it reads and never writes.

CREATE SCHEMA selfinfo_provider;
REVOKE ALL ON SCHEMA selfinfo_provider FROM PUBLIC;
COMMENT ON SCHEMA selfinfo_provider IS 'selfinfo agency contract, version 1';

CREATE FUNCTION selfinfo_provider.provide(
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
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET timezone = 'Asia/Tokyo'
AS $$
	SELECT asked, 'withheld', NULL::date, NULL::date, NULL::date, NULL::jsonb
	FROM unnest(items) AS asked
$$;
REVOKE ALL ON FUNCTION selfinfo_provider.provide(text, text[], date, date, text) FROM PUBLIC;
