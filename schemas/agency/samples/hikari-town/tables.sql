-- SPDX-License-Identifier: Apache-2.0
-- ひかり町, a fictional town: an office database grown by hand. Japanese column
-- names, era with separate year, month and day, plain words instead of codes, the
-- tax ledger as one row a line of the form, no history (a mover gets 除票).
-- Loaded by load.sh as the owner of the database; read by provide.sql only.

CREATE TABLE public.住民 (
	整理番号 text PRIMARY KEY,       -- the town's code for a person
	世帯 integer NOT NULL,
	姓 text NOT NULL, 名 text NOT NULL,
	姓カナ text NOT NULL, 名カナ text NOT NULL,
	性別 text NOT NULL CHECK (性別 IN ('男', '女')),
	生年元号 text NOT NULL, 生年 smallint NOT NULL, 生月 smallint NOT NULL, 生日 smallint NOT NULL,
	続柄 text NOT NULL,
	郵便 text NOT NULL,              -- with a hyphen
	大字 text NOT NULL, 番地 text NOT NULL, 方書 text,
	異動事由 text NOT NULL,
	異動元号 text NOT NULL, 異動年 smallint NOT NULL, 異動月 smallint NOT NULL, 異動日 smallint NOT NULL,
	届出元号 text, 届出年 smallint, 届出月 smallint, 届出日 smallint,
	除票元号 text, 除票年 smallint, 除票月 smallint, 除票日 smallint,
	前住所コード text, 前住所県 text, 前住所市町村 text, 前住所町字 text, 前住所番地 text,
	入力 timestamp NOT NULL
);
CREATE INDEX ON public.住民 (世帯);

CREATE TABLE public.課税台帳 (
	整理番号 text NOT NULL,
	年度元号 text NOT NULL, 年度 smallint NOT NULL,
	区分 text NOT NULL CHECK (区分 IN ('課税', '均等割', '非課税')),
	配偶者 text NOT NULL CHECK (配偶者 IN ('無', '有', '老')),
	決定元号 text NOT NULL, 決定年 smallint NOT NULL, 決定月 smallint NOT NULL, 決定日 smallint NOT NULL,
	PRIMARY KEY (整理番号, 年度元号, 年度)
);
CREATE TABLE public.課税明細 (
	整理番号 text NOT NULL,
	年度元号 text NOT NULL, 年度 smallint NOT NULL,
	項目 text NOT NULL,
	金額 bigint NOT NULL,
	PRIMARY KEY (整理番号, 年度元号, 年度, 項目),
	FOREIGN KEY (整理番号, 年度元号, 年度) REFERENCES public.課税台帳
);

CREATE TABLE public.予防接種台帳 (
	整理番号 text NOT NULL,
	種別 text NOT NULL,
	期 text,
	回 smallint NOT NULL,
	接種元号 text NOT NULL, 接種年 smallint NOT NULL, 接種月 smallint NOT NULL, 接種日 smallint NOT NULL,
	ワクチン text, 製造所 text, ロット text,
	接種量 text,                     -- '0.5ml'
	医療機関 text, 医療機関コード text,
	個別集団 text NOT NULL DEFAULT '個別',
	入力 timestamp NOT NULL
);
CREATE INDEX ON public.予防接種台帳 (整理番号);

CREATE TABLE public.種別一覧 (
	種別 text PRIMARY KEY, 区分 text NOT NULL, 類 text NOT NULL, 病名 text[] NOT NULL
);
INSERT INTO public.種別一覧 VALUES
	('５種混合', 'dpt_ipv_hib', 'Ａ類', '{diphtheria,pertussis,polio,tetanus,hib}'),
	('小児用肺炎球菌', 'pcv_child', 'Ａ類', '{pneumococcal_child}'),
	('Ｂ型肝炎', 'hepatitis_b', 'Ａ類', '{hepatitis_b}'),
	('ロタ（１価）', 'rotavirus_1', 'Ａ類', '{rotavirus}'),
	('ＢＣＧ', 'bcg', 'Ａ類', '{tuberculosis}'),
	('ＭＲ', 'mr', 'Ａ類', '{measles,rubella}'),
	('水痘', 'varicella', 'Ａ類', '{varicella}'),
	('日本脳炎', 'japanese_encephalitis', 'Ａ類', '{japanese_encephalitis}'),
	('高齢者肺炎球菌', 'pneumococcal_elderly', 'Ｂ類', '{pneumococcal_elderly}'),
	('インフルエンザ', 'influenza', 'Ｂ類', '{influenza}'),
	('新型コロナ', 'covid19', 'Ｂ類', '{covid19}');
CREATE TABLE public.期一覧 (期 text PRIMARY KEY, 区分 text NOT NULL);
INSERT INTO public.期一覧 VALUES
	('初回', 'initial'), ('追加', 'booster'), ('１期初回', 'phase1_initial'), ('１期追加', 'phase1_booster'),
	('１期', 'phase1'), ('２期', 'phase2'), ('１回', 'single'), ('毎年', 'annual');

CREATE TABLE public.開示制限 (          -- 支援措置 and other reasons to keep an item back
	整理番号 text NOT NULL,
	事務 text NOT NULL CHECK (事務 IN ('住民票', '税', '予防接種')),
	開始 date NOT NULL, 終了 date
);

-- A day of the western calendar out of era, year, month and day.
CREATE FUNCTION public.西暦(元号 text, 年 integer, 月 integer, 日 integer) RETURNS date
LANGUAGE sql IMMUTABLE STRICT
RETURN make_date(年 + CASE 元号 WHEN '令和' THEN 2018 WHEN '平成' THEN 1988
	WHEN '昭和' THEN 1925 WHEN '大正' THEN 1911 END, 月, 日);
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
