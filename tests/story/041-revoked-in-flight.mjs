// A revocation committed while a retrieval is in flight: no record, nothing
// delivered. In both orders, and with a revocation that is taken back.
// Promise 2; faults-F15.
// SPDX-License-Identifier: Apache-2.0
import { App, assert, details, dial, granted, sql, until } from './lib.mjs'
import { Session } from './session.mjs'

const app = await granted(await App.register(), details({ access: until() }))
const [[grant]] = sql`SELECT id FROM grants WHERE client = '${app.clientId}'`
const records = () => Number(sql`SELECT count(*) FROM disclosure WHERE grant_id = '${grant}'`[0][0])
const refusals = () => Number(sql`SELECT count(*) FROM refusal WHERE grant_id = '${grant}'`[0][0])
const revoke = `UPDATE grants SET revoked = clock_timestamp(), epoch = epoch + 1 WHERE id = '${grant}'`
const restore = `UPDATE grants SET revoked = NULL WHERE id = '${grant}'`
const db = new Session()

// Committed while the agency is being asked.
await dial('midori-city', 'slow', 600)
let answer = app.retrieve()
await new Promise((resolve) => setTimeout(resolve, 200))
await db.run(revoke)
answer = await answer
assert.equal(answer.status, 403, answer.text)
assert.match(answer.body.type, /grant-revoked$/)
assert.equal(records(), 0)
assert.equal(refusals(), 1)

// Locked before the record, committed while the record waits for the lock.
await db.run(restore)
await db.run('BEGIN')
await db.run(revoke)
answer = app.retrieve()
await new Promise((resolve) => setTimeout(resolve, 1200))
await db.run('COMMIT')
answer = await answer
assert.equal(answer.status, 403, answer.text)
assert.equal(records(), 0)

// The same, but the revocation is taken back: the record goes on.
await db.run(restore)
await dial('midori-city', 'off')
await db.run('BEGIN')
await db.run(revoke)
answer = app.retrieve()
await new Promise((resolve) => setTimeout(resolve, 500))
await db.run('ROLLBACK')
answer = await answer
assert.equal(answer.status, 200, answer.text)
assert.equal(answer.body.items[0].status, 'provided')
assert.equal(records(), 1)

// The record first, then the revocation: delivered; afterwards the token is dead.
await db.run(revoke)
answer = await app.retrieve()
assert.equal(answer.status, 401, answer.text)
assert.match(answer.body.type, /token-dead$/)
assert.equal(records(), 1)
db.end()
