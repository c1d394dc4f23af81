// A card's signature counts for this origin, transaction, challenge, digits and
// what was shown, made with RSA PKCS#1 and SHA-256 by this card; with any of them
// changed it is refused, and costs no try. formats.md (signed message).
// SPDX-License-Identifier: Apache-2.0
import { constants, sign as signBytes } from 'node:crypto'
import { assert, issuer, sql } from './lib.mjs'
import { atSignIn, begin, Card, goesOn, message, nobodySignedIn, post, refused, sign, signature } from './card.mjs'

const { app, browser } = await atSignIn()
const { code, digits } = browser.challenge
const card = new Card('kenji')
const t = await begin(code)
const other = await begin(code)
const harmless = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(t.show, 'base64url')), items: [] })).toString('base64url')
for (const change of [{ label: 'selfinfo-card-sign-in-v2' }, { origin: `${issuer}/` }, { origin: issuer.toUpperCase() }, { origin: 'https://127.0.0.1:1' },
	{ transaction: other.transaction }, { challenge: other.challenge }, { digits: digits === '00' ? '01' : '00' }, { show: harmless }])
	refused(await sign(t, card, digits, change), 403, 'signature-wrong')

const text = message(t, digits)
for (const [digest, key] of [['sha1', card.key], ['sha512', card.key],
	['sha256', { key: card.key, padding: constants.RSA_PKCS1_PSS_PADDING }], ['sha256', new Card('sakura').key]])
	refused(await signature(t, digits, card.certificate, signBytes(digest, text, key)), 403, 'signature-wrong')
const right = signBytes('sha256', text, card.key)
for (const bytes of [right.subarray(1), Buffer.concat([right, Buffer.alloc(1)]), Buffer.alloc(256), Buffer.alloc(1), signBytes('sha256', text.slice(0, -1), card.key)])
	refused(await signature(t, digits, card.certificate, bytes), 403, 'signature-wrong')

// What is not of the agreed form: refused without a try.
const path = `/card/transactions/${t.transaction}/signature`
const good = { digits, certificate: card.certificate.toString('base64'), signature: right.toString('base64') }
for (const [body, status, slug] of [[{ ...good, subject: 'x' }, 400, 'unknown-member'], [{ ...good, digits: 47 }, 400, 'unknown-member'],
	[{ digits }, 400, 'bad-request'], [{ ...good, signature: '*' }, 400, 'bad-request'], [[], 400, 'not-json'], [{ ...good, certificate: 'A'.repeat(70_000) }, 413, 'too-large']])
	refused(await post(path, body), status, slug)
for (const id of ['x', t.transaction.slice(1), `${t.transaction}A`, Buffer.alloc(32).toString('base64url')])
	refused(await post(`/card/transactions/${id}/signature`, good), 404, 'user-code-unknown')
assert.deepEqual(sql`SELECT tries, signed FROM card_step`, [['5', '']])
nobodySignedIn(app)
await goesOn(app, browser, 'kenji')
