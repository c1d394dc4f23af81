-- SPDX-License-Identifier: Apache-2.0
-- provide() of みどり健康保険組合: the contract (../../contract.sql) over claims in
-- points, months of six digits and a premium by the month. Item 3-2 grows during a
-- year, so one day means that fiscal year so far and the one before. No role but
-- the owner reaches schema renkei.

CREATE SCHEMA renkei;
REVOKE ALL ON SCHEMA renkei FROM PUBLIC;

CREATE FUNCTION renkei.nendo(d date) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
	SELECT extract(year FROM d - interval '3 months')::integer
$$;
CREATE FUNCTION renkei.tsuki(ym char(6)) RETURNS date LANGUAGE sql IMMUTABLE AS $$
	SELECT make_date(substr(ym, 1, 4)::int, substr(ym, 5, 2)::int, 1)
$$;

-- Benefits in kind and in money, decided from one day to another.
CREATE FUNCTION renkei.kyufu(id text, kara date, made date, OUT saishin date, OUT ichiran jsonb)
LANGUAGE sql STABLE AS $$
	SELECT max(b.kettei_bi), jsonb_agg(jsonb_strip_nulls(b.kyufu) ORDER BY b.kettei_bi, b.kyufu ->> 'kind', b.kyufu)
	FROM (
		SELECT r.kettei_bi, jsonb_build_object(
			'kind', CASE k.kubun WHEN 'H' THEN 'medical_care' ELSE 'family_care' END,
			'serviceMonth', to_char(renkei.tsuki(r.shinryo_ym), 'YYYY-MM'),
			'days', r.nissu,
			'totalCost', r.tensu * 10,
			'insurerAmount', r.tensu * 10 - r.ichibu_futan,
			'copayAmount', r.ichibu_futan,
			'decidedOn', r.kettei_bi,
			'institutionName', r.kikan_mei) AS kyufu
		FROM kyufu.rezept r JOIN tekiyo.kanyusha k USING (kanyu_id)
		WHERE r.kanyu_id = id AND r.kettei_bi BETWEEN kara AND made
		UNION ALL
		SELECT g.kettei_bi, jsonb_build_object(
			'kind', c.kai,
			'serviceMonth', to_char(renkei.tsuki(g.shinryo_ym), 'YYYY-MM'),
			'periodFrom', g.kikan_kara,
			'periodTo', g.kikan_made,
			'days', g.nissu,
			'paidAmount', g.kingaku,
			'decidedOn', g.kettei_bi,
			'paidOn', CASE WHEN g.shiharai_bi <= made THEN g.shiharai_bi END)
		FROM kyufu.genkin g JOIN kyotsu.cd c ON c.kind = 'G' AND c.cd = g.shubetsu
		WHERE g.kanyu_id = id AND g.kettei_bi BETWEEN kara AND made
	) b
$$;

-- Premiums of the fiscal years that touch a period, months that are over by a day.
CREATE FUNCTION renkei.hokenryo(id text, kara date, made date, today date) RETURNS jsonb
LANGUAGE sql STABLE AS $$
	SELECT jsonb_agg(jsonb_build_object(
		'fiscalYear', y.nendo,
		'assessedAmount', y.hokenryo,
		'reducedAmount', y.menjo,
		'paidAmount', y.hokenryo - y.menjo,
		'collection', 'payroll') ORDER BY y.nendo)
	FROM (
		SELECT renkei.nendo(renkei.tsuki(h.nengetsu)) AS nendo, sum(h.hokenryo) AS hokenryo, sum(h.menjo) AS menjo
		FROM choshu.hokenryo h
		WHERE h.kanyu_id = id AND renkei.tsuki(h.nengetsu) + interval '1 month' <= today
		GROUP BY 1
	) y
	WHERE y.nendo BETWEEN renkei.nendo(kara) AND renkei.nendo(made)
$$;

-- Item 3-2: one record a membership that holds in the period.
CREATE FUNCTION renkei.shikaku(id text, first date, last date, today date, OUT recorded_on date, OUT records jsonb)
LANGUAGE sql STABLE AS $$
	SELECT max(greatest(k.koshin::date, b.saishin)), jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
		'insurerNumber', h.bango,
		'insurerName', h.mei,
		'insuranceKind', 'society',
		'personKind', CASE k.kubun WHEN 'H' THEN 'insured' ELSE 'dependant' END,
		'qualifiedOn', k.shutoku_bi,
		'disqualifiedOn', CASE WHEN k.soshitsu_bi <= today THEN k.soshitsu_bi END,
		'copayRate', f.warai,
		'costClass', c.kai,
		'benefits', b.ichiran,
		'premiums', renkei.hokenryo(k.kanyu_id, p.kara, last, CASE WHEN first = last THEN last ELSE today END)
	)) ORDER BY k.shutoku_bi)
	FROM tekiyo.kanyusha k CROSS JOIN kyotsu.hokensha h
	CROSS JOIN LATERAL (SELECT CASE WHEN first = last THEN make_date(renkei.nendo(last) - 1, 4, 1)
		ELSE first END AS kara) p
	LEFT JOIN tekiyo.futan f ON f.kanyu_id = k.kanyu_id
		AND to_char(least(last, k.soshitsu_bi), 'YYYYMM') BETWEEN f.kara_ym AND f.made_ym
	LEFT JOIN kyotsu.cd c ON c.kind = 'K' AND c.cd = f.kubun
	CROSS JOIN LATERAL renkei.kyufu(k.kanyu_id, p.kara, least(last, today - 1)) b
	WHERE k.kanyu_id = id AND k.koshin::date < today
	AND k.shutoku_bi <= last AND coalesce(k.soshitsu_bi > first, true)
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
BEGIN
	FOREACH item IN ARRAY items LOOP
		recorded_on := NULL;
		current_to := NULL;
		records := NULL;
		IF item <> '3-2' OR EXISTS (SELECT FROM kyotsu.hikae h WHERE h.kanyu_id = person_code
			AND today >= h.kara AND coalesce(today <= h.made, true)) THEN
			status := 'withheld';
			RETURN NEXT;
			CONTINUE;
		END IF;
		SELECT * INTO recorded_on, records FROM renkei.shikaku(person_code,
			coalesce(period_from, today), coalesce(period_to, today), today);
		status := CASE WHEN records IS NULL THEN 'no_record' ELSE 'provided' END;
		current_to := today - 1;
		RETURN NEXT;
	END LOOP;
END
$$;
