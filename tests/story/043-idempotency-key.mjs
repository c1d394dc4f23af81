// Idempotency-Key: the same key is the same retrieval, agencies asked again, rows of
// its own; while it runs 409, with another body 422, after ten minutes a new one.
// api.md 2; faults-F19, F20.
// SPDX-License-Identifier: Apache-2.0
import * as oauth from 'openid-client'
import { App, assert, ctl, details, dial, eventually, granted, issuer, sql, until } from './lib.mjs'

const app = await granted(await App.register(), details({ items: ['1', '2'], access: until() }))
const number = () => sql`SELECT count(DISTINCT retrieval), count(*) FROM disclosure WHERE client = '${app.clientId}'`[0].map(Number)
const key = { 'idempotency-key': 'k1' }

assert.equal((await app.retrieve({ items: ['2'] }, key)).status, 200)
assert.equal((await app.retrieve({ items: ['2'] }, key)).status, 200)
assert.deepEqual(number(), [1, 2])
assert.equal((await app.retrieve({ items: ['1'] }, key)).status, 422)
assert.deepEqual(number(), [1, 2])

// Two at once: one runs, the other is told to wait; afterwards it works.
await dial('midori-city', 'slow', 500)
const both = await Promise.all([app.retrieve({}, { 'idempotency-key': 'k2' }), app.retrieve({}, { 'idempotency-key': 'k2' })])
assert.deepEqual(both.map((a) => a.status).sort(), [200, 409], both.map((a) => a.text).join('\n'))
assert.match(both.find((a) => a.status === 409).body.type, /idempotency-busy$/)
assert.equal((await app.retrieve({}, { 'idempotency-key': 'k2' })).status, 200)

// The client goes away in the middle: its key is free again, its record stays or never was.
const controller = new AbortController()
const gone = oauth.fetchProtectedResource(app.config, app.tokens.access_token, new URL('/v1/retrievals', issuer), 'POST', undefined,
	new Headers({ 'idempotency-key': 'k3' }), { DPoP: app.DPoP, signal: controller.signal }).catch(() => 'gone')
setTimeout(() => controller.abort(), 150)
await gone
await dial('midori-city', 'off')
await eventually('the key is free', async () => (await app.retrieve(undefined, { 'idempotency-key': 'k3' })).status === 200, 10)

// After ten minutes it is a new retrieval, whatever the body.
const [before] = number()
ctl('sandbox', 'clock', '+11min')
app.clockSkew = 660
await app.refresh()
assert.equal((await app.retrieve({ items: ['1'] }, key)).status, 200)
assert.equal(number()[0], before + 1)
ctl('sandbox', 'clock', '=0')

