// 120 seconds for the card and as many for the return code; then 410 and a page
// that gives a new code. The sandbox's clock is moved. api.md 3, pages-P14.
// SPDX-License-Identifier: Apache-2.0
import { assert, ctl } from './lib.mjs'
import { allowsAndRetrieves, approve, atSignIn, begin, Card, errorPage, nobodySignedIn, open, post, refused, returnWith, sign } from './card.mjs'

const card = new Card('kenji')
const { app, browser } = await atSignIn()
const { code, digits } = browser.challenge
const t = await begin(code)
assert.ok(t.expires_in > 110 && t.expires_in <= 120, `${t.expires_in}`)
ctl('sandbox', 'clock', '+100s')
const late = await begin(code)
assert.ok(late.expires_in > 0 && late.expires_in <= 20, 'a transaction lives no longer than its page')
ctl('sandbox', 'clock', '+21s')
refused(await sign(t, card, digits), 410, 'card-transaction-expired')
refused(await sign(late, card, digits), 410, 'card-transaction-expired')
refused(await post(`/card/transactions/${t.transaction}/cancel`), 410, 'card-transaction-expired')
refused(await open(code), 404, 'user-code-unknown')
await returnWith(browser, 'AAAAAA')
errorPage(browser, 410, 'invalid_request')
nobodySignedIn(app)

// Signed in time, but the return code comes too late.
await browser.open('/sign-in')
assert.notEqual(browser.challenge.code, code)
const returnCode = (await approve(browser.challenge, 'kenji')).out
ctl('sandbox', 'clock', '+121s')
await returnWith(browser, returnCode)
errorPage(browser, 410, 'invalid_request')
nobodySignedIn(app)

await browser.open('/sign-in')
app.clockSkew = 242
await browser.signInWithCard('kenji')
assert.equal(browser.page.url.pathname, '/consent')
await allowsAndRetrieves(app, browser)
