-- The gateway's database, first storey.
-- Growing rows carry `bucket` (16 bits of a hash of the subject, or of the
-- row's own handle where no subject is known yet) first in every key, so that
-- one database can later be many. Times and ids are parameters of the
-- statements: nothing here calls now() or keeps a sequence.
-- Secrets (codes, tokens, handles) are stored as SHA-256 only.
-- SPDX-License-Identifier: Apache-2.0

DO $$
BEGIN
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'selfinfo_gateway') THEN
		CREATE ROLE selfinfo_gateway LOGIN;
	END IF;
	IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'selfinfo_operator') THEN
		CREATE ROLE selfinfo_operator LOGIN;
	END IF;
END $$;

-- The key that hides the bucket in the handle of a known subject.
CREATE TABLE place_key (
	id  int2 PRIMARY KEY CHECK (id = 1),
	key bytea NOT NULL CHECK (length(key) = 32)
);
INSERT INTO place_key VALUES (1, sha256((gen_random_uuid()::text || gen_random_uuid()::text)::bytea));

-- What the operator registers: no bucket.

CREATE TABLE client (
	client_id          text PRIMARY KEY CHECK (client_id ~ '^[A-Za-z0-9_.-]{1,64}$'),
	name_ja            text NOT NULL,
	name_en            text NOT NULL,
	redirect_uris      text[] NOT NULL CHECK (cardinality(redirect_uris) > 0),
	jwks               jsonb NOT NULL,
	auth_method        text NOT NULL CHECK (auth_method IN ('private_key_jwt')),
	grant_types        text[] NOT NULL,
	scope              text NOT NULL,
	items              text[] NOT NULL,
	purposes           jsonb NOT NULL,
	max_access_days    int4 NOT NULL CHECK (max_access_days BETWEEN 1 AND 3660),
	max_retention_days int4 NOT NULL CHECK (max_retention_days BETWEEN 0 AND 3660),
	on_behalf_of       text[] NOT NULL,
	created            timestamptz NOT NULL,
	changed            timestamptz NOT NULL,
	disabled           timestamptz
);

CREATE TABLE agency (
	agency        text PRIMARY KEY CHECK (agency ~ '^[a-z0-9-]{1,48}$'),
	name_ja       text NOT NULL,
	name_en       text NOT NULL,
	provider_kind text NOT NULL,
	address       text NOT NULL,
	port          int4 NOT NULL CHECK (port BETWEEN 1 AND 65535),
	dbname        text NOT NULL,
	username      text NOT NULL,
	sslmode       text NOT NULL CHECK (sslmode IN ('verify-full', 'disable')),
	sslrootcert   text NOT NULL,
	credential    text NOT NULL,
	deadline_ms   int4 NOT NULL CHECK (deadline_ms BETWEEN 100 AND 120000),
	items         text[] NOT NULL,
	changed       timestamptz NOT NULL,
	disabled      timestamptz
);

-- People, known by opaque ids of ours.

CREATE TABLE subject (
	bucket  int2 NOT NULL,
	id      uuid NOT NULL,
	created timestamptz NOT NULL,
	PRIMARY KEY (bucket, id)
);

-- issuer: SHA-256 of the DER of the issuer's name; serial: its octets.
-- The bucket is that of issuer and serial together.
CREATE TABLE credential (
	bucket         int2 NOT NULL,
	issuer         bytea NOT NULL CHECK (length(issuer) = 32),
	serial         bytea NOT NULL CHECK (length(serial) BETWEEN 1 AND 20),
	subject_bucket int2 NOT NULL,
	subject        uuid NOT NULL,
	created        timestamptz NOT NULL,
	stopped        timestamptz,
	PRIMARY KEY (bucket, issuer, serial)
);

CREATE TABLE linkage (
	bucket      int2 NOT NULL,
	subject     uuid NOT NULL,
	agency      text NOT NULL REFERENCES agency,
	person_code text NOT NULL CHECK (length(person_code) BETWEEN 1 AND 64),
	valid_from  date NOT NULL,
	valid_to    date CHECK (valid_to >= valid_from),
	PRIMARY KEY (bucket, subject, agency, person_code, valid_from),
	FOREIGN KEY (bucket, subject) REFERENCES subject
);

CREATE TABLE representation (
	bucket       int2 NOT NULL,
	subject      uuid NOT NULL,
	child_bucket int2 NOT NULL,
	child        uuid NOT NULL CHECK (child <> subject),
	kind         text NOT NULL CHECK (kind IN ('parent')),
	valid_from   date NOT NULL,
	valid_to     date NOT NULL CHECK (valid_to >= valid_from),
	PRIMARY KEY (bucket, subject, child, valid_from),
	FOREIGN KEY (bucket, subject) REFERENCES subject
);

-- Every app sees its own name for a citizen; random, never derived.
CREATE TABLE pairwise (
	bucket  int2 NOT NULL,
	client  text NOT NULL REFERENCES client,
	subject uuid NOT NULL,
	name    uuid NOT NULL,
	created timestamptz NOT NULL,
	PRIMARY KEY (bucket, client, subject),
	UNIQUE (bucket, name)
);

-- Authorization: a pushed request, the browser's interaction with it, the card
-- step on the sign-in page and the agent's transactions with that step.

CREATE TABLE pushed (
	bucket      int2 NOT NULL,
	handle      bytea NOT NULL CHECK (length(handle) = 32),
	client      text NOT NULL REFERENCES client,
	request     jsonb NOT NULL,
	created     timestamptz NOT NULL,
	expires     timestamptz NOT NULL,
	opened      timestamptz,
	decided     timestamptz,
	interaction uuid,
	grant_id    uuid,
	PRIMARY KEY (bucket, handle),
	CHECK ((decided IS NULL) = (interaction IS NULL))
);

CREATE TABLE interaction (
	bucket         int2 NOT NULL,
	id             uuid NOT NULL,
	secret         bytea NOT NULL CHECK (length(secret) = 32),
	pushed_bucket  int2 NOT NULL,
	pushed         bytea NOT NULL,
	client         text NOT NULL REFERENCES client,
	request        jsonb NOT NULL,
	created        timestamptz NOT NULL,
	expires        timestamptz NOT NULL,
	step           int4 NOT NULL DEFAULT 0,
	step_expires   timestamptz,
	subject_bucket int2,
	subject        uuid,
	method         text CHECK (method IN ('card', 'persona')),
	signed_in      timestamptz,
	issuer         bytea,
	serial         bytea,
	PRIMARY KEY (bucket, id),
	CHECK ((subject IS NULL) = (signed_in IS NULL))
);

CREATE TABLE card_step (
	bucket             int2 NOT NULL,
	user_code          bytea NOT NULL CHECK (length(user_code) = 32),
	interaction_bucket int2 NOT NULL,
	interaction        uuid NOT NULL,
	digits             text NOT NULL CHECK (digits ~ '^[0-9]{2}$'),
	show               bytea NOT NULL,
	created            timestamptz NOT NULL,
	expires            timestamptz NOT NULL,
	tries              int4 NOT NULL CHECK (tries >= 0),
	signed             timestamptz,
	return_code        bytea,
	subject_bucket     int2,
	subject            uuid,
	issuer             bytea,
	serial             bytea,
	returned           timestamptz,
	cancelled          timestamptz,
	PRIMARY KEY (bucket, user_code),
	CHECK ((signed IS NULL) = (subject IS NULL)),
	CHECK (returned IS NULL OR signed IS NOT NULL)
);

CREATE TABLE card_transaction (
	bucket      int2 NOT NULL,
	id          bytea NOT NULL CHECK (length(id) = 32),
	step_bucket int2 NOT NULL,
	user_code   bytea NOT NULL,
	challenge   bytea NOT NULL CHECK (length(challenge) = 32),
	created     timestamptz NOT NULL,
	expires     timestamptz NOT NULL,
	used        timestamptz,
	PRIMARY KEY (bucket, id)
);

-- Consents in force. `epoch` changes when one of its tokens is revoked, so a
-- record in flight finds another epoch and writes nothing.
CREATE TABLE grants (
	bucket             int2 NOT NULL,
	id                 uuid NOT NULL,
	client             text NOT NULL REFERENCES client,
	subject            uuid NOT NULL,
	beneficiary_kind   text NOT NULL CHECK (beneficiary_kind IN ('self', 'child')),
	beneficiary_bucket int2 NOT NULL,
	beneficiary        uuid NOT NULL,
	beneficiary_name   uuid NOT NULL,
	items              text[] NOT NULL CHECK (cardinality(items) > 0),
	optional_items     text[] NOT NULL,
	left_out           text[] NOT NULL,
	inquiry_kind       text NOT NULL CHECK (inquiry_kind IN ('latest', 'as_of', 'range')),
	period_from        date,
	period_to          date CHECK (period_to >= period_from),
	purpose            text NOT NULL,
	once               bool NOT NULL,
	access_date        date,
	expires            timestamptz NOT NULL,
	retention_days     int4 NOT NULL,
	catalogue          text NOT NULL,
	shown              bytea NOT NULL,
	method             text NOT NULL,
	signed_in          timestamptz NOT NULL,
	issuer             bytea,
	serial             bytea,
	created            timestamptz NOT NULL,
	epoch              int4 NOT NULL DEFAULT 0,
	revoked            timestamptz,
	paused             timestamptz,
	PRIMARY KEY (bucket, id),
	CHECK ((inquiry_kind = 'latest') = (period_from IS NULL)),
	CHECK ((period_from IS NULL) = (period_to IS NULL)),
	CHECK (once = (access_date IS NULL)),
	CHECK ((beneficiary_kind = 'self') = (beneficiary = subject))
);
-- A consent that was taken back stays so, whoever holds a role of ours: only the
-- owner, who restores databases, can change that.
CREATE FUNCTION revoked_for_good() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF OLD.revoked IS NOT NULL AND NEW.revoked IS DISTINCT FROM OLD.revoked
		AND current_user IN ('selfinfo_gateway', 'selfinfo_operator') THEN
		RAISE EXCEPTION 'what was revoked stays revoked' USING ERRCODE = '42501';
	END IF;
	RETURN NEW;
END $$;
CREATE TRIGGER revoked_for_good BEFORE UPDATE OF revoked ON grants
	FOR EACH ROW EXECUTE FUNCTION revoked_for_good();
CREATE INDEX grants_subject ON grants (bucket, subject);
CREATE INDEX grants_client ON grants (client, created);

CREATE TABLE code (
	bucket       int2 NOT NULL,
	hash         bytea NOT NULL CHECK (length(hash) = 32),
	grant_id     uuid NOT NULL,
	client       text NOT NULL,
	redirect_uri text NOT NULL,
	challenge    text NOT NULL,
	jkt          text,
	scope        text NOT NULL,
	created      timestamptz NOT NULL,
	expires      timestamptz NOT NULL,
	used         timestamptz,
	PRIMARY KEY (bucket, hash),
	FOREIGN KEY (bucket, grant_id) REFERENCES grants
);

CREATE TABLE token (
	bucket   int2 NOT NULL,
	hash     bytea NOT NULL CHECK (length(hash) = 32),
	kind     text NOT NULL CHECK (kind IN ('access', 'refresh')),
	grant_id uuid NOT NULL,
	client   text NOT NULL,
	jkt      text CHECK (kind = 'refresh' OR jkt IS NOT NULL),
	scope    text NOT NULL,
	created  timestamptz NOT NULL,
	expires  timestamptz NOT NULL,
	revoked  timestamptz,
	PRIMARY KEY (bucket, hash),
	FOREIGN KEY (bucket, grant_id) REFERENCES grants
);
CREATE TRIGGER revoked_for_good BEFORE UPDATE OF revoked ON token
	FOR EACH ROW EXECUTE FUNCTION revoked_for_good();
CREATE INDEX token_grant ON token (bucket, grant_id);
CREATE INDEX token_expires ON token (expires);

-- Client assertions already used; the bucket is that of the hash.
CREATE TABLE assertion (
	bucket  int2 NOT NULL,
	hash    bytea NOT NULL CHECK (length(hash) = 32),
	expires timestamptz NOT NULL,
	PRIMARY KEY (bucket, hash)
);
CREATE INDEX assertion_expires ON assertion (expires);

-- Retrievals with an Idempotency-Key, and the one that used up a once grant.

CREATE TABLE retrieval (
	bucket    int2 NOT NULL,
	number    uuid NOT NULL,
	grant_id  uuid NOT NULL,
	key_hash  bytea NOT NULL CHECK (length(key_hash) = 32),
	body_hash bytea NOT NULL CHECK (length(body_hash) = 32),
	begun     timestamptz NOT NULL, -- the first time; counts the ten minutes
	opened    timestamptz NOT NULL, -- the last time
	ended     timestamptz,
	PRIMARY KEY (bucket, number),
	UNIQUE (bucket, grant_id, key_hash),
	FOREIGN KEY (bucket, grant_id) REFERENCES grants
);

CREATE TABLE grant_use (
	bucket    int2 NOT NULL,
	grant_id  uuid NOT NULL,
	retrieval uuid NOT NULL,
	PRIMARY KEY (bucket, grant_id),
	FOREIGN KEY (bucket, grant_id) REFERENCES grants
);

-- What was handed out. Append only; partitions by month are made ahead by
-- `selfinfoctl db maintain`, DEFAULT catches what has none yet.
CREATE TABLE disclosure (
	bucket      int2 NOT NULL,
	at          timestamptz NOT NULL,
	record      uuid NOT NULL,
	grant_id    uuid NOT NULL,
	retrieval   uuid NOT NULL,
	client      text NOT NULL,
	subject     uuid NOT NULL,
	beneficiary uuid NOT NULL,
	agency      text NOT NULL,
	item        text NOT NULL,
	period_from date,
	period_to   date,
	state       text NOT NULL CHECK (state IN ('provided', 'no_record', 'withheld')),
	purpose     text NOT NULL,
	content     bytea NOT NULL CHECK (length(content) = 32),
	salt        bytea NOT NULL CHECK (length(salt) = 32),
	leaf        bytea NOT NULL CHECK (length(leaf) = 32),
	PRIMARY KEY (bucket, at, record)
) PARTITION BY RANGE (at);
CREATE TABLE disclosure_default PARTITION OF disclosure DEFAULT;
CREATE INDEX disclosure_subject ON disclosure (bucket, subject, at);
CREATE INDEX disclosure_grant ON disclosure (bucket, grant_id, at);

CREATE TABLE delivery (
	bucket  int2 NOT NULL,
	at      timestamptz NOT NULL,
	record  uuid NOT NULL,
	outcome text NOT NULL CHECK (outcome IN ('delivered', 'failed', 'unknown')),
	PRIMARY KEY (bucket, at, record)
) PARTITION BY RANGE (at);
CREATE TABLE delivery_default PARTITION OF delivery DEFAULT;

CREATE TABLE refusal (
	bucket   int2 NOT NULL,
	at       timestamptz NOT NULL,
	id       uuid NOT NULL,
	grant_id uuid NOT NULL,
	client   text NOT NULL,
	reason   text NOT NULL CHECK (reason IN ('revoked', 'paused', 'ended', 'used')),
	PRIMARY KEY (bucket, at, id)
) PARTITION BY RANGE (at);
CREATE TABLE refusal_default PARTITION OF refusal DEFAULT;


-- Rights. The gateway owns nothing, never deletes, and changes only the columns
-- that its statements change. FOR SHARE on grants asks for UPDATE of a column.

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO selfinfo_gateway, selfinfo_operator;

GRANT SELECT ON schema_migration, stamp TO selfinfo_gateway, selfinfo_operator;
GRANT SELECT ON place_key, client, agency, credential, linkage, representation
	TO selfinfo_gateway;
GRANT SELECT, INSERT ON subject, pairwise, pushed, interaction, card_step,
	card_transaction, grants, code, token, assertion, retrieval, grant_use
	TO selfinfo_gateway;
GRANT UPDATE (opened, decided, interaction, grant_id) ON pushed TO selfinfo_gateway;
GRANT UPDATE (secret, step, step_expires, subject_bucket, subject, method,
	signed_in, issuer, serial) ON interaction TO selfinfo_gateway;
GRANT UPDATE (tries, signed, return_code, subject_bucket, subject, issuer,
	serial, returned, cancelled) ON card_step TO selfinfo_gateway;
GRANT UPDATE (used) ON card_transaction, code TO selfinfo_gateway;
GRANT UPDATE (epoch) ON grants TO selfinfo_gateway;
GRANT UPDATE (created) ON pairwise TO selfinfo_gateway;
GRANT UPDATE (revoked) ON token TO selfinfo_gateway;
GRANT UPDATE (number, body_hash, begun, opened, ended) ON retrieval TO selfinfo_gateway;
GRANT UPDATE (retrieval) ON grant_use TO selfinfo_gateway;
GRANT INSERT, SELECT (record) ON disclosure TO selfinfo_gateway;
GRANT INSERT ON delivery, refusal TO selfinfo_gateway;

GRANT SELECT, INSERT, UPDATE ON client, agency, subject, credential, linkage,
	representation TO selfinfo_operator;
GRANT DELETE ON linkage, representation TO selfinfo_operator;
GRANT SELECT, UPDATE (epoch, revoked, paused) ON grants TO selfinfo_operator;
GRANT SELECT, UPDATE (revoked) ON token TO selfinfo_operator;
GRANT SELECT (at, record, client, agency, item, state) ON disclosure
	TO selfinfo_operator;
GRANT SELECT (at, record, outcome) ON delivery TO selfinfo_operator;
GRANT SELECT (at, id, client, reason) ON refusal TO selfinfo_operator;
