-- SPDX-License-Identifier: Apache-2.0
-- provide() of ひかり町: the contract (../../contract.sql) over eras, split days,
-- words instead of codes and a ledger of one row a line. One view a subject turns
-- the town's words into the catalogue's; provide() chooses rows by the period. No
-- role but the owner reaches schema 連携.

CREATE SCHEMA 連携;
REVOKE ALL ON SCHEMA 連携 FROM PUBLIC;

CREATE VIEW 連携.人 AS
SELECT j.*, j.姓 || '　' || j.名 AS 氏名, j.姓カナ || '　' || j.名カナ AS カナ,
	CASE j.性別 WHEN '男' THEN '1' ELSE '2' END AS 性別区分,
	public.西暦(j.生年元号, j.生年, j.生月, j.生日) AS 生まれ,
	public.西暦(j.異動元号, j.異動年, j.異動月, j.異動日) AS 異動,
	public.西暦(j.届出元号, j.届出年, j.届出月, j.届出日) AS 届出,
	public.西暦(j.除票元号, j.除票年, j.除票月, j.除票日) AS 除票,
	CASE j.続柄 WHEN '世帯主' THEN 'householder' WHEN '夫' THEN 'husband' WHEN '妻' THEN 'wife'
		WHEN '子' THEN 'child' WHEN '父' THEN 'father' WHEN '母' THEN 'mother' ELSE 'other' END AS 続柄区分
FROM public.住民 j;

CREATE VIEW 連携.接種 AS
SELECT y.*, public.西暦(y.接種元号, y.接種年, y.接種月, y.接種日) AS 接種,
	s.区分 AS 種別区分, s.類, s.病名, k.区分 AS 期区分
FROM public.予防接種台帳 y
JOIN public.種別一覧 s ON s.種別 = y.種別
LEFT JOIN public.期一覧 k ON k.期 = y.期;

-- The lines of one notice side by side; 西暦年度 is the year the catalogue counts.
CREATE VIEW 連携.税 AS
SELECT d.整理番号, extract(year FROM public.西暦(d.年度元号, d.年度, 5, 1))::int AS 西暦年度, d.区分, d.配偶者,
	public.西暦(d.決定元号, d.決定年, d.決定月, d.決定日) AS 決定,
	jsonb_object_agg(m.項目, m.金額) AS 行
FROM public.課税台帳 d JOIN public.課税明細 m USING (整理番号, 年度元号, 年度)
GROUP BY d.整理番号, d.年度元号, d.年度, d.区分, d.配偶者, d.決定元号, d.決定年, d.決定月, d.決定日;

CREATE FUNCTION 連携.世帯員(世帯番号 integer, 日 date, OUT 主 text, OUT 人数 integer, OUT 一覧 jsonb)
LANGUAGE sql STABLE AS $$
	SELECT max(p.氏名) FILTER (WHERE p.続柄 = '世帯主'), count(*)::integer,
		jsonb_agg(jsonb_build_object('name', p.氏名, 'nameKana', p.カナ, 'sex', p.性別区分,
			'birthDate', p.生まれ, 'relationship', p.続柄, 'relationshipCode', p.続柄区分,
			'becameResidentOn', p.異動) ORDER BY p.続柄 <> '世帯主', p.生まれ)
	FROM 連携.人 p WHERE p.世帯 = 世帯番号 AND p.異動 <= 日 AND coalesce(p.除票 > 日, true)
$$;

-- Item 1. The town keeps no history: one row, from moving in to 除票.
CREATE FUNCTION 連携.住民票(code text, first date, last date, today date, OUT recorded_on date, OUT records jsonb)
LANGUAGE sql STABLE AS $$
	SELECT max(p.入力::date), jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
		'isHouseholder', p.続柄 = '世帯主',
		'householderName', s.主,
		'relationship', p.続柄,
		'relationshipCode', p.続柄区分,
		'name', p.氏名,
		'nameKana', p.カナ,
		'sex', p.性別区分,
		'birthDate', p.生まれ,
		'address', jsonb_build_object('municipalityCode', '483052', 'prefecture', 'みらい県',
			'municipality', '朝日郡ひかり町', 'townBlock', p.大字, 'houseNumber', p.番地,
			'building', p.方書, 'postalCode', replace(p.郵便, '-', '')),
		'becameResidentOn', p.異動,
		'addressSince', p.異動,
		'movedInNotifiedOn', CASE p.異動事由 WHEN '転入' THEN p.届出 END,
		'formerAddress', CASE WHEN p.前住所コード IS NOT NULL THEN jsonb_build_object(
			'municipalityCode', p.前住所コード, 'prefecture', p.前住所県, 'municipality', p.前住所市町村,
			'townBlock', p.前住所町字, 'houseNumber', p.前住所番地) END,
		'changeReason', CASE p.異動事由 WHEN '転入' THEN 'move_in' WHEN '転居' THEN 'move_within'
			WHEN '出生' THEN 'birth' ELSE 'other' END,
		'changedOn', p.異動,
		'householdSize', s.人数,
		'members', s.一覧)))
	FROM 連携.人 p, LATERAL 連携.世帯員(p.世帯, least(last, p.除票 - 1)) s
	WHERE p.整理番号 = code AND p.入力::date <= today
	AND p.異動 <= last AND coalesce(p.除票 > first, true)
$$;

-- Item 2, one notice as a record. A line the form does not have is left out.
CREATE FUNCTION 連携.通知書(t 連携.税) RETURNS jsonb LANGUAGE sql STABLE AS $$
	SELECT jsonb_strip_nulls(jsonb_build_object(
		'fiscalYear', t.西暦年度,
		'taxingMunicipalityCode', '483052',
		'taxStatus', CASE t.区分 WHEN '課税' THEN 'taxed' WHEN '均等割' THEN 'per_capita_only' ELSE 'not_taxed' END,
		'totalIncomeEtc', coalesce(t.行 -> '合計所得', '0'),
		'aggregateIncome', coalesce(t.行 -> '合計所得', '0'),
		'income', jsonb_build_object('comprehensive', coalesce(t.行 -> '合計所得', '0'), 'comprehensiveDetail',
			CASE WHEN t.行 ? '給与収入' THEN jsonb_build_object('employmentIncome', coalesce(t.行 -> '給与所得', '0'),
				'employment', jsonb_build_object('revenue', t.行 -> '給与収入')) ELSE '{}' END
			|| CASE WHEN t.行 ? '年金収入' THEN jsonb_build_object('miscellaneousIncome', coalesce(t.行 -> '年金所得', '0'),
				'miscellaneous', jsonb_build_object('publicPensionIncome', coalesce(t.行 -> '年金所得', '0'),
					'publicPensionRevenue', t.行 -> '年金収入')) ELSE '{}' END),
		'deductions', jsonb_build_object(
			'medicalExpenses', t.行 -> '医療費控除',
			'socialInsurance', t.行 -> '社会保険料控除',
			'lifeInsurance', t.行 -> '生命保険料控除',
			'earthquakeInsurance', t.行 -> '地震保険料控除',
			'spouseKind', CASE t.配偶者 WHEN '有' THEN 'spouse' WHEN '老' THEN 'elderly_spouse' ELSE 'none' END,
			'basic', t.行 -> '基礎控除',
			'total', t.行 -> '控除計'),
		'dependantCounts', CASE WHEN t.行 ? '年少扶養人数' THEN
			jsonb_build_object('under16', t.行 -> '年少扶養人数') END,
		'taxableIncome', coalesce(t.行 -> '課税標準', '0'),
		'municipalTax', jsonb_build_object(
			'incomeLevyBeforeCredits', t.行 -> '町税額控除前',
			'adjustmentCredit', t.行 -> '町調整控除',
			'incomeLevy', coalesce(t.行 -> '町所得割', '0'),
			'perCapitaLevy', coalesce(t.行 -> '町均等割', '0')),
		'prefecturalTax', jsonb_build_object(
			'incomeLevy', coalesce(t.行 -> '県所得割', '0'),
			'perCapitaLevy', coalesce(t.行 -> '県均等割', '0')),
		'forestEnvironmentTax', t.行 -> '森林環境税',
		'annualTax', coalesce(t.行 -> '年税額', '0'),
		'incomeTaxReturnFiled', t.行 ? '確定申告'))
$$;

-- On one day the newest notice, good until the end of June of the next year; else
-- the fiscal years that touch the period.
CREATE FUNCTION 連携.課税(code text, first date, last date, today date, OUT recorded_on date, OUT records jsonb)
LANGUAGE sql STABLE AS $$
	SELECT max(t.決定), jsonb_agg(連携.通知書(t) ORDER BY t.西暦年度)
	FROM 連携.税 t
	WHERE t.整理番号 = code AND CASE WHEN first = last THEN
		t.決定 <= last AND last < make_date(t.西暦年度 + 1, 7, 1)
		AND NOT EXISTS (SELECT FROM 連携.税 n
			WHERE n.整理番号 = code AND n.西暦年度 > t.西暦年度 AND n.決定 <= last)
	ELSE t.決定 <= today AND t.西暦年度 BETWEEN extract(year FROM first - interval '3 months')
		AND extract(year FROM last - interval '3 months') END
$$;

-- Item 3-4. On one day: everything up to it that is still kept.
CREATE FUNCTION 連携.予防接種(code text, first date, last date, today date, OUT recorded_on date, OUT records jsonb)
LANGUAGE sql STABLE AS $$
	SELECT max(y.入力::date), jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
		'vaccineKind', y.種別区分,
		'diseaseClass', CASE y.類 WHEN 'Ａ類' THEN 'category_a' ELSE 'category_b' END,
		'diseases', y.病名,
		'programme', 'routine',
		'phase', y.期区分,
		'doseNumber', y.回,
		'vaccinatedOn', y.接種,
		'vaccineName', y.ワクチン,
		'maker', y.製造所,
		'lotNumber', y.ロット,
		'amountMl', replace(y.接種量, 'ml', '')::numeric,
		'venueKind', CASE y.個別集団 WHEN '集団' THEN 'mass' ELSE 'individual' END,
		'venueName', CASE y.個別集団 WHEN '集団' THEN y.医療機関 END,
		'institutionCode', y.医療機関コード,
		'institutionName', CASE y.個別集団 WHEN '個別' THEN y.医療機関 END,
		'municipalityCode', '483052',
		'retainedUntil', (y.接種 + interval '5 years')::date
	)) ORDER BY y.接種, y.種別区分, y.回)
	FROM 連携.接種 y
	WHERE y.整理番号 = code AND y.入力::date <= today
	AND y.接種 BETWEEN CASE WHEN first = last THEN date '-infinity' ELSE first END AND last
	AND y.接種 >= (today - interval '5 years')::date
$$;

CREATE OR REPLACE FUNCTION selfinfo_provider.provide(
	person_code text, items text[], period_from date, period_to date, purpose text)
RETURNS TABLE (item text, status text, recorded_on date, current_to date, retained_from date, records jsonb)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'Asia/Tokyo'
AS $$
	WITH clock AS (                      -- a caller whose clock runs ahead of ours tells it by the period
		SELECT least(greatest(current_date, period_to), current_date + 366) AS today
	), asked AS (
		SELECT i AS item, today, coalesce(period_from, today) AS first, coalesce(period_to, today) AS last,
			i NOT IN ('1', '2', '3-4') OR EXISTS (SELECT FROM public.開示制限 k
				WHERE k.整理番号 = person_code AND today >= k.開始 AND coalesce(today <= k.終了, true)
				AND k.事務 = CASE i WHEN '1' THEN '住民票' WHEN '2' THEN '税' ELSE '予防接種' END) AS kept_back
		FROM unnest(items) AS i, clock
	)
	SELECT a.item,
		CASE WHEN a.kept_back THEN 'withheld' WHEN r.records IS NULL THEN 'no_record' ELSE 'provided' END,
		r.recorded_on,
		CASE WHEN NOT a.kept_back THEN a.today END,     -- the counter writes straight into these tables
		CASE WHEN NOT a.kept_back AND a.item = '3-4' THEN (a.today - interval '5 years')::date END,
		r.records
	FROM asked a LEFT JOIN LATERAL (
		SELECT * FROM 連携.住民票(person_code, a.first, a.last, a.today) WHERE a.item = '1'
		UNION ALL
		SELECT * FROM 連携.課税(person_code, a.first, a.last, a.today) WHERE a.item = '2'
		UNION ALL
		SELECT * FROM 連携.予防接種(person_code, a.first, a.last, a.today) WHERE a.item = '3-4'
	) r ON NOT a.kept_back
$$;
