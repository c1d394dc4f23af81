# parts.awk: which part of the gateway each sampled stack belongs to, in percent.
# Reads `perf script -F ip,sym`; a stack is a run of lines, innermost first, ended
# by an empty one. The first part below that knows one of its frames has it, so
# what a part calls (malloc, the kernel, libcrypto) counts as the part's.
# SPDX-License-Identifier: Apache-2.0
function part(name, frames) {
	names[++parts] = name
	pattern[parts] = "^(" frames ")$"
}

function count(   i, k) {
	if (frames == 0)
		return
	stacks++
	for (i = 1; i <= parts; i++)
		for (k = 1; k <= frames; k++)
			if (frame[k] ~ pattern[i]) {
				found[i]++
				frames = 0
				return
			}
	rest++
	frames = 0
}

BEGIN {
	part("proof of possession", "access_check_proof|dpop_check")
	part("asking the agency", "peer_.*|agency_.*|provide_.*|disclose_ask|ask_agencies")
	part("check of the records", "disclose_screen|screen|screen_.*|guard_.*|conform_.*")
	part("record: leaf, batch, delivery", "send_batch|answered_batch|leaf_make|disclose_record|delivery_write|disclose_delivered|write_record")
	part("libpq: database, agency answers", "drive|link_.*|lane_.*|db_ask.*|call_.*|PQ.*|line_answered|access_.*")
	part("answer: text", "result_json|answer|reply_.*|conn_reply")
	part("TLS out", "write_out|look_after|flush_all|SSL_write")
	part("TLS in, HTTP, routing", "on_ready|read_some|SSL_read|exchange_.*|http_.*|begin|check_body|check_request")
}

NF == 0 { count(); next }
{ frame[++frames] = $2 }

END {
	count()
	for (i = 1; i <= parts; i++)
		printf "%s\t%.4f\n", names[i], stacks ? found[i] / stacks : 0
	printf "%s\t%.4f\n", "event loop and the rest", stacks ? rest / stacks : 0
}
