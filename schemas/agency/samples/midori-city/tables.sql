-- SPDX-License-Identifier: Apache-2.0
-- みどり市, a fictional city: a bought package. Every fact is a row with the range
-- of days in which it is valid, names in half-width kana and full-width digits,
-- decisions of the tax office in revisions, a schema a department.
-- Loaded by load.sh as the owner of the database; read by provide.sql only.

CREATE SCHEMA registry;
CREATE SCHEMA tax;
CREATE SCHEMA health;
CREATE SCHEMA protection;
REVOKE ALL ON SCHEMA registry, tax, health, protection FROM PUBLIC;

CREATE TABLE registry.person (
	person_id integer PRIMARY KEY,   -- 'M-' and this is the city's code for a person
	sex_code char(1) NOT NULL CHECK (sex_code IN ('M', 'F')),
	born_on date NOT NULL
);
CREATE TABLE registry.name (
	person_id integer NOT NULL REFERENCES registry.person,
	valid daterange NOT NULL,
	kanji text NOT NULL,             -- 'surname given', one full-width space
	kana_half text NOT NULL,         -- half-width
	former_surname text
);
CREATE TABLE registry.address (
	person_id integer NOT NULL REFERENCES registry.person,
	valid daterange NOT NULL,
	reason smallint NOT NULL,        -- 1 転入 2 転居 3 出生 4 職権
	postal text NOT NULL,
	town text NOT NULL,
	number_full text NOT NULL,       -- '１２－３'
	building text,
	notified_on date,
	former jsonb,                    -- where a mover came from
	recorded_at timestamptz NOT NULL
);
CREATE TABLE registry.membership (
	household_id integer NOT NULL,
	person_id integer NOT NULL REFERENCES registry.person,
	valid daterange NOT NULL,
	relation smallint NOT NULL,      -- registry.relation
	recorded_at timestamptz NOT NULL
);
CREATE INDEX ON registry.membership (household_id);
CREATE TABLE registry.relation (code smallint PRIMARY KEY, written text NOT NULL, catalogue text NOT NULL);
INSERT INTO registry.relation VALUES (1, '世帯主', 'householder'), (2, '夫', 'husband'), (3, '妻', 'wife'),
	(4, '子', 'child'), (5, '父', 'father'), (6, '母', 'mother'), (9, '同居人', 'cohabitant');

CREATE TABLE tax.income (
	person_id integer NOT NULL, fiscal_year smallint NOT NULL, revision smallint NOT NULL,
	kind text NOT NULL CHECK (kind IN ('salary', 'pension')),
	revenue bigint NOT NULL, income bigint NOT NULL,
	PRIMARY KEY (person_id, fiscal_year, revision, kind)
);
CREATE TABLE tax.decision (
	person_id integer NOT NULL, fiscal_year smallint NOT NULL, revision smallint NOT NULL,
	decided_on date NOT NULL,        -- the highest revision decided by a day counts on it
	outcome char(2) NOT NULL CHECK (outcome IN ('TX', 'PC', 'NT')),
	aggregate_income bigint NOT NULL,
	deduction jsonb NOT NULL,        -- by the vendor's short names
	deduction_total bigint NOT NULL, tax_base bigint NOT NULL,
	city jsonb NOT NULL, prefecture jsonb NOT NULL,
	forest integer NOT NULL, annual bigint NOT NULL,
	PRIMARY KEY (person_id, fiscal_year, revision)
);

CREATE TABLE health.vaccine_class (
	code integer PRIMARY KEY, label text NOT NULL, kind text NOT NULL, act char(1) NOT NULL,
	temporary boolean NOT NULL DEFAULT false, phase text, targets text[] NOT NULL
);
INSERT INTO health.vaccine_class VALUES
	(705, '風しん５期（ＭＲ）', 'mr', 'A', false, 'phase5', '{measles,rubella}'),
	(909, 'ＨＰＶ９価キャッチアップ', 'hpv9', 'A', false, NULL, '{hpv}'),
	(990, '新型コロナ特例臨時', 'covid19', 'A', true, NULL, '{covid19}'),
	(801, '高齢者インフルエンザ', 'influenza', 'B', false, 'annual', '{influenza}');
CREATE TABLE health.vaccination (
	vaccination_id integer PRIMARY KEY,
	person_id integer NOT NULL, class_code integer NOT NULL REFERENCES health.vaccine_class,
	dose smallint NOT NULL, given_on date NOT NULL,
	product text, maker text, lot text, amount_ml numeric(4, 2),
	institution_code text, institution text, mass_site text,
	catch_up boolean NOT NULL DEFAULT false,
	recorded_at timestamptz NOT NULL,
	cancelled_at timestamptz         -- keyed in by mistake
);
CREATE INDEX ON health.vaccination (person_id);

CREATE TABLE protection.measure (    -- 支援措置: the place of the person is not told
	person_id integer NOT NULL, valid daterange NOT NULL
);
