// raw: OAuth requests made by hand, for stories in which something is wrong with
// them. Keys and tokens by jose; everything can be said differently.
// SPDX-License-Identifier: Apache-2.0
import { createHash, randomUUID } from 'node:crypto'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { addClient, clientFile, details, issuer } from './lib.mjs'

export const sha = (text) => createHash('sha256').update(text).digest('base64url')
const now = () => Math.floor(Date.now() / 1000)

export class RawApp {
	static async register(more = {}) {
		const app = new RawApp()
		app.pair = await generateKeyPair('ES256', { extractable: true })
		const jwk = { ...(await exportJWK(app.pair.publicKey)), kid: 'k1', use: 'sig', alg: 'ES256' }
		app.file = clientFile({ jwk }, more)
		app.id = app.file.client_id
		addClient(app.file)
		app.dpop = await generateKeyPair('ES256', { extractable: true })
		return app
	}

	async assertion({ header = {}, claims = {}, key = this.pair.privateKey } = {}) {
		const all = { iss: this.id, sub: this.id, aud: issuer, jti: randomUUID(), iat: now(), exp: now() + 60, ...claims }
		for (const name of Object.keys(all)) if (all[name] === undefined) delete all[name]
		return new SignJWT(all).setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header }).sign(key)
	}

	async proof(method, path, { header = {}, claims = {}, key = this.dpop, token } = {}) {
		const all = { jti: randomUUID(), htm: method, htu: issuer + path, iat: now(), ...(token ? { ath: sha(token) } : {}), ...claims }
		for (const name of Object.keys(all)) if (all[name] === undefined) delete all[name]
		const head = { alg: 'ES256', typ: 'dpop+jwt', jwk: await exportJWK(key.publicKey), ...header }
		for (const name of Object.keys(head)) if (head[name] === undefined) delete head[name]
		return new SignJWT(all).setProtectedHeader(head).sign(key.privateKey)
	}

	async form(path, parameters, { headers = {}, assertion, proof } = {}) {
		const body = new URLSearchParams({ client_id: this.id,
			client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
			client_assertion: assertion ?? await this.assertion(), ...parameters })
		for (const [name, value] of [...body]) if (value === 'undefined') body.delete(name)
		const all = { ...headers, ...(proof === null ? {} : { dpop: proof ?? await this.proof('POST', path) }) }
		return answer(await fetch(issuer + path, { method: 'POST', body, headers: all, redirect: 'manual' }))
	}

	par(more = {}, how) {
		this.verifier ??= 'v'.repeat(50)
		return this.form('/oauth/par', { response_type: 'code', redirect_uri: this.file.redirect_uris[0], state: 's',
			code_challenge: sha(this.verifier), code_challenge_method: 'S256',
			authorization_details: JSON.stringify([{ type: 'self_information', ...details() }]), ...more }, how)
	}

	async resource(path, token, { method = 'GET', headers = {}, proof, scheme = 'DPoP', body } = {}) {
		return answer(await fetch(issuer + path, { method, body, headers: { authorization: `${scheme} ${token}`,
			...(proof === null ? {} : { dpop: proof ?? await this.proof(method, path.split('?')[0], { token }) }), ...headers } }))
	}
}

export async function answer(response) {
	const text = await response.text()
	let body
	try { body = JSON.parse(text) } catch { body = undefined }
	return { status: response.status, headers: response.headers, text, body }
}
