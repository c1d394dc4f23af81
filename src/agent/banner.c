/* banner: the return code in letters that can be read across a room. The
 * alphabet is the one for people (no 0 O 1 I, base/rand.h). Called by sign_in.
 * SPDX-License-Identifier: Apache-2.0 */
#include "agent/sign.h"
#include "base/rand.h"

enum { LINES = 5, WIDTH = 5 };

static const char alphabet[] = RAND_HUMAN_ALPHABET;

/* Five lines of five dots a letter, in the order of the alphabet. */
static const char *const letters[][LINES] = {
	{ " ### ", "#   #", "   # ", "  #  ", "#####" }, /* 2 */
	{ "#### ", "    #", " ### ", "    #", "#### " }, /* 3 */
	{ "#  # ", "#  # ", "#####", "   # ", "   # " }, /* 4 */
	{ "#####", "#    ", "#### ", "    #", "#### " }, /* 5 */
	{ " ### ", "#    ", "#### ", "#   #", " ### " }, /* 6 */
	{ "#####", "    #", "   # ", "  #  ", "  #  " }, /* 7 */
	{ " ### ", "#   #", " ### ", "#   #", " ### " }, /* 8 */
	{ " ### ", "#   #", " ####", "    #", " ### " }, /* 9 */
	{ " ### ", "#   #", "#####", "#   #", "#   #" }, /* A */
	{ "#### ", "#   #", "#### ", "#   #", "#### " }, /* B */
	{ " ####", "#    ", "#    ", "#    ", " ####" }, /* C */
	{ "#### ", "#   #", "#   #", "#   #", "#### " }, /* D */
	{ "#####", "#    ", "###  ", "#    ", "#####" }, /* E */
	{ "#####", "#    ", "###  ", "#    ", "#    " }, /* F */
	{ " ####", "#    ", "#  ##", "#   #", " ####" }, /* G */
	{ "#   #", "#   #", "#####", "#   #", "#   #" }, /* H */
	{ "  ###", "    #", "    #", "#   #", " ### " }, /* J */
	{ "#   #", "#  # ", "###  ", "#  # ", "#   #" }, /* K */
	{ "#    ", "#    ", "#    ", "#    ", "#####" }, /* L */
	{ "#   #", "## ##", "# # #", "#   #", "#   #" }, /* M */
	{ "#   #", "##  #", "# # #", "#  ##", "#   #" }, /* N */
	{ "#### ", "#   #", "#### ", "#    ", "#    " }, /* P */
	{ " ### ", "#   #", "# # #", "#  # ", " ## #" }, /* Q */
	{ "#### ", "#   #", "#### ", "#  # ", "#   #" }, /* R */
	{ " ####", "#    ", " ### ", "    #", "#### " }, /* S */
	{ "#####", "  #  ", "  #  ", "  #  ", "  #  " }, /* T */
	{ "#   #", "#   #", "#   #", "#   #", " ### " }, /* U */
	{ "#   #", "#   #", "#   #", " # # ", "  #  " }, /* V */
	{ "#   #", "#   #", "# # #", "## ##", "#   #" }, /* W */
	{ "#   #", " # # ", "  #  ", " # # ", "#   #" }, /* X */
	{ "#   #", " # # ", "  #  ", "  #  ", "  #  " }, /* Y */
	{ "#####", "   # ", "  #  ", " #   ", "#####" }, /* Z */
};
_Static_assert(COUNT(letters) == sizeof(alphabet) - 1, "a letter for each character");

static const char *const *letter(char c)
{
	const char *at = strchr(alphabet, c);

	must(c != '\0' && at != NULL);
	return letters[at - alphabet];
}

void banner_print(FILE *out, struct str code, size_t indent)
{
	for (size_t line = 0; line < LINES; line++) {
		fprintf(out, "%*s", (int)indent, "");
		for (size_t i = 0; i < code.n; i++)
			fprintf(out, "%s%s", letter(code.p[i])[line],
				i + 1 < code.n ? "   " : "");
		fputc('\n', out);
	}
}
