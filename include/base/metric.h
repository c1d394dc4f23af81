/* metric: counters of this worker in memory shared with the master, so that
 * `selfinfoctl status` and the control socket can add them up. The set is
 * closed (one table); no label holds anything of a citizen (operations-O25).
 * Callers: every room. Never fails; before metric_share they count privately.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_METRIC_H
#define BASE_METRIC_H

#include <stdint.h>

#define METRICS(M)                                        \
	M(HTTP_REQUESTS, "http_requests_total")           \
	M(HTTP_REFUSED, "http_refused_total")             \
	M(TLS_HANDSHAKES, "tls_handshakes_total")         \
	M(TLS_FAILED, "tls_handshakes_failed_total")      \
	M(TOKENS_ISSUED, "tokens_issued_total")           \
	M(GRANTS_MADE, "grants_made_total")               \
	M(GRANTS_REFUSED, "grants_refused_total")         \
	M(RETRIEVALS, "retrievals_total")                 \
	M(RETRIEVALS_REFUSED, "retrievals_refused_total") \
	M(RECORDS, "disclosure_records_total")            \
	M(RECORD_BATCHES, "disclosure_batches_total")     \
	M(AGENCY_ASKED, "agency_requests_total")          \
	M(AGENCY_FAILED, "agency_errors_total")           \
	M(MEMBERS_CUT, "members_cut_total")               \
	M(GUARD_WITHHELD, "guard_withheld_total")         \
	M(CARD_SIGNED, "card_sign_ins_total")             \
	M(CARD_REFUSED, "card_refused_total")             \
	M(LOOP_PASS_MAX_MS, "loop_pass_max_ms")           \
	M(CONNECTIONS, "connections")                     \
	M(FLOWS, "flows_in_flight")

enum metric {
#define METRIC_ENUM(id, name) METRIC_##id,
	METRICS(METRIC_ENUM)
#undef METRIC_ENUM
		METRIC_COUNT
};

void metric_add(enum metric m, int64_t n);
void metric_max(enum metric m, int64_t n);
int64_t metric_get(enum metric m);
const char *metric_name(enum metric m);
/* From now on count in `cell` (METRIC_COUNT of them), shared memory. */
void metric_share(int64_t *shared);

#endif
