// tell: how the demo speaks: steps with their times, JSON, rows of the record.
// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process'

const begun = performance.now()
let last = begun
const bold = (text) => (process.stdout.isTTY ? `\x1b[1m${text}\x1b[0m` : text)

export function title(text) {
	console.log(`\n${bold(`== ${text}`)}\n`)
}

// A step that has just been done, with the time it took.
export function step(text) {
	const now = performance.now()
	console.log(`${String(Math.round(now - last)).padStart(6)} ms  ${text}`)
	last = now
}

export function show(json) {
	console.log(JSON.stringify(json, null, 2).replace(/^/gm, '           | '))
	last = performance.now()
}

// What the gateway wrote down about a client, as the database's owner sees it.
export function records(clientId) {
	const psql = (sql) => execFileSync('psql', ['-X', '-q', '-P', 'footer=off', '-P', 'null=-',
		'-v', `client=${clientId}`, '-d', process.env.SELFINFO_DSN], { input: sql, encoding: 'utf8' })
	console.log('\n  Disclosure records (table disclosure, append only):\n')
	console.log(psql(`SELECT to_char(d.at, 'MM-DD HH24:MI:SS') AS at, left(d.retrieval::text, 8) AS retrieval,
		d.agency, d.item, d.state, d.purpose, coalesce(v.outcome, '-') AS delivery,
		left(encode(d.content, 'hex'), 12) || '…' AS content
		FROM disclosure d LEFT JOIN delivery v ON v.bucket = d.bucket AND v.record = d.record
		WHERE d.client = :'client' ORDER BY d.at, d.agency, d.item;`).trimEnd().replace(/^/gm, '  ') + '\n')
	const refused = psql(`SELECT to_char(at, 'MM-DD HH24:MI:SS') AS at, left(grant_id::text, 8) AS "grant", reason
		FROM refusal WHERE client = :'client' ORDER BY at;`)
	if (refused.split('\n').length > 4)
		console.log(`  Refused tries (table refusal):\n\n${refused.trimEnd().replace(/^/gm, '  ')}\n`)
	last = performance.now()
}

export function insist(right, text) {
	if (!right) {
		console.error(`demo: not so: ${text}`)
		process.exit(1)
	}
}

export function total() {
	console.log(`${String(Math.round(performance.now() - begun)).padStart(6)} ms  in all`)
}
