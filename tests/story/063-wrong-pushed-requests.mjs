// Pushed requests that are wrong in one thing get the exact refusal, and nothing
// that was refused can be opened. oauth-F1 to F10, F18, RA3.
// SPDX-License-Identifier: Apache-2.0
import { assert, details, issuer, until } from './lib.mjs'
import { answer, RawApp } from './raw.mjs'

const raw = await RawApp.register({ redirect_uris: ['https://app.example/callback', 'https://app.example/q?dummy1=lorem&dummy2=ipsum'], selfinfo_max_access_days: 100 })
const entry = (more) => JSON.stringify([{ type: 'self_information', ...details(more) }])
const invalid = {
	'no challenge': [{ code_challenge: undefined }, 'invalid_request'],
	'plain': [{ code_challenge_method: 'plain' }, 'invalid_request'],
	'no method': [{ code_challenge_method: undefined }, 'invalid_request'],
	'short challenge': [{ code_challenge: 'abc' }, 'invalid_request'],
	'no redirect_uri': [{ redirect_uri: undefined }, 'invalid_request'],
	'appended path': [{ redirect_uri: 'https://app.example/callback/x' }, 'invalid_request'],
	'other port': [{ redirect_uri: 'https://app.example:444/callback' }, 'invalid_request'],
	'other case': [{ redirect_uri: 'https://app.example/Callback' }, 'invalid_request'],
	'extra query': [{ redirect_uri: 'https://app.example/callback?x=1' }, 'invalid_request'],
	'fragment': [{ redirect_uri: 'https://app.example/callback#x' }, 'invalid_request'],
	'http': [{ redirect_uri: 'http://app.example/callback' }, 'invalid_request'],
	'token': [{ response_type: 'token' }, 'unsupported_response_type'],
	'code id_token': [{ response_type: 'code id_token' }, 'unsupported_response_type'],
	'no response_type': [{ response_type: undefined }, 'unsupported_response_type'],
	'request_uri inside': [{ request_uri: 'urn:x' }, 'invalid_request'],
	'request inside': [{ request: 'eyJ' }, 'invalid_request'],
	'unknown scope': [{ scope: 'everything' }, 'invalid_scope'],
	'dpop_jkt malformed': [{ dpop_jkt: 'x' }, 'invalid_request'],
	'dpop_jkt of another key': [{ dpop_jkt: 'A'.repeat(43) }, 'invalid_request'],
	'unknown item': [{ authorization_details: entry({ items: ['9-9'] }) }, 'invalid_authorization_details'],
	'item not registered': [{ authorization_details: entry({ items: ['4-1'] }) }, 'invalid_authorization_details'],
	'purpose not registered': [{ authorization_details: entry({ purpose: 'other' }) }, 'invalid_authorization_details'],
	'until beyond the maximum': [{ authorization_details: entry({ access: until(102) }) }, 'invalid_authorization_details'],
	'two entries': [{ authorization_details: entry().replace(/]$/, `,${entry().slice(1)}`) }, 'invalid_authorization_details'],
	'unknown type': [{ authorization_details: '[{"type":"payment"}]' }, 'invalid_authorization_details'],
	'17 KiB': [{ authorization_details: entry({ items: [`${'x'.repeat(17000)}`] }) }, 'invalid_authorization_details'],
	'no details': [{ authorization_details: undefined }, 'invalid_authorization_details'],
}
for (const [what, [more, error]] of Object.entries(invalid)) {
	const got = await raw.par(more)
	assert.equal(got.status, 400, `${what}: ${got.status} ${got.text}`)
	assert.equal(got.body.error, error, what)
}
const twice = new URLSearchParams({ client_id: raw.id })
twice.append('client_id', raw.id)
assert.equal((await answer(await fetch(`${issuer}/oauth/par`, { method: 'POST', body: twice }))).body.error, 'invalid_request')
assert.equal((await fetch(`${issuer}/oauth/par`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })).status, 415)
assert.equal((await fetch(`${issuer}/oauth/par`, { method: 'PUT', body: twice })).status, 405)
assert.equal((await fetch(`${issuer}/oauth/par`, { method: 'POST', body: 'x'.repeat(70000), headers: { 'content-type': 'application/x-www-form-urlencoded' } }).catch((e) => ({ status: String(e.cause?.code) }))).status, 413)

const good = await raw.par({ unknown: 'ignored', redirect_uri: 'https://app.example/q?dummy1=lorem&dummy2=ipsum' })
assert.equal(good.status, 201, good.text)
assert.match(good.body.request_uri, /^urn:ietf:params:oauth:request_uri:[A-Za-z0-9_-]{43}$/)
assert.ok(Number.isInteger(good.body.expires_in) && good.body.expires_in >= 5 && good.body.expires_in < 600)

// The front channel: pages, never a redirect (F8, F10).
const open = (parameters) => fetch(`${issuer}/oauth/authorize?${new URLSearchParams(parameters)}`, { redirect: 'manual' })
const uri = good.body.request_uri
const other = await RawApp.register()
for (const parameters of [{}, { client_id: raw.id }, { request_uri: uri }, { client_id: other.id, request_uri: uri },
	{ client_id: raw.id, request_uri: `${uri.slice(0, -1)}${uri.endsWith('A') ? 'E' : 'A'}` },
	{ client_id: raw.id, request_uri: 'https://app.example/request' },
	{ client_id: raw.id, response_type: 'code', redirect_uri: 'https://app.example/callback' }]) {
	const page = await open(parameters)
	assert.equal(page.status, 400, JSON.stringify(parameters))
	assert.match(await page.text(), /id="error_code"[^>]*>invalid_request_uri</)
	assert.equal(page.headers.get('location'), null)
}
assert.equal((await open({ client_id: raw.id, request_uri: uri, state: 'other', nonce: 'x' })).status, 303)
