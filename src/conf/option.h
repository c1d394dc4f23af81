/* option: what the lexer, the values and the table know of each other, inside
 * this room. A reader lives while one configuration is read; options are
 * constant. Callers: the files of this room and its unit test.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_OPTION_H
#define CONF_OPTION_H

#include "conf/conf.h"

enum option_type {
	OPTION_ADDRESS,
	OPTION_ISSUER,
	OPTION_FILE,
	OPTION_FOLDER,
	OPTION_PATH, /* will be made by us: a socket */
	OPTION_NUMBER,
	OPTION_DURATION,
	OPTION_SIZE,
	OPTION_DSN,
	OPTION_OID,
	OPTION_TEXT,
	OPTION_CHOICE
};

enum {
	OPTION_REQUIRED = 1,
	OPTION_PRODUCTION = 2, /* required where there is no sandbox { } */
	OPTION_LIST = 4,
	OPTION_RESTART = 8, /* a reload does not change it */
	OPTION_SECRET = 16
};

struct option {
	const char *block; /* "" outside of blocks */
	const char *name;
	enum option_type type;
	unsigned flags;
	size_t at;            /* in struct conf */
	int64_t min, max;     /* a number, milliseconds, bytes, or characters */
	const char *fallback; /* as it would be written; NULL: none */
	const char *choices;  /* words with one blank between them, in order */
	const char *help, *help_ja;
};

struct block {
	const char *name;
	const char *help, *help_ja;
};

extern const struct option conf_option[];
extern const size_t conf_options;
extern const struct block conf_block[];
extern const size_t conf_blocks;

const struct option *option_find(struct str block, struct str name);
const struct block *block_find(struct str name);
/* The range as people read it ("1 to 256", "1s to 1h"); empty without one. */
void option_range(const struct option *o, struct buf *out);
/* The default as it would be written; false without one. */
bool option_default(const struct option *o, struct buf *out);

enum token_kind {
	TOKEN_WORD,
	TOKEN_TEXT,
	TOKEN_OPEN,
	TOKEN_CLOSE,
	TOKEN_LINE_END,
	TOKEN_END
};

struct token {
	enum token_kind kind;
	struct str text;
	int line, column; /* from 1, in bytes */
};

struct reader {
	struct arena *a;
	struct buf *errors;
	int told; /* errors so far, over all files */
	const char *file;
	struct str text;
	size_t at, line_at;
	int line;
	struct token next; /* one token handed back */
	bool has_next;
};

enum { READER_ERRORS_MAX = 100 };

struct token lexer_next(struct reader *r);
void lexer_back(struct reader *r, struct token t);

/* FILE:LINE:COL: error: …, then the line. Line 0: an error of the whole file,
 * column 0: one of no place in the line. */
void reader_error(struct reader *r, int line, int column, const char *fmt, ...)
	PRINTF(4, 5);
/* A further line under the error just told. */
void reader_hint(struct reader *r, const char *fmt, ...) PRINTF(2, 3);

/* A value of this type, stored at its place in c. False after telling why. */
NODISCARD bool value_store(struct reader *r, struct conf *c, const struct option *o,
			   struct token value);
/* value_net.c; NULL when it is right, else what is wrong with it */
NODISCARD bool address_read(struct str text, struct conf_address *out);
const char *issuer_wrong(struct str url);
const char *dsn_wrong(const char *dsn);
/* The nearest of the words, or NULL when none is near. */
const char *nearest_word(struct str word, const char *const *candidate, size_t n);
/* A number with its unit, the largest that divides it. */
void unit_print(enum option_type type, int64_t v, struct buf *out);

#endif
