/* place: where an agency is and how it is reached, from its row: the keywords of
 * libpq, and the copy of the row that a peer keeps. Off this machine there is
 * only verify-full (faults F34), whatever the row says.
 * Callers: agency's peer and set. Lifetime: the arena's.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef AGENCY_PLACE_H
#define AGENCY_PLACE_H

#include "agency/agency.h"
#include "db/dsn.h"

struct agency_row place_copy(struct arena *a, const struct agency_row *row);
bool place_is_same(const struct agency_row *a, const struct agency_row *b);
/* The value of "password" is "" and the caller's to set. */
struct endpoint place_endpoint(struct arena *a, const struct agency_row *row);

#endif
