// Digits and return code have five tries together; then the sign-in has ended
// for agent and browser, whatever is right, and the app can begin again.
// formats.md (card protocol), pages-P16.
// SPDX-License-Identifier: Apache-2.0
import { assert, Browser, issuer } from './lib.mjs'
import { atSignIn, begin, Card, errorPage, nobodySignedIn, open, refused, returnWith, sign, worksFor } from './card.mjs'

const card = new Card('kenji')
const { app, browser } = await atSignIn()
const { code, digits } = browser.challenge
const wrong = String((Number(digits) + 50) % 100).padStart(2, '0')
const t = await begin(code)
for (const left of [4, 3, 2, 1, 0]) {
	const answer = await sign(t, card, wrong)
	refused(answer, 403, 'digits-wrong')
	assert.equal(answer.body.tries_left, left)
}
refused(await sign(t, card, digits), 403, 'too-many-tries')
refused(await open(code), 404, 'user-code-unknown')
await returnWith(browser, 'K7M2QX')
errorPage(browser, 403, 'access_denied')
nobodySignedIn(app)

// Two for the digits, three for the return code.
const other = new Browser(issuer)
await other.open(await app.ask({ items: ['2'], inquiry: { kind: 'latest' }, purpose: 'test', access: { kind: 'once' },
	retention_days: 30, on_behalf_of: 'self' }))
const now = other.challenge
const u = await begin(now.code)
const notNow = String((Number(now.digits) + 50) % 100).padStart(2, '0')
for (const left of [4, 3]) assert.equal((await sign(u, card, notNow)).body.tries_left, left)
const signed = await sign(u, card, now.digits)
assert.equal(signed.status, 200, signed.text)
const guess = signed.body.return_code === 'AAAAAA' ? 'BBBBBB' : 'AAAAAA'
for (const left of ['2', '1']) {
	await returnWith(other, guess)
	assert.equal(other.page.status, 403)
	assert.ok(other.page.html.includes(`あと${left}回`), other.page.html)
}
await returnWith(other, guess)
errorPage(other, 403, 'access_denied')
await other.open('/sign-in')
nobodySignedIn(app)
await worksFor('kenji')
