// The consent page takes what it offered: an item never offered, the child of
// another parent or no child at all give no grant, and a person without children
// cannot act for one. Registration and request are checked before. F15, P18, P23.
// SPDX-License-Identifier: Apache-2.0
import { assert, details, sql, until } from './lib.mjs'
import { allowsAndRetrieves, atConsent, errorPage, nothingGranted, request } from './card.mjs'

const children = details({ items: ['3-4'], optional_items: ['2'], access: until(), on_behalf_of: 'child' })
const { app, browser } = await atConsent('hanako', children)
const csrf = browser.form('consent').controls.find((c) => c.name === 'csrf').value
const mine = browser.form('consent').controls.filter((c) => c.name === 'beneficiary').map((c) => c.value)
assert.equal(mine.length, 2)
const decide = (pairs) => request('POST', '/consent', { body: new URLSearchParams([['csrf', csrf], ['decision', 'allow'], ...pairs]).toString(),
	headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: `__Host-selfinfo=${browser.cookie('__Host-selfinfo')}` } })

const [[taro]] = sql`SELECT child FROM representation WHERE kind = 'parent' LIMIT 1`
const other = await atConsent('hanako', children)
const theirs = other.browser.form('consent').controls.find((c) => c.name === 'beneficiary').value
for (const beneficiary of [[], [['beneficiary', '']], [['beneficiary', taro]], [['beneficiary', theirs]], [['beneficiary', '0000000000000000']],
	[['beneficiary', mine[0].slice(0, -1)]], [['beneficiary', mine[0]], ['beneficiary', mine[1]]]]) {
	const answer = await decide(beneficiary)
	assert.equal(answer.status, 400, answer.text)
	nothingGranted(app)
}
for (const item of ['1', '3-4', '4-6', '', '2 ', "2','1"]) {
	const answer = await decide([['beneficiary', mine[0]], ['optional_item', item]])
	assert.equal(answer.status, 400, `${item}: ${answer.text}`)
	nothingGranted(app)
}

// One who has no child here: a page that says so.
const single = await atConsent('kenji', children, undefined, 403)
errorPage(single.browser, 403, 'access_denied')
nothingGranted(single.app)

// A child no longer represented cannot be chosen from a page drawn before.
const represented = sql`SELECT valid_from, valid_to FROM representation WHERE child = '${taro}'`[0]
const represent = (from, to) => sql`UPDATE representation SET valid_from = '${from}', valid_to = '${to}' WHERE child = '${taro}'`
represent('1999-01-01', '2000-01-01')
try {
	await other.browser.open('/consent')
	const left = other.browser.form('consent').controls.filter((c) => c.name === 'beneficiary').map((c) => c.value)
	assert.equal(left.length, 1)
	await browser.open('/consent')
	const gone = mine.filter((handle) => !browser.page.html.includes(`value="${handle}"`))
	assert.equal(gone.length, 1)
	assert.equal((await decide([['beneficiary', gone[0]]])).status, 400)
	nothingGranted(app)
} finally {
	represent(...represented)
}
const good = await atConsent('hanako', children)
const body = await allowsAndRetrieves(good.app, good.browser, { child: '太郎' })
assert.equal(body.beneficiary.kind, 'child')
