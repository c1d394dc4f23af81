// The language of the pages: the app's ui_locales until the citizen chooses, then the
// choice; a reload and another language keep the step that the card has signed.
// oauth-F19; pages-P9, P14.
// SPDX-License-Identifier: Apache-2.0
import { App, assert, details, issuer } from './lib.mjs'

const app = await App.register()
const jar = new Map()
async function get(path) {
	const r = await fetch(new URL(path, issuer), { redirect: 'manual', headers: { cookie: [...jar].map(([k, v]) => `${k}=${v}`).join('; ') } })
	for (const line of r.headers.getSetCookie()) {
		const [pair] = line.split(';')
		jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
	}
	return { status: r.status, location: r.headers.get('location'), html: await r.text() }
}
const lang = (page) => /<html lang="(\w+)"/.exec(page.html)[1]
const code = (page) => /id="user-code"[^>]*>(.*?)<\/p>/s.exec(page.html)[1].replace(/<[^>]+>/g, '')

assert.equal((await get(await app.ask(details(), { ui_locales: 'fr en-GB ja' }))).status, 303)
const first = await get('/sign-in')
assert.equal(lang(first), 'en')
const second = await get('/sign-in?lang=ja')
assert.equal(lang(second), 'ja')
assert.equal(code(second), code(first), 'another language, the same code')
await get(await app.ask(details(), { ui_locales: 'en' }))
const third = await get('/sign-in')
assert.equal(lang(third), 'ja', 'the choice of the citizen stays')
assert.notEqual(code(third), code(first), 'another request, another code')
const renewed = await get('/sign-in?new=1')
assert.equal(renewed.status, 303)
assert.notEqual(code(await get('/sign-in')), code(third))
