// DPoP proofs that are wrong in one thing: 400 at the token end point and PAR, 401
// with a challenge at a resource; those that look odd but are right pass.
// oauth-D1, D3, D4, D5, D7, A4, A5, F14.
// SPDX-License-Identifier: Apache-2.0
import { exportJWK, generateKeyPair } from 'jose'
import { App, assert, Browser, details, granted, issuer, until } from './lib.mjs'
import { RawApp, sha } from './raw.mjs'

const raw = await RawApp.register()
const browser = new Browser(issuer, {})
const pushed = await raw.par({ authorization_details: JSON.stringify([{ type: 'self_information', ...details({ access: until() }) }]) })
assert.equal(pushed.status, 201, pushed.text)
await browser.open(new URL(`/oauth/authorize?client_id=${raw.id}&request_uri=${encodeURIComponent(pushed.body.request_uri)}`, issuer))
await browser.signInAsPersona('kenji')
await browser.consent()
const code = browser.left.searchParams.get('code')
browser.close()
const exchange = (how) => raw.form('/oauth/token', { grant_type: 'authorization_code', code, code_verifier: raw.verifier,
	redirect_uri: raw.file.redirect_uris[0] }, how)

// At the token end point: none, wrong, another key than the code is bound to (D8).
const other = await generateKeyPair('ES256', { extractable: true })
for (const [what, how, error] of [
	['none', { proof: null }, 'invalid_dpop_proof'],
	['wrong htu', { proof: await raw.proof('POST', '/oauth/par') }, 'invalid_dpop_proof'],
	['two', { proof: `${await raw.proof('POST', '/oauth/token')}, ${await raw.proof('POST', '/oauth/token')}` }, 'invalid_dpop_proof'],
	['iat an hour ago', { proof: await raw.proof('POST', '/oauth/token', { claims: { iat: Math.floor(Date.now() / 1000) - 3600 } }) }, 'invalid_dpop_proof'],
	['another key', { proof: await raw.proof('POST', '/oauth/token', { key: other }) }, 'invalid_grant'],
]) {
	const got = await exchange(how)
	assert.equal(got.status, 400, `${what}: ${got.text}`)
	assert.equal(got.body.error, error, `${what}: ${got.text}`)
}
const tokens = await exchange()
assert.equal(tokens.status, 200, `the code was not burnt: ${tokens.text}`)
const token = tokens.body.access_token
const path = '/v1/grant'
const now = Math.floor(Date.now() / 1000)
const proof = (more) => raw.proof('GET', path, { token, ...more })
const jwk = await exportJWK(raw.dpop.publicKey)
const secret = await exportJWK(raw.dpop.privateKey)

const wrong = {
	'no typ': await proof({ header: { typ: undefined } }), 'typ JWT': await proof({ header: { typ: 'JWT' } }),
	'no jwk': await proof({ header: { jwk: undefined } }), 'kid only': await proof({ header: { jwk: undefined, kid: 'k' } }),
	'private jwk': await proof({ header: { jwk: secret } }), 'kty oct': await proof({ header: { jwk: { kty: 'oct', k: 'AAAA' } } }),
	'off the curve': await proof({ header: { jwk: { ...jwk, y: jwk.x } } }),
	'no jti': await proof({ claims: { jti: undefined } }), 'no htm': await proof({ claims: { htm: undefined } }),
	'htm PUT': await proof({ claims: { htm: 'PUT' } }), 'no htu': await proof({ claims: { htu: undefined } }),
	'other path': await proof({ claims: { htu: `${issuer}/v1/other` } }), 'other host': await proof({ claims: { htu: 'https://other.example/v1/grant' } }),
	'no iat': await proof({ claims: { iat: undefined } }), 'an hour old': await proof({ claims: { iat: now - 3600 } }),
	'an hour ahead': await proof({ claims: { iat: now + 3600 } }), '62 s ahead': await proof({ claims: { iat: now + 62 } }),
	'no ath': await proof({ token: undefined }), 'ath of another token': await proof({ claims: { ath: sha('x') } }),
	'another key': await proof({ key: other }), 'not a JWS': 'nonsense',
	'bad signature': (await proof()).replace(/.{4}$/, 'AAAA'),
}
for (const [what, bad] of Object.entries(wrong)) {
	const got = await raw.resource(path, token, { proof: bad })
	assert.equal(got.status, 401, `${what}: ${got.status}`)
	assert.match(got.headers.get('www-authenticate'), /^DPoP error="invalid_dpop_proof", algs="ES256 PS256", resource_metadata="https:/, what)
	assert.match(got.headers.get('content-type'), /^application\/problem\+json/)
}
assert.equal((await raw.resource(path, token, { proof: null })).status, 401)

// As Bearer; unknown, malformed, no token; token in the query; two headers.
const bearer = await raw.resource(path, token, { scheme: 'Bearer' })
assert.equal(bearer.status, 401)
assert.match(bearer.headers.get('www-authenticate'), /invalid_token/)
assert.equal((await raw.resource(path, 'garbage')).status, 401)
const none = await (await fetch(issuer + path)).json()
assert.equal(none.status, 401)
const query = await fetch(`${issuer}${path}?access_token=${token}`)
assert.equal(query.status, 400)

// Odd but right (D4).
const odd = {
	'htu with query and fragment': await proof({ claims: { htu: `${issuer}${path}?a=b#c` } }),
	'scheme and host in capitals': await proof({ claims: { htu: issuer.replace('https', 'HTTPS') + path } }),
	'unknown header and claim': await proof({ header: { x: 1 }, claims: { y: [2] } }),
	'nbf and exp': await proof({ claims: { nbf: now, exp: now + 300 } }),
	'10 s ago': await proof({ claims: { iat: now - 10 } }), '10 s ahead': await proof({ claims: { iat: now + 10 } }),
}
for (const [what, good] of Object.entries(odd)) assert.equal((await raw.resource(path, token, { proof: good })).status, 200, what)
assert.equal((await raw.resource(path, token, { scheme: 'dPOP' })).status, 200)

// Used twice, also at the same time on several workers (D5).
const twice = await proof()
assert.equal((await raw.resource(path, token, { proof: twice })).status, 200)
assert.equal((await raw.resource(path, token, { proof: twice })).status, 401)
const race = await proof()
const all = await Promise.all(Array.from({ length: 32 }, () => raw.resource(path, token, { proof: race })))
assert.equal(all.filter((a) => a.status === 200).length, 1)
void App, granted
