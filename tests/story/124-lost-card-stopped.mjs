// A lost card: `selfinfoctl credential stop` ends its sign-ins at once, the open
// card step and the consent page of a thief too; its grants end when the operator says so. api.md 6.
// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { App, assert, ctl, details, granted, until } from './lib.mjs'
import { approve, atSignIn, begin, Card, errorPage, goesOn, nobodySignedIn, nothingGranted, refused, sign, worksFor } from './card.mjs'

const personas = JSON.parse(readFileSync(process.env.SELFINFO_PERSONAS, 'utf8')).personas
const { subject } = personas.find((p) => p.name === 'kenji')
const running = await granted(await App.register(), details({ access: until() }), { card: 'kenji' })
// A thief who has got as far as the consent page with card and PIN.
const thief = await atSignIn()
await thief.browser.signInWithCard('kenji')
assert.equal(thief.browser.page.url.pathname, '/consent')
const { app, browser } = await atSignIn()
const { code, digits } = browser.challenge
const t = await begin(code)

ctl('credential', 'stop', '--subject', subject)
refused(await sign(t, new Card('kenji'), digits), 403, 'card-revoked')
const told = await approve(browser.challenge, 'kenji')
assert.equal(told.code, 3, told.err)
assert.match(told.err, /is revoked/)
nobodySignedIn(app)
await thief.browser.consent()
errorPage(thief.browser, 403, 'access_denied')
nothingGranted(thief.app)
assert.equal((await running.retrieve()).status, 200, 'consents go on until somebody says otherwise')

assert.throws(() => ctl('credential', 'stop', '--subject', subject, '--grants'), 'not without --yes')
assert.equal((await running.retrieve()).status, 200)
ctl('credential', 'stop', '--subject', subject, '--grants', '--yes')
const dead = await running.retrieve()
assert.equal(dead.status, 401, dead.text)
await goesOn(app, browser, 'sakura')
ctl('sandbox', 'reset')
await worksFor('kenji')
