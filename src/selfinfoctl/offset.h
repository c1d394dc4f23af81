/* offset: the argument of `sandbox clock`: +7d and -1h move, =3d sets the
 * distance from real time, =0 and show need no unit. Callers: sandbox, its
 * test. At most 100 years.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef SELFINFOCTL_OFFSET_H
#define SELFINFOCTL_OFFSET_H

#include "base/str.h"

struct offset {
	bool set;
	int64_t ms;
};

NODISCARD bool offset_read(struct str text, struct offset *out);

#endif
