/* must: what cannot happen stops the worker; the master replaces it.
 * NODISCARD marks results that have to be read; AUTO(x) frees a local with
 * auto_x() on every way out. Callers: every room. Aborts with file and line
 * only: an expression is source text and holds no data.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_MUST_H
#define BASE_MUST_H

#include <stddef.h>

#define NODISCARD __attribute__((warn_unused_result))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define NORETURN __attribute__((noreturn))
#define AUTO(kind) __attribute__((cleanup(auto_##kind)))
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define must(condition) ((condition) ? (void)0 : must_fail(__FILE__, __LINE__, #condition))

NORETURN void must_fail(const char *file, int line, const char *condition);

/* malloc and friends that stop the worker instead of returning NULL; for
 * sizes bounded before. */
void *must_alloc(size_t n);
void *must_realloc(void *p, size_t n);

#endif
