// A client's name and purpose: bidi overrides, zero width and controls are
// refused at registration; markup is only text, on every page and in the agent.
// P3, oauth-F15.
// SPDX-License-Identifier: Apache-2.0
import { addClient, assert, clientFile, details, newKey, sql } from './lib.mjs'
import { allowsAndRetrieves, approve, atSignIn, returnWith } from './card.mjs'

const key = await newKey()
for (const odd of ['\u202e', '\u2066', '\u200b', '\u200f', '\ufeff', '\u0007', '\u001b[2J', '\u0085', '\u2028', '\n', '\u061c']) {
	for (const more of [{ client_name: `母子${odd}手帳` }, { 'client_name#en': `Book${odd}` },
		{ selfinfo_purposes: { test: { ja: `試験${odd}`, en: 'For a test' } } }, { selfinfo_purposes: { test: { ja: '試験', en: `For${odd}a test` } } }]) {
		const file = clientFile(key, more)
		assert.throws(() => addClient(file), `${JSON.stringify(more)} is taken`)
		assert.equal(sql`SELECT count(*) FROM client WHERE client_id = '${file.client_id}'`[0][0], '0')
	}
}

const name = '</bdi><script>alert(1)</script><img src=x onerror=alert(2)>&amp;"\'{{csrf}}'
const purpose = '"><form action=https://evil.example><button id="consent-allow">{{>frame_top}}'
const { app, browser } = await atSignIn(details(), { client_name: name, 'client_name#en': name,
	selfinfo_purposes: { test: { ja: purpose, en: purpose } } })
const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;').replace(/'/g, '&#39;')
const harmless = (words) => {
	const { html } = browser.page
	assert.ok(!/<script|<img|<form action=https/i.test(html), html)
	assert.equal(html.match(/<form/g).length, Object.keys(browser.page.forms).length)
	for (const word of words) assert.ok(html.includes(`<bdi>${escaped(word)}</bdi>`), `${escaped(word)} in ${html}`)
}
harmless([name])
const told = await approve(browser.challenge, 'kenji')
assert.equal(told.code, 0, told.err)
assert.ok(told.err.replace(/\s/g, '').includes(name.replace(/\s/g, '')), told.err)
await returnWith(browser, told.out)
harmless([name, purpose])
assert.deepEqual(browser.form('consent').action, '/consent')
await browser.open('/consent?lang=en')
harmless([name, purpose])
await allowsAndRetrieves(app, browser)
