// After retrievals by app, card and persona: no marker of a persona, no token, code,
// user code, PIN or person code stands in the daemon's log, in the log of the
// gateway's database or in any agency's; and every line of ours is JSON.
// operations-O28; faults-I8.
// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { App, assert, details, dial, granted, sql, until } from './lib.mjs'

const personas = JSON.parse(readFileSync(process.env.SELFINFO_PERSONAS, 'utf8')).personas
const secrets = new Set()
for (const [persona, more] of [['hanako', {}], ['kenji', {}], ['sakura', {}]]) {
	const app = await granted(await App.register(), details({ items: ['1', '2', '3-2', '3-4'], access: until(), ...more }), { persona })
	const answer = await app.retrieve()
	assert.equal(answer.status, 200, answer.text)
	for (const s of [app.tokens.access_token, app.tokens.refresh_token, app.verifier, app.state, answer.body.retrieval_id]) secrets.add(s)
}
const carded = await granted(await App.register(), details({ items: ['2'] }), { card: 'kenji' })
secrets.add(carded.tokens.access_token)
await dial('midori-city', 'error')
await carded.retrieve()
await dial('midori-city', 'my_number', 'string')
await carded.retrieve()

for (const p of personas) for (const marker of p.markers ?? []) secrets.add(typeof marker === 'string' ? marker : marker.text)
for (const [code] of sql`SELECT person_code FROM linkage`) secrets.add(code)
for (const [id] of sql`SELECT id FROM subject`) secrets.add(id)
secrets.delete(undefined)
assert.ok(secrets.size > 20, `${secrets.size} secrets`)

const data = process.env.SELFINFO_DATA
const files = [process.env.SELFINFO_LOG, ...readdirSync(data).map((name) => join(data, name, 'log')).filter((f) => {
	try { return statSync(f).isFile() } catch { return false }
})]
assert.ok(files.length > 1, 'the logs of the databases are looked at too')
for (const file of files) {
	const text = readFileSync(file, 'utf8')
	for (const secret of secrets) assert.ok(!text.includes(secret), `${file} holds ${secret.slice(0, 3)}…`)
}
for (const line of readFileSync(process.env.SELFINFO_LOG, 'utf8').trim().split('\n')) JSON.parse(line)
