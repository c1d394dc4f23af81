/* log: builds a line in one buffer and hands it over in one write, so lines of
 * several processes do not mix. Called by every room; holds no state but the
 * descriptor and the threshold.
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/enc.h"
#include "base/text.h"

static int log_fd = 2;
static enum log_level least_level = LOG_INFO;

void log_to(int fd)
{
	log_fd = fd;
}

void log_threshold(enum log_level least)
{
	least_level = least;
}

static struct loggable cut(struct str s)
{
	struct loggable l = { { 0 } };
	size_t n = s.n < sizeof(l.text) ? s.n : sizeof(l.text) - 1;

	for (size_t i = 0; i < n; i++)
		l.text[i] = s.p[i] >= 0x20 && s.p[i] < 0x7F ? s.p[i] : '?';
	return l;
}

struct loggable log_own_text(const char *static_text)
{
	return cut(str_of(static_text));
}

struct loggable log_configured(struct str name)
{
	return cut(name);
}

struct loggable log_shortened(struct str id)
{
	uint8_t hash[SHA256_LEN];
	struct buf hex = { 0 };
	struct loggable l;

	digest_sha256(id, hash);
	enc_hex(&hex, hash, 8);
	l = cut(buf_str(&hex));
	buf_free(&hex);
	return l;
}

static void write_all(struct str s)
{
	while (s.n > 0) {
		ssize_t n = write(log_fd, s.p, s.n);

		if (n <= 0)
			return;
		s = str_from(s, (size_t)n);
	}
}

void log_fields(enum log_level level, const char *event, const struct log_field *field,
		size_t fields)
{
	static const char *const level_name[] = { "debug", "info", "warn", "error" };
	struct buf line = { 0 };
	struct arena *a;

	if (level < least_level)
		return;
	a = arena_new();
	buf_printf(&line, "{\"at\":\"%.*s\",\"level\":\"%s\",\"event\":\"%s\"",
		   STR_ARG(clock_text(a, clock_wall_ms())), level_name[level], event);
	for (size_t i = 0; i < fields; i++) {
		buf_printf(&line, ",\"%s\":", field[i].name);
		if (field[i].is_number)
			buf_int(&line, field[i].number);
		else
			text_json(&line, str_of(field[i].word.text));
	}
	buf_adds(&line, "}\n");
	write_all(buf_str(&line));
	buf_free(&line);
	arena_free(a);
}
