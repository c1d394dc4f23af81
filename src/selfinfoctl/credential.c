/* credential: which card belongs to whom, and the end of a lost one. An issuer
 * is written as the SHA-256 of the DER of its name, a serial number as the hex
 * of its octets; leading zero octets of the serial mean nothing and go. A
 * stopped credential stays stopped, whatever is imported. Called by main.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "base/digest.h"
#include "base/enc.h"
#include "import.h"

struct card {
	uint8_t issuer[SHA256_LEN], serial[21];
	size_t n;
	int16_t bucket; /* of issuer and serial together */
};

static bool serial_read(struct str hex, struct card *card)
{
	if (hex.n < 2 || hex.n % 2 != 0)
		return false;
	while (hex.n > 2 && hex.p[0] == '0' && hex.p[1] == '0')
		hex = str_from(hex, 2);
	card->n = hex.n / 2;
	return card->n <= 20 && dec_hex(hex, card->serial, card->n);
}

static void place(struct card *card)
{
	uint8_t both[SHA256_LEN + sizeof(card->serial)];

	memcpy(both, card->issuer, SHA256_LEN);
	memcpy(both + SHA256_LEN, card->serial, card->n);
	card->bucket = digest_bucket(both, SHA256_LEN + card->n);
}

/* subject issuer serial */
static void take_credential(struct import *i)
{
	struct card card;
	bool issuer = dec_hex(i->cell[1], card.issuer, SHA256_LEN);
	bool serial = serial_read(i->cell[2], &card);

	if (!issuer)
		import_error(i, "issuer is not 64 hexadecimal digits");
	if (!serial)
		import_error(i, "serial is not 1 to 20 octets in hexadecimal");
	import_uuid(i, 0);
	if (!issuer || !serial)
		return;
	place(&card);
	import_int(i, card.bucket);
	import_hex(i, (struct str){ (const char *)card.issuer, SHA256_LEN });
	import_hex(i, (struct str){ (const char *)card.serial, card.n });
}

static const struct import_kind credential = {
	.what = "credential",
	.header = "subject\tissuer\tserial",
	.columns = 3,
	.create = "subject_bucket int2, subject uuid, bucket int2, issuer bytea, "
		  "serial bytea",
	.take = take_credential,
	.check = {
		"SELECT line, 'this subject is not known' FROM incoming i "
		"WHERE NOT EXISTS (SELECT FROM subject s WHERE s.bucket = i.subject_bucket "
		"AND s.id = i.subject) ORDER BY line",
		"SELECT line, 'the same issuer and serial as in line ' || first "
		"FROM (SELECT line, min(line) OVER (PARTITION BY issuer, serial) AS first "
		"FROM incoming) x WHERE line <> first ORDER BY line",
		"SELECT i.line, 'this certificate belongs to another subject' "
		"FROM incoming i JOIN credential c ON c.bucket = i.bucket "
		"AND c.issuer = i.issuer AND c.serial = i.serial "
		"WHERE c.subject <> i.subject ORDER BY i.line",
	},
	.merge = "WITH done AS (INSERT INTO credential (bucket, issuer, serial, "
		 "subject_bucket, subject, created) SELECT bucket, issuer, serial, "
		 "subject_bucket, subject, $1::timestamptz FROM incoming "
		 "ON CONFLICT DO NOTHING RETURNING 1) SELECT count(*), 0 FROM done",
	.times = true,
};

enum exit_code ctl_credential_import(struct ctl *c)
{
	return import_file(c, &credential);
}

static json_int_t number(const PGresult *r, int column)
{
	return strtoll(PQgetvalue(r, 0, column), NULL, 10);
}

/* $1 the time, $2… which; the grants made with them go only with --grants */
static enum exit_code stop(struct ctl *c, const char *which, int n,
			   const char *const *value)
{
	const char *sql =
		arena_printf(
			c->a,
			"WITH hit AS (SELECT bucket, issuer, serial, subject_bucket, "
			"subject, stopped "
			"FROM credential WHERE %s), "
			"now AS (UPDATE credential c SET stopped = $1 FROM hit WHERE "
			"c.bucket = hit.bucket AND c.issuer = hit.issuer AND c.serial = "
			"hit.serial "
			"AND c.stopped IS NULL RETURNING 1), "
			"g AS (UPDATE grants SET revoked = $1, epoch = epoch + 1 FROM hit "
			"WHERE %s "
			"AND grants.bucket = hit.subject_bucket AND grants.subject = "
			"hit.subject "
			"AND grants.issuer = hit.issuer AND grants.serial = hit.serial "
			"AND grants.revoked IS NULL RETURNING grants.bucket, grants.id), "
			"t AS (UPDATE token SET revoked = $1 FROM g WHERE token.bucket = "
			"g.bucket "
			"AND token.grant_id = g.id AND token.revoked IS NULL) "
			"SELECT (SELECT count(*) FROM hit), (SELECT count(*) FROM now), "
			"(SELECT count(*) FROM g)",
			which, c->o.grants ? "true" : "false")
			.p;
	PGresult *r;
	enum exit_code code = ctl_connect(c, ROLE_OPERATOR);
	json_t *j;

	if (code == EXIT_OK)
		code = ctl_query(c, &r, sql, n, value);
	if (code != EXIT_OK)
		return code;
	if (strcmp(PQgetvalue(r, 0, 0), "0") == 0) {
		ctl_error("there is no such credential");
		return EXIT_REFUSED;
	}
	if (!c->o.json) {
		printf("%s credentials stopped, %s grants revoked\n", PQgetvalue(r, 0, 1),
		       PQgetvalue(r, 0, 2));
		return EXIT_OK;
	}
	j = json_pack("{s:I, s:I, s:I}", "found", number(r, 0), "stopped", number(r, 1),
		      "grants_revoked", number(r, 2));
	must(j != NULL);
	ctl_print_json(j);
	json_decref(j);
	return EXIT_OK;
}

static enum exit_code stop_card(struct ctl *c)
{
	struct card card;
	struct str issuer, serial;
	const char *value[4];

	if (!dec_hex(str_of(c->o.issuer), card.issuer, SHA256_LEN) ||
	    !serial_read(str_of(c->o.serial), &card)) {
		ctl_error("--issuer is 64 hexadecimal digits, --serial 1 to 20 octets in "
			  "hexadecimal");
		return EXIT_WRONG_USE;
	}
	place(&card);
	issuer = enc_hex_in(c->a, card.issuer, SHA256_LEN);
	serial = enc_hex_in(c->a, card.serial, card.n);
	value[0] = sql_time(c->a, ctl_now(c));
	value[1] = sql_int(c->a, card.bucket);
	value[2] = arena_printf(c->a, "\\x%.*s", STR_ARG(issuer)).p;
	value[3] = arena_printf(c->a, "\\x%.*s", STR_ARG(serial)).p;
	return stop(c, "bucket = $2 AND issuer = $3 AND serial = $4", 4, value);
}

static enum exit_code stop_subject(struct ctl *c)
{
	uint8_t id[16];
	const char *value[3];

	if (!uuid_read(c->o.subject, id)) {
		ctl_error("--subject is a UUID in lower case");
		return EXIT_WRONG_USE;
	}
	value[0] = sql_time(c->a, ctl_now(c));
	value[1] = sql_bucket(c->a, id);
	value[2] = c->o.subject;
	return stop(c, "subject_bucket = $2 AND subject = $3", 3, value);
}

enum exit_code ctl_credential_stop(struct ctl *c)
{
	bool card = c->o.issuer != NULL || c->o.serial != NULL;
	enum exit_code code;

	if (card == (c->o.subject != NULL) ||
	    (c->o.issuer == NULL) != (c->o.serial == NULL)) {
		ctl_error("either --subject ID or --issuer HEX with --serial HEX is "
			  "expected");
		return EXIT_WRONG_USE;
	}
	if (c->o.grants && !c->o.yes) {
		ctl_error("--grants ends consents for ever; say so with --yes");
		return EXIT_REFUSED;
	}
	code = ctl_config(c);
	if (code != EXIT_OK)
		return code;
	return card ? stop_card(c) : stop_subject(c);
}
