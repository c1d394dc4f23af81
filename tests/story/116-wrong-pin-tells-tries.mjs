// A wrong PIN: the card tells how many tries are left, the agent says it, and
// nothing is signed or sent. The right one gives the tries back. pages-P13.
// SPDX-License-Identifier: Apache-2.0
import { assert, sql } from './lib.mjs'
import { agent, atSignIn, emulator, goesOn, nobodySignedIn, triesLeft, withWrongPin } from './card.mjs'

const { app, browser } = await atSignIn()
const { code, digits } = browser.challenge
try {
	await withWrongPin('kenji', async (file) => {
		for (const left of [2, 1]) {
			const told = await agent('approve', code, '--digits', digits, '--pin-file', file, '--card', 'kenji', '--lang', 'en')
			assert.equal(told.code, 1, told.err)
			assert.equal(told.out, '')
			assert.match(told.err, new RegExp(`PIN is wrong. Tries left before the card locks: ${left}`))
			assert.equal(await triesLeft(), left)
		}
	})
	assert.equal(sql`SELECT count(*) FROM card_transaction WHERE used IS NOT NULL`[0][0], '0')
	assert.equal(sql`SELECT tries FROM card_step`[0][0], '5', 'the gateway counts digits, not PINs')
	nobodySignedIn(app)
	await goesOn(app, browser, 'kenji')
	assert.equal(await triesLeft(), 3)
} finally {
	await emulator('restore')
}
