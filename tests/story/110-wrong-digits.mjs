// Wrong digits are refused with the tries left, before the signature is looked
// at; the same sign-in then works with the right ones. api.md 3, formats.md.
// SPDX-License-Identifier: Apache-2.0
import { assert } from './lib.mjs'
import { approve, atSignIn, begin, Card, goesOn, nobodySignedIn, refused, returnWith, sign, signature } from './card.mjs'

const { app, browser } = await atSignIn()
const { code, digits } = browser.challenge
const wrong = String((Number(digits) + 1) % 100).padStart(2, '0')

const told = await approve({ code, digits: wrong }, 'kenji')
assert.equal(told.code, 3, told.err)
assert.equal(told.out, '')
assert.match(told.err, /two digits are wrong/)
assert.match(told.err, /Tries left: 4/)

// Counted before the signature: this one is no signature at all.
const t = await begin(code)
const answer = await signature(t, wrong, new Card('kenji').certificate, Buffer.alloc(256))
refused(answer, 403, 'digits-wrong')
assert.equal(answer.body.tries_left, 3)
for (const shape of ['', '7', '777', '７７', 'ab', '-1'])
	refused(await sign(t, new Card('kenji'), shape), 400, 'bad-request')
refused(await sign(t, new Card('kenji'), wrong), 403, 'digits-wrong')

await returnWith(browser, 'K7M2QX')
assert.equal(browser.page.status, 403)
nobodySignedIn(app)
await goesOn(app, browser, 'kenji')
