/* era: the table of eras since the Gregorian calendar and the two ways of
 * writing a day. Source: the imperial edicts of 1912-07-30, 1926-12-25 and the
 * cabinet orders of 1989-01-07 and 2019-04-01; Dajokan proclamation 337 of 1872.
 * Called by page.c and the unit test.
 * SPDX-License-Identifier: Apache-2.0 */
#include "web/era.h"

struct era {
	struct date first;
	int before; /* western year minus this is the year of the era */
	const char *name;
};

static const struct era eras[] = {
	/* youngest first */
	{ { 2019, 5, 1 }, 2018, "令和" },   { { 1989, 1, 8 }, 1988, "平成" },
	{ { 1926, 12, 25 }, 1925, "昭和" }, { { 1912, 7, 30 }, 1911, "大正" },
	{ { 1873, 1, 1 }, 1867, "明治" },
};

static const char *const months[] = {
	"January", "February", "March",     "April",   "May",      "June",
	"July",    "August",   "September", "October", "November", "December",
};

static void write_era_year(struct buf *out, const struct era *e, int year)
{
	buf_adds(out, e->name);
	if (year - e->before == 1)
		buf_adds(out, "元");
	else
		buf_int(out, year - e->before);
}

static void write_ja(struct buf *out, struct date d)
{
	int64_t day = date_days(d);

	for (size_t i = 0; i < COUNT(eras); i++)
		if (day >= date_days(eras[i].first)) {
			write_era_year(out, &eras[i], d.year);
			buf_printf(out, "年%d月%d日(%d年)", d.month, d.day, d.year);
			return;
		}
	buf_printf(out, "%d年%d月%d日", d.year, d.month, d.day);
}

void era_write(struct buf *out, struct date d, enum lang lang)
{
	must(d.month >= 1 && d.month <= 12);
	if (lang == LANG_JA)
		write_ja(out, d);
	else
		buf_printf(out, "%d %s %d", d.day, months[d.month - 1], d.year);
}
