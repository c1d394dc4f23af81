// Opening the link uses nothing up: a link preview, a second load and reloads of
// each page leave codes and digits as they are, and the last one loaded works.
// F11, pages-P4.
// SPDX-License-Identifier: Apache-2.0
import { App, assert, Browser, details, issuer } from './lib.mjs'
import { allowsAndRetrieves, approve, request, returnWith } from './card.mjs'

const app = await App.register()
const url = await app.ask(details({ items: ['1'], optional_items: ['2'] }))
for (let i = 0; i < 3; i++)
	assert.equal((await request('GET', url.pathname + url.search)).status, 303, 'a link preview')
await request('HEAD', url.pathname + url.search)

const browser = new Browser(issuer)
await browser.open(url)
await browser.open(url)
const shown = browser.challenge
await browser.open('/sign-in')
assert.deepEqual(browser.challenge, shown, 'a reload shows the same code and digits')
await browser.open('/sign-in?lang=en')
assert.deepEqual(browser.challenge, shown, 'so does the other language')
const { out } = await approve(shown, 'kenji')
await browser.open('/sign-in')
assert.deepEqual(browser.challenge, shown, 'nor does it lose a signature')
await returnWith(browser, out)
assert.equal(browser.page.url.pathname, '/consent')
await browser.open('/sign-in')
assert.equal(browser.page.url.pathname, '/consent', 'back leads to where one was')
await browser.open('/consent')
await allowsAndRetrieves(app, browser)
