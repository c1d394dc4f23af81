/* details: an authorization_details entry of type self_information (RFC 9396;
 * api.md 1): parsed strictly against the catalogue and the client's
 * registration, kept as JSON in the request, shown and granted.
 * Callers: oauth (PAR, token), signin (card step, consent), retrieval.
 * Everything lives in the arena. Dates are days in Japan.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_DETAILS_H
#define STORE_DETAILS_H

#include "store/catalogue.h"
#include "store/client.h"

enum inquiry_kind { INQUIRY_LATEST, INQUIRY_AS_OF, INQUIRY_RANGE };

struct inquiry {
	enum inquiry_kind kind;
	struct date from, to; /* as_of: equal; latest: day 0 */
};

struct details {
	struct str *item, *optional;
	size_t items, optionals;
	struct inquiry inquiry;
	struct str purpose;
	bool once;
	struct date until;
	int retention_days;
	bool child;
	/* details_parse: the rule that was not met, in ASCII for the app's
	 * developer; holds nothing of the request */
	const char *wrong;
};

#define DETAILS_MAX_BYTES 16384

/* The array of authorization_details as an app sends it; false: refuse with
 * invalid_authorization_details (oauth-RA3). base_url is the only location. */
NODISCARD bool details_parse(struct arena *a, struct str text, const struct client *client,
			     const struct catalogue *catalogue, struct str base_url,
			     int64_t now, struct details *out);

json_t *details_json(const struct details *d);
/* What details_json made, from our own database. */
struct details *details_load(struct arena *a, json_t *entry);

/* {"kind":…} as of api.md 1; false when it is malformed. */
NODISCARD bool inquiry_parse(json_t *j, int64_t now, struct inquiry *out);
json_t *inquiry_json(const struct inquiry *i);
const char *inquiry_word(enum inquiry_kind k);
/* Is the first period within the second? */
bool inquiry_within(const struct inquiry *inner, const struct inquiry *outer);

#endif
