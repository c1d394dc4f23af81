-- SPDX-License-Identifier: Apache-2.0
-- みどり健康保険組合, a fictional health insurance society: a system in several
-- schemas (適用, 給付, 徴収, 共通), claims in points, months as six digits, the
-- premium by the month. Loaded by load.sh as the owner of the database; read by
-- provide.sql only.

CREATE SCHEMA tekiyo;
CREATE SCHEMA kyufu;
CREATE SCHEMA choshu;
CREATE SCHEMA kyotsu;
REVOKE ALL ON SCHEMA tekiyo, kyufu, choshu, kyotsu FROM PUBLIC;

CREATE TABLE tekiyo.kanyusha (       -- 加入者: insured persons and dependants
	kanyu_id    varchar(12) PRIMARY KEY,     -- the society's code for a person
	hihoken_id  varchar(12) NOT NULL REFERENCES tekiyo.kanyusha,  -- 本人: the row itself
	kubun       char(1) NOT NULL CHECK (kubun IN ('H', 'F')),     -- 被保険者, 被扶養者
	shimei      varchar(40) NOT NULL,
	shutoku_bi  date NOT NULL,
	soshitsu_bi date,
	koshin      timestamp NOT NULL
);
CREATE TABLE tekiyo.futan (          -- 一部負担割合 and 適用区分 by month
	kanyu_id varchar(12) NOT NULL REFERENCES tekiyo.kanyusha,
	kara_ym  char(6) NOT NULL, made_ym char(6) NOT NULL,
	warai    smallint NOT NULL,      -- 割
	kubun    varchar(2)              -- ア イ ウ エ オ
);
CREATE TABLE kyufu.rezept (          -- 診療報酬明細書 after examination
	kanyu_id     varchar(12) NOT NULL REFERENCES tekiyo.kanyusha,
	shinryo_ym   char(6) NOT NULL,
	seikyu_ym    char(6) NOT NULL,
	tensu        integer NOT NULL,   -- points of ten yen
	nissu        smallint NOT NULL,
	ichibu_futan integer NOT NULL,
	kikan_mei    varchar(60) NOT NULL,
	kettei_bi    date NOT NULL
);
CREATE INDEX ON kyufu.rezept (kanyu_id);
CREATE TABLE kyufu.genkin (          -- 現金給付
	kanyu_id    varchar(12) NOT NULL REFERENCES tekiyo.kanyusha,
	shubetsu    char(2) NOT NULL,    -- kyotsu.cd kind G
	shinryo_ym  char(6),
	kikan_kara  date, kikan_made date, nissu smallint,
	kingaku     integer NOT NULL,
	kettei_bi   date NOT NULL, shiharai_bi date
);
CREATE INDEX ON kyufu.genkin (kanyu_id);
CREATE TABLE choshu.hokenryo (       -- the insured person's half, by the month
	kanyu_id varchar(12) NOT NULL REFERENCES tekiyo.kanyusha,
	nengetsu char(6) NOT NULL,
	hokenryo integer NOT NULL,
	menjo    integer NOT NULL DEFAULT 0,     -- 産前産後・育児休業中の免除
	PRIMARY KEY (kanyu_id, nengetsu)
);
CREATE TABLE kyotsu.cd (kind char(1) NOT NULL, cd varchar(2) NOT NULL, mei varchar(20) NOT NULL,
	kai varchar(30) NOT NULL, PRIMARY KEY (kind, cd));
INSERT INTO kyotsu.cd VALUES
	('G', '11', '高額療養費', 'high_cost'), ('G', '21', '傷病手当金', 'injury_sickness'),
	('G', '31', '出産手当金', 'maternity_allowance'), ('G', '32', '出産育児一時金', 'childbirth'),
	('K', 'ア', '区分ア', 'a'), ('K', 'イ', '区分イ', 'i'), ('K', 'ウ', '区分ウ', 'u'),
	('K', 'エ', '区分エ', 'e'), ('K', 'オ', '区分オ', 'o');
CREATE TABLE kyotsu.hokensha (bango char(8) NOT NULL, mei varchar(60) NOT NULL);
INSERT INTO kyotsu.hokensha VALUES ('06480123', 'みどり健康保険組合');
CREATE TABLE kyotsu.hikae (          -- 不開示: kept back for a person, with the reason in words
	kanyu_id varchar(12) NOT NULL, riyu text NOT NULL, kara date NOT NULL, made date
);
