// Cancelling at the card, in the agent ("no") or on the page (やめる), gives the
// app access_denied with iss and state; nothing is kept of it. api.md 3, F13.
// SPDX-License-Identifier: Apache-2.0
import { assert, issuer, sql } from './lib.mjs'
import { atSignIn, begin, Card, errorPage, nobodySignedIn, refused, returnWith, sign, worksFor } from './card.mjs'
import { Terminal } from './terminal.mjs'

const denied = (app, url) => {
	assert.equal(url.origin + url.pathname, 'https://app.example/callback')
	assert.deepEqual(Object.fromEntries(url.searchParams), { error: 'access_denied', state: app.state, iss: issuer })
	assert.equal(url.hash, '')
	nobodySignedIn(app)
}

const { app, browser } = await atSignIn()
const { code, digits } = browser.challenge
const open = await begin(code)
const agent = new Terminal('sign-in', code)
await agent.hears('2けたの数字(')
agent.types('no')
assert.equal(await agent.ended(), 3, agent.heard)
assert.match(agent.said, /取りやめました。情報は何も渡していません/)
refused(await sign(open, new Card('kenji'), digits), 410, 'card-transaction-expired')
await returnWith(browser, '')
denied(app, browser.left)
assert.equal(sql`SELECT count(*) FROM pushed WHERE decided IS NOT NULL AND grant_id IS NULL`[0][0], '1')

const other = await atSignIn()
const again = await other.app.ask({ items: ['2'], inquiry: { kind: 'latest' }, purpose: 'test', access: { kind: 'once' },
	retention_days: 30, on_behalf_of: 'self' })
await other.browser.open(again)
await other.browser.submit('card-cancel-form', { press: 'card-cancel' })
denied(other.app, other.browser.left)
delete other.browser.left
await other.browser.open(again)
errorPage(other.browser, 400, 'invalid_request_uri')
await worksFor('kenji')
