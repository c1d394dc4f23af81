// A cookie that somebody knew before the sign-in is worth nothing after it: the
// session gets a new secret, by card and by persona, and its forms a new token.
// F17.
// SPDX-License-Identifier: Apache-2.0
import { assert } from './lib.mjs'
import { allowsAndRetrieves, atSignIn, nothingGranted, request } from './card.mjs'

const name = '__Host-selfinfo'
for (const way of ['card', 'persona']) {
	const { app, browser } = await atSignIn()
	const before = browser.cookie(name)
	const csrf = browser.form('card-form').controls.find((c) => c.name === 'csrf').value
	if (way === 'card') await browser.signInWithCard('kenji')
	else await browser.signInAsPersona('kenji')
	assert.equal(browser.page.url.pathname, '/consent')
	const after = browser.cookie(name)
	assert.notEqual(after, before)

	for (const [method, path] of [['GET', '/consent'], ['GET', '/sign-in'], ['POST', '/consent'], ['POST', '/sign-in']]) {
		const answer = await request(method, path, { headers: { cookie: `${name}=${before}`,
			...(method === 'POST' ? { 'content-type': 'application/x-www-form-urlencoded' } : {}) },
			body: method === 'POST' ? new URLSearchParams({ csrf, decision: 'allow', persona: 'kenji' }).toString() : undefined })
		assert.equal(answer.status, 400, `${method} ${path}: ${answer.text}`)
		assert.equal(answer.headers['set-cookie'], undefined)
	}
	// The old secret with the new id, as both begin alike.
	const mixed = Buffer.concat([Buffer.from(after, 'base64url').subarray(0, 16), Buffer.from(before, 'base64url').subarray(16)])
	assert.equal((await request('GET', '/consent', { headers: { cookie: `${name}=${mixed.toString('base64url')}` } })).status, 400)
	const old = await request('POST', '/consent', { headers: { cookie: `${name}=${after}`, 'content-type': 'application/x-www-form-urlencoded' },
		body: new URLSearchParams({ csrf, decision: 'allow' }).toString() })
	assert.equal(old.status, 403, 'the token of before')
	nothingGranted(app)
	await allowsAndRetrieves(app, browser)
}

// The cookie cannot be set by a neighbour or read by a script.
const { app } = await atSignIn()
const answer = await request('GET', (await app.ask({ items: ['2'], inquiry: { kind: 'latest' }, purpose: 'test',
	access: { kind: 'once' }, retention_days: 30, on_behalf_of: 'self' })).href)
assert.match(answer.headers['set-cookie'][0], /^__Host-selfinfo=[\w-]{64}; Path=\/; Secure; HttpOnly; SameSite=Lax$/)
