// Japanese and English pages say the same: who asks, what, whose, for what, until
// when. Optional items are unticked; those left out are told to the app and come
// as not_shared. F15, pages-P9, P18, P19.
// SPDX-License-Identifier: Apache-2.0
import { App, assert, Browser, details, issuer, sql } from './lib.mjs'
import { allowsAndRetrieves, request } from './card.mjs'

const ask = details({ items: ['1'], optional_items: ['2', '3-2'], inquiry: { kind: 'range', from: '2019-04-30', to: '2025-03-31' } })
const says = {
	ja: ['見本のアプリ', '試験のため', '世帯', '平成31年4月30日(2019年)', '令和7年3月31日(2025年)', '1回だけ', '30日', '同意する', '同意しない'],
	en: ['A sample app', 'For a test', 'ousehold', '2019', '2025', '30 days'],
}
const app = await App.register()
const url = await app.ask(ask)
const texts = {}
for (const language of ['ja', 'en']) {
	const browser = new Browser(issuer, { language: language === 'ja' ? 'ja,en;q=0.5' : 'en-GB,en;q=0.9,ja;q=0.1' })
	await browser.open(url)
	assert.match(browser.page.html, new RegExp(`<html lang="${language}"`))
	await browser.signInAsPersona('kenji')
	const { html } = browser.page
	assert.match(html, new RegExp(`<html lang="${language}"`))
	const text = html.replace(/<[^>]*>/g, '')
	for (const words of says[language]) assert.ok(text.includes(words), `${words} in ${text}`)
	const boxes = browser.form('consent').controls.filter((c) => c.name === 'optional_item')
	assert.deepEqual(boxes.map((b) => b.value), ['2', '3-2'])
	assert.ok(boxes.every((b) => !('checked' in b)), 'nothing is ticked before')
	const decisions = browser.form('consent').controls.filter((c) => c.name === 'decision')
	assert.deepEqual(decisions.map((d) => [d.id, d.value]), [['consent-allow', 'allow'], ['consent-deny', 'deny']])
	texts[language] = { browser, ids: [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id) }
}
assert.deepEqual(texts.ja.ids, texts.en.ids, 'the same places in both')

// The link switches the page and stays switched.
const { browser } = texts.ja
await browser.open(/href="([^"]*lang=en)"/.exec(browser.page.html)[1])
assert.equal(browser.page.url.pathname, '/consent')
assert.match(browser.page.html, /<html lang="en"/)
await browser.open('/consent')
assert.match(browser.page.html, /<html lang="en"/)
assert.match((await request('GET', '/consent', { headers: { 'accept-language': 'fr' } })).text, /<html lang="ja"/)

const body = await allowsAndRetrieves(app, browser, { optional: ['3-2'] })
assert.deepEqual(Object.fromEntries(body.items.map((i) => [i.item, i.status])), { 1: 'provided', '3-2': 'provided', 2: 'not_shared' })
const [granted] = app.tokens.authorization_details
assert.deepEqual(granted.items, ['1'])
assert.ok(JSON.stringify(granted).includes('"2"'), `what was left out is told: ${JSON.stringify(granted)}`)
assert.deepEqual(sql`SELECT item FROM disclosure WHERE client = '${app.clientId}' ORDER BY item`.flat(), ['1', '3-2'])
