// A card whose certificate has expired is refused by the gateway, in words that say what to do;
// nobody is signed in, and another card works on the same page. api.md 3.
// SPDX-License-Identifier: Apache-2.0
import { assert, sql } from './lib.mjs'
import { approve, atSignIn, begin, Card, goesOn, nobodySignedIn, refused, sign } from './card.mjs'

const { app, browser } = await atSignIn()
const told = await approve(browser.challenge, 'michiko')
assert.equal(told.code, 3, told.err)
assert.equal(told.out, '')
assert.match(told.err, /has expired. Renew it at your municipality/)

const { code, digits } = browser.challenge
refused(await sign(await begin(code), new Card('michiko'), digits), 403, 'card-expired')
assert.equal(sql`SELECT count(*) FROM card_step WHERE signed IS NOT NULL`[0][0], '0')
nobodySignedIn(app)
await goesOn(app, browser, 'kenji')
