// GET /v1/grant says what the token stands for, with or without Accept; the
// interaction id is echoed when it is a UUID and replaced when it is not; the
// catalogue is public and cacheable. api.md 2 and 5; oauth-R7, R8, N8.
// SPDX-License-Identifier: Apache-2.0
import { App, assert, details, granted, issuer, until } from './lib.mjs'

const app = await granted(await App.register(), details({ items: ['3-4'], optional_items: ['1'], on_behalf_of: 'child', access: until(30) }), { persona: 'hanako', child: '太郎' })
const id = crypto.randomUUID()
const answer = await app.call('GET', '/v1/grant', undefined, { 'x-fapi-interaction-id': id })
assert.equal(answer.status, 200, answer.text)
assert.equal(answer.headers.get('x-fapi-interaction-id'), id)
assert.ok(Math.abs(Date.parse(answer.headers.get('date')) - Date.now()) < 2000)
const [granted1] = answer.body.authorization_details
assert.deepEqual([granted1.items, granted1.optional_items, granted1.left_out], [['3-4'], [], ['1']])
assert.equal(granted1.beneficiary.kind, 'child')
assert.equal(answer.body.client_id, app.clientId)
const other = await app.call('GET', '/v1/grant', undefined, { 'x-fapi-interaction-id': 'not\ta uuid' })
assert.match(other.headers.get('x-fapi-interaction-id'), /^[0-9a-f-]{36}$/)

// Two apps see two names for the same child; one app sees one.
const again = await granted(app, details({ items: ['3-4'], on_behalf_of: 'child', access: until(30) }), { persona: 'hanako', child: '太郎' })
const same = (await again.call('GET', '/v1/grant')).body.authorization_details[0].beneficiary.sub
assert.equal(same, granted1.beneficiary.sub)
const stranger = await granted(await App.register(), details({ items: ['3-4'], on_behalf_of: 'child', access: until(30) }), { persona: 'hanako', child: '太郎' })
assert.notEqual((await stranger.call('GET', '/v1/grant')).body.authorization_details[0].beneficiary.sub, same)

const list = await fetch(`${issuer}/v1/catalogue`)
const items = (await list.json()).items
assert.equal(items.length, 61)
assert.equal((await fetch(`${issuer}/v1/catalogue`, { headers: { 'if-none-match': list.headers.get('etag') } })).status, 304)
for (const { item } of items.slice(0, 61)) {
	const schema = await (await fetch(`${issuer}/v1/catalogue/${item}/schema`)).json()
	assert.equal(schema.additionalProperties, false, item)
}
assert.equal((await fetch(`${issuer}/v1/catalogue/9-9`)).status, 404)
