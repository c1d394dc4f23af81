/* provide: one statement, five arguments, six columns. An answer that breaks the
 * contract makes the source unavailable as a whole: what else it says could not
 * be trusted either. Rows for items that nobody asked for are dropped, counted.
 * Callers: agency's peer. Memory is the flow's arena; strings are borrowed from
 * the call. Source: api.md 4; faults F28, F29, F30.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agency/provide.h"

#include "base/text.h"

enum { ITEM_BYTES_MOST = 1 << 20, ROW_BYTES = 4096 };

enum { ITEM, STATUS, RECORDED_ON, CURRENT_TO, RETAINED_FROM, RECORDS };

static const enum db_type argument[] = { DB_TEXT, DB_TEXT_ARRAY, DB_DATE, DB_DATE,
					 DB_TEXT };
static const enum db_type column[] = {
	DB_TEXT, DB_TEXT, DB_DATE, DB_DATE, DB_DATE, DB_JSONB
};
static const char *const column_name[] = { "item",       "status",        "recorded_on",
					   "current_to", "retained_from", "records" };

const struct statement provide_statement = {
	.name = "provide",
	.sql = "SELECT item, status, recorded_on, current_to, retained_from, records "
	       "FROM selfinfo_provider.provide($1, $2, $3, $4, $5)",
	.kind = DB_READ,
	.arguments = COUNT(argument),
	.columns = COUNT(column),
	.argument = argument,
	.column = column,
	.column_name = column_name,
};

struct call *provide_call(struct arena *a, const struct agency_question *q)
{
	struct call *c = call_new(a, &provide_statement);

	call_text(c, q->person_code);
	call_texts(c, q->item, q->items);
	call_date(c, q->from);
	call_date(c, q->to);
	call_text(c, q->purpose);
	call_limit(c, q->items * (ITEM_BYTES_MOST + ROW_BYTES));
	return c;
}

static bool is_asked(const struct agency_question *q, struct str item)
{
	for (size_t i = 0; i < q->items; i++)
		if (str_eq(q->item[i], item))
			return true;
	return false;
}

static bool is_known(const struct source_answer *s, struct str item)
{
	for (size_t i = 0; i < s->rows; i++)
		if (str_eq(s->row[i].item, item))
			return true;
	return false;
}

/* Also leaves out 'infinity', which no calendar has. */
static bool date_is_usable(struct date d)
{
	return d.day == 0 || (d.year >= 1 && d.year <= 9999);
}

static bool keeps_contract(struct provided *p)
{
	bool provided = str_is(p->status, "provided");
	bool no_record = str_is(p->status, "no_record");

	if (!provided && !no_record && !str_is(p->status, "withheld"))
		return false;
	if (!date_is_usable(p->recorded_on) || !date_is_usable(p->current_to) ||
	    !date_is_usable(p->retained_from))
		return false;
	if ((provided || no_record) && p->current_to.day == 0)
		return false;
	return provided == (p->records.p != NULL);
}

static struct provided read_row(const struct call *c, int row)
{
	return (struct provided){
		.item = row_text(c, row, ITEM),
		.status = row_text(c, row, STATUS),
		.recorded_on = row_date(c, row, RECORDED_ON),
		.current_to = row_date(c, row, CURRENT_TO),
		.retained_from = row_date(c, row, RETAINED_FROM),
		.records = row_text(c, row, RECORDS),
	};
}

/* NULL, or the reason why the source is not usable. */
static const char *take_rows(const struct call *c, const struct agency_question *q,
			     struct source_answer *s)
{
	for (int i = 0; i < call_rows(c); i++) {
		struct provided p = read_row(c, i);

		if (p.item.p == NULL)
			return "agency_error";
		if (!is_asked(q, p.item)) {
			s->unasked++;
			continue;
		}
		if (is_known(s, p.item) || !keeps_contract(&p))
			return "agency_error";
		if (p.records.n > ITEM_BYTES_MOST)
			return "too_large";
		s->row[s->rows++] = p;
	}
	return NULL;
}

static const char *reason_of(const struct call *c)
{
	struct str code = str_of(call_sqlstate(c));

	if (str_is(code, "LARGE"))
		return "too_large";
	if (str_is(code, "57014")) /* query_canceled, by statement_timeout */
		return "timeout";
	return "agency_error";
}

void provide_take(struct arena *a, const struct call *c, const struct agency_question *q,
		  struct source_answer *slot)
{
	struct source_answer s = { .state = SOURCE_ANSWERED };

	if (call_state(c) == CALL_DONE) {
		s.row = arena_array(a, q->items, sizeof(*s.row));
		s.reason = take_rows(c, q, &s);
	} else {
		s.reason = reason_of(c);
	}
	if (s.reason != NULL)
		s = (struct source_answer){ .state = SOURCE_UNAVAILABLE,
					    .reason = s.reason,
					    .unasked = s.unasked };
	*slot = s;
}
