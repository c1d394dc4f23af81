// A valid card of somebody nobody has linked: refused as no-linkage, and no
// subject, credential or name is made by it. api.md 3.
// SPDX-License-Identifier: Apache-2.0
import { assert, sql } from './lib.mjs'
import { approve, atSignIn, begin, Card, goesOn, nobodySignedIn, refused, returnWith, sign } from './card.mjs'

const people = () => sql`SELECT (SELECT count(*) FROM subject), (SELECT count(*) FROM credential), (SELECT count(*) FROM pairwise)`[0]
const before = people()
const { app, browser } = await atSignIn()
const told = await approve(browser.challenge, '_stranger')
assert.equal(told.code, 3, told.err)
assert.equal(told.out, '')
assert.match(told.err, /card is valid, but no agency has linked records/)

const { code, digits } = browser.challenge
refused(await sign(await begin(code), new Card('_stranger'), digits), 403, 'no-linkage')
await returnWith(browser, 'AAAAAA')
assert.equal(browser.page.status, 403)
assert.deepEqual(people(), before)
nobodySignedIn(app)
await goesOn(app, browser, 'kenji')
