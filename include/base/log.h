/* log: one JSON object a line on stderr. A field's value is a number or a
 * `loggable`: a word from the program's own text, the name of something the
 * operator configured, or a shortened hash. Personal data, tokens, codes and
 * input of others have no way in (operations-O27, O28).
 * Callers: every room; who decides, logs, once. Never fails, never blocks the
 * caller on a full pipe for longer than a write.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/str.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

struct loggable {
	char text[96];
};

struct log_field {
	const char *name;
	struct loggable word; /* used when the name is not followed by a number */
	int64_t number;
	bool is_number;
};

/* a string literal of the program */
#define LOGGABLE(literal) log_own_text("" literal)
struct loggable log_own_text(const char *static_text);
/* a name the operator chose: an agency, a client id, a file, a listener.
 * Anything outside printable ASCII becomes '?'; cut at 95 bytes. */
struct loggable log_configured(struct str name);
/* the first 8 bytes of SHA-256 of a request's id, to correlate lines */
struct loggable log_shortened(struct str id);

#define log_word(key, loggable) ((struct log_field){ (key), (loggable), 0, false })
#define log_number(key, value) ((struct log_field){ (key), { "" }, (value), true })

void log_fields(enum log_level level, const char *event, const struct log_field *field,
		size_t fields);

/* log_event(LOG_INFO, "worker_started", log_number("worker", 1)) */
#define log_event(level, event, ...)                                       \
	log_fields((level), (event),                                       \
		   (const struct log_field[]){ { 0 }, ##__VA_ARGS__ } + 1, \
		   COUNT(((const struct log_field[]){ { 0 }, ##__VA_ARGS__ })) - 1)

void log_threshold(enum log_level least); /* default LOG_INFO */
void log_to(int fd);                      /* default 2 */

#endif
