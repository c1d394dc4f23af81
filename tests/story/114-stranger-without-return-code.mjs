// A stranger begins in his own browser and sends a citizen code and digits. The
// citizen's card signs; the stranger, who never sees the return code, gets
// nothing, and a citizen who says "no" ends it for him. api.md 3, pages-P16.
// SPDX-License-Identifier: Apache-2.0
import { assert, sql } from './lib.mjs'
import { approve, atSignIn, begin, nobodySignedIn, post, refused, request, returnWith, worksFor } from './card.mjs'

const { app, browser: stranger } = await atSignIn()
const signed = await approve(stranger.challenge, 'hanako')
assert.equal(signed.code, 0, signed.err)
assert.match(signed.err, /A sample app/, 'the citizen was shown who asks')
assert.match(signed.err, /For a test/)

// What the stranger can do: reload, go to the consent page, post a decision.
await stranger.open('/sign-in')
assert.equal(stranger.page.url.pathname, '/sign-in')
assert.ok(!stranger.page.html.includes(signed.out), 'no page tells the return code')
await stranger.open('/consent')
assert.equal(stranger.page.url.pathname, '/sign-in', 'not signed in')
const csrf = stranger.form('card-form').controls.find((c) => c.name === 'csrf').value
const decision = await request('POST', '/consent', { body: new URLSearchParams({ csrf, decision: 'allow' }).toString(),
	headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: `__Host-selfinfo=${stranger.cookie('__Host-selfinfo')}` } })
assert.equal(decision.status, 303)
assert.equal(decision.headers.location, '/sign-in')
await returnWith(stranger, '')
assert.equal(stranger.page.status, 403)
nobodySignedIn(app)

// "I do not know of this": cancelled and noted; the code is dead.
await stranger.open('/sign-in?new=1')
const { code } = stranger.challenge
const t = await begin(code)
assert.equal((await post(`/card/transactions/${t.transaction}/cancel`)).status, 204)
assert.equal(sql`SELECT count(*) FROM card_step WHERE cancelled IS NOT NULL`[0][0], '1')
refused(await post('/card/transactions', { user_code: code }, { from: '127.0.0.3' }), 404, 'user-code-unknown')
await returnWith(stranger, 'AAAAAA')
assert.equal(stranger.left?.searchParams.get('error'), 'access_denied')
nobodySignedIn(app)
await worksFor('hanako')
