/* guard: finds numbers that identify a person across offices in text that is
 * about to leave (mission.md, promise 3). Against mistakes, not malice: one
 * random number in ten has a right check digit.
 *
 * 個人番号: 12 digits, half or full width, single separators between them. Three
 * readings of a text are tried, and in each the run has to be exactly 12 long:
 *   digits that touch each other         年金 123456789012 2024-01-01
 *   with one and the same separator      1234-5678-9012 2024-01-01
 *   with any single separators           1234 5678-9012
 * Separators: tab, spaces of any width and no width, hyphens, dashes, minus,
 * the long vowel mark ー and the line ─ (both are typed as hyphens), middle
 * dots, full stop, comma, also in full width. A slash or colon is none: dates
 * and times would be numbers. In a JSON number the point is none either.
 * 住民票コード: the whole value is 11 digits (blanks around them apart), the
 * first not 0. A 個人番号 that lost a leading 0 in a numeric column is the same
 * case, as both check digits are made in the same way.
 *
 * Callers: screen; whoever takes text from outside. Nothing is kept.
 * Source: 行政手続における特定の個人を識別するための番号の利用等に関する法律に係る省令
 * (平成26年総務省令第85号) 第5条 for the check digit.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef DISCLOSE_GUARD_H
#define DISCLOSE_GUARD_H

#include "base/str.h"

#define GUARD_LEAST_DIGITS 11 /* a value with fewer holds none */

/* In a string or a name; valid UTF-8, unescaped. */
NODISCARD bool guard_text(struct str utf8);
/* In the text of a JSON number. */
NODISCARD bool guard_number(struct str number);
/* 11 or 12 digits (0 to 9) whose last is the right check digit. */
NODISCARD bool guard_check_digit(const uint8_t *digit, size_t n);

#endif
