/* grant: looking at consents and ending one. What a consent is for is shown,
 * never a citizen's data. Revoking locks the grant's row first and its tokens
 * after it, as the daemon does; a retrieval in flight then finds another epoch
 * and hands nothing out. Called by main.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "ctl.h"

enum { LIMIT = 100, LIMIT_MAX = 100000 };

static bool take_limit(struct ctl *c, const char **limit)
{
	int64_t n = LIMIT;

	if (c->o.limit && !str_int(str_of(c->o.limit), 1, LIMIT_MAX, &n)) {
		ctl_error("--limit is 1 to %d", LIMIT_MAX);
		return false;
	}
	*limit = sql_int(c->a, n);
	return true;
}

enum exit_code ctl_grant_list(struct ctl *c)
{
	uint8_t id[16] = { 0 };
	const char *value[5] = { NULL };
	enum exit_code code;

	if (c->o.subject && !uuid_read(c->o.subject, id)) {
		ctl_error("--subject is a UUID in lower case");
		return EXIT_WRONG_USE;
	}
	if (!take_limit(c, &value[4]))
		return EXIT_WRONG_USE;
	code = ctl_connect(c, ROLE_OPERATOR);
	if (code != EXIT_OK)
		return code;
	value[0] = sql_time(c->a, ctl_now(c));
	value[1] = c->o.subject ? sql_bucket(c->a, id) : NULL;
	value[2] = c->o.subject;
	value[3] = c->o.client;
	return ctl_list(
		c, "no grant is there",
		"SELECT id AS grant, client, subject, beneficiary_kind AS beneficiary, "
		"items, purpose, CASE WHEN once THEN 'once' ELSE 'until' END AS access, "
		"created, expires, CASE WHEN revoked IS NOT NULL THEN 'revoked' "
		"WHEN expires <= $1::timestamptz THEN 'ended' "
		"WHEN paused IS NOT NULL THEN 'paused' ELSE 'live' END AS state "
		"FROM grants WHERE ($3::uuid IS NULL OR (bucket = $2::int2 AND "
		"subject = $3::uuid)) AND ($4::text IS NULL OR client = $4) "
		"ORDER BY created DESC, id LIMIT $5::int8",
		COUNT(value), value);
}

static enum exit_code tell_not_revoked(struct ctl *c, const char *const *value)
{
	PGresult *r;
	enum exit_code code = ctl_query(c, &r,
					"SELECT revoked FROM grants "
					"WHERE id = $1",
					1, value);

	if (code != EXIT_OK)
		return code;
	if (PQntuples(r) == 0) {
		ctl_error("there is no such grant");
		return EXIT_REFUSED;
	}
	ctl_done(c, "grant", c->argument[0], "was revoked before");
	return EXIT_OK;
}

enum exit_code ctl_grant_revoke(struct ctl *c)
{
	uint8_t id[16];
	const char *value[2] = { c->argument[0], NULL };
	enum exit_code code;
	PGresult *r;

	if (!uuid_read(c->argument[0], id)) {
		ctl_error("a grant is named by a UUID in lower case");
		return EXIT_WRONG_USE;
	}
	if (!c->o.yes) {
		ctl_error("this ends the consent for ever; say so with --yes");
		return EXIT_REFUSED;
	}
	code = ctl_connect(c, ROLE_OPERATOR);
	if (code != EXIT_OK)
		return code;
	value[1] = sql_time(c->a, ctl_now(c));
	code = ctl_query(
		c, &r,
		"WITH g AS (UPDATE grants SET revoked = $2, epoch = epoch + 1 "
		"WHERE id = $1 AND revoked IS NULL RETURNING bucket, id), "
		"t AS (UPDATE token SET revoked = $2 FROM g WHERE token.bucket = g.bucket "
		"AND token.grant_id = g.id AND token.revoked IS NULL) SELECT id FROM g",
		COUNT(value), value);
	if (code != EXIT_OK)
		return code;
	if (PQntuples(r) == 0)
		return tell_not_revoked(c, value);
	ctl_done(c, "grant", c->argument[0], "revoked");
	return EXIT_OK;
}
