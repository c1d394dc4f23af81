// A stub that speaks the wire protocol in the insurer's place: invalid UTF-8 and
// JSON, duplicates, truncated rows, silence, endless rows. Each harms its own item,
// in time, and the daemon goes on. faults-F24, F27, F28, F29.
// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { App, assert, ctl, details, eventually, granted, sql, until } from './lib.mjs'

const sandbox = process.env.SELFINFO_SANDBOX
const folder = mkdtempSync(join(tmpdir(), 'selfinfo-stub.'))
const [row] = sql`SELECT row_to_json(a) FROM agency a WHERE agency = 'midori-kenpo'`
const kenpo = JSON.parse(row[0])

// A row that differs in its deadline is another agency to the gateway, with a circuit
// that has not failed yet.
let deadline = 2000
function place(port) {
	const file = { agency: kenpo.agency, name: { ja: kenpo.name_ja, en: kenpo.name_en }, provider_kind: kenpo.provider_kind,
		address: kenpo.address, port, dbname: kenpo.dbname, user: kenpo.username, sslmode: kenpo.sslmode,
		sslrootcert: kenpo.sslrootcert, credential: kenpo.credential, deadline_ms: deadline++, items: kenpo.items }
	writeFileSync(join(folder, 'agency.json'), JSON.stringify(file))
	ctl('agency', 'add', '--replace', '--file', join(folder, 'agency.json'))
}

async function stub(mode) {
	const child = spawn(process.execPath, ['tests/agency/stub.mjs', '--mode', mode, '--bytes', '8388608', '--cert', `${sandbox}/tls/agency-server.pem`,
		'--key', `${sandbox}/tls/agency-server.key`], { stdio: ['ignore', 'pipe', 'ignore'] })
	const [line] = await once(createInterface({ input: child.stdout }), 'line')
	return { child, port: Number(line.split(' ')[1]) }
}

const app = await granted(await App.register(), details({ items: ['2', '3-2'], access: until() }))
const modes = { 'ok': 'provided', 'invalid-utf8': 'agency_error', 'invalid-json': 'agency_error', 'trailing-bytes': 'agency_error',
	'duplicate-members': 'agency_error', 'duplicate-escaped': 'agency_error', 'lone-surrogate': 'agency_error', 'infinite': 'agency_error',
	'deep': 'agency_error', 'bad-version': 'agency_error', 'huge': 'too_large', 'truncated': null, 'close': null, 'silent': 'timeout',
	'silent-start': null, 'slow': 'timeout', 'many-rows': null, 'no-rows': 'agency_error', 'error': 'timeout',
	'bad-length': null, 'garbage': null }
try {
	for (const [mode, wanted] of Object.entries(modes)) {
		const { child, port } = await stub(mode)
		try {
			place(port)
			await eventually(`the stub is asked (${mode})`, async () => {
				const begun = Date.now()
				const answer = await app.retrieve()
				assert.equal(answer.status, 200, answer.text)
				assert.ok(Date.now() - begun < 10_000, `${mode}: ${Date.now() - begun} ms`)
				const [tax, own] = answer.body.items
				assert.equal(tax.status, 'provided', `${mode}: the other source is not harmed`)
				const seen = own.sources[0].reason ?? own.status
				if (seen === 'circuit_open') {
					place(port)
					return false
				}
				assert.ok(wanted === null ? own.status === 'unavailable' : seen === wanted, `${mode}: ${seen}`)
				return true
			}, 20)
		} finally {
			child.kill()
		}
	}
} finally {
	place(kenpo.port)
	rmSync(folder, { recursive: true })
}
await eventually('the real insurer answers again', async () => (await app.retrieve()).body.items[1].status === 'provided', 45)
void readFileSync
