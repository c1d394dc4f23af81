// One agency stands still (SIGSTOP), one refuses connections: the third is
// delivered within the deadline, the two are unavailable; afterwards all answer.
// faults-F21, F22.
// SPDX-License-Identifier: Apache-2.0
import { App, assert, details, dial, eventually, granted, until } from './lib.mjs'

const app = await granted(await App.register(), details({ items: ['1', '3-2'], access: until() }), { persona: 'hanako' })
const warm = await app.retrieve()
assert.deepEqual(warm.body.items.map((i) => i.status), ['provided', 'provided'], warm.text)

await dial('aozora-city', 'freeze')
await dial('midori-kenpo', 'down')
const begun = Date.now()
const answer = await app.retrieve()
const took = Date.now() - begun
const sources = Object.fromEntries(answer.body.items.flatMap((i) => i.sources).map((s) => [s.agency, s.status]))
assert.equal(answer.status, 200, answer.text)
assert.deepEqual(sources, { 'aozora-city': 'unavailable', 'hikari-town': 'provided', 'midori-kenpo': 'unavailable' })
assert.equal(answer.body.complete, false)
assert.ok(took < 10_000, `${took} ms`)

await dial('aozora-city', 'thaw')
await dial('midori-kenpo', 'up')
await eventually('both agencies answer again', async () => {
	const again = await app.retrieve()
	return again.body.complete && again.body.items.every((i) => i.status === 'provided')
}, 45)
