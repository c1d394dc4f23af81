// A once grant asked 32 times at the same time: exactly one is provided, the
// others are refused; the winner's repeat with its Idempotency-Key works.
// api.md 2; faults-F16, F20.
// SPDX-License-Identifier: Apache-2.0
import { App, assert, details, granted, sql } from './lib.mjs'

const app = await granted(await App.register(), details())
const keys = Array.from({ length: 32 }, (_, i) => `try-${i}`)
const answers = await Promise.all(keys.map((key) => app.retrieve(undefined, { 'idempotency-key': key })))
const won = answers.filter((a) => a.status === 200)
const [[grant]] = sql`SELECT id FROM grants WHERE client = '${app.clientId}'`

assert.equal(won.length, 1, answers.map((a) => a.status).join(' '))
assert.equal(won[0].body.items[0].status, 'provided')
for (const a of answers.filter((one) => one !== won[0])) {
	assert.equal(a.status, 403, a.text)
	assert.match(a.body.type, /grant-used$/)
}
assert.equal(sql`SELECT count(*) FROM grant_use WHERE grant_id = '${grant}'`[0][0], '1')
assert.equal(sql`SELECT count(DISTINCT retrieval) FROM disclosure WHERE grant_id = '${grant}'`[0][0], '1')

const key = keys[answers.indexOf(won[0])]
const again = await app.retrieve(undefined, { 'idempotency-key': key })
assert.equal(again.status, 200, again.text)
assert.equal(again.body.items[0].status, 'provided')
assert.notEqual(again.body.retrieval_id, won[0].body.retrieval_id)

const other = await app.retrieve({ items: ['2'] }, { 'idempotency-key': key })
assert.equal(other.status, 422, other.text)
assert.match(other.body.type, /idempotency-body$/)
assert.equal((await app.retrieve(undefined, { 'idempotency-key': 'another' })).status, 403)
assert.equal((await app.retrieve()).status, 403)
