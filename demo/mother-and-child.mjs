// Use case 1: a mother lets a childcare app keep her child's vaccination records.
// Two towns hold them; the app gets both in one answer, and a week later again
// without her. Run by demo/run on a sandbox.
// SPDX-License-Identifier: Apache-2.0
import { App, ctl, issuer } from '../examples/lib/app.mjs'
import { Browser } from '../examples/lib/browser.mjs'
import { insist, records, show, step, title, total } from './tell.mjs'

const day = 24 * 3600
const inJapan = (seconds) => new Date(Date.now() + (seconds + 9 * 3600) * 1000).toISOString().slice(0, 10)
const names = (answer) => answer.items[0].sources.map((s) => `${s.name}: ${s.status}, ${s.records?.length ?? 0} records`).join('; ')

title('1. Mother-and-child app: 予防接種の記録 of a child who moved')
const app = await App.register({
	client_name: 'すくすく手帳',
	'client_name#en': 'Suku Suku Notebook',
	redirect_uris: ['https://sukusuku.example/callback'],
	selfinfo_items: ['3-4'],
	selfinfo_on_behalf_of: ['child'],
	selfinfo_purposes: { 'vaccination-record-keeping': { ja: '予防接種の記録を手帳に残すため',
		en: 'To keep vaccination records in the notebook' } },
})
step(`the operator registers the app ${app.clientId}`)

const until = inJapan(120 * day)
const address = await app.ask({ items: ['3-4'], inquiry: { kind: 'latest' }, purpose: 'vaccination-record-keeping',
	access: { kind: 'until', date: until }, retention_days: 365, on_behalf_of: 'child' })
step('the app pushes its request (PAR, private_key_jwt, DPoP, PKCE)')

const browser = await new Browser(issuer).open(address)
const { code, digits } = browser.challenge
step(`the mother's browser shows the code ${code} and the digits ${digits}`)
await browser.signInWithCard('hanako')
step('she signs in: selfinfo-card, PIN, My Number card in the reader')
await browser.consent({ child: '太郎' })
step(`she picks her son and allows the records until ${until}`)
await app.redeem(browser.left)
browser.close()
step('the app gets its tokens')

let answer = await app.retrieve()
step(`POST /v1/retrievals: ${answer.status}`)
show(answer.body)
insist(answer.status === 200 && answer.body.complete, 'a complete answer')
insist(answer.body.items[0].sources.filter((s) => s.status === 'provided').length === 2, 'records of two towns in one answer')
step(names(answer.body))

ctl('sandbox', 'clock', '+7d')
app.clockSkew = 7 * day
step('a week goes by (sandbox clock +7d)')
const before = app.tokens.access_token
await app.refresh()
insist(app.tokens.access_token !== before, 'a new access token')
step('the app refreshes its access token, without the mother')
answer = await app.retrieve()
insist(answer.status === 200 && answer.body.complete, 'a complete answer a week later')
step(`POST /v1/retrievals: ${answer.status}, at ${answer.body.retrieved_at}; ${names(answer.body)}`)
records(app.clientId)
ctl('sandbox', 'clock', '=0')
total()
