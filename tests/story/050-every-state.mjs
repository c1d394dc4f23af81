// Six states in three answers, each with what belongs to it; one failing source
// never fails the call, and a missing one is never hidden. api.md 2, promise 8.
// SPDX-License-Identifier: Apache-2.0
import { App, assert, details, dial, granted, sql } from './lib.mjs'

const item = (answer, number) => answer.body.items.find((i) => i.item === number)

// sakura: household withheld under protection, tax provided; 3-4 left out.
let app = await granted(await App.register(), details({ items: ['1', '2'], optional_items: ['3-4'] }), { persona: 'sakura' })
let answer = await app.retrieve()
assert.equal(answer.status, 200, answer.text)
assert.equal(item(answer, '1').status, 'withheld')
assert.equal(item(answer, '1').sources[0].records, undefined)
assert.match(item(answer, '1').sources[0].record, /^[0-9a-f-]{36}$/)
assert.equal(item(answer, '2').status, 'provided')
assert.deepEqual(item(answer, '3-4'), { item: '3-4', title: '予防接種の記録', status: 'not_shared', sources: [] })
assert.equal(answer.body.complete, true)

// yuki: nothing held, and no insurer at all.
app = await granted(await App.register(), details({ items: ['1', '3-2'] }), { persona: 'yuki' })
answer = await app.retrieve()
const none = item(answer, '1').sources[0]
assert.equal(item(answer, '1').status, 'no_record')
assert.match(none.current_to, /^\d{4}-\d\d-\d\d$/)
assert.deepEqual(none.period, { kind: 'latest' })
assert.ok(none.record && none.leaf)
assert.deepEqual(item(answer, '3-2').sources, [])
assert.equal(item(answer, '3-2').status, 'not_covered')

// kenji: the insurer is down; the rest is there and `complete` says it.
await dial('midori-kenpo', 'down')
app = await granted(await App.register(), details({ items: ['2'], optional_items: ['3-2'] }), { persona: 'kenji', optional: ['3-2'] })
answer = await app.retrieve({}, { 'accept-language': 'en' })
assert.equal(item(answer, '2').status, 'provided')
assert.equal(item(answer, '2').title, 'Income and resident tax')
assert.equal(item(answer, '3-2').status, 'unavailable')
assert.equal(item(answer, '3-2').sources[0].reason, 'connect')
assert.equal(item(answer, '3-2').sources[0].record, undefined)
assert.equal(answer.body.complete, true, 'an optional item may be missing')

// Each record names exactly what was answered.
const [[n]] = sql`SELECT count(*) FROM disclosure WHERE client = '${app.clientId}' AND state = 'provided' AND item = '2'`
assert.equal(n, '1')
assert.equal(sql`SELECT count(*) FROM disclosure WHERE item = '3-2'`[0][0], '0')
