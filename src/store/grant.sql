-- SPDX-License-Identifier: Apache-2.0

-- grant_make (bucket int2, id uuid, client text, subject uuid, beneficiary_kind text,
--   beneficiary_bucket int2, beneficiary uuid, beneficiary_name uuid, items text[],
--   optional_items text[], left_out text[], inquiry_kind text, period_from date,
--   period_to date, purpose text, once bool, access_date date, expires timestamptz,
--   retention_days int4, catalogue text, shown bytea, method text,
--   signed_in timestamptz, issuer bytea, serial bytea, at timestamptz,
--   code bytea, redirect_uri text, challenge text, jkt text, scope text,
--   code_expires timestamptz) -> bucket int2
WITH made AS (INSERT INTO grants (bucket, id, client, subject, beneficiary_kind,
	beneficiary_bucket, beneficiary, beneficiary_name, items, optional_items,
	left_out, inquiry_kind, period_from, period_to, purpose, once, access_date,
	expires, retention_days, catalogue, shown, method, signed_in, issuer, serial,
	created)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
		$17, $18, $19, $20, $21, $22, $23, $24, $25, $26)
	ON CONFLICT (bucket, id) DO NOTHING RETURNING bucket, id)
INSERT INTO code (bucket, hash, grant_id, client, redirect_uri, challenge, jkt, scope,
	created, expires)
SELECT bucket, $27, id, $3, $28, $29, $30, $31, $26, $32 FROM made RETURNING bucket;

-- grant_load (bucket int2, id uuid)
--   -> client text, subject uuid, beneficiary_kind text, beneficiary_bucket int2,
--   beneficiary uuid, beneficiary_name uuid, items text[], optional_items text[],
--   left_out text[], inquiry_kind text, period_from date, period_to date,
--   purpose text, once bool, access_date date, expires timestamptz,
--   retention_days int4, created timestamptz, epoch int4, revoked bool, paused bool
SELECT client, subject, beneficiary_kind, beneficiary_bucket, beneficiary,
	beneficiary_name, items, optional_items, left_out, inquiry_kind, period_from,
	period_to, purpose, once, access_date, expires, retention_days, created, epoch,
	revoked IS NOT NULL, paused IS NOT NULL
FROM grants WHERE bucket = $1 AND id = $2;

-- code_use (bucket int2, hash bytea, client text, redirect_uri text, challenge text,
--   jkt text, at timestamptz, access bytea, access_expires timestamptz,
--   refresh bytea) -> grant_id uuid, scope text
WITH c AS (UPDATE code SET used = $7 WHERE bucket = $1 AND hash = $2 AND client = $3
	AND used IS NULL AND expires > $7 AND challenge = $5
	AND ($4 IS NULL OR redirect_uri = $4) AND (jkt IS NULL OR jkt = $6)
	RETURNING grant_id, scope),
live AS (SELECT g.bucket, g.id, g.once, g.expires, c.scope FROM grants g
	JOIN c ON g.bucket = $1 AND g.id = c.grant_id
	WHERE g.revoked IS NULL AND g.paused IS NULL AND g.expires > $7 FOR SHARE OF g),
a AS (INSERT INTO token (bucket, hash, kind, grant_id, client, jkt, scope, created,
	expires)
	SELECT bucket, $8, 'access', id, $3, $6, scope, $7,
		CASE WHEN once THEN $7 + interval '600 seconds'
		ELSE least($9, expires) END FROM live),
r AS (INSERT INTO token (bucket, hash, kind, grant_id, client, scope, created, expires)
	SELECT bucket, $10, 'refresh', id, $3, scope, $7, expires
	FROM live WHERE NOT once)
SELECT id, scope FROM live;

-- code_replayed (bucket int2, hash bytea, client text, at timestamptz)
--   -> grant_id uuid
WITH c AS (SELECT grant_id FROM code WHERE bucket = $1 AND hash = $2 AND client = $3
	AND used IS NOT NULL),
g AS (UPDATE grants SET epoch = epoch + 1 FROM c
	WHERE grants.bucket = $1 AND grants.id = c.grant_id RETURNING grants.id)
UPDATE token SET revoked = $4 FROM g
WHERE token.bucket = $1 AND token.grant_id = g.id AND token.revoked IS NULL
RETURNING token.grant_id;

-- refresh_use (bucket int2, hash bytea, client text, jkt text, at timestamptz,
--   access bytea, access_expires timestamptz, scope text)
--   -> grant_id uuid, scope text
WITH t AS (SELECT grant_id, scope FROM token WHERE bucket = $1 AND hash = $2
	AND kind = 'refresh' AND client = $3 AND revoked IS NULL AND expires > $5),
live AS (SELECT g.bucket, g.id, g.expires, t.scope FROM grants g
	JOIN t ON g.bucket = $1 AND g.id = t.grant_id
	WHERE g.revoked IS NULL AND g.paused IS NULL AND g.expires > $5 FOR SHARE OF g)
INSERT INTO token (bucket, hash, kind, grant_id, client, jkt, scope, created, expires)
SELECT bucket, $6, 'access', id, $3, $4, coalesce($8, scope), $5, least($7, expires)
FROM live RETURNING grant_id, scope;

-- refresh_why (bucket int2, hash bytea, client text, at timestamptz)
--   -> revoked bool, paused bool, ended bool
SELECT g.revoked IS NOT NULL, g.paused IS NOT NULL, g.expires <= $4
FROM token t JOIN grants g ON g.bucket = t.bucket AND g.id = t.grant_id
WHERE t.bucket = $1 AND t.hash = $2 AND t.kind = 'refresh' AND t.client = $3;

-- access_load (bucket int2, hash bytea, at timestamptz, day date)
--   -> grant_id uuid, client text, jkt text, scope text, expires timestamptz,
--   subject uuid, beneficiary_kind text, beneficiary_bucket int2, beneficiary uuid,
--   beneficiary_name uuid, items text[], optional_items text[], left_out text[],
--   inquiry_kind text, period_from date, period_to date, purpose text, once bool,
--   access_date date, grant_expires timestamptz, retention_days int4,
--   created timestamptz, epoch int4, revoked bool, paused bool, may_act bool,
--   used_by uuid, agencies text[], person_codes text[]
SELECT t.grant_id, t.client, t.jkt, t.scope, t.expires, g.subject,
	g.beneficiary_kind, g.beneficiary_bucket, g.beneficiary, g.beneficiary_name,
	g.items, g.optional_items, g.left_out, g.inquiry_kind, g.period_from,
	g.period_to, g.purpose, g.once, g.access_date, g.expires, g.retention_days,
	g.created, g.epoch, g.revoked IS NOT NULL, g.paused IS NOT NULL,
	g.beneficiary_kind = 'self' OR EXISTS (SELECT FROM representation r
		WHERE r.bucket = g.bucket AND r.subject = g.subject
		AND r.child = g.beneficiary AND $4 BETWEEN r.valid_from AND r.valid_to),
	u.retrieval, l.agencies, l.person_codes
FROM token t
JOIN grants g ON g.bucket = t.bucket AND g.id = t.grant_id
JOIN client c ON c.client_id = t.client AND c.disabled IS NULL
LEFT JOIN grant_use u ON g.once AND u.bucket = g.bucket AND u.grant_id = g.id
LEFT JOIN LATERAL (SELECT array_agg(agency ORDER BY valid_from, agency) AS agencies,
	array_agg(person_code ORDER BY valid_from, agency) AS person_codes
	FROM linkage WHERE linkage.bucket = t.bucket AND linkage.subject = g.beneficiary) l
	ON true
WHERE t.bucket = $1 AND t.hash = $2 AND t.kind = 'access' AND t.revoked IS NULL
	AND t.expires > $3;

-- linkages_of (bucket int2, subject uuid) -> agencies text[], person_codes text[]
SELECT array_agg(agency ORDER BY valid_from, agency),
	array_agg(person_code ORDER BY valid_from, agency)
FROM linkage WHERE bucket = $1 AND subject = $2;
