// card: what stories of the card step and the consent page are written with.
//   const { app, browser } = await atSignIn()        a browser on the sign-in page
//   await agent('approve', code, '--digits', '47')   { code, out, err } of selfinfo-card
//   await emulator('truncate-next')                  the card in the reader
//   const t = await begin(userCode)                  the agent's protocol by hand:
//   await sign(t, new Card('kenji'), '47')           { status, slug, body }
//   await nobodySignedIn(app)                        no subject, no grant, no code
//   await worksFor('kenji')                          the next correct sign-in, to the records
// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import { createHash, sign as signBytes, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App, assert, Browser, details, granted, issuer, sql } from './lib.mjs'

export const cards = process.env.SELFINFO_CARDS
export const pinFile = (name) => `${cards}/${name}/pin`

// One request as it is said, from an address of this machine (127.0.0.N).
export function request(method, path, { body, headers = {}, from, origin = issuer } = {}) {
	return new Promise((resolve, reject) => {
		const all = body === undefined ? headers : { 'content-length': Buffer.byteLength(body), ...headers }
		const r = https.request(new URL(path, origin), { method, headers: all, localAddress: from }, (answer) => {
			const parts = []
			answer.on('data', (part) => parts.push(part))
			answer.on('error', reject)
			answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers,
				text: Buffer.concat(parts).toString('utf8') }))
		})
		r.setTimeout(20_000, () => r.destroy(new Error(`no answer from ${path}`)))
		r.on('error', reject)
		r.end(body)
	})
}

// An answer of the card's end points; slug is the last part of a problem's type.
export async function post(path, value, more = {}) {
	const answer = await request('POST', path, { body: value === undefined ? undefined : JSON.stringify(value),
		headers: { accept: 'application/json', ...(value === undefined ? {} : { 'content-type': 'application/json' }) }, ...more })
	const body = answer.text === '' ? undefined : JSON.parse(answer.text)
	return { ...answer, body, slug: body?.type?.split('/').pop() }
}

export const open = (userCode, more) => post('/card/transactions', { user_code: userCode }, more)

export async function begin(userCode) {
	const answer = await open(userCode)
	assert.equal(answer.status, 201, answer.text)
	return answer.body
}

// A card whose key the story holds, for what no honest agent would sign.
export class Card {
	constructor(name) {
		this.key = readFileSync(`${cards}/${name}/auth.key`)
		this.certificate = new X509Certificate(readFileSync(`${cards}/${name}/auth.pem`)).raw
	}
}

// The text of formats.md; `change` replaces lines.
export function message(t, digits, change = {}) {
	const show = createHash('sha256').update(Buffer.from(change.show ?? t.show, 'base64url')).digest('base64url')
	return [change.label ?? 'selfinfo-card-sign-in-v1', change.origin ?? issuer, change.transaction ?? t.transaction,
		change.challenge ?? t.challenge, change.digits ?? digits, show, ''].join('\n')
}

export function signature(t, digits, certificate, bytes) {
	return post(`/card/transactions/${t.transaction}/signature`,
		{ digits, certificate: certificate.toString('base64'), signature: bytes.toString('base64') })
}

export const sign = (t, card, digits, change) =>
	signature(t, digits, card.certificate, signBytes('sha256', message(t, digits, change), card.key))

// selfinfo-card as it comes, with the virtual reader.
export function agent(...words) {
	return new Promise((resolve, reject) => {
		const child = spawn(process.env.SELFINFO_CARD, words, { stdio: ['ignore', 'pipe', 'pipe'],
			env: { ...process.env, LANG: 'C.UTF-8' } })
		const said = { out: '', err: '' }
		child.stdout.setEncoding('utf8').on('data', (text) => { said.out += text })
		child.stderr.setEncoding('utf8').on('data', (text) => { said.err += text })
		child.on('error', reject)
		child.on('close', (code) => resolve({ code, out: said.out.trim(), err: said.err.replace(/\s*\n\s*/g, ' ') }))
	})
}

export const approve = ({ code, digits }, name, ...more) =>
	agent('approve', code, '--digits', digits, '--pin-file', pinFile(name), '--card', name, '--lang', 'en', ...more)

// One command to the emulator, answered when the reader has seen the change.
export function emulator(command) {
	return new Promise((resolve, reject) => {
		const socket = net.connect(process.env.SELFINFO_CARD_CONTROL, () => socket.write(`${command}\n`))
		socket.setEncoding('utf8').on('data', (line) => {
			socket.destroy()
			if (line.startsWith('ok')) resolve(line.trim())
			else reject(new Error(`${command}: ${line}`))
		})
		socket.on('error', reject)
	})
}

// How many tries the PIN of the card in the reader has left.
export const triesLeft = async () => Number((await emulator('state')).split(' ')[3])

// A PIN that is not the card's, in a file as the agent wants it.
export async function withWrongPin(name, work) {
	const folder = mkdtempSync(join(tmpdir(), 'selfinfo-pin.'))
	try {
		const pin = (Number(readFileSync(pinFile(name), 'utf8')) + 1) % 10_000
		writeFileSync(join(folder, 'pin'), String(pin).padStart(4, '0'), { mode: 0o600 })
		await work(join(folder, 'pin'))
	} finally {
		rmSync(folder, { recursive: true })
	}
}

// A new app's request, and a browser on its sign-in page.
export async function atSignIn(ask = details(), registration) {
	const app = await App.register(registration)
	const browser = new Browser(issuer)
	await browser.open(await app.ask(ask))
	assert.equal(browser.page.url.pathname, '/sign-in')
	return { app, browser }
}

export async function atConsent(persona, ask, registration, status = 200) {
	const { app, browser } = await atSignIn(ask, registration)
	await browser.signInAsPersona(persona)
	assert.equal(browser.page.url.pathname, '/consent')
	assert.equal(browser.page.status, status)
	return { app, browser }
}

export const returnWith = (browser, code) =>
	browser.submit('card-form', { press: 'card-continue', fill: { return_code: code } })

// Types this code on the page that shows it and goes on to the records.
export async function goesOn(app, browser, name) {
	await browser.signInWithCard(name)
	assert.equal(browser.page.url.pathname, '/consent', browser.steps.join(', '))
	await allowsAndRetrieves(app, browser)
}

export async function allowsAndRetrieves(app, browser, how) {
	await browser.consent(how)
	assert.ok(browser.left, `${browser.page.status} ${browser.text('error_code')}`)
	await app.redeem(browser.left)
	const answer = await app.retrieve()
	assert.equal(answer.status, 200, answer.text)
	return answer.body
}

export async function worksFor(name) {
	const app = await granted(await App.register(), details(), { card: name })
	const answer = await app.retrieve()
	assert.equal(answer.status, 200, answer.text)
	return app
}

export function refused(answer, status, slug) {
	assert.deepEqual([answer.status, answer.slug], [status, slug], answer.text)
	assert.match(answer.headers['content-type'], /^application\/problem\+json/)
}

export function errorPage(browser, status, code) {
	assert.equal(browser.left, undefined, 'the app is not told')
	assert.deepEqual([browser.page.status, browser.text('error_code')], [status, code], browser.page.html)
	assert.match(browser.text('error_number'), /^[2-9A-Z]{8}$/)
}

export function nobodySignedIn(app) {
	const [[people]] = sql`SELECT count(*) FROM interaction WHERE client = '${app.clientId}' AND subject IS NOT NULL`
	assert.equal(people, '0', 'somebody is signed in')
	nothingGranted(app)
}

export function nothingGranted(app) {
	const [counts] = sql`SELECT (SELECT count(*) FROM grants WHERE client = '${app.clientId}'),
		(SELECT count(*) FROM code WHERE client = '${app.clientId}'),
		(SELECT count(*) FROM token WHERE client = '${app.clientId}'),
		(SELECT count(*) FROM disclosure WHERE client = '${app.clientId}')`
	assert.deepEqual(counts, ['0', '0', '0', '0'], 'grants, codes, tokens, records')
}
