// The agent on a terminal: asks for the code, shows the app, the items and the
// purpose before anything else, takes the digits, then the PIN without showing
// it, and shows the return code. pages-P13, P16; api.md 3.
// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { assert, details, sql, until } from './lib.mjs'
import { allowsAndRetrieves, atSignIn, cards, emulator, pinFile, returnWith } from './card.mjs'
import { Terminal } from './terminal.mjs'

const { app, browser } = await atSignIn(details({ items: ['3-4'], optional_items: ['2'], access: until(), on_behalf_of: 'child' }))
const { code, digits } = browser.challenge
const pin = readFileSync(pinFile('hanako'), 'utf8').trim()
await emulator(`insert ${cards}/hanako`)

const agent = new Terminal()
await agent.hears(/8文字の.*入れてください: /)
agent.types(`${code.slice(0, 4).toLowerCase()} ${code.slice(4)}`)
await agent.hears('2けたの数字(')
for (const words of ['見本のアプリ', app.clientId, '予防接種の記録', '3-4', '試験のため', 'お子さま', '30日'])
	assert.ok(agent.said.includes(words), `${words} in ${agent.said}`)
assert.equal(sql`SELECT count(*) FROM card_step WHERE signed IS NOT NULL`[0][0], '0')
agent.types(digits)
await agent.hears('利用者証明用')
await agent.hears('暗証番号: ')
const before = agent.heard.length
agent.types(pin)
const [, returnCode] = await agent.hears(/もどりコード: ([2-9A-Z]{6})/)
assert.equal(await agent.ended(), 0, agent.heard)
assert.ok(!agent.heard.slice(before).split(/[\r\n]/).some((line) => line.includes(pin)), 'the PIN is not shown')
for (const line of agent.heard.split('\n')) assert.ok(line.length <= 82, line)

await returnWith(browser, returnCode)
assert.equal(browser.page.url.pathname, '/consent')
const body = await allowsAndRetrieves(app, browser, { child: '太郎' })
assert.equal(body.items.find((i) => i.item === '3-4').status, 'provided')
for (const file of [process.env.SELFINFO_LOG, `${process.env.SELFINFO_SANDBOX}/card-emulator.log`]) {
	const log = readFileSync(file, 'utf8')
	for (const secret of [returnCode, code]) assert.ok(!log.includes(secret), `${file} holds a code`)
}
