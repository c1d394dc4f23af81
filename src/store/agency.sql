-- SPDX-License-Identifier: Apache-2.0

-- agencies_load ()
--   -> agency text, name_ja text, name_en text, provider_kind text, address text,
--   port int4, dbname text, username text, sslmode text, sslrootcert text,
--   credential text, deadline_ms int4, items text[]
SELECT agency, name_ja, name_en, provider_kind, address, port, dbname, username,
	sslmode, sslrootcert, credential, deadline_ms, items
FROM agency WHERE disabled IS NULL ORDER BY agency;
