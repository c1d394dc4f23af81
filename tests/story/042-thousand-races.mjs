// A thousand times a revocation against a retrieval. The revocation holds the
// grant's lock while it counts the records: none may commit after it, and every
// answer with data has its record. Promise 2, promise 1; faults-F15, I1.
// SPDX-License-Identifier: Apache-2.0
import { App, assert, details, granted, until } from './lib.mjs'
import { Session } from './session.mjs'

const races = Number(process.env.SELFINFO_RACES ?? 1000)
const app = await granted(await App.register(), details({ access: until() }))
const db = new Session()
const [[grant]] = await db.run(`SELECT id FROM grants WHERE client = '${app.clientId}'`)
const count = `SELECT count(*) FROM disclosure WHERE grant_id = '${grant}'`
const seen = { 200: 0, 401: 0, 403: 0 }
let before = 0
let renewed = Date.now()

for (let i = 0; i < races; i++) {
	if (Date.now() - renewed > 120_000) {
		await app.refresh()
		renewed = Date.now()
	}
	const retrieval = app.retrieve()
	await new Promise((resolve) => setTimeout(resolve, Math.random() * 12))
	await db.run('BEGIN')
	await db.run(`UPDATE grants SET revoked = clock_timestamp(), epoch = epoch + 1 WHERE id = '${grant}'`)
	const held = Number((await db.run(count))[0][0])
	await db.run('COMMIT')
	const answer = await retrieval
	const after = Number((await db.run(count))[0][0])
	assert.equal(after, held, `race ${i}: a record was committed after the revocation`)
	assert.equal(after - before, answer.status === 200 ? 1 : 0, `race ${i}: ${answer.status}, ${after - before} records`)
	assert.ok(answer.status in seen, `race ${i}: ${answer.text}`)
	if (answer.status === 403) assert.match(answer.body.type, /grant-revoked$/)
	seen[answer.status]++
	before = after
	await db.run(`UPDATE grants SET revoked = NULL WHERE id = '${grant}'`)
}
console.log(JSON.stringify(seen))
assert.ok(seen[200] > 0 && seen[401] + seen[403] > 0, `no real race: ${JSON.stringify(seen)}`)
db.end()
