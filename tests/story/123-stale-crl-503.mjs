// With a revocation list out of date no card is believed (503), while consents
// that run go on; a list that is fresh again, or newly names a card, counts at
// the next sign-in without a restart. api.md 3, mission; operations.
// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { App, assert, details, granted, sandbox, until } from './lib.mjs'
import { approve, atSignIn, begin, Card, goesOn, nobodySignedIn, refused, sign } from './card.mjs'
import { X509Certificate } from 'node:crypto'

const jpki = `${sandbox}/jpki`
const work = mkdtempSync(join(sandbox, 'crl.'))
copyFileSync(`${jpki}/crl.pem`, `${work}/kept.pem`)
const put = (file) => { // as an operator does: a file beside it, then a rename
	copyFileSync(file, `${jpki}/crl.new`)
	renameSync(`${jpki}/crl.new`, `${jpki}/crl.pem`)
}
const day = (days) => `${new Date(Date.now() + days * 86400_000).toISOString().replace(/\D/g, '').slice(2, 14)}Z`
const running = await granted(await App.register(), details({ access: until() }), { card: 'kenji' })
const everyWorker = async (status, slug) => {
	for (let i = 0; i < 6; i++) refused(await sign(await begin(browser.challenge.code), new Card('kenji'), browser.challenge.digits), status, slug)
}
const { app, browser } = await atSignIn()
try {
	put(`${jpki}/crl-stale.pem`)
	const told = await approve(browser.challenge, 'kenji')
	assert.equal(told.code, 3, told.err)
	assert.match(told.err, /cannot be checked now/)
	await everyWorker(503, 'revocation-unknown')
	const late = await sign(await begin(browser.challenge.code), new Card('kenji'), browser.challenge.digits)
	assert.ok(Number(late.headers['retry-after']) > 0)
	nobodySignedIn(app)
	assert.equal((await running.retrieve()).status, 200, 'a running consent goes on')

	// A list of nobody's, one with a byte changed: neither is believed.
	const text = readFileSync(`${work}/kept.pem`, 'utf8')
	const der = Buffer.from(text.replace(/-----[^-]+-----|\s/g, ''), 'base64')
	der[der.length - 1] ^= 1
	writeFileSync(`${work}/bent.pem`, `-----BEGIN X509 CRL-----\n${der.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END X509 CRL-----\n`)
	put(`${work}/bent.pem`)
	await everyWorker(503, 'revocation-unknown')

	// A new list that names kenji's card.
	const serial = new X509Certificate(readFileSync(`${process.env.SELFINFO_CARDS}/kenji/auth.pem`)).serialNumber
	writeFileSync(`${work}/index`, `R\t${day(3650)}\t${day(-0.1)}\t${serial}\tunknown\t/C=JP/CN=kenji\n`)
	writeFileSync(`${work}/conf`, `[ca]\ndefault_ca=a\n[a]\ndatabase=${work}/index\ndefault_md=sha256\ndefault_crl_days=30\n`)
	execFileSync('openssl', ['ca', '-gencrl', '-config', `${work}/conf`, '-cert', `${jpki}/auth-ca.pem`, '-keyfile', `${jpki}/auth-ca.key`,
		'-crl_lastupdate', day(-0.05).replace(/^/, '20'), '-crl_nextupdate', day(30).replace(/^/, '20'), '-out', `${work}/new.pem`], { stdio: 'pipe' })
	put(`${work}/new.pem`)
	await everyWorker(403, 'card-revoked')
	nobodySignedIn(app)
	assert.equal((await running.retrieve()).status, 200)
} finally {
	put(`${work}/kept.pem`)
	rmSync(work, { recursive: true })
}
await goesOn(app, browser, 'kenji')
