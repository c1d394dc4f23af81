// What the operator does bites at once: a disabled client, a revoked grant, a paused
// one; and a consent that has reached its date. operations-O21; oauth-R4, R6, T5.
// SPDX-License-Identifier: Apache-2.0
import { App, assert, ctl, details, granted, inJapan, sql, until } from './lib.mjs'

const grantOf = (app) => sql`SELECT id FROM grants WHERE client = '${app.clientId}' ORDER BY created DESC LIMIT 1`[0][0]
const refused = async (call, error) => {
	const e = await call().then(() => assert.fail('it was taken'), (thrown) => thrown)
	assert.equal(e.error ?? e.cause?.error, error, String(e))
	return e
}

const app = await granted(await App.register(), details({ access: until() }))
assert.equal((await app.retrieve()).status, 200)
ctl('client', 'disable', app.clientId)
assert.equal((await app.retrieve()).status, 401)
await refused(() => app.refresh(), 'invalid_client')
ctl('client', 'enable', app.clientId)
assert.equal((await app.retrieve()).status, 200)

sql`UPDATE grants SET paused = clock_timestamp() WHERE id = '${grantOf(app)}'`
const paused = await app.retrieve()
assert.equal(paused.status, 403, paused.text)
assert.match(paused.body.type, /grant-paused$/)
assert.match((await refused(() => app.refresh(), 'invalid_grant')).error_description, /^paused/)
sql`UPDATE grants SET paused = NULL WHERE id = '${grantOf(app)}'`
assert.equal((await app.retrieve()).status, 200)

ctl('grant', 'revoke', grantOf(app), '--yes')
assert.equal((await app.retrieve()).status, 401)
await refused(() => app.refresh(), 'invalid_grant')

// `until` ends at 24:00 in Japan.
const short = await granted(await App.register(), details({ access: { kind: 'until', date: inJapan(0) } }))
assert.equal((await short.retrieve()).status, 200)
const end = sql`SELECT to_char(expires AT TIME ZONE 'Asia/Tokyo', 'HH24:MI:SS') FROM grants WHERE client = '${short.clientId}'`
assert.equal(end[0][0], '00:00:00')
ctl('sandbox', 'clock', '+1d')
short.clockSkew = 86400
assert.equal((await short.retrieve()).status, 401)
assert.match((await refused(() => short.refresh(), 'invalid_grant')).error_description ?? '', /consent_expired|unknown/)
ctl('sandbox', 'clock', '=0')
