// Guessing a return code: nothing typed before the card has signed lets anybody
// in, and a new page's code does not revive the old one. api.md 3, pages-P17.
// SPDX-License-Identifier: Apache-2.0
import { assert, details, sql } from './lib.mjs'
import { approve, atSignIn, errorPage, goesOn, nobodySignedIn, returnWith } from './card.mjs'

const { app, browser } = await atSignIn()
for (const guess of ['', 'AAAAAA', '222222', 'K7M2QXA', 'OOOOOO', "' OR ''='", 'あ'.repeat(100)]) {
	await returnWith(browser, guess)
	assert.equal(browser.page.status, 403, guess)
	assert.equal(browser.page.headers['set-cookie'], undefined)
}
nobodySignedIn(app)

// Signed, then the page shows a new code: the old return code is worth nothing.
const old = (await approve(browser.challenge, 'kenji')).out
await browser.open('/sign-in?new=1')
await returnWith(browser, old)
assert.equal(browser.page.status, 403)
nobodySignedIn(app)

// Only the hash of a return code is kept.
const [[kept]] = sql`SELECT count(*) FROM card_step WHERE return_code = sha256('${old}')`
assert.equal(kept, '1')

// Signed, and guessed until it ends; the right one is then no more taken.
await approve(browser.challenge, 'kenji')
for (let i = 0; i < 4; i++) {
	await returnWith(browser, 'AAAAAA')
	assert.equal(browser.page.status, 403)
}
await returnWith(browser, 'AAAAAA')
errorPage(browser, 403, 'access_denied')
for (const path of ['/sign-in', '/sign-in?new=1']) {
	await browser.open(path)
	errorPage(browser, 403, 'access_denied')
}
nobodySignedIn(app)

// From the app again, it works.
await browser.open(await app.ask(details()))
await goesOn(app, browser, 'kenji')
