// Client assertions that are wrong in one thing: 401 invalid_client each, the same
// body for all, and the next right one works. oauth-C1, C2, A3, A8, A13, A15.
// SPDX-License-Identifier: Apache-2.0
import { generateKeyPair, SignJWT, exportJWK } from 'jose'
import { assert, issuer } from './lib.mjs'
import { answer, RawApp } from './raw.mjs'

const app = await RawApp.register()
const other = await RawApp.register()
const now = Math.floor(Date.now() / 1000)
const stranger = await generateKeyPair('ES256', { extractable: true })
const right = await app.assertion()
const [head, payload, signature] = right.split('.')
const b64 = (value) => Buffer.from(value).toString('base64url')
const signed = async (header, text) => {
	// jose would not write these: the parts are put together and signed by hand
	const { createSign, KeyObject } = await import('node:crypto')
	const input = `${b64(header)}.${b64(text)}`
	const key = KeyObject.from(app.pair.privateKey)
	return `${input}.${createSign('sha256').update(input).sign({ key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
}
const goodHead = '{"alg":"ES256","kid":"k1"}'
const claims = (more = '') => `{"iss":"${app.id}","sub":"${app.id}","aud":"${issuer}","jti":"${Math.random()}","exp":${now + 60}${more}}`
const der = async () => {
	const { createSign, KeyObject } = await import('node:crypto')
	const input = `${head}.${payload}`
	return `${input}.${createSign('sha256').update(input).sign(KeyObject.from(app.pair.privateKey)).toString('base64url')}`
}

const wrong = {
	'no sub': await app.assertion({ claims: { sub: undefined } }),
	'no iss': await app.assertion({ claims: { iss: undefined } }),
	'no jti': await app.assertion({ claims: { jti: undefined } }),
	'long jti': await app.assertion({ claims: { jti: 'j'.repeat(257) } }),
	'no exp': await app.assertion({ claims: { exp: undefined } }),
	'exp 5 min ago': await app.assertion({ claims: { exp: now - 300 } }),
	'exp a year ahead': await app.assertion({ claims: { exp: now + 31536000 } }),
	'nbf +62 s': await app.assertion({ claims: { nbf: now + 62, iat: now + 62, exp: now + 122 } }),
	'aud array': await app.assertion({ claims: { aud: [issuer] } }),
	'aud array of two': await app.assertion({ claims: { aud: [issuer, 'x'] } }),
	'aud token URL': await app.assertion({ claims: { aud: `${issuer}/oauth/token` } }),
	'aud PAR URL': await app.assertion({ claims: { aud: `${issuer}/oauth/par` } }),
	'aud with slash': await app.assertion({ claims: { aud: `${issuer}/` } }),
	'aud upper case': await app.assertion({ claims: { aud: issuer.toUpperCase() } }),
	'other aud': await app.assertion({ claims: { aud: 'https://other.example' } }),
	'iss of another': await app.assertion({ claims: { iss: other.id } }),
	'key of a stranger': await app.assertion({ key: stranger.privateKey }),
	'key of another client': await app.assertion({ key: other.pair.privateKey }),
	'signed as another client': await app.assertion({ claims: { iss: other.id, sub: other.id } }),
	'unknown client': await app.assertion({ claims: { iss: 'SP00000000_NOBODY', sub: 'SP00000000_NOBODY' } }),
	'unknown kid': await app.assertion({ header: { kid: 'k9' } }),
	'typ dpop+jwt': await app.assertion({ header: { typ: 'dpop+jwt' } }),
	'typ at+jwt': await app.assertion({ header: { typ: 'at+jwt' } }),
	'typ oauth-authz-req+jwt': await app.assertion({ header: { typ: 'oauth-authz-req+jwt' } }),
	'bit flip': `${head}.${payload}.${(signature[0] === 'A' ? 'B' : 'A') + signature.slice(1)}`,
	'DER signature': await der(),
	'padding': `${right}=`,
	'four segments': `${right}.x`,
	'trailing bytes': `${right}\n`,
	'alg none': `${b64('{"alg":"none"}')}.${payload}.`,
	'HS256 with the public key': await new SignJWT({ iss: app.id, sub: app.id, aud: issuer, jti: 'h', exp: now + 60 })
		.setProtectedHeader({ alg: 'HS256', kid: 'k1' }).sign(new TextEncoder().encode(JSON.stringify(await exportJWK(app.pair.publicKey)))),
	'alg es256': await signed('{"alg":"es256","kid":"k1"}', claims()),
	'crit': await signed('{"alg":"ES256","kid":"k1","crit":["exp"]}', claims()),
	'b64': await signed('{"alg":"ES256","kid":"k1","b64":false}', claims()),
	'duplicate in header': await signed('{"alg":"ES256","alg":"ES256","kid":"k1"}', claims()),
	'duplicate in payload': await signed(goodHead, claims(`,"sub":"${app.id}"`)),
	'payload an array': await signed(goodHead, `[${claims()}]`),
	'exp 1e999': await signed(goodHead, claims(',"x":1e999')),
	'nested 1,000 deep': await signed(goodHead, claims(`,"x":${'['.repeat(1000)}${']'.repeat(1000)}`)),
	'empty': '', 'not a JWS': 'nonsense',
}
let same
for (const [what, assertion] of Object.entries(wrong)) {
	const got = await app.par({}, { assertion })
	assert.equal(got.status, 401, `${what}: ${got.status} ${got.text}`)
	assert.equal(got.body.error, 'invalid_client', what)
	assert.equal(got.headers.get('www-authenticate'), null, what)
	assert.match(got.headers.get('cache-control'), /no-store/)
	same ??= got.text
	assert.equal(got.text, same, `${what}: one body for all`)
}
const type = await app.par({ client_assertion_type: 'urn:x' })
assert.equal(type.status, 401)
const basic = await answer(await fetch(`${issuer}/oauth/par`, { method: 'POST', body: new URLSearchParams({ client_id: app.id }),
	headers: { authorization: `Basic ${Buffer.from(`${app.id}:secret`).toString('base64')}` } }))
assert.equal(basic.status, 401)
assert.ok(basic.headers.get('www-authenticate'))
const both = await app.par({}, { headers: { authorization: 'Basic eDp5' } })
assert.equal(both.body.error, 'invalid_request')

// Used once, wherever (C2); 8, 10 and 30 seconds ahead are taken (A13).
const once = await app.assertion()
assert.equal((await app.par({}, { assertion: once })).status, 201)
const again = await app.par({}, { assertion: once })
assert.equal(again.status, 401, again.text)
assert.equal((await app.form('/oauth/token', { grant_type: 'refresh_token', refresh_token: 'x' }, { assertion: once })).status, 401)
const twin = await app.assertion()
const twins = await Promise.all(Array.from({ length: 16 }, () => app.par({}, { assertion: twin })))
assert.equal(twins.filter((t) => t.status === 201).length, 1, twins.map((t) => t.status).join(' '))
for (const ahead of [8, 10, 28]) assert.equal((await app.par({}, { assertion: await app.assertion({ claims: { nbf: now + ahead, iat: now + ahead } }) })).status, 201)
for (const typ of ['JWT', 'client-authentication+jwt', 'Client-Authentication+JWT']) assert.equal((await app.par({}, { assertion: await app.assertion({ header: { typ } }) })).status, 201, typ)
