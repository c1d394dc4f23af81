// A transaction is used once: a second signature under it is 409 and changes
// nothing; of 8 at the same time one gives a return code. formats.md.
// SPDX-License-Identifier: Apache-2.0
import { assert, sql } from './lib.mjs'
import { allowsAndRetrieves, atSignIn, begin, Card, nobodySignedIn, open, post, refused, returnWith, sign } from './card.mjs'

const { app, browser } = await atSignIn()
const { code, digits } = browser.challenge
const card = new Card('kenji')
const t = await begin(code)
const second = await begin(code)
const answers = await Promise.all(Array.from({ length: 8 }, () => sign(t, card, digits)))
const won = answers.filter((a) => a.status === 200)
assert.equal(won.length, 1, answers.map((a) => a.status).join(' '))
for (const a of answers.filter((one) => one !== won[0])) refused(a, 409, 'card-transaction-used')
refused(await sign(t, card, digits), 409, 'card-transaction-used')
refused(await post(`/card/transactions/${t.transaction}/cancel`), 409, 'card-transaction-used')

// Nor does another transaction of the same page, or another person's card.
refused(await sign(second, new Card('sakura'), digits), 409, 'card-transaction-used')
refused(await open(code), 404, 'user-code-unknown')
assert.equal(sql`SELECT count(*) FROM card_step WHERE signed IS NOT NULL`[0][0], '1')
nobodySignedIn(app)

await returnWith(browser, won[0].body.return_code)
assert.equal(browser.page.url.pathname, '/consent')
await allowsAndRetrieves(app, browser)
