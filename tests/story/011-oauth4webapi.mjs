// The whole flow with oauth4webapi as it comes, by which the answers of every end
// point are checked more strictly than by most clients; PS256 assertions.
// SPDX-License-Identifier: Apache-2.0
import * as oauth from 'oauth4webapi'
import { addClient, assert, Browser, clientFile, details, issuer } from './lib.mjs'

const own = await oauth.generateKeyPair('PS256', { extractable: true })
const jwk = await crypto.subtle.exportKey('jwk', own.publicKey)
const file = clientFile({ jwk: { kty: jwk.kty, n: jwk.n, e: jwk.e, kid: 'ps', use: 'sig', alg: 'PS256' } })
addClient(file)

const client = { client_id: file.client_id }
const server = new URL(issuer)
const as = await oauth.processDiscoveryResponse(server,
	await oauth.discoveryRequest(server, { algorithm: 'oauth2' }))
assert.equal(as.issuer, issuer)
const auth = oauth.PrivateKeyJwt({ key: own.privateKey, kid: 'ps' })
const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))

// A request with DPoP, done again once if the server asks for a nonce.
async function proved(request, process) {
	try {
		return await process(await request())
	} catch (error) {
		if (!oauth.isDPoPNonceError(error)) throw error
		return process(await request())
	}
}

const verifier = oauth.generateRandomCodeVerifier()
const state = oauth.generateRandomState()
const parameters = {
	response_type: 'code',
	redirect_uri: file.redirect_uris[0],
	state,
	code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
	code_challenge_method: 'S256',
	authorization_details: JSON.stringify([{ type: 'self_information', ...details({ items: ['1', '2'] }) }]),
}
const pushed = await proved(() => oauth.pushedAuthorizationRequest(as, client, auth, parameters, { DPoP }),
	(answer) => oauth.processPushedAuthorizationResponse(as, client, answer))

const address = new URL(as.authorization_endpoint)
address.searchParams.set('client_id', client.client_id)
address.searchParams.set('request_uri', pushed.request_uri)
const browser = await new Browser(issuer, { language: 'en' }).open(address)
await browser.signInWithCard('kenji')
await browser.consent()
const callback = oauth.validateAuthResponse(as, client, browser.left, state)
browser.close()

const tokens = await proved(
	() => oauth.authorizationCodeGrantRequest(as, client, auth, callback, file.redirect_uris[0], verifier, { DPoP }),
	(answer) => oauth.processAuthorizationCodeResponse(as, client, answer))
assert.equal(tokens.token_type, 'dpop')
assert.equal(tokens.refresh_token, undefined, 'once has no refresh token')

const answer = await proved(
	() => oauth.protectedResourceRequest(tokens.access_token, 'POST', new URL('/v1/retrievals', issuer),
		new Headers({ accept: 'application/json' }), undefined, { DPoP }),
	(response) => response)
assert.equal(answer.status, 200)
const body = await answer.json()
assert.deepEqual(body.items.map((i) => [i.item, i.status]), [['1', 'provided'], ['2', 'provided']])
