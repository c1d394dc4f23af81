-- SPDX-License-Identifier: Apache-2.0

-- credential_load (bucket int2, issuer bytea, serial bytea)
--   -> subject_bucket int2, subject uuid, stopped bool
SELECT subject_bucket, subject, stopped IS NOT NULL
FROM credential WHERE bucket = $1 AND issuer = $2 AND serial = $3;

-- children_load (bucket int2, subject uuid, day date)
--   -> child_bucket int2, child uuid, valid_to date
SELECT child_bucket, child, valid_to FROM representation
WHERE bucket = $1 AND subject = $2 AND kind = 'parent'
	AND $3 BETWEEN valid_from AND valid_to
ORDER BY valid_from, child LIMIT 32;

-- pairwise_name (bucket int2, client text, subject uuid, name uuid, at timestamptz)
--   -> name uuid
INSERT INTO pairwise AS p (bucket, client, subject, name, created)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (bucket, client, subject) DO UPDATE SET created = p.created
RETURNING name;
