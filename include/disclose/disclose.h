/* disclose: from a grant to sources that may leave: ask every linked agency at
 * once, screen what they answer, write the disclosure record. Used by apps'
 * retrievals, later by preview and portal alike. Nothing of a source may be sent
 * before disclose_record has answered DISCLOSED (mission, promises 1 and 2).
 * Callers: retrieval. Everything lives in the flow's arena.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef DISCLOSE_DISCLOSE_H
#define DISCLOSE_DISCLOSE_H

#include "agency/agency.h"
#include "store/grant.h"

/* In the order in which the best of an item's sources is chosen. */
enum state {
	STATE_PROVIDED,
	STATE_PENDING,
	STATE_UNAVAILABLE,
	STATE_WITHHELD,
	STATE_NO_RECORD,
	STATE_NOT_COVERED,
	STATE_NOT_SHARED
};
const char *state_word(enum state s);

struct record_row { /* what disclosure_write needs of one source */
	uint8_t record[16], salt[32], content[32], leaf[32];
	struct str agency, item;
	struct date from, to;
	enum state state;
};

struct source {
	struct str agency, name_ja, name_en;
	enum state state;
	const char *reason; /* of unavailable */
	struct date recorded_on, current_to, retained_from;
	struct str records;     /* provided: the array's text, screened */
	struct record_row *row; /* provided, no_record, withheld; else NULL */
};

struct wanted {
	const struct item *item;
	bool required, left_out;
	struct source *source;
	size_t sources;
	enum state state;
};

enum recorded { NOT_RECORDED, DISCLOSED, NOTHING_TO_DISCLOSE, REFUSED_BY_GRANT };

struct asked_agency {
	const struct agency_row *row;
	struct str *item;
	size_t items;
	struct str person_code;
	struct source_answer answer;
};

struct disclosure {
	const struct access *access;
	uint8_t retrieval[16]; /* the internal number, never the public id */
	struct inquiry inquiry;
	struct wanted *wanted;
	size_t wants;
	int64_t most_ms;
	/* below: disclose's own */
	struct asked_agency *asked;
	size_t agencies;
	struct record_row **row;
	size_t rows;
	int64_t at; /* of the records */
	enum recorded recorded;
};

void disclose_init(struct loop *l);

/* Fills wanted with the items named (all of the grant, and the left out ones,
 * when n is 0). false: the grant does not hold one of them. */
NODISCARD bool disclose_want(struct flow *f, struct disclosure *d,
			     const struct catalogue *c, const struct str *item, size_t n);
void disclose_ask(struct flow *f, struct disclosure *d);    /* then WAIT */
void disclose_screen(struct flow *f, struct disclosure *d); /* no waiting */
/* Then WAIT; d->recorded tells. A lost database fails the flow. Asked again
 * after a new epoch, it writes the same rows under the grant as it is now. */
void disclose_record(struct flow *f, struct disclosure *d);

/* After the answer: who got it, hoped for. */
void disclose_delivered(const struct disclosure *d, bool delivered);
/* A refused try (table "refusal"), hoped for. */
void disclose_refused(const struct grant *g, const char *reason, int64_t now);

#endif
