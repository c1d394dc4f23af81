// The card is pulled at the moment the PIN is asked: nothing is signed, the
// citizen is told, and the same code serves when the card is back. pages-P13.
// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { assert, sql } from './lib.mjs'
import { allowsAndRetrieves, atSignIn, cards, emulator, nobodySignedIn, pinFile, returnWith, triesLeft } from './card.mjs'
import { Terminal } from './terminal.mjs'

const { app, browser } = await atSignIn()
const { code, digits } = browser.challenge
const pin = readFileSync(pinFile('kenji'), 'utf8').trim()
await emulator(`insert ${cards}/kenji`)

const first = new Terminal('sign-in', code)
await first.hears('2けたの数字(')
first.types(digits)
await first.hears('暗証番号: ')
await emulator('remove')
first.types(pin)
assert.equal(await first.ended(), 1, first.heard)
assert.match(first.said, /途中でカードかカードリーダーが外れました。署名はしていません/)
assert.equal(sql`SELECT count(*) FROM card_transaction WHERE used IS NOT NULL`[0][0], '0')
nobodySignedIn(app)

await emulator(`insert ${cards}/kenji`)
assert.equal(await triesLeft(), 3)
const again = new Terminal('sign-in', code)
await again.hears('2けたの数字(')
again.types(digits)
await again.hears('暗証番号: ')
again.types(pin)
const [, returnCode] = await again.hears(/もどりコード: ([2-9A-Z]{6})/)
assert.equal(await again.ended(), 0)
await returnWith(browser, returnCode)
assert.equal(browser.page.url.pathname, '/consent')
await allowsAndRetrieves(app, browser)
