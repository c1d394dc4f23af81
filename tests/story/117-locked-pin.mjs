// The third wrong PIN locks the card. The agent says where it is unlocked, asks
// for no PIN any more, and another person's card works. pages-P13, card.md.
// SPDX-License-Identifier: Apache-2.0
import { assert, sql } from './lib.mjs'
import { agent, approve, atSignIn, emulator, goesOn, nobodySignedIn, triesLeft, withWrongPin, worksFor } from './card.mjs'

const { app, browser } = await atSignIn()
const { code, digits } = browser.challenge
try {
	await withWrongPin('kenji', async (file) => {
		for (let i = 0; i < 3; i++)
			await agent('approve', code, '--digits', digits, '--pin-file', file, '--card', 'kenji')
	})
	assert.equal(await triesLeft(), 0)
	const told = await approve(browser.challenge, 'kenji')
	assert.equal(told.code, 1, told.err)
	assert.equal(told.out, '')
	assert.match(told.err, /is locked. Your municipality can unlock it/)
	assert.equal(sql`SELECT count(*) FROM card_transaction WHERE used IS NOT NULL`[0][0], '0')
	nobodySignedIn(app)
	await goesOn(app, browser, 'sakura')
} finally {
	await emulator('insert ' + process.env.SELFINFO_CARDS + '/kenji')
	await emulator('restore')
}
await worksFor('kenji')
