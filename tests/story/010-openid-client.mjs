// The whole flow with openid-client as it comes: PAR, card, consent, code, token
// with DPoP, retrieval, refresh, retrieval again. Outcome 1 of the main job.
// SPDX-License-Identifier: Apache-2.0
import { App, assert, details, granted, sql, until } from './lib.mjs'

const app = await App.register()
const ask = details({ items: ['3-4'], access: until(120), on_behalf_of: 'child' })
await granted(app, ask, { card: 'hanako', child: '太郎' })

const { tokens } = app
assert.equal(tokens.token_type.toLowerCase(), 'dpop')
assert.ok(tokens.refresh_token)
assert.ok(tokens.expires_in > 0 && tokens.expires_in <= 600)
const [allowed] = tokens.authorization_details
assert.equal(allowed.type, 'self_information')
assert.deepEqual(allowed.items, ['3-4'])

const first = await app.retrieve()
assert.equal(first.status, 200, first.text)
assert.equal(first.headers.get('cache-control'), 'no-store')
const { body } = first
assert.equal(body.status, 'done')
assert.equal(body.complete, true)
assert.equal(body.beneficiary.kind, 'child')
const [item] = body.items
assert.equal(item.item, '3-4')
assert.equal(item.status, 'provided')
const towns = item.sources.map((s) => s.agency).sort()
assert.deepEqual(towns, ['aozora-city', 'hikari-town'])
for (const source of item.sources) {
	assert.equal(source.status, 'provided')
	assert.ok(source.records.length > 0)
	assert.match(source.record, /^[0-9a-f-]{36}$/)
}

// Each source that was provided has its record, and nothing has more.
const records = sql`SELECT record, agency, item, state FROM disclosure WHERE client = '${app.clientId}'`
assert.deepEqual(records.map(([record]) => record).sort(), item.sources.map((s) => s.record).sort())

const before = tokens.access_token
await app.refresh()
assert.notEqual(app.tokens.access_token, before)
const second = await app.retrieve()
assert.equal(second.status, 200, second.text)
assert.notEqual(second.body.retrieval_id, body.retrieval_id)
assert.equal(second.body.beneficiary.sub, body.beneficiary.sub)
assert.deepEqual(second.body.items[0].sources.map((s) => s.records), item.sources.map((s) => s.records))

const grant = await app.call('GET', '/v1/grant')
assert.equal(grant.status, 200, grant.text)
