// The return code opens the browser whose page was signed and no other, and
// only once. Two browsers, two persons, one swapped code. api.md 3.
// SPDX-License-Identifier: Apache-2.0
import { assert } from './lib.mjs'
import { allowsAndRetrieves, approve, atSignIn, nobodySignedIn, returnWith } from './card.mjs'

const mine = await atSignIn()
const other = await atSignIn()
const codeOfMine = (await approve(mine.browser.challenge, 'kenji')).out
assert.match(codeOfMine, /^[2-9A-HJ-NP-Z]{6}$/)

// The other browser waits for a signature; then it has one of its own.
await returnWith(other.browser, codeOfMine)
assert.equal(other.browser.page.status, 403)
const codeOfOther = (await approve(other.browser.challenge, 'sakura')).out
assert.notEqual(codeOfOther, codeOfMine)
await returnWith(other.browser, codeOfMine)
assert.equal(other.browser.page.status, 403)
nobodySignedIn(mine.app)
nobodySignedIn(other.app)

// Each has its own person; small letters and full width are as good.
await returnWith(mine.browser, ` ${codeOfMine.toLowerCase().slice(0, 3)}-${codeOfMine.slice(3)} `)
assert.equal(mine.browser.page.url.pathname, '/consent')
await returnWith(other.browser, codeOfOther.replace(/./g, (c) => String.fromCharCode(c.charCodeAt(0) + 0xFEE0)))
assert.equal(other.browser.page.url.pathname, '/consent')
const a = await allowsAndRetrieves(mine.app, mine.browser)
const b = await allowsAndRetrieves(other.app, other.browser)
assert.notDeepEqual(a.items[0].sources[0].records, b.items[0].sources[0].records)
