// A decision is taken from its own page only: without the page's token, with
// another session's, from another site's page, or as a link, it is refused and
// no code is made. F16, pages-P4.
// SPDX-License-Identifier: Apache-2.0
import { assert, issuer, sql } from './lib.mjs'
import { allowsAndRetrieves, atConsent, atSignIn, nobodySignedIn, nothingGranted, request } from './card.mjs'

const { app, browser } = await atConsent('kenji')
const other = await atConsent('kenji')
const before = await atSignIn()
const token = (b, form = 'consent') => b.form(form).controls.find((c) => c.name === 'csrf').value
const cookie = (b) => `__Host-selfinfo=${b.cookie('__Host-selfinfo')}`
const send = (b, path, fields, headers = {}) => request('POST', path, { body: new URLSearchParams(fields).toString(),
	headers: { 'content-type': 'application/x-www-form-urlencoded', origin: issuer, 'sec-fetch-site': 'same-origin', cookie: cookie(b), ...headers } })
const isRefused = (answer, status = 403, code = 'access_denied') => {
	assert.equal(answer.status, status, answer.text)
	assert.equal(answer.headers.location, undefined)
	assert.equal(answer.headers['set-cookie'], undefined)
	assert.ok(answer.text.includes(`id="error_code" translate="no">${code}<`), answer.text)
	nothingGranted(app)
	nobodySignedIn(before.app)
}

for (const [b, path, form, fields] of [[browser, '/consent', 'consent', { decision: 'allow' }], [before.browser, '/sign-in', 'persona-form', { persona: 'kenji' }],
	[before.browser, '/sign-in', 'card-cancel-form', { decision: 'cancel' }]]) {
	const csrf = token(b, form)
	for (const wrong of [undefined, '', token(other.browser), `${csrf}A`, csrf.slice(0, -1)])
		isRefused(await send(b, path, wrong === undefined ? fields : { csrf: wrong, ...fields }))
	for (const origin of ['https://evil.example', 'null', `${issuer}.evil.example`, issuer.replace('https', 'http')])
		isRefused(await send(b, path, { csrf, ...fields }, { origin }))
	for (const site of ['cross-site', 'same-site', 'none'])
		isRefused(await send(b, path, { csrf, ...fields }, { 'sec-fetch-site': site }))
}

// The other's cookie with this page's token; no cookie; half a cookie.
const csrf = token(browser)
const allow = (headers) => send(browser, '/consent', { csrf, decision: 'allow' }, headers)
isRefused(await allow({ cookie: cookie(other.browser) }))
isRefused(await allow({ cookie: 'a=b' }), 400, 'invalid_request')
isRefused(await allow({ cookie: cookie(browser).slice(0, -5) }), 400, 'invalid_request')
isRefused(await allow({ 'content-type': 'text/plain' }), 415, 'invalid_request')

// A link decides nothing; an unknown or doubled decision neither.
const link = await request('GET', `/consent?${new URLSearchParams({ csrf, decision: 'allow' })}`, { headers: { cookie: cookie(browser) } })
assert.equal(link.status, 200)
for (const fields of [{ csrf, decision: 'maybe' }, { csrf }, [['csrf', csrf], ['decision', 'deny'], ['decision', 'allow']]])
	isRefused(await send(browser, '/consent', fields), 400, 'invalid_request')

assert.equal(sql`SELECT count(*) FROM pushed WHERE decided IS NOT NULL`[0][0], '0')
await allowsAndRetrieves(app, browser)
await before.browser.signInAsPersona('kenji')
await allowsAndRetrieves(before.app, before.browser)
