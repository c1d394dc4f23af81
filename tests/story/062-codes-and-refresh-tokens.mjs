// Codes and refresh tokens: once, for their client, with their verifier, in time.
// oauth-T1 to T6, A9, A11.
// SPDX-License-Identifier: Apache-2.0
import { assert, Browser, ctl, details, issuer, sql, until } from './lib.mjs'
import { RawApp } from './raw.mjs'

const raw = await RawApp.register()
const other = await RawApp.register()

async function code(more = {}) {
	const pushed = await raw.par({ authorization_details: JSON.stringify([{ type: 'self_information', ...details({ access: until() }) }]), ...more })
	assert.equal(pushed.status, 201, pushed.text)
	const browser = new Browser(issuer, {})
	await browser.open(new URL(`/oauth/authorize?client_id=${raw.id}&request_uri=${encodeURIComponent(pushed.body.request_uri)}`, issuer))
	await browser.signInAsPersona('kenji')
	await browser.consent()
	browser.close()
	return browser.left.searchParams.get('code')
}
const exchange = (app, c, more = {}) => app.form('/oauth/token', { grant_type: 'authorization_code', code: c, code_verifier: raw.verifier,
	redirect_uri: raw.file.redirect_uris[0], ...more })
const dead = (got, what) => {
	assert.equal(got.status, 400, `${what}: ${got.text}`)
	assert.equal(got.body.error, 'invalid_grant', what)
	assert.match(got.body.error_description, /^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/)
}

const first = await code()
dead(await exchange(raw, first, { code_verifier: undefined }), 'no verifier')
dead(await exchange(raw, first, { code_verifier: 'w'.repeat(50) }), 'wrong verifier')
dead(await exchange(raw, first, { code_verifier: 'v'.repeat(42) }), '42 characters')
dead(await exchange(raw, first, { code_verifier: 'v'.repeat(129) }), '129 characters')
dead(await exchange(raw, first, { redirect_uri: 'https://app.example/other' }), 'other redirect_uri')
dead(await exchange(other, first), 'code of another client')
dead(await exchange(raw, `${first.slice(0, -1)}${first.endsWith('A') ? 'E' : 'A'}`), 'another code')
const good = await exchange(raw, first)
assert.equal(good.status, 200, `not burnt by the wrong ones: ${good.text}`)
assert.equal(good.body.token_type, 'DPoP')
assert.ok(good.body.expires_in >= 1 && good.body.expires_in <= 600)
assert.ok(good.body.refresh_token && good.body.grant_id && good.body.grant_expires_at)
assert.equal(good.body.authorization_details[0].items[0], '2')
assert.equal((await raw.resource('/v1/grant', good.body.access_token)).status, 200)

// Replayed: refused, and what it gave is dead (T2).
dead(await exchange(raw, first), 'replay')
assert.equal((await raw.resource('/v1/grant', good.body.access_token)).status, 401)
dead(await raw.form('/oauth/token', { grant_type: 'refresh_token', refresh_token: good.body.refresh_token }), 'refresh of a replayed code')

// Sixteen at once: one.
const second = await code()
const all = await Promise.all(Array.from({ length: 16 }, () => exchange(raw, second)))
assert.equal(all.filter((a) => a.status === 200).length, 1, all.map((a) => a.status).join(' '))

// Refresh: no rotation, any key of the client, not of another; parallel (A9, T5).
const third = (await exchange(raw, await code())).body
const refresh = (app, how) => app.form('/oauth/token', { grant_type: 'refresh_token', refresh_token: third.refresh_token }, how)
const fresh = await refresh(raw)
assert.equal(fresh.status, 200, fresh.text)
assert.equal(fresh.body.refresh_token, undefined)
assert.notEqual(fresh.body.access_token, third.access_token)
const newKey = (await RawApp.register()).dpop
assert.equal((await refresh(raw, { proof: await raw.proof('POST', '/oauth/token', { key: newKey }) })).status, 200)
dead(await refresh(other), 'refresh token of another client')
assert.equal((await refresh(raw, { proof: null })).body.error, 'invalid_dpop_proof')
assert.ok((await Promise.all(Array.from({ length: 30 }, () => refresh(raw)))).every((a) => a.status === 200))

// The citizen took it back: the reason is named.
const [[id]] = sql`SELECT id FROM grants WHERE client = '${raw.id}' AND epoch = 0 ORDER BY created DESC LIMIT 1`
ctl('grant', 'revoke', id, '--yes')
const revoked = await refresh(raw)
assert.equal(revoked.status, 400, revoked.text)
assert.equal(revoked.body.error, 'invalid_grant')

// A code of 62 s ago; unknown and missing grant types; wrong methods.
const late = await code()
ctl('sandbox', 'clock', '+62s')
const aged = await exchange(raw, late)
assert.ok([400, 401].includes(aged.status), aged.text)
ctl('sandbox', 'clock', '=0')
assert.equal((await raw.form('/oauth/token', { grant_type: 'password' })).body.error, 'unsupported_grant_type')
assert.equal((await raw.form('/oauth/token', { grant_type: 'client_credentials' })).body.error, 'unsupported_grant_type')
assert.equal((await raw.form('/oauth/token', {})).body.error, 'invalid_request')
const get = await fetch(`${issuer}/oauth/token`)
assert.equal(get.status, 405)
assert.match(get.headers.get('allow'), /POST/)
