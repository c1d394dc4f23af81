// A card whose answer is cut short: the agent ends without a signature, says
// what to do, no try is lost, and the next time it works. card.md.
// SPDX-License-Identifier: Apache-2.0
import { assert, sql } from './lib.mjs'
import { agent, atSignIn, cards, emulator, goesOn, nobodySignedIn, pinFile, triesLeft } from './card.mjs'

const { app, browser } = await atSignIn()
const { code, digits } = browser.challenge
await emulator(`insert ${cards}/kenji`)
for (let i = 0; i < 2; i++) {
	await emulator('truncate-next')
	const told = await agent('approve', code, '--digits', digits, '--pin-file', pinFile('kenji'), '--lang', 'en')
	assert.equal(told.code, 1, told.err)
	assert.equal(told.out, '')
	assert.match(told.err, /did not answer correctly. Put it back and start again/)
}
assert.equal(await triesLeft(), 3)
assert.equal(sql`SELECT count(*) FROM card_transaction WHERE used IS NOT NULL`[0][0], '0')
nobodySignedIn(app)
await goesOn(app, browser, 'kenji')
