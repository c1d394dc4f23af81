// One request, one decision: a double click gives the same code, at the sign-in
// too it does no harm, and of two browsers that race to decide one gets a code
// and the other a page. F11, pages-P4.
// SPDX-License-Identifier: Apache-2.0
import { assert, Browser, details, issuer, App, sql } from './lib.mjs'
import { allowsAndRetrieves, approve, atSignIn, errorPage, returnWith } from './card.mjs'

const codes = (app) => sql`SELECT count(*) FROM code WHERE client = '${app.clientId}'`[0][0]
const grants = (app) => sql`SELECT count(*) FROM grants WHERE client = '${app.clientId}'`[0][0]
const together = async (people) => {
	const app = await App.register()
	const url = await app.ask(details())
	const browsers = await Promise.all(people.map(async (name) => {
		const browser = new Browser(issuer)
		await browser.open(url)
		await browser.signInAsPersona(name)
		return browser
	}))
	return { app, browsers }
}

// The same browser twice at once, and once more afterwards.
const { app, browsers: [one] } = await together(['kenji'])
const consentPage = one.page
const clicks = await Promise.all([1, 2, 3].map(() => one.consent().then(() => one.left.href)))
one.page = consentPage
await one.consent()
assert.deepEqual(new Set([...clicks, one.left.href]).size, 1, clicks.join('\n'))
assert.deepEqual([codes(app), grants(app)], ['1', '1'])
await app.redeem(one.left)
assert.equal((await app.retrieve()).status, 200)

// The second half of a double click on つづける: the old form, the new cookie.
const signing = await atSignIn()
const signInPage = signing.browser.page
const { out } = await approve(signing.browser.challenge, 'kenji')
for (let i = 0; i < 2; i++) {
	signing.browser.page = signInPage
	await returnWith(signing.browser, out)
	assert.deepEqual([signing.browser.page.url.pathname, signing.browser.page.status], ['/consent', 200])
}
await allowsAndRetrieves(signing.app, signing.browser)

// Two browsers, two persons, ten times.
for (let i = 0; i < 10; i++) {
	const { app: raced, browsers } = await together(['kenji', 'sakura'])
	await Promise.all(browsers.map((b) => b.consent()))
	const won = browsers.filter((b) => b.left?.searchParams.get('code'))
	const lost = browsers.filter((b) => !b.left)
	assert.deepEqual([won.length, lost.length], [1, 1])
	errorPage(lost[0], 400, 'invalid_request_uri')
	assert.deepEqual([codes(raced), grants(raced)], ['1', '1'])
	if (i > 0) continue
	await raced.redeem(won[0].left)
	assert.equal((await raced.retrieve()).status, 200)
}
