-- SPDX-License-Identifier: Apache-2.0

-- pushed_add (bucket int2, handle bytea, client text, request jsonb,
--   at timestamptz, expires timestamptz) -> bucket int2
INSERT INTO pushed (bucket, handle, client, request, created, expires)
VALUES ($1, $2, $3, $4, $5, $6) RETURNING bucket;

-- pushed_open (bucket int2, handle bytea, client text, at timestamptz)
--   -> request jsonb, name_ja text, name_en text
UPDATE pushed p SET opened = coalesce(p.opened, $4) FROM client c
WHERE p.bucket = $1 AND p.handle = $2 AND p.client = $3 AND p.decided IS NULL
	AND (p.expires > $4 OR p.opened > $4 - interval '30 minutes')
	AND c.client_id = p.client AND c.disabled IS NULL
RETURNING p.request, c.name_ja, c.name_en;

-- pushed_decide (bucket int2, handle bytea, interaction uuid, grant_id uuid,
--   at timestamptz) -> grant_id uuid, decided timestamptz
UPDATE pushed SET decided = coalesce(decided, $5), interaction = $3,
	grant_id = CASE WHEN decided IS NULL THEN $4 ELSE grant_id END
WHERE bucket = $1 AND handle = $2 AND (decided IS NULL OR interaction = $3)
RETURNING grant_id, decided;

-- pushed_state (bucket int2, handle bytea) -> decided bool
SELECT decided IS NOT NULL FROM pushed WHERE bucket = $1 AND handle = $2;

-- interaction_add (bucket int2, id uuid, secret bytea, pushed_bucket int2,
--   pushed bytea, client text, request jsonb, at timestamptz, expires timestamptz)
--   -> bucket int2
INSERT INTO interaction (bucket, id, secret, pushed_bucket, pushed, client, request,
	created, expires)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING bucket;

-- interaction_load (bucket int2, id uuid, secret bytea, at timestamptz)
--   -> pushed_bucket int2, pushed bytea, client text, request jsonb,
--   created timestamptz, step int4, step_expires timestamptz, subject_bucket int2,
--   subject uuid, method text, signed_in timestamptz, issuer bytea, serial bytea,
--   name_ja text, name_en text, redirect_uris text[], purposes jsonb
SELECT i.pushed_bucket, i.pushed, i.client, i.request, i.created, i.step,
	i.step_expires, i.subject_bucket, i.subject, i.method, i.signed_in, i.issuer,
	i.serial, c.name_ja, c.name_en, c.redirect_uris, c.purposes
FROM interaction i JOIN client c ON c.client_id = i.client
WHERE i.bucket = $1 AND i.id = $2 AND i.secret = $3 AND i.expires > $4
	AND c.disabled IS NULL;

-- interaction_step (bucket int2, id uuid, was int4, expires timestamptz) -> step int4
UPDATE interaction SET step = $3 + 1, step_expires = $4
WHERE bucket = $1 AND id = $2 AND step = $3 AND subject IS NULL RETURNING step;

-- interaction_sign_in (bucket int2, id uuid, secret bytea, subject_bucket int2,
--   subject uuid, method text, issuer bytea, serial bytea, at timestamptz)
--   -> bucket int2
UPDATE interaction SET secret = $3, subject_bucket = $4, subject = $5, method = $6,
	issuer = $7, serial = $8, signed_in = $9
WHERE bucket = $1 AND id = $2 AND subject IS NULL RETURNING bucket;
