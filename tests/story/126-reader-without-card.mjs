// A reader without a card: the agent waits as long as it was told, says what it
// waits for, and takes the card that comes meanwhile.
// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import { assert } from './lib.mjs'
import { agent, allowsAndRetrieves, atSignIn, cards, emulator, nobodySignedIn, pinFile, returnWith } from './card.mjs'

const { app, browser } = await atSignIn()
const { code, digits } = browser.challenge
const words = ['approve', code, '--digits', digits, '--pin-file', pinFile('kenji'), '--lang', 'en']
await emulator('remove')
const began = Date.now()
const told = await agent(...words, '--wait', '1')
assert.equal(told.code, 4, told.err)
assert.equal(told.out, '')
assert.match(told.err, /No card was put on the reader in time/)
assert.ok(Date.now() - began >= 1000)
nobodySignedIn(app)

const child = spawn(process.env.SELFINFO_CARD, [...words, '--wait', '20'], { stdio: ['ignore', 'pipe', 'pipe'] })
let out = ''
child.stdout.setEncoding('utf8').on('data', (text) => { out += text })
await new Promise((resolve, reject) => {
	let err = ''
	child.stderr.setEncoding('utf8').on('data', (text) => {
		err += text
		if (/Put your .*card on the reader/is.test(err)) resolve()
	})
	child.on('close', () => reject(new Error(`it did not wait: ${err}`)))
})
await emulator(`insert ${cards}/kenji`)
assert.equal(await new Promise((resolve) => child.on('close', resolve)), 0)
await returnWith(browser, out.trim())
assert.equal(browser.page.url.pathname, '/consent')
await allowsAndRetrieves(app, browser)
