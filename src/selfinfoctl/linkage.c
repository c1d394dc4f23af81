/* linkage, representation: who is known where by which code, and who may act
 * for whom, as the operator's sources say. A subject first seen in a linkage is
 * made here. The same row again changes its end only, so a corrected file is
 * imported whole. Called by main. Source: formats.md.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "disclose/guard.h"
#include "import.h"

/* subject agency person_code from to */
static void take_linkage(struct import *i)
{
	struct str code = i->cell[2];

	import_uuid(i, 0);
	import_text(i, i->cell[1]);
	if (!text_is_plain(code) || code.n == 0 || text_length(code) > 64)
		import_error(i, "person_code is not 1 to 64 plain characters");
	else if (guard_text(code))
		import_error(i, "person_code looks like a My Number; an agency's own code "
				"is expected");
	else
		import_text(i, code);
	import_dates(i, 3, 4, true);
}

/* The last two keep two people from sharing a code at one agency on one day:
 * the one would receive the records of the other. */
static const struct import_kind linkage = {
	.what = "linkage",
	.header = "subject\tagency\tperson_code\tfrom\tto",
	.columns = 5,
	.create = "bucket int2, subject uuid, agency text, person_code text, "
		  "valid_from date, valid_to date",
	.take = take_linkage,
	.check = {
		"SELECT line, 'this agency is not registered' FROM incoming i "
		"WHERE NOT EXISTS (SELECT FROM agency a WHERE a.agency = i.agency) "
		"ORDER BY line",
		"SELECT line, 'the same subject, agency, person_code and from as in line ' "
		"|| first FROM (SELECT line, min(line) OVER (PARTITION BY subject, agency, "
		"person_code, valid_from) AS first FROM incoming) x WHERE line <> first "
		"ORDER BY line",
		"SELECT DISTINCT i.line, 'another subject has this person_code at this "
		"agency on the same days' FROM incoming i JOIN linkage l "
		"ON l.agency = i.agency AND l.person_code = i.person_code "
		"AND l.subject <> i.subject "
		"AND coalesce(l.valid_to, 'infinity') >= i.valid_from "
		"AND l.valid_from <= coalesce(i.valid_to, 'infinity') ORDER BY 1",
		"SELECT i.line, 'another subject has this person_code at this agency on the "
		"same days, line ' || min(o.line) FROM incoming i JOIN incoming o "
		"ON o.agency = i.agency AND o.person_code = i.person_code "
		"AND o.subject <> i.subject AND o.line < i.line "
		"AND coalesce(o.valid_to, 'infinity') >= i.valid_from "
		"AND o.valid_from <= coalesce(i.valid_to, 'infinity') "
		"GROUP BY i.line ORDER BY 1",
	},
	.before = "INSERT INTO subject (bucket, id, created) "
		  "SELECT DISTINCT bucket, subject, $1::timestamptz FROM incoming "
		  "ON CONFLICT DO NOTHING",
	.merge = "WITH done AS (INSERT INTO linkage AS l (bucket, subject, agency, "
		 "person_code, valid_from, valid_to) SELECT bucket, subject, agency, "
		 "person_code, valid_from, valid_to FROM incoming "
		 "ON CONFLICT (bucket, subject, agency, person_code, valid_from) "
		 "DO UPDATE SET valid_to = excluded.valid_to "
		 "WHERE l.valid_to IS DISTINCT FROM excluded.valid_to "
		 "RETURNING xmax = 0 AS made) "
		 "SELECT count(*) FILTER (WHERE made), count(*) FILTER (WHERE NOT made) "
		 "FROM done",
};

/* A wrong row would go on disclosing another person's records: it goes whole,
 * named by the very row that was imported; its `to` does not matter. */
static const struct import_kind withdrawal = {
	.what = "linkage",
	.header = "subject\tagency\tperson_code\tfrom\tto",
	.columns = 5,
	.create = "bucket int2, subject uuid, agency text, person_code text, "
		  "valid_from date, valid_to date",
	.take = take_linkage,
	.check = {
		"SELECT line, 'there is no such linkage' FROM incoming i WHERE NOT EXISTS "
		"(SELECT FROM linkage l WHERE (l.bucket, l.subject, l.agency, l.person_code, "
		"l.valid_from) = (i.bucket, i.subject, i.agency, i.person_code, "
		"i.valid_from)) ORDER BY line",
	},
	.merge = "WITH done AS (DELETE FROM linkage l USING incoming i WHERE (l.bucket, "
		 "l.subject, l.agency, l.person_code, l.valid_from) = (i.bucket, "
		 "i.subject, i.agency, i.person_code, i.valid_from) RETURNING l.bucket) "
		 "SELECT 0, count(*) FROM done",
};

/* subject child kind from to */
static void take_representation(struct import *i)
{
	import_uuid(i, 0);
	import_uuid(i, 1);
	if (str_eq(i->cell[0], i->cell[1]))
		import_error(i, "subject and child are the same");
	if (!str_is(i->cell[2], "parent"))
		import_error(i, "kind is not parent, the only one there is so far");
	import_text(i, i->cell[2]);
	import_dates(i, 3, 4, false);
}

static const struct import_kind representation = {
	.what = "representation",
	.header = "subject\tchild\tkind\tfrom\tto",
	.columns = 5,
	.create = "bucket int2, subject uuid, child_bucket int2, child uuid, kind text, "
		  "valid_from date, valid_to date",
	.take = take_representation,
	.check = {
		"SELECT line, 'this subject is not known' FROM incoming i "
		"WHERE NOT EXISTS (SELECT FROM subject s WHERE s.bucket = i.bucket "
		"AND s.id = i.subject) ORDER BY line",
		"SELECT line, 'this child is not known' FROM incoming i "
		"WHERE NOT EXISTS (SELECT FROM subject s WHERE s.bucket = i.child_bucket "
		"AND s.id = i.child) ORDER BY line",
		"SELECT line, 'the same subject, child and from as in line ' || first "
		"FROM (SELECT line, min(line) OVER (PARTITION BY subject, child, valid_from) "
		"AS first FROM incoming) x WHERE line <> first ORDER BY line",
	},
	.merge = "WITH done AS (INSERT INTO representation AS r (bucket, subject, "
		 "child_bucket, child, kind, valid_from, valid_to) SELECT bucket, subject, "
		 "child_bucket, child, kind, valid_from, valid_to FROM incoming "
		 "ON CONFLICT (bucket, subject, child, valid_from) "
		 "DO UPDATE SET valid_to = excluded.valid_to, kind = excluded.kind "
		 "WHERE (r.valid_to, r.kind) IS DISTINCT FROM "
		 "(excluded.valid_to, excluded.kind) RETURNING xmax = 0 AS made) "
		 "SELECT count(*) FILTER (WHERE made), count(*) FILTER (WHERE NOT made) "
		 "FROM done",
};

enum exit_code ctl_linkage_import(struct ctl *c)
{
	return import_file(c, &linkage);
}

enum exit_code ctl_linkage_withdraw(struct ctl *c)
{
	return import_file(c, &withdrawal);
}

enum exit_code ctl_representation_import(struct ctl *c)
{
	return import_file(c, &representation);
}
