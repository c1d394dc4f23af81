// A card of an unknown authority that has issuer name, key identifier and serial
// of a linked card: only the signature on it tells them apart, and that is what
// is looked at. Neither do a self-signed one or scraps of one pass. api.md 3.
// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { assert, sandbox, sql } from './lib.mjs'
import { approve, atSignIn, begin, Card, cards, goesOn, nobodySignedIn, refused, sign } from './card.mjs'

const read = (name) => new X509Certificate(readFileSync(`${cards}/${name}/auth.pem`))
assert.equal(read('_foreign').issuer, read('hanako').issuer)
assert.equal(read('_foreign').serialNumber, read('hanako').serialNumber)

const { app, browser } = await atSignIn()
const told = await approve(browser.challenge, '_foreign')
assert.equal(told.code, 3, told.err)
assert.match(told.err, /card is not accepted/)

const { code, digits } = browser.challenge
const t = await begin(code)
const foreign = new Card('_foreign')
refused(await sign(t, foreign, digits), 403, 'card-untrusted')

// The key of the foreign card with hanako's own certificate.
const borrowed = new Card('_foreign')
borrowed.certificate = new Card('hanako').certificate
refused(await sign(t, borrowed, digits), 403, 'signature-wrong')

// The authority's certificate, one made at home, and what is no certificate.
const ca = readFileSync(`${sandbox}/jpki/auth-ca.pem`)
const home = execFileSync('openssl', ['req', '-x509', '-new', '-key', `${cards}/_foreign/auth.key`, '-subj',
	'/C=JP/O=JPKI/CN=home', '-addext', 'keyUsage=critical,digitalSignature', '-addext', 'basicConstraints=critical,CA:FALSE',
	'-addext', 'certificatePolicies=1.2.392.200149.8.5.1.3.30'], { encoding: 'utf8' })
const raw = foreign.certificate
for (const certificate of [new X509Certificate(ca).raw, new X509Certificate(home).raw, raw.subarray(0, -1),
	Buffer.concat([raw, Buffer.alloc(1)]), Buffer.alloc(20), Buffer.alloc(9000, 0x30)])
	refused(await sign(t, { ...foreign, certificate }, digits), 403, 'card-untrusted')
assert.equal(sql`SELECT count(*) FROM card_step WHERE signed IS NOT NULL`[0][0], '0')
nobodySignedIn(app)
await goesOn(app, browser, 'hanako')
