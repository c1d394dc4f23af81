/* claims: members of a payload with the type they must have. A claim of the
 * wrong type is as good as missing: the caller who needs it refuses.
 * Called by oauth and dpop. Texts are borrowed from the arena of the jws.
 * Source: RFC 7519 sections 2 (NumericDate) and 4.1.
 * SPDX-License-Identifier: Apache-2.0 */
#include "jose/jws.h"

#include "base/tree.h"

#define TIME_MAX (INT64_C(1) << 53) /* beyond it others round */

struct str claim_text(const struct jws *s, const char *name)
{
	return tree_member(s->payload, name);
}

bool claim_time(const struct jws *s, const char *name, int64_t *out)
{
	const json_t *v = json_object_get(s->payload, name);

	if (!json_is_integer(v) || json_integer_value(v) < 0 ||
	    json_integer_value(v) > TIME_MAX)
		return false;
	*out = json_integer_value(v);
	return true;
}
