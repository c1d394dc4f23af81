// Wrong user codes are limited by address: after a while 429 with Retry-After,
// for right codes too, while another address is not touched. api.md 3.
// SPDX-License-Identifier: Apache-2.0
import { assert } from './lib.mjs'
import { atSignIn, goesOn, open, refused } from './card.mjs'

const { app, browser } = await atSignIn()
const from = '127.0.0.77'
const codes = Array.from({ length: 60 }, (_, i) => ['ZZZZZZZZ', 'short', '', 'A'.repeat(64), 'ｇｏｏｄ２２２２', "' OR 1=1"][i % 6])
let wrong = 0
let limited
for (const code of codes) {
	const answer = await open(code, { from })
	if (answer.status === 429) {
		limited = answer
		break
	}
	refused(answer, 404, 'user-code-unknown')
	wrong++
}
assert.ok(wrong >= 10 && wrong <= 20, `${wrong} wrong ones were let through`)
refused(limited, 429, 'too-many')
const wait = Number(limited.headers['retry-after'])
assert.ok(wait > 0 && wait <= 60, `Retry-After ${wait}`)
assert.ok(!limited.text.includes('ZZZZ'))

const right = await open(browser.challenge.code, { from: '127.0.0.78' })
assert.equal(right.status, 201, right.text)
await goesOn(app, browser, 'kenji')
