// After the decision the request_uri is used up: for this browser, another one,
// and one that was on its way. Unknown, altered and expired ones, and those of
// another client, give a page too, and no redirect. F8, F10, F11.
// SPDX-License-Identifier: Apache-2.0
import { App, assert, Browser, ctl, details, issuer, sql } from './lib.mjs'
import { allowsAndRetrieves, errorPage, worksFor } from './card.mjs'

const page = async (url, browser = new Browser(issuer)) => {
	delete browser.left
	await browser.open(url)
	errorPage(browser, 400, 'invalid_request_uri')
	assert.equal(browser.page.url.pathname, '/oauth/authorize')
	assert.equal(browser.page.headers['set-cookie'], undefined)
}
const changed = (url, name, value) => {
	const other = new URL(url)
	if (value === undefined) other.searchParams.delete(name)
	else other.searchParams.set(name, value)
	return other
}

const app = await App.register()
const url = await app.ask(details())
const uri = url.searchParams.get('request_uri')
const stranger = await App.register()
for (const other of [changed(url, 'client_id', stranger.clientId), changed(url, 'client_id', undefined), changed(url, 'client_id', 'SP99999999_ZZ9999'),
	changed(url, 'request_uri', undefined), changed(url, 'request_uri', uri.slice(0, -1) + (uri.endsWith('A') ? 'B' : 'A')),
	changed(url, 'request_uri', `${uri}A`), changed(url, 'request_uri', uri.slice(0, -1)),
	changed(url, 'request_uri', 'https://app.example/request.jwt'), changed(url, 'request_uri', uri.toUpperCase())]) await page(other)
const byValue = changed(changed(url, 'request_uri', undefined), 'request', 'eyJhbGciOiJub25lIn0.e30.')
await page(byValue)

const late = new Browser(issuer)
await late.open(url)
const browser = new Browser(issuer)
await browser.open(changed(url, 'state', 'mine'))
await browser.signInAsPersona('kenji')
await allowsAndRetrieves(app, browser)
await page(url)
await page(url, browser)

// The one on its way ends before its consent page.
await late.signInAsPersona('kenji')
errorPage(late, 400, 'invalid_request_uri')
assert.equal(sql`SELECT count(*) FROM grants WHERE client = '${app.clientId}'`[0][0], '1')

// An expired one, never opened.
const old = await app.ask(details())
ctl('sandbox', 'clock', '+10min')
await page(old)
ctl('sandbox', 'clock', '=0')
await worksFor('kenji')
