// lib: what stories are written with. A story is one file, one claim: it throws
// when the claim does not hold, and ends otherwise. tests/story/run gives it a
// sandbox, returned to its pinned state before each story.
//   const app = await App.register()                  a new client of openid-client
//   await granted(app, details, { card: 'hanako' })   the whole way to its tokens
//   await app.retrieve()                              { status, headers, body }
//   await dial('midori-kenpo', 'down')                the agencies' fault dial
//   sql`SELECT count(*) FROM disclosure`              as the database's owner
// Driving the parts one by one: Browser and App in examples/lib.
// SPDX-License-Identifier: Apache-2.0
import { execFile, execFileSync } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { issuer } from '../../examples/lib/app.mjs'
import { Browser } from '../../examples/lib/browser.mjs'

export { App, addClient, clientFile, ctl, issuer, newKey } from '../../examples/lib/app.mjs'
export { Browser } from '../../examples/lib/browser.mjs'
export { strict as assert } from 'node:assert'

const run = promisify(execFile)
const scripts = new URL('../../scripts/', import.meta.url).pathname
export const sandbox = process.env.SELFINFO_SANDBOX

// What an app asks for, when nothing else is said.
export const details = (more = {}) => ({ items: ['2'], inquiry: { kind: 'latest' }, purpose: 'test',
	access: { kind: 'once' }, retention_days: 30, on_behalf_of: 'self', ...more })

// A date in Japan, so many days from today.
export const inJapan = (days = 0) => new Date(Date.now() + (days * 24 + 9) * 3600_000).toISOString().slice(0, 10)
export const until = (days = 90) => ({ kind: 'until', date: inJapan(days) })

// From PAR to tokens. who: { persona: NAME } (the default, kenji) or { card: NAME },
// and what Browser.consent takes: allow, optional, child.
export async function granted(app, ask = details(), who = {}) {
	const browser = new Browser(issuer, who)
	try {
		await browser.open(await app.ask(ask))
		if (who.card) await browser.signInWithCard(who.card)
		else await browser.signInAsPersona(who.persona ?? 'kenji')
		await browser.consent(who)
		if (!browser.left) throw new Error(`consent ended on ${browser.page.url.pathname}: ` +
			`${browser.page.status} ${browser.text('error_code') ?? ''}`)
		await app.redeem(browser.left)
	} finally {
		browser.close()
	}
	return app
}

export async function dial(agency, ...words) {
	await run(`${scripts}dial`, ['--dir', sandbox, agency, ...words.map(String)])
}

// Rows as arrays of text. Values are put in as they are: the stories' own only.
export function sql(parts, ...values) {
	const text = typeof parts === 'string' ? parts : String.raw({ raw: parts }, ...values)
	return query(process.env.SELFINFO_DSN, text)
}

// The same at an agency, as its superuser.
export const agencySql = (agency, text) =>
	query(process.env[`SELFINFO_AGENCY_DSN_${agency.replaceAll('-', '_')}`], text)

function query(dsn, text) {
	const out = execFileSync('psql', ['-X', '-q', '-At', '-F', '\x1f', '-v', 'ON_ERROR_STOP=1', '-d', dsn],
		{ input: text, encoding: 'utf8' })
	return out.split('\n').filter((line) => line !== '').map((line) => line.split('\x1f'))
}

// Waits for what is going to be true; the last error or value is in the message.
export async function eventually(what, condition, seconds = 10) {
	const deadline = Date.now() + seconds * 1000
	for (;;) {
		let seen
		try {
			seen = await condition()
			if (seen) return seen
		} catch (error) {
			seen = error.message
		}
		if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what} (${seen})`)
		await sleep(50)
	}
}

// The daemon's log from now on: `const log = logFromHere(); …; log().includes(…)`
export function logFromHere() {
	const from = statSync(process.env.SELFINFO_LOG).size
	return () => readFileSync(process.env.SELFINFO_LOG).subarray(from).toString('utf8')
}
