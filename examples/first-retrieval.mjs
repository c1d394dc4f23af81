// First retrieval:  make sandbox && . build/sandbox/env && scripts/node examples/first-retrieval.mjs
// SPDX-License-Identifier: Apache-2.0
import { App, issuer } from './lib/app.mjs'
import { Browser } from './lib/browser.mjs'

const app = await App.example()                                      // registered by make sandbox
const address = await app.ask({ items: ['2'], inquiry: { kind: 'latest' }, purpose: 'trying-out',
	access: { kind: 'once' }, retention_days: 30, on_behalf_of: 'self' })
const browser = await new Browser(issuer).open(address)              // the citizen's part:
await browser.signInAsPersona('kenji')                               // a persona instead of a card,
await browser.consent({ allow: true })                               // and the decision
await app.redeem(browser.left)                                       // code -> tokens
console.log(JSON.stringify((await app.retrieve()).body, null, 2))    // the records
browser.close()
