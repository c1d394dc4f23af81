-- SPDX-License-Identifier: Apache-2.0

-- disclosure_write (bucket int2, grant_id uuid, epoch int4, retrieval uuid,
--   at timestamptz, records uuid[], agencies text[], items text[],
--   periods_from date[], periods_to date[], states text[], contents bytea[],
--   salts bytea[], leaves bytea[]) -> record uuid [alone]
WITH live AS (SELECT bucket, id, once, client, subject, beneficiary, purpose
	FROM grants WHERE bucket = $1 AND id = $2 AND epoch = $3
	AND revoked IS NULL AND paused IS NULL AND expires > $5 FOR SHARE),
used AS (INSERT INTO grant_use AS u (bucket, grant_id, retrieval)
	SELECT bucket, id, $4 FROM live WHERE once
	ON CONFLICT (bucket, grant_id) DO UPDATE SET retrieval = excluded.retrieval
	WHERE u.retrieval = excluded.retrieval RETURNING bucket, grant_id),
may AS (SELECT live.* FROM live WHERE NOT once
	UNION ALL SELECT live.* FROM live JOIN used ON used.bucket = live.bucket
	AND used.grant_id = live.id)
INSERT INTO disclosure AS d (bucket, at, record, grant_id, retrieval, client, subject,
	beneficiary, agency, item, period_from, period_to, state, purpose, content,
	salt, leaf)
SELECT may.bucket, $5, x.record, may.id, $4, may.client, may.subject, may.beneficiary,
	x.agency, x.item, x.period_from, x.period_to, x.state, may.purpose, x.content,
	x.salt, x.leaf
FROM may, unnest($6, $7, $8, $9, $10, $11, $12, $13, $14)
	AS x(record, agency, item, period_from, period_to, state, content, salt, leaf)
RETURNING d.record;

-- disclosure_write_many (at timestamptz, buckets int2[], grant_ids uuid[],
--   epochs int4[], retrievals uuid[], places int4[], records uuid[],
--   agencies text[], items text[], periods_from date[], periods_to date[],
--   states text[], contents bytea[], salts bytea[], leaves bytea[])
--   -> record uuid [alone]
WITH ask AS (SELECT * FROM unnest($2, $3, $4, $5) WITH ORDINALITY
	AS a(bucket, grant_id, epoch, retrieval, n)),
live AS (SELECT a.n, a.retrieval, g.bucket, g.id, g.once, g.client, g.subject,
	g.beneficiary, g.purpose
	FROM ask a JOIN grants g ON g.bucket = a.bucket AND g.id = a.grant_id
	AND g.epoch = a.epoch
	WHERE g.revoked IS NULL AND g.paused IS NULL AND g.expires > $1
	FOR SHARE OF g SKIP LOCKED),
first AS (SELECT DISTINCT ON (bucket, id) bucket, id, retrieval FROM live WHERE once
	ORDER BY bucket, id, n),
used AS (INSERT INTO grant_use AS u (bucket, grant_id, retrieval)
	SELECT bucket, id, retrieval FROM first
	ON CONFLICT (bucket, grant_id) DO UPDATE SET retrieval = excluded.retrieval
	WHERE u.retrieval = excluded.retrieval RETURNING bucket, grant_id, retrieval),
may AS (SELECT live.* FROM live WHERE NOT once
	UNION ALL SELECT live.* FROM live JOIN used u ON u.bucket = live.bucket
	AND u.grant_id = live.id AND u.retrieval = live.retrieval)
INSERT INTO disclosure AS d (bucket, at, record, grant_id, retrieval, client, subject,
	beneficiary, agency, item, period_from, period_to, state, purpose, content,
	salt, leaf)
SELECT m.bucket, $1, x.record, m.id, m.retrieval, m.client, m.subject, m.beneficiary,
	x.agency, x.item, x.period_from, x.period_to, x.state, m.purpose, x.content,
	x.salt, x.leaf
FROM may m JOIN unnest($6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
	AS x(n, record, agency, item, period_from, period_to, state, content, salt, leaf)
	ON x.n = m.n
RETURNING d.record;

-- delivery_write (bucket int2, at timestamptz, records uuid[], outcome text)
--   -> nothing
INSERT INTO delivery (bucket, at, record, outcome)
SELECT $1, $2, r, $4 FROM unnest($3) AS r ON CONFLICT DO NOTHING;

-- refusal_write (bucket int2, at timestamptz, id uuid, grant_id uuid, client text,
--   reason text) -> nothing
INSERT INTO refusal (bucket, at, id, grant_id, client, reason)
VALUES ($1, $2, $3, $4, $5, $6);

-- retrieval_begin (bucket int2, number uuid, grant_id uuid, key_hash bytea,
--   body_hash bytea, at timestamptz) -> number uuid
INSERT INTO retrieval AS r (bucket, number, grant_id, key_hash, body_hash, begun, opened)
VALUES ($1, $2, $3, $4, $5, $6, $6)
ON CONFLICT (bucket, grant_id, key_hash) DO UPDATE SET
	number = CASE WHEN r.begun <= $6 - interval '10 minutes'
		THEN excluded.number ELSE r.number END,
	body_hash = excluded.body_hash,
	begun = CASE WHEN r.begun <= $6 - interval '10 minutes'
		THEN excluded.begun ELSE r.begun END,
	opened = $6,
	ended = NULL
WHERE r.begun <= $6 - interval '10 minutes'
	OR (r.body_hash = excluded.body_hash
		AND (r.ended IS NOT NULL OR r.opened <= $6 - interval '90 seconds'))
RETURNING number;

-- retrieval_why (bucket int2, grant_id uuid, key_hash bytea, body_hash bytea)
--   -> same_body bool
SELECT body_hash = $4 FROM retrieval
WHERE bucket = $1 AND grant_id = $2 AND key_hash = $3;

-- retrieval_end (bucket int2, number uuid, at timestamptz) -> nothing
UPDATE retrieval SET ended = $3 WHERE bucket = $1 AND number = $2;
