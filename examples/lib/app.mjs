// app: what the back end of an app does with selfinfo, with an OAuth library
// as it comes (openid-client 6): keys, registration, pushed request, token,
// retrieval. Read it from top to bottom to write your own.
// Needs the variables of the sandbox: . build/sandbox/env
// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as oauth from 'openid-client'

const { subtle } = globalThis.crypto
export const issuer = process.env.SELFINFO_ISSUER

if (!issuer) {
	console.error('No sandbox is known: `make sandbox`, then `. build/sandbox/env`.')
	process.exit(2)
}

// A key pair of ES256 and the JSON that registers it.
export async function newKey(kid = '1') {
	const pair = await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
	const { kty, crv, x, y } = await subtle.exportKey('jwk', pair.publicKey)
	return { kid, privateKey: pair.privateKey, jwk: { kty, crv, x, y, kid, use: 'sig', alg: 'ES256' } }
}

let clients = 0

// The members of client.json (RFC 7591 and selfinfo_*) that every app here has;
// `more` says the rest or says it differently.
export function clientFile(key, more = {}) {
	return {
		client_id: `SP${String(process.pid % 1e8).padStart(8, '0')}_AA${String(++clients).padStart(4, '0')}`,
		client_name: '見本のアプリ',
		'client_name#en': 'A sample app',
		redirect_uris: ['https://app.example/callback'],
		jwks: { keys: [key.jwk] },
		token_endpoint_auth_method: 'private_key_jwt',
		dpop_bound_access_tokens: true,
		grant_types: ['authorization_code', 'refresh_token'],
		authorization_details_types: ['self_information'],
		selfinfo_items: ['1', '2', '3-2', '3-4'],
		selfinfo_purposes: { test: { ja: '試験のため', en: 'For a test' } },
		selfinfo_on_behalf_of: ['self', 'child'],
		...more,
	}
}

export function ctl(...words) {
	const [program, ...before] = process.env.SELFINFO_CTL.split(' ')
	return execFileSync(program, [...before, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

// The operator's part: `selfinfoctl client add --file client.json`
export function addClient(file) {
	const folder = mkdtempSync(join(tmpdir(), 'selfinfo-client.'))
	try {
		writeFileSync(join(folder, 'client.json'), JSON.stringify(file, null, '\t'))
		return ctl('client', 'add', '--file', join(folder, 'client.json'))
	} finally {
		rmSync(folder, { recursive: true })
	}
}

export class App {
	// A new app, registered with the operator.
	static async register(more) {
		const key = await newKey()
		const file = clientFile(key, more)
		addClient(file)
		return App.known(file.client_id, key, file.redirect_uris[0])
	}

	// The app that `make sandbox` registered.
	static async example(folder = join(process.env.SELFINFO_SANDBOX, 'example-app')) {
		const file = JSON.parse(readFileSync(join(folder, 'client.json'), 'utf8'))
		const pem = readFileSync(join(folder, 'key.pem'), 'utf8').replace(/-----[^-]+-----|\s/g, '')
		const privateKey = await subtle.importKey('pkcs8', Buffer.from(pem, 'base64'),
			{ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
		return App.known(file.client_id, { kid: '1', privateKey }, file.redirect_uris[0])
	}

	static async known(clientId, key, redirectUri) {
		const app = new App()
		app.clientId = clientId
		app.key = key
		app.redirectUri = redirectUri
		app.auth = oauth.PrivateKeyJwt({ key: key.privateKey, kid: key.kid })
		app.config = await oauth.discovery(new URL(issuer), clientId, { dpop_bound_access_tokens: true },
			app.auth, { algorithm: 'oauth2' })
		app.dpopKey = await oauth.randomDPoPKeyPair('ES256')
		app.DPoP = oauth.getDPoPHandle(app.config, app.dpopKey)
		return app
	}

	// The clock of the sandbox was moved: our assertions and proofs follow.
	set clockSkew(seconds) {
		this.config = new oauth.Configuration(this.config.serverMetadata(), this.clientId,
			{ dpop_bound_access_tokens: true, [oauth.clockSkew]: seconds }, this.auth)
		this.DPoP = oauth.getDPoPHandle(this.config, this.dpopKey)
	}

	// Pushes what is asked for; returns the address for the citizen's browser.
	async ask(details, more = {}) {
		this.verifier = oauth.randomPKCECodeVerifier()
		this.state = oauth.randomState()
		return oauth.buildAuthorizationUrlWithPAR(this.config, {
			redirect_uri: this.redirectUri,
			state: this.state,
			code_challenge: await oauth.calculatePKCECodeChallenge(this.verifier),
			code_challenge_method: 'S256',
			authorization_details: JSON.stringify([{ type: 'self_information', ...details }]),
			...more,
		}, { DPoP: this.DPoP })
	}

	// What came back to the redirect URI becomes tokens; iss, state and PKCE are
	// checked by the library.
	async redeem(callback) {
		this.tokens = await oauth.authorizationCodeGrant(this.config, callback,
			{ pkceCodeVerifier: this.verifier, expectedState: this.state }, undefined, { DPoP: this.DPoP })
		return this.tokens
	}

	// Without the citizen, while the grant lasts.
	async refresh() {
		const fresh = await oauth.refreshTokenGrant(this.config, this.tokens.refresh_token, undefined, { DPoP: this.DPoP })
		this.tokens = { ...this.tokens, ...fresh }
		return this.tokens
	}

	// The records. A refusal comes back like an answer: status and problem.
	async retrieve(body, headers = {}) {
		return this.call('POST', '/v1/retrievals', body, headers)
	}

	async call(method, path, body, headers = {}) {
		const all = new Headers({ accept: 'application/json', ...headers })
		if (body !== undefined) all.set('content-type', 'application/json')
		let answer
		try {
			answer = await oauth.fetchProtectedResource(this.config, this.tokens.access_token, new URL(path, issuer),
				method, body === undefined ? undefined : JSON.stringify(body), all, { DPoP: this.DPoP })
		} catch (error) {
			if (!(error.cause?.response ?? error.response)) throw error
			answer = error.cause?.response ?? error.response
		}
		const text = await answer.text()
		return { status: answer.status, headers: answer.headers, text,
			body: /json/.test(answer.headers.get('content-type') ?? '') ? JSON.parse(text) : undefined }
	}
}
