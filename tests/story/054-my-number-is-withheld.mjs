// A planted My Number, wherever a string or number can stand: withheld, counted,
// in no log, in no answer. Promise 3; faults-F29.
// SPDX-License-Identifier: Apache-2.0
import { App, assert, details, dial, granted, logFromHere, until } from './lib.mjs'

const places = ['string', 'number', 'nested', 'fullwidth', 'spaced', 'hyphen', 'mixed', 'undeclared', 'undeclared_nested', 'member_name']
const app = await granted(await App.register(), details({ items: ['2', '1'], access: until() }))
const log = logFromHere()

for (const place of places) {
	await dial('midori-city', 'my_number', place)
	const answer = await app.retrieve()
	assert.equal(answer.status, 200, answer.text)
	for (const item of answer.body.items) {
		assert.equal(item.status, 'withheld', `${place}, item ${item.item}: ${JSON.stringify(item).slice(0, 200)}`)
		assert.equal(item.sources[0].records, undefined)
	}
	assert.ok(!/1234567890|１２３４５６７８９０/.test(answer.text), place)
}
await dial('midori-city', 'resident_code')
for (const item of (await app.retrieve()).body.items) assert.equal(item.status, 'withheld')

await dial('midori-city', 'off')
assert.ok((await app.retrieve()).body.items.every((i) => i.status === 'provided'))
const lines = log()
assert.ok(lines.includes('guard_withheld'), 'the operator hears of it')
assert.ok(!/1234567890|１２３４５６７８９０/.test(lines), 'but not the number')
for (const line of lines.trim().split('\n')) JSON.parse(line)
