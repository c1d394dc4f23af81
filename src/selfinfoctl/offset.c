/* offset: see offset.h. No arithmetic may overflow, so sizes are bounded
 * before they are multiplied. Called by sandbox.
 * SPDX-License-Identifier: Apache-2.0 */
#include "offset.h"

#define OFFSET_MAX_MS (INT64_C(36525) * 86400 * 1000)

static int64_t unit_ms(struct str unit)
{
	static const struct {
		const char *name;
		int64_t ms;
	} all[] = { { "ms", 1 },
		    { "s", 1000 },
		    { "min", 60000 },
		    { "h", 3600000 },
		    { "d", 86400000 } };

	for (size_t i = 0; i < COUNT(all); i++)
		if (str_is(unit, all[i].name))
			return all[i].ms;
	return 0;
}

bool offset_read(struct str text, struct offset *out)
{
	size_t digits = 0;
	int64_t factor;
	struct str number;
	bool back;

	*out = (struct offset){ false, 0 };
	if (str_is(text, "show"))
		return true;
	if (text.n < 2 || strchr("+-=", text.p[0]) == NULL)
		return false;
	out->set = text.p[0] == '=';
	back = text.p[0] == '-';
	number = str_from(text, 1);
	while (digits < number.n && number.p[digits] >= '0' && number.p[digits] <= '9')
		digits++;
	if (!str_int(str_part(number, 0, digits), 0, OFFSET_MAX_MS, &out->ms))
		return false;
	factor = unit_ms(str_from(number, digits));
	if (factor == 0)
		return out->ms == 0 && digits == number.n;
	if (out->ms > OFFSET_MAX_MS / factor)
		return false;
	out->ms *= back ? -factor : factor;
	return true;
}
