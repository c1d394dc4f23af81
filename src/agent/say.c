/* say: words to paragraphs (agent/say.h). A sentence is filled in memory, broken
 * at the terminal's width and written at once. Called by all commands; an
 * arena of its own lives for one sentence.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agent/say.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "agent/wide.h"

enum { COLUMNS_MOST = 80, COLUMNS_LEAST = 40 };

static const struct {
	const char *ja, *en;
} words[] = {
#define WORD_ROW(id, ja, en) { (ja), (en) },
	AGENT_WORDS(WORD_ROW)
#undef WORD_ROW
};

static const struct {
	struct date first;
	int before; /* western year minus this is the year of the era */
	const char *name;
} eras[] = {
	/* youngest first */
	{ { 2019, 5, 1 }, 2018, "令和" },
	{ { 1989, 1, 8 }, 1988, "平成" },
	{ { 1926, 12, 25 }, 1925, "昭和" },
};

static const char *const months[] = {
	"January", "February", "March",     "April",   "May",      "June",
	"July",    "August",   "September", "October", "November", "December",
};

struct agent_say say_to(FILE *out, bool japanese)
{
	struct agent_say say = { out, japanese, COLUMNS_MOST };
	struct winsize size;

	if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0 &&
	    size.ws_col < COLUMNS_MOST)
		say.columns = size.ws_col < COLUMNS_LEAST ? COLUMNS_LEAST : size.ws_col;
	return say;
}

const char *say_word(const struct agent_say *say, enum agent_word word)
{
	must(word < WORD_COUNT);
	return say->japanese ? words[word].ja : words[word].en;
}

static void fill(struct buf *out, const char *pattern, struct say_values value)
{
	const char *hole;

	for (size_t i = 0; (hole = strstr(pattern, "{}")) != NULL; i++) {
		must(i < value.n);
		buf_add(out, (struct str){ pattern, (size_t)(hole - pattern) });
		buf_add(out, value.p[i]);
		pattern = hole + 2;
	}
	buf_adds(out, pattern);
}

struct str say_fill(struct arena *a, const struct agent_say *say, enum agent_word word,
		    struct say_values value)
{
	AUTO(buf) struct buf text = { 0 };

	fill(&text, say_word(say, word), value);
	return arena_str(a, buf_str(&text));
}

void say_text(const struct agent_say *say, struct str text)
{
	AUTO(buf) struct buf out = { 0 };

	wide_wrap(&out, text, say->columns, 0, 0);
	fprintf(say->out, "%.*s\n", STR_ARG(buf_str(&out)));
	fflush(say->out);
}

void say_words(const struct agent_say *say, enum agent_word word, struct say_values value)
{
	AUTO(buf) struct buf text = { 0 };

	fill(&text, say_word(say, word), value);
	say_text(say, buf_str(&text));
}

void say_prompt(const struct agent_say *say, enum agent_word word)
{
	AUTO(buf) struct buf out = { 0 };

	wide_wrap(&out, str_of(say_word(say, word)), say->columns, 0, 0);
	fprintf(say->out, "%.*s", STR_ARG(buf_str(&out)));
	fflush(say->out);
}

void say_blank(const struct agent_say *say)
{
	fputc('\n', say->out);
}

void say_fault(const struct agent_say *say, enum agent_fault fault, struct str value)
{
	AUTO(buf) struct buf text = { 0 };
	const char *pattern = agent_fault_text(fault, say->japanese);

	fill(&text, pattern, (struct say_values){ &value, 1 });
	say_text(say, buf_str(&text));
	if (value.n > 0 && strstr(pattern, "{}") == NULL)
		SAY(say, DETAIL, value);
}

struct str say_date(struct arena *a, const struct agent_say *say, struct date d)
{
	if (!say->japanese)
		return arena_printf(a, "%d %s %d", d.day, months[d.month - 1], d.year);
	for (size_t i = 0; i < COUNT(eras); i++) {
		int year = d.year - eras[i].before;

		if (date_days(d) < date_days(eras[i].first))
			continue;
		if (year == 1)
			return arena_printf(a, "%s元年%d月%d日(%d年)", eras[i].name,
					    d.month, d.day, d.year);
		return arena_printf(a, "%s%d年%d月%d日(%d年)", eras[i].name, year, d.month,
				    d.day, d.year);
	}
	return arena_printf(a, "%d年%d月%d日", d.year, d.month, d.day);
}
