// A citizen who does not agree: access_denied with iss and state in the query,
// no grant, no code, no name of the citizen made for the app. The decision is
// final for this request; the next one works. F13, pages-P22.
// SPDX-License-Identifier: Apache-2.0
import { assert, issuer, sql } from './lib.mjs'
import { allowsAndRetrieves, atConsent, errorPage, nothingGranted, worksFor } from './card.mjs'

const { app, browser } = await atConsent('kenji')
const names = sql`SELECT count(*) FROM pairwise`
await browser.consent({ allow: false })
assert.deepEqual(Object.fromEntries(browser.left.searchParams), { error: 'access_denied', state: app.state, iss: issuer })
assert.equal(browser.left.hash, '')
nothingGranted(app)
assert.deepEqual(sql`SELECT count(*) FROM pairwise`, names)

// Back and "agree": still refused.
await browser.consent()
assert.equal(browser.left.searchParams.get('error'), 'access_denied')
assert.equal(browser.left.searchParams.get('code'), null)
nothingGranted(app)

// The other way round: back and "do not agree" after agreeing is no refusal that
// the app could believe; the page says that this is over.
const agreed = await atConsent('kenji')
await allowsAndRetrieves(agreed.app, agreed.browser)
delete agreed.browser.left
await agreed.browser.consent({ allow: false })
errorPage(agreed.browser, 400, 'invalid_request_uri')
assert.equal(sql`SELECT count(*) FROM grants WHERE client = '${agreed.app.clientId}'`[0][0], '1')
await worksFor('kenji')
