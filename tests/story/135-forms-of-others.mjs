// A decision is taken from its own page only: without the page's token, with
// another session's, from another site's page, or as a link, it is refused and
// no code is made. F16, pages-P4.
// SPDX-License-Identifier: Apache-2.0
import { assert, issuer, sql } from './lib.mjs'
import { allowsAndRetrieves, atConsent, nothingGranted, request } from './card.mjs'

const { app, browser } = await atConsent('kenji')
const other = await atConsent('kenji')
const token = (b) => b.form('consent').controls.find((c) => c.name === 'csrf').value
const cookie = `__Host-selfinfo=${browser.cookie('__Host-selfinfo')}`
const own = { 'content-type': 'application/x-www-form-urlencoded', origin: issuer, 'sec-fetch-site': 'same-origin', cookie }
const send = (fields, headers = {}, path = '/consent') => request('POST', path,
	{ body: new URLSearchParams(fields).toString(), headers: { ...own, ...headers } })
const isRefused = (answer, status = 403, code = 'access_denied') => {
	assert.equal(answer.status, status, answer.text)
	assert.equal(answer.headers.location, undefined)
	assert.ok(answer.text.includes(`id="error_code" translate="no">${code}<`), answer.text)
	nothingGranted(app)
}

const csrf = token(browser)
for (const path of ['/consent', '/sign-in']) {
	isRefused(await send({ decision: 'allow' }, {}, path))
	isRefused(await send({ csrf: '', decision: 'allow' }, {}, path))
	isRefused(await send({ csrf: token(other.browser), decision: 'allow' }, {}, path))
	isRefused(await send({ csrf: `${csrf}A`, decision: 'allow' }, {}, path))
	isRefused(await send({ csrf: csrf.slice(0, -1), decision: 'allow' }, {}, path))
	for (const origin of ['https://evil.example', 'null', `${issuer}.evil.example`, issuer.replace('https', 'http')])
		isRefused(await send({ csrf, decision: 'allow' }, { origin }, path))
	for (const site of ['cross-site', 'same-site', 'none'])
		isRefused(await send({ csrf, decision: 'allow' }, { 'sec-fetch-site': site }, path))
}

// The other's cookie with this page's token; no cookie; half a cookie.
isRefused(await send({ csrf, decision: 'allow' }, { cookie: `__Host-selfinfo=${other.browser.cookie('__Host-selfinfo')}` }))
isRefused(await send({ csrf, decision: 'allow' }, { cookie: 'a=b' }), 400, 'invalid_request')
isRefused(await send({ csrf, decision: 'allow' }, { cookie: cookie.slice(0, -5) }), 400, 'invalid_request')

// A link decides nothing; an unknown or doubled decision neither.
const link = await request('GET', `/consent?${new URLSearchParams({ csrf, decision: 'allow' })}`, { headers: { cookie } })
assert.equal(link.status, 200)
nothingGranted(app)
isRefused(await send({ csrf, decision: 'maybe' }), 400, 'invalid_request')
isRefused(await send({ csrf }), 400, 'invalid_request')
isRefused(await send([['csrf', csrf], ['decision', 'deny'], ['decision', 'allow']]), 400, 'invalid_request')
isRefused(await send({ csrf, decision: 'allow' }, { 'content-type': 'text/plain' }), 415, 'invalid_request')

// And the sign-in by a persona's button stands under the same rule.
assert.equal(sql`SELECT count(*) FROM pushed WHERE decided IS NOT NULL`[0][0], '0')
await allowsAndRetrieves(app, browser)
