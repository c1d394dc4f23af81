// Use case 2: a lender sees household and tax of a customer, once. The customer
// also ticks the optional insurance item, but the insurer's database is down:
// that shows at its own item and nowhere else. Run by demo/run on a sandbox.
// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process'
import { App, issuer } from '../examples/lib/app.mjs'
import { Browser } from '../examples/lib/browser.mjs'
import { insist, records, show, step, title, total } from './tell.mjs'

const dial = (...words) => execFileSync(new URL('../scripts/dial', import.meta.url).pathname,
	['--dir', process.env.SELFINFO_SANDBOX, ...words])
const states = (answer) => Object.fromEntries(answer.items.map((i) => [i.item, i.status]))

title('2. Lender: 世帯 and 税, once, while the health insurer is down')
const app = await App.register({
	client_name: 'あかつき信用金庫',
	'client_name#en': 'Akatsuki Shinkin Bank',
	redirect_uris: ['https://loan.akatsuki.example/callback'],
	selfinfo_items: ['1', '2', '3-2'],
	selfinfo_on_behalf_of: ['self'],
	selfinfo_purposes: { 'loan-screening': { ja: '住宅ローンの審査のため', en: 'To examine a housing loan' } },
})
step(`the operator registers the app ${app.clientId}`)

const address = await app.ask({ items: ['1', '2'], optional_items: ['3-2'], inquiry: { kind: 'latest' },
	purpose: 'loan-screening', access: { kind: 'once' }, retention_days: 90, on_behalf_of: 'self' })
step('the app pushes its request: items 1 and 2, and 3-2 if he likes')
const browser = await new Browser(issuer).open(address)
await browser.signInWithCard('kenji')
step('the man signs in with his card')
await browser.consent({ optional: ['3-2'] })
step('he allows 1 and 2, ticks 3-2, once')
await app.redeem(browser.left)
browser.close()
insist(app.tokens.refresh_token === undefined, 'no refresh token for a single use')
step('the app gets an access token, and no refresh token')

dial('midori-kenpo', 'down')
step("the health insurer's PostgreSQL server is stopped")
let answer = await app.retrieve()
step(`POST /v1/retrievals: ${answer.status}`)
show(answer.body)
const seen = states(answer.body)
insist(answer.status === 200 && seen['1'] === 'provided' && seen['2'] === 'provided', 'items 1 and 2 provided')
insist(seen['3-2'] === 'unavailable', 'item 3-2 unavailable')
step(`the insurer is missing at its own item only: ${JSON.stringify(seen)}`)

answer = await app.retrieve()
step(`a second retrieval under the same grant: ${answer.status}`)
show(answer.body)
insist(answer.status === 403 && /grant-used/.test(answer.body.type), 'the second retrieval is refused')
dial('midori-kenpo', 'up')
records(app.clientId)
total()
