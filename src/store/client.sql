-- SPDX-License-Identifier: Apache-2.0

-- client_load (client_id text)
--   -> name_ja text, name_en text, redirect_uris text[], jwks jsonb,
--   changed timestamptz, grant_types text[], scope text, items text[],
--   purposes jsonb, max_access_days int4, max_retention_days int4,
--   on_behalf_of text[]
SELECT name_ja, name_en, redirect_uris, jwks, changed, grant_types, scope, items,
	purposes, max_access_days, max_retention_days, on_behalf_of
FROM client WHERE client_id = $1 AND disabled IS NULL;

-- assertion_use (bucket int2, hash bytea, expires timestamptz) -> bucket int2
INSERT INTO assertion (bucket, hash, expires) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING RETURNING bucket;

-- place_key_load () -> key bytea
SELECT key FROM place_key WHERE id = 1;
