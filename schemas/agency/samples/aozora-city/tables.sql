-- SPDX-License-Identifier: Apache-2.0
-- あおぞら市, a fictional city: the nightly copy of a mainframe of the eighties.
-- Short romaji names, blank-padded CHAR everywhere, days as eight digits
-- (99999999 = open), codes of its own in a code table. Loaded by load.sh as the
-- owner of the database; read by provide.sql only.

CREATE TABLE public.jk001 (          -- 住民異動: one row a person and change
	kojin_no  char(10) NOT NULL,     -- the city's code for a person
	rireki    char(3)  NOT NULL,
	setai_no  char(10) NOT NULL,
	shimei    char(40) NOT NULL,     -- surname, ideographic space, given name
	furigana  char(60) NOT NULL,
	kyu_shi   char(20) NOT NULL DEFAULT '',   -- 旧氏
	kyu_kana  char(30) NOT NULL DEFAULT '',
	sei       char(1)  NOT NULL,     -- 1 男, 2 女
	umare_ymd char(8)  NOT NULL,
	zoku_cd   char(2)  NOT NULL,     -- CD900 kind ZK
	yubin     char(7)  NOT NULL,
	choaza    char(40) NOT NULL,
	banchi    char(20) NOT NULL,
	katagaki  char(40) NOT NULL DEFAULT '',
	jumin_ymd char(8)  NOT NULL,     -- 住民となった年月日
	jutei_ymd char(8)  NOT NULL,     -- 住所を定めた年月日
	todok_ymd char(8)  NOT NULL DEFAULT '00000000',
	mae_cd    char(6)  NOT NULL DEFAULT '',
	mae_ken   char(4)  NOT NULL DEFAULT '',
	mae_shi   char(12) NOT NULL DEFAULT '',
	mae_cho   char(40) NOT NULL DEFAULT '',
	mae_ban   char(20) NOT NULL DEFAULT '',
	jiyu_cd   char(2)  NOT NULL,     -- CD900 kind ID
	ido_ymd   char(8)  NOT NULL,     -- the row holds from this day
	owari_ymd char(8)  NOT NULL,     -- and no longer on this one
	shien     char(1)  NOT NULL DEFAULT '0',  -- 1 支援措置中
	kosin_ymd char(8)  NOT NULL,     -- when the row was keyed in
	PRIMARY KEY (kojin_no, rireki)
);
CREATE INDEX jk001_setai ON public.jk001 (setai_no);

CREATE TABLE public.zk010 (          -- 個人住民税 賦課
	kojin_no  char(10) NOT NULL,
	nendo     numeric(4) NOT NULL,
	kazei     char(1)  NOT NULL,     -- 1 課税, 2 均等割のみ, 3 非課税
	kyuyo_shu numeric(11) NOT NULL,  -- 給与収入, 所得
	kyuyo_sho numeric(11) NOT NULL,
	nenk_shu  numeric(11) NOT NULL,  -- 公的年金等収入, 所得
	nenk_sho  numeric(11) NOT NULL,
	gokei_sho numeric(11) NOT NULL,
	k_iryo    numeric(11) NOT NULL,
	k_shakai  numeric(11) NOT NULL,
	k_seimei  numeric(11) NOT NULL,
	k_jishin  numeric(11) NOT NULL,
	k_haigu   char(1)  NOT NULL,     -- 0 無, 1 控除対象, 2 老人控除対象
	k_kiso    numeric(11) NOT NULL,
	k_kei     numeric(11) NOT NULL,
	u16_nin   numeric(2) NOT NULL,
	kahyo     numeric(11) NOT NULL,  -- 課税標準額
	s_zen     numeric(11) NOT NULL,  -- 市: before credits, 調整控除
	s_chosei  numeric(11) NOT NULL,
	s_gen_mae numeric(11),           -- before 定額減税, FY2024 only
	s_shotoku numeric(11) NOT NULL,
	s_kinto   numeric(11) NOT NULL,
	k_shotoku numeric(11) NOT NULL,  -- 県
	k_kinto   numeric(11) NOT NULL,
	shinrin   numeric(11) NOT NULL,
	nenzei    numeric(11) NOT NULL,
	kakutei   char(1)  NOT NULL,     -- 1 確定申告書あり
	kette_ymd char(8)  NOT NULL,
	PRIMARY KEY (kojin_no, nendo)
);

CREATE TABLE public.ys030 (          -- 予防接種
	kojin_no  char(10) NOT NULL,
	sesshu_cd char(4)  NOT NULL,     -- YS900
	kaisu     char(2)  NOT NULL,
	jissi_ymd char(8)  NOT NULL,
	vaccine   char(60) NOT NULL DEFAULT '',
	maker     char(40) NOT NULL DEFAULT '',
	lot       char(20) NOT NULL DEFAULT '',
	ryo       numeric(4, 2),
	kikan_cd  char(10) NOT NULL DEFAULT '',
	kikan_nm  char(60) NOT NULL DEFAULT '',
	shudan    char(1)  NOT NULL DEFAULT '0',  -- 1 集団接種
	kosin_ymd char(8)  NOT NULL,
	PRIMARY KEY (kojin_no, sesshu_cd, kaisu, jissi_ymd)
);

CREATE TABLE public.cd900 (          -- codes of the register
	kind char(2)  NOT NULL,
	cd   char(2)  NOT NULL,
	kanj char(20) NOT NULL,
	kai  char(30) NOT NULL,          -- the catalogue's value
	PRIMARY KEY (kind, cd)
);
INSERT INTO public.cd900 VALUES
	('ZK', '01', '世帯主', 'householder'), ('ZK', '11', '夫', 'husband'), ('ZK', '12', '妻', 'wife'),
	('ZK', '20', '子', 'child'), ('ZK', '31', '父', 'father'), ('ZK', '32', '母', 'mother'),
	('ZK', '99', '同居人', 'cohabitant'),
	('ID', '01', '転入', 'move_in'), ('ID', '02', '転居', 'move_within'), ('ID', '03', '出生', 'birth'),
	('ID', '04', '世帯変更', 'household_change'), ('ID', '09', '職権修正', 'correction');

CREATE TABLE public.ys900 (          -- codes of vaccinations: two digits kind, two phase
	sesshu_cd char(4)  NOT NULL PRIMARY KEY,
	kanj      char(30) NOT NULL,
	shurui    char(30) NOT NULL,
	hotei     char(1)  NOT NULL,     -- A, B
	jissi     char(1)  NOT NULL,     -- 1 定期, 2 臨時
	ki        char(20) NOT NULL DEFAULT '',
	byoki     char(100) NOT NULL
);
INSERT INTO public.ys900 VALUES
	('0110', 'ヒブ初回', 'hib', 'A', '1', 'initial', 'hib'),
	('0120', 'ヒブ追加', 'hib', 'A', '1', 'booster', 'hib'),
	('0210', '小児肺炎球菌初回', 'pcv_child', 'A', '1', 'initial', 'pneumococcal_child'),
	('0220', '小児肺炎球菌追加', 'pcv_child', 'A', '1', 'booster', 'pneumococcal_child'),
	('0300', 'Ｂ型肝炎', 'hepatitis_b', 'A', '1', '', 'hepatitis_b'),
	('0400', 'ロタ１価', 'rotavirus_1', 'A', '1', '', 'rotavirus'),
	('0511', '四種混合１期初回', 'dpt_ipv', 'A', '1', 'phase1_initial', 'diphtheria,pertussis,polio,tetanus'),
	('0512', '四種混合１期追加', 'dpt_ipv', 'A', '1', 'phase1_booster', 'diphtheria,pertussis,polio,tetanus'),
	('0600', 'ＢＣＧ', 'bcg', 'A', '1', 'single', 'tuberculosis'),
	('0701', '麻しん風しん１期', 'mr', 'A', '1', 'phase1', 'measles,rubella'),
	('0800', '水痘', 'varicella', 'A', '1', '', 'varicella'),
	('2100', '高齢者肺炎球菌', 'pneumococcal_elderly', 'B', '1', 'single', 'pneumococcal_elderly'),
	('2200', '高齢者インフルエンザ', 'influenza', 'B', '1', 'annual', 'influenza'),
	('2300', '新型コロナ定期', 'covid19', 'B', '1', 'annual', 'covid19'),
	('2301', '新型コロナ特例臨時', 'covid19', 'A', '2', '', 'covid19');

-- A day of eight digits; what is open or unknown becomes NULL.
CREATE FUNCTION public.ymd(char(8)) RETURNS date LANGUAGE sql IMMUTABLE STRICT
RETURN CASE WHEN $1 IN ('00000000', '99999999', '        ') THEN NULL
	ELSE make_date(substr($1, 1, 4)::int, substr($1, 5, 2)::int, substr($1, 7, 2)::int) END;
-- Text out of a padded column; blanks become NULL.
CREATE FUNCTION public.kara(char) RETURNS text LANGUAGE sql IMMUTABLE
RETURN nullif(btrim($1::text, ' 　'), '');
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
