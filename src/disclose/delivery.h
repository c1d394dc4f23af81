/* delivery: the second table of a disclosure. Private to disclose.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef DISCLOSE_DELIVERY_H
#define DISCLOSE_DELIVERY_H

#include "disclose/disclose.h"

/* outcome: delivered, failed, unknown. Nothing is borrowed. */
void delivery_write(int16_t bucket, int64_t at, const struct record_row *row, size_t rows,
		    const char *outcome);

#endif
