// Sign-in with the card and consent in a real browser with scripts switched off,
// up to the app's own page at its redirect URI.
// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import https from 'node:https'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'
import { App, assert, details, sandbox } from './lib.mjs'

// The app's redirect URI is served for real, on another port of this machine.
const tls = { cert: readFileSync(`${sandbox}/tls/server.pem`), key: readFileSync(`${sandbox}/tls/server.key`) }
let arrived
const callback = new Promise((resolve) => { arrived = resolve })
const server = https.createServer(tls, (request, answer) => {
	if (request.url.startsWith('/callback')) arrived(request.url)
	answer.setHeader('content-type', 'text/plain')
	answer.end('back at the app')
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const home = `https://127.0.0.1:${server.address().port}`

// The browser believes the sandbox's key and no other unknown one.
const key = new X509Certificate(tls.cert).publicKey.export({ type: 'spki', format: 'der' })
const pin = createHash('sha256').update(key).digest('base64')
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium',
	args: ['--no-sandbox', '--disable-dev-shm-usage', `--ignore-certificate-errors-spki-list=${pin}`] })
try {
	const context = await browser.newContext({ javaScriptEnabled: false, locale: 'ja-JP' })
	context.setDefaultTimeout(20_000)
	const page = await context.newPage()
	const outside = []
	page.on('request', (request) => {
		if (new URL(request.url()).hostname !== '127.0.0.1') outside.push(request.url())
	})

	const app = await App.register({ redirect_uris: [`${home}/callback`] })
	await page.goto((await app.ask(details({ items: ['1', '2'], optional_items: ['3-2'] }))).href)

	const code = (await page.locator('#user-code').innerText()).replace(/\s/g, '')
	const digits = (await page.locator('#digits').innerText()).trim()
	const { stdout } = await promisify(execFile)(process.env.SELFINFO_CARD, ['approve', code, '--digits', digits,
		'--pin-file', `${process.env.SELFINFO_CARDS}/kenji/pin`, '--card', 'kenji'])
	await page.locator('[name=return_code]').fill(stdout.trim())
	await page.locator('#card-continue').click()

	const optional = page.locator('#consent [name=optional_item]')
	assert.equal(await optional.count(), 1)
	assert.equal(await optional.isChecked(), false, 'nothing optional is ticked before')
	await optional.check()
	const [allow, deny] = await Promise.all(['#consent-allow', '#consent-deny'].map((id) => page.locator(id).boundingBox()))
	assert.ok(Math.abs(allow.height - deny.height) < 1, 'both decisions are equally large')
	await page.locator('#consent-allow').click()

	const back = new URL(await callback, home)
	assert.equal(await page.locator('body').innerText(), 'back at the app')
	assert.deepEqual(outside, [], 'the pages load nothing from elsewhere')
	await app.redeem(back)
	const { status, body, text } = await app.retrieve()
	assert.equal(status, 200, text)
	assert.deepEqual(body.items.map((i) => [i.item, i.status]),
		[['1', 'provided'], ['2', 'provided'], ['3-2', 'provided']])
} finally {
	await browser.close()
	server.close()
	server.closeAllConnections()
}
