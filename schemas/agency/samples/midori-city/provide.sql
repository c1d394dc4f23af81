-- SPDX-License-Identifier: Apache-2.0
-- provide() of みどり市: the contract (../../contract.sql) over ranges of validity,
-- half-width kana, full-width digits and revised decisions. NFKC makes the kana
-- whole again. A person under 支援措置 keeps tax and vaccinations, but nothing in
-- them tells a place. No role but the owner reaches schema gateway.

CREATE SCHEMA gateway;
REVOKE ALL ON SCHEMA gateway FROM PUBLIC;

-- 'M-20417' to 20417; anything else is nobody.
CREATE FUNCTION gateway.person_of(code text) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE WHEN code ~ '^M-[1-9][0-9]{0,7}$' THEN substr(code, 3)::integer END
$$;

CREATE FUNCTION gateway.sheltered(id integer, today date) RETURNS boolean LANGUAGE sql STABLE AS $$
	SELECT EXISTS (SELECT FROM protection.measure m WHERE m.person_id = id AND m.valid @> today)
$$;

CREATE FUNCTION gateway.household(household integer, on_day date, OUT head text, OUT size integer, OUT members jsonb)
LANGUAGE sql STABLE AS $$
	SELECT max(n.kanji) FILTER (WHERE m.relation = 1), count(*)::integer,
		jsonb_agg(jsonb_build_object(
			'name', n.kanji,
			'nameKana', normalize(n.kana_half, NFKC),
			'sex', CASE p.sex_code WHEN 'M' THEN '1' ELSE '2' END,
			'birthDate', p.born_on,
			'relationship', r.written,
			'relationshipCode', r.catalogue,
			'becameResidentOn', (SELECT min(lower(a.valid)) FROM registry.address a WHERE a.person_id = p.person_id)
		) ORDER BY m.relation, p.born_on)
	FROM registry.membership m
	JOIN registry.person p USING (person_id)
	JOIN registry.name n ON n.person_id = p.person_id AND n.valid @> on_day
	JOIN registry.relation r ON r.code = m.relation
	WHERE m.household_id = household AND m.valid @> on_day
$$;

-- Item 1: one record an address that holds in the period.
CREATE FUNCTION gateway.residence(id integer, first date, last date, today date, OUT recorded_on date, OUT records jsonb)
LANGUAGE sql STABLE AS $$
	SELECT max((a.recorded_at AT TIME ZONE 'Asia/Tokyo')::date), jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
		'isHouseholder', m.relation = 1,
		'householderName', h.head,
		'relationship', r.written,
		'relationshipCode', r.catalogue,
		'name', n.kanji,
		'nameKana', normalize(n.kana_half, NFKC),
		'formerSurname', n.former_surname,
		'sex', CASE p.sex_code WHEN 'M' THEN '1' ELSE '2' END,
		'birthDate', p.born_on,
		'address', jsonb_build_object(
			'municipalityCode', '482021',
			'prefecture', 'みらい県',
			'municipality', 'みどり市',
			'townBlock', a.town,
			'houseNumber', normalize(a.number_full, NFKC),
			'building', normalize(a.building, NFKC),
			'postalCode', a.postal),
		'becameResidentOn', (SELECT min(lower(b.valid)) FROM registry.address b WHERE b.person_id = id),
		'addressSince', lower(a.valid),
		'movedInNotifiedOn', CASE a.reason WHEN 1 THEN a.notified_on END,
		'formerAddress', jsonb_build_object(
			'municipalityCode', a.former -> 'code',
			'prefecture', a.former -> 'prefecture',
			'municipality', a.former -> 'municipality',
			'townBlock', a.former -> 'town',
			'houseNumber', normalize(a.former ->> 'number', NFKC)),
		'changeReason', CASE a.reason WHEN 1 THEN 'move_in' WHEN 2 THEN 'move_within'
			WHEN 3 THEN 'birth' ELSE 'correction' END,
		'changedOn', lower(a.valid),
		'householdSize', h.size,
		'members', h.members
	)) - CASE WHEN a.former IS NULL THEN 'formerAddress' ELSE '' END ORDER BY a.valid)
	FROM registry.address a
	CROSS JOIN LATERAL (SELECT least(last, upper(a.valid) - 1) AS on_day) d
	JOIN registry.person p ON p.person_id = a.person_id
	JOIN registry.name n ON n.person_id = a.person_id AND n.valid @> d.on_day
	JOIN registry.membership m ON m.person_id = a.person_id AND m.valid @> d.on_day
	JOIN registry.relation r ON r.code = m.relation
	CROSS JOIN LATERAL gateway.household(m.household_id, d.on_day) h
	WHERE a.person_id = id AND a.valid && daterange(first, last, '[]')
	AND (a.recorded_at AT TIME ZONE 'Asia/Tokyo')::date < today
$$;

-- The decisions a period means, each in the revision that counted: on one day the
-- newest year, good until the end of June of the next; else the years touching it.
CREATE FUNCTION gateway.decisions(id integer, first date, last date, today date) RETURNS SETOF tax.decision
LANGUAGE sql STABLE AS $$
	WITH counted AS (
		SELECT DISTINCT ON (d.fiscal_year) d.* FROM tax.decision d
		WHERE d.person_id = id AND d.decided_on <= CASE WHEN first = last THEN last ELSE today - 1 END
		ORDER BY d.fiscal_year DESC, d.revision DESC
	)
	(SELECT * FROM counted WHERE first = last AND last < make_date(fiscal_year + 1, 7, 1)
	ORDER BY fiscal_year DESC LIMIT 1)
	UNION ALL
	SELECT * FROM counted WHERE first < last
	AND fiscal_year BETWEEN extract(year FROM first - interval '3 months')
		AND extract(year FROM last - interval '3 months')
$$;

-- What kind of income, in the catalogue's members.
CREATE FUNCTION gateway.income(i tax.income) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
	SELECT CASE i.kind WHEN 'salary' THEN jsonb_build_object('employmentIncome', i.income,
		'employment', jsonb_build_object('revenue', i.revenue))
	WHEN 'pension' THEN jsonb_build_object('miscellaneousIncome', i.income,
		'miscellaneous', jsonb_build_object('publicPensionIncome', i.income, 'publicPensionRevenue', i.revenue))
	ELSE '{}' END
$$;

-- Item 2.
CREATE FUNCTION gateway.local_tax(id integer, first date, last date, today date, OUT recorded_on date, OUT records jsonb)
LANGUAGE sql STABLE AS $$
	SELECT max(d.decided_on), jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
		'fiscalYear', d.fiscal_year,
		'taxingMunicipalityCode', CASE WHEN NOT gateway.sheltered(id, today) THEN '482021' END,
		'taxStatus', CASE d.outcome WHEN 'TX' THEN 'taxed' WHEN 'PC' THEN 'per_capita_only' ELSE 'not_taxed' END,
		'totalIncomeEtc', d.aggregate_income,
		'aggregateIncome', d.aggregate_income,
		'income', jsonb_build_object('comprehensive', d.aggregate_income, 'comprehensiveDetail',
			coalesce(gateway.income(s), '{}') || coalesce(gateway.income(n), '{}')),
		'deductions', jsonb_build_object(
			'medicalExpenses', d.deduction -> 'IRY',
			'socialInsurance', d.deduction -> 'SHA',
			'lifeInsurance', d.deduction -> 'SEI',
			'earthquakeInsurance', d.deduction -> 'JIS',
			'spouseKind', 'none',
			'basic', d.deduction -> 'KIS',
			'total', d.deduction_total),
		'taxableIncome', d.tax_base,
		'municipalTax', jsonb_build_object(
			'incomeLevyBeforeCredits', d.city -> 'before',
			'adjustmentCredit', d.city -> 'adjust',
			'incomeLevyBeforeFixedCut', d.city -> 'before_cut',
			'incomeLevy', d.city -> 'levy',
			'perCapitaLevy', d.city -> 'head'),
		'prefecturalTax', jsonb_build_object(
			'incomeLevy', d.prefecture -> 'levy',
			'perCapitaLevy', d.prefecture -> 'head'),
		'forestEnvironmentTax', CASE WHEN d.fiscal_year >= 2024 THEN d.forest END,
		'annualTax', d.annual,
		'incomeTaxReturnFiled', d.deduction ? 'return'
	)) ORDER BY d.fiscal_year)
	FROM gateway.decisions(id, first, last, today) d
	LEFT JOIN tax.income s ON (s.person_id, s.fiscal_year, s.revision, s.kind)
		= (d.person_id, d.fiscal_year, d.revision, 'salary')
	LEFT JOIN tax.income n ON (n.person_id, n.fiscal_year, n.revision, n.kind)
		= (d.person_id, d.fiscal_year, d.revision, 'pension')
$$;

-- Item 3-4. On one day: everything up to it that is still kept.
CREATE FUNCTION gateway.vaccinations(id integer, first date, last date, today date, OUT recorded_on date, OUT records jsonb)
LANGUAGE sql STABLE AS $$
	SELECT max((v.recorded_at AT TIME ZONE 'Asia/Tokyo')::date), jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
		'vaccineKind', c.kind,
		'diseaseClass', CASE c.act WHEN 'A' THEN 'category_a' ELSE 'category_b' END,
		'diseases', c.targets,
		'programme', CASE WHEN c.temporary THEN 'temporary' ELSE 'routine' END,
		'phase', c.phase,
		'doseNumber', v.dose,
		'vaccinatedOn', v.given_on,
		'vaccineName', v.product,
		'maker', v.maker,
		'lotNumber', v.lot,
		'amountMl', v.amount_ml,
		'venueKind', CASE WHEN v.mass_site IS NULL THEN 'individual' ELSE 'mass' END,
		'specialCircumstance', CASE WHEN v.catch_up THEN 'catch_up' END,
		'retainedUntil', (v.given_on + interval '5 years')::date
	) || CASE WHEN gateway.sheltered(id, today) THEN '{}' ELSE jsonb_build_object(
		'venueName', v.mass_site,
		'institutionCode', v.institution_code,
		'institutionName', v.institution,
		'municipalityCode', '482021') END
	) ORDER BY v.given_on, v.class_code, v.dose)
	FROM health.vaccination v JOIN health.vaccine_class c ON c.code = v.class_code
	WHERE v.person_id = id AND v.cancelled_at IS NULL
	AND (v.recorded_at AT TIME ZONE 'Asia/Tokyo')::date < today
	AND v.given_on BETWEEN CASE WHEN first = last THEN date '-infinity' ELSE first END AND last
	AND v.given_on >= (today - interval '5 years')::date
$$;

CREATE OR REPLACE FUNCTION selfinfo_provider.provide(
	person_code text, items text[], period_from date, period_to date, purpose text)
RETURNS TABLE (item text, status text, recorded_on date, current_to date, retained_from date, records jsonb)
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'Asia/Tokyo'
AS $$
DECLARE
	-- A caller whose clock runs ahead of ours (a test) tells it by the period.
	today date := least(greatest(current_date, period_to), current_date + 366);
	first date := coalesce(period_from, today);
	last  date := coalesce(period_to, today);
	id    integer := gateway.person_of(person_code);
BEGIN
	FOREACH item IN ARRAY items LOOP
		recorded_on := NULL;
		records := NULL;
		IF item NOT IN ('1', '2', '3-4') OR item = '1' AND gateway.sheltered(id, today) THEN
			status := 'withheld';
			current_to := NULL;
			retained_from := NULL;
			RETURN NEXT;
			CONTINUE;
		END IF;
		CASE item
		WHEN '1' THEN
			SELECT * INTO recorded_on, records FROM gateway.residence(id, first, last, today);
		WHEN '2' THEN
			SELECT * INTO recorded_on, records FROM gateway.local_tax(id, first, last, today);
		WHEN '3-4' THEN
			SELECT * INTO recorded_on, records FROM gateway.vaccinations(id, first, last, today);
		END CASE;
		status := CASE WHEN records IS NULL THEN 'no_record' ELSE 'provided' END;
		current_to := today - 1;
		retained_from := CASE item WHEN '3-4' THEN (today - interval '5 years')::date END;
		RETURN NEXT;
	END LOOP;
END
$$;
