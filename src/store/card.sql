-- SPDX-License-Identifier: Apache-2.0

-- card_step_add (bucket int2, user_code bytea, interaction_bucket int2,
--   interaction uuid, digits text, show bytea, at timestamptz, expires timestamptz,
--   tries int4) -> bucket int2
INSERT INTO card_step (bucket, user_code, interaction_bucket, interaction, digits,
	show, created, expires, tries)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT DO NOTHING RETURNING bucket;

-- card_step_load (bucket int2, user_code bytea, at timestamptz)
--   -> show bytea, expires timestamptz, tries int4
SELECT show, expires, tries FROM card_step
WHERE bucket = $1 AND user_code = $2 AND expires > $3 AND tries > 0
	AND signed IS NULL AND cancelled IS NULL;

-- card_transaction_add (bucket int2, id bytea, step_bucket int2, user_code bytea,
--   challenge bytea, at timestamptz, expires timestamptz) -> bucket int2
INSERT INTO card_transaction (bucket, id, step_bucket, user_code, challenge, created,
	expires)
VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING bucket;

-- card_transaction_load (bucket int2, id bytea)
--   -> step_bucket int2, user_code bytea, challenge bytea, expires timestamptz,
--   used bool
SELECT step_bucket, user_code, challenge, expires, used IS NOT NULL
FROM card_transaction WHERE bucket = $1 AND id = $2;

-- card_transaction_use (bucket int2, id bytea, at timestamptz) -> bucket int2
UPDATE card_transaction SET used = $3 WHERE bucket = $1 AND id = $2 AND used IS NULL
RETURNING bucket;

-- card_step_try (bucket int2, user_code bytea, digits text, at timestamptz)
--   -> right_digits bool, tries int4, show bytea, interaction_bucket int2,
--   interaction uuid
UPDATE card_step SET tries = tries - (digits <> $3)::int4
WHERE bucket = $1 AND user_code = $2 AND expires > $4 AND tries > 0
	AND signed IS NULL AND cancelled IS NULL
RETURNING digits = $3, tries, show, interaction_bucket, interaction;

-- card_step_sign (bucket int2, user_code bytea, return_code bytea,
--   subject_bucket int2, subject uuid, issuer bytea, serial bytea, at timestamptz)
--   -> bucket int2
UPDATE card_step SET signed = $8, return_code = $3, subject_bucket = $4, subject = $5,
	issuer = $6, serial = $7
WHERE bucket = $1 AND user_code = $2 AND expires > $8 AND tries > 0
	AND signed IS NULL AND cancelled IS NULL
RETURNING bucket;

-- card_step_cancel (bucket int2, user_code bytea, at timestamptz) -> bucket int2
UPDATE card_step SET cancelled = $3
WHERE bucket = $1 AND user_code = $2 AND signed IS NULL AND cancelled IS NULL
RETURNING bucket;

-- card_step_state (bucket int2, user_code bytea) -> tries int4, signed bool,
--   cancelled bool, ends timestamptz
SELECT tries, signed IS NOT NULL, cancelled IS NOT NULL,
	coalesce(signed + interval '120 seconds', expires)
FROM card_step WHERE bucket = $1 AND user_code = $2;

-- card_step_return (bucket int2, user_code bytea, interaction uuid,
--   return_code bytea, at timestamptz)
--   -> is_right bool, signed bool, cancelled bool, tries int4, subject_bucket int2,
--   subject uuid, issuer bytea, serial bytea, ends timestamptz
UPDATE card_step SET
	tries = tries - (signed IS NOT NULL AND return_code <> $4)::int4,
	returned = CASE WHEN return_code = $4 THEN $5 END
WHERE bucket = $1 AND user_code = $2 AND interaction = $3 AND returned IS NULL
	AND tries > 0 AND coalesce(signed, created) > $5 - interval '120 seconds'
RETURNING signed IS NOT NULL AND return_code = $4, signed IS NOT NULL,
	cancelled IS NOT NULL, tries, subject_bucket, subject, issuer, serial,
	coalesce(signed + interval '120 seconds', expires);
