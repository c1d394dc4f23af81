-- SPDX-License-Identifier: Apache-2.0
-- provide() of あおぞら市: the contract (../../contract.sql) over padded columns,
-- eight-digit days and codes of the city's own. The helpers in schema renkei each
-- answer one item as (day recorded, records or NULL); no role but the owner
-- reaches them. first and last are the days asked for, today the day it is.

CREATE SCHEMA renkei;
REVOKE ALL ON SCHEMA renkei FROM PUBLIC;

-- The people of one household on one day, householder first.
CREATE FUNCTION renkei.setaiin(setai char(10), hi date, OUT nushi text, OUT ninzu integer, OUT ichiran jsonb)
LANGUAGE sql STABLE AS $$
	SELECT max(public.kara(m.shimei)) FILTER (WHERE m.zoku_cd = '01'), count(*)::integer,
		jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
			'name', public.kara(m.shimei),
			'nameKana', public.kara(m.furigana),
			'sex', m.sei,
			'birthDate', public.ymd(m.umare_ymd),
			'relationship', public.kara(z.kanj),
			'relationshipCode', public.kara(z.kai),
			'becameResidentOn', public.ymd(m.jumin_ymd)
		)) ORDER BY m.zoku_cd, m.umare_ymd)
	FROM public.jk001 m JOIN public.cd900 z ON z.kind = 'ZK' AND z.cd = m.zoku_cd
	WHERE m.setai_no = setai AND public.ymd(m.ido_ymd) <= hi
	AND coalesce(public.ymd(m.owari_ymd) > hi, true)
$$;

-- Item 1: one record a row of the register that holds in the period. The
-- household is told as of the last day on which both hold.
CREATE FUNCTION renkei.setai(code text, first date, last date, today date, OUT recorded_on date, OUT records jsonb)
LANGUAGE sql STABLE AS $$
	SELECT max(public.ymd(k.kosin_ymd)), jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
		'isHouseholder', k.zoku_cd = '01',
		'householderName', s.nushi,
		'relationship', public.kara(z.kanj),
		'relationshipCode', public.kara(z.kai),
		'name', public.kara(k.shimei),
		'nameKana', public.kara(k.furigana),
		'formerSurname', public.kara(k.kyu_shi),
		'formerSurnameKana', public.kara(k.kyu_kana),
		'sex', k.sei,
		'birthDate', public.ymd(k.umare_ymd),
		'address', jsonb_build_object(
			'municipalityCode', '482013',
			'prefecture', 'みらい県',
			'municipality', 'あおぞら市',
			'townBlock', public.kara(k.choaza),
			'houseNumber', public.kara(k.banchi),
			'building', public.kara(k.katagaki),
			'postalCode', k.yubin),
		'becameResidentOn', public.ymd(k.jumin_ymd),
		'addressSince', public.ymd(k.jutei_ymd),
		'movedInNotifiedOn', CASE WHEN k.mae_cd <> '' THEN public.ymd(k.todok_ymd) END,
		'formerAddress', CASE WHEN k.mae_cd <> '' THEN jsonb_build_object(
			'municipalityCode', k.mae_cd,
			'prefecture', public.kara(k.mae_ken),
			'municipality', public.kara(k.mae_shi),
			'townBlock', public.kara(k.mae_cho),
			'houseNumber', public.kara(k.mae_ban)) END,
		'changeReason', public.kara(i.kai),
		'changedOn', public.ymd(k.ido_ymd),
		'householdSize', s.ninzu,
		'members', s.ichiran
	)) ORDER BY k.ido_ymd)
	FROM public.jk001 k
	JOIN public.cd900 z ON z.kind = 'ZK' AND z.cd = k.zoku_cd
	JOIN public.cd900 i ON i.kind = 'ID' AND i.cd = k.jiyu_cd,
	LATERAL renkei.setaiin(k.setai_no, least(last, public.ymd(k.owari_ymd) - 1)) s
	WHERE k.kojin_no = code::bpchar AND public.ymd(k.kosin_ymd) < today
	AND public.ymd(k.ido_ymd) <= last AND coalesce(public.ymd(k.owari_ymd) > first, true)
$$;

-- The rows of the tax ledger which a period means: on one day the newest decision,
-- good until the end of June of the next year; else the fiscal years that touch it.
CREATE FUNCTION renkei.fuka(code text, first date, last date, today date) RETURNS SETOF public.zk010
LANGUAGE sql STABLE AS $$
	(SELECT z.* FROM public.zk010 z
	WHERE first = last AND z.kojin_no = code::bpchar AND public.ymd(z.kette_ymd) <= last
	AND last < make_date(z.nendo::int + 1, 7, 1)
	ORDER BY z.nendo DESC LIMIT 1)
	UNION ALL
	SELECT z.* FROM public.zk010 z
	WHERE first < last AND z.kojin_no = code::bpchar AND public.ymd(z.kette_ymd) < today
	AND z.nendo BETWEEN extract(year FROM first - interval '3 months')
		AND extract(year FROM last - interval '3 months')
$$;

-- Item 2.
CREATE FUNCTION renkei.zei(code text, first date, last date, today date, OUT recorded_on date, OUT records jsonb)
LANGUAGE sql STABLE AS $$
	SELECT max(public.ymd(z.kette_ymd)), jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
		'fiscalYear', z.nendo::int,
		'taxingMunicipalityCode', '482013',
		'taxStatus', CASE z.kazei WHEN '1' THEN 'taxed' WHEN '2' THEN 'per_capita_only' ELSE 'not_taxed' END,
		'totalIncomeEtc', z.gokei_sho,
		'aggregateIncome', z.gokei_sho,
		'income', jsonb_build_object('comprehensive', z.gokei_sho, 'comprehensiveDetail',
			CASE WHEN z.kyuyo_shu > 0 THEN jsonb_build_object('employmentIncome', z.kyuyo_sho,
				'employment', jsonb_build_object('revenue', z.kyuyo_shu)) ELSE '{}' END
			|| CASE WHEN z.nenk_shu > 0 THEN jsonb_build_object('miscellaneousIncome', z.nenk_sho,
				'miscellaneous', jsonb_build_object('publicPensionIncome', z.nenk_sho,
					'publicPensionRevenue', z.nenk_shu)) ELSE '{}' END),
		'deductions', jsonb_build_object(
			'medicalExpenses', nullif(z.k_iryo, 0),
			'socialInsurance', z.k_shakai,
			'lifeInsurance', nullif(z.k_seimei, 0),
			'earthquakeInsurance', nullif(z.k_jishin, 0),
			'spouseKind', CASE z.k_haigu WHEN '1' THEN 'spouse' WHEN '2' THEN 'elderly_spouse' ELSE 'none' END,
			'basic', z.k_kiso,
			'total', z.k_kei),
		'dependantCounts', jsonb_build_object('under16', z.u16_nin),
		'taxableIncome', z.kahyo,
		'municipalTax', jsonb_build_object(
			'incomeLevyBeforeCredits', z.s_zen,
			'adjustmentCredit', z.s_chosei,
			'incomeLevyBeforeFixedCut', z.s_gen_mae,
			'incomeLevy', z.s_shotoku,
			'perCapitaLevy', z.s_kinto),
		'prefecturalTax', jsonb_build_object('incomeLevy', z.k_shotoku, 'perCapitaLevy', z.k_kinto),
		'forestEnvironmentTax', CASE WHEN z.nendo >= 2024 THEN z.shinrin END,
		'annualTax', z.nenzei,
		'incomeTaxReturnFiled', z.kakutei = '1'
	)) ORDER BY z.nendo)
	FROM renkei.fuka(code, first, last, today) z
$$;

-- Item 3-4. On one day: everything up to it that is still kept.
CREATE FUNCTION renkei.sesshu(code text, first date, last date, today date, OUT recorded_on date, OUT records jsonb)
LANGUAGE sql STABLE AS $$
	SELECT max(public.ymd(y.kosin_ymd)), jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
		'vaccineKind', public.kara(c.shurui),
		'diseaseClass', CASE c.hotei WHEN 'A' THEN 'category_a' ELSE 'category_b' END,
		'diseases', string_to_array(public.kara(c.byoki), ','),
		'programme', CASE c.jissi WHEN '1' THEN 'routine' ELSE 'temporary' END,
		'phase', public.kara(c.ki),
		'doseNumber', y.kaisu::int,
		'vaccinatedOn', public.ymd(y.jissi_ymd),
		'vaccineName', public.kara(y.vaccine),
		'maker', public.kara(y.maker),
		'lotNumber', public.kara(y.lot),
		'amountMl', y.ryo,
		'venueKind', CASE y.shudan WHEN '1' THEN 'mass' ELSE 'individual' END,
		'venueName', CASE y.shudan WHEN '1' THEN public.kara(y.kikan_nm) END,
		'institutionCode', public.kara(y.kikan_cd),
		'institutionName', CASE y.shudan WHEN '0' THEN public.kara(y.kikan_nm) END,
		'municipalityCode', '482013',
		'retainedUntil', (public.ymd(y.jissi_ymd) + interval '5 years')::date
	)) ORDER BY y.jissi_ymd, y.sesshu_cd, y.kaisu)
	FROM public.ys030 y JOIN public.ys900 c ON c.sesshu_cd = y.sesshu_cd
	WHERE y.kojin_no = code::bpchar AND public.ymd(y.kosin_ymd) < today
	AND public.ymd(y.jissi_ymd) BETWEEN CASE WHEN first = last THEN date '-infinity' ELSE first END AND last
	AND public.ymd(y.jissi_ymd) >= (today - interval '5 years')::date
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
BEGIN
	FOREACH item IN ARRAY items LOOP
		recorded_on := NULL;
		records := NULL;
		current_to := today - 1;         -- copied every night
		retained_from := CASE item WHEN '3-4' THEN (today - interval '5 years')::date END;
		IF item NOT IN ('1', '2', '3-4') OR item = '1' AND EXISTS (
			SELECT FROM public.jk001 k WHERE k.kojin_no = person_code::bpchar AND k.shien = '1') THEN
			status := 'withheld';
			current_to := NULL;
			retained_from := NULL;
			RETURN NEXT;
			CONTINUE;
		END IF;
		IF item = '1' THEN
			SELECT * INTO recorded_on, records FROM renkei.setai(person_code, first, last, today);
		ELSIF item = '2' THEN
			SELECT * INTO recorded_on, records FROM renkei.zei(person_code, first, last, today);
		ELSE
			SELECT * INTO recorded_on, records FROM renkei.sesshu(person_code, first, last, today);
		END IF;
		status := CASE WHEN records IS NULL THEN 'no_record' ELSE 'provided' END;
		RETURN NEXT;
	END LOOP;
END
$$;
