// Every page of the sign-in: its policy lets forms go to ourselves and to the
// redirect origin of this request only, nothing is stored, framed or loaded from
// elsewhere; a real browser refuses to frame it. F16, P2.
// SPDX-License-Identifier: Apache-2.0
import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import https from 'node:https'
import { chromium } from 'playwright-core'
import { assert, details, issuer, sandbox } from './lib.mjs'
import { allowsAndRetrieves, atSignIn, request } from './card.mjs'

const checked = (headers, html, ...origins) => {
	const csp = Object.fromEntries(headers['content-security-policy'].split(';').map((d) => d.trim().split(/\s+/)).map(([k, ...v]) => [k, v]))
	assert.deepEqual(csp['default-src'], ["'none'"])
	assert.deepEqual(csp['frame-ancestors'], ["'none'"])
	assert.deepEqual(csp['base-uri'], ["'none'"])
	assert.deepEqual(csp['form-action'], ["'self'", ...origins])
	for (const name of ['script-src', 'style-src', 'img-src', 'connect-src', 'font-src'])
		assert.ok(csp[name] === undefined || csp[name].join() === "'self'", name)
	assert.equal(headers['cache-control'], 'no-store')
	assert.equal(headers['x-frame-options'], 'DENY')
	assert.equal(headers['x-content-type-options'], 'nosniff')
	assert.equal(headers['referrer-policy'], 'same-origin')
	assert.equal(headers['cross-origin-opener-policy'], 'same-origin')
	assert.equal(headers['strict-transport-security'], undefined, 'not in the sandbox')
	assert.match(headers['content-type'], /^text\/html; charset=utf-8$/)
	assert.ok(!/<script|<style|\son\w+=|style=|https?:\/\/(?!127\.0\.0\.1)/i.test(html.replace(/<a [^>]*>/g, '')), 'nothing inline, nothing from outside')
	assert.ok(html.length < 30 * 1024)
}

const { app, browser } = await atSignIn(details({ items: ['1'], optional_items: ['2'] }),
	{ redirect_uris: ['https://app.example:8443/callback', 'https://second.example/callback'] })
checked(browser.page.headers, browser.page.html, 'https://app.example:8443')
await browser.submit('card-form', { press: 'card-continue', fill: { return_code: 'AAAAAA' } })
checked(browser.page.headers, browser.page.html, 'https://app.example:8443')
await browser.signInAsPersona('kenji')
checked(browser.page.headers, browser.page.html, 'https://app.example:8443')
for (const path of ['/consent', '/sign-in', '/oauth/authorize', '/oauth/authorize?client_id=x']) {
	const answer = await request('GET', path)
	assert.equal(answer.status, 400)
	checked(answer.headers, answer.text)
}

// Another site's page with ours in a frame.
const tls = { cert: readFileSync(`${sandbox}/tls/server.pem`), key: readFileSync(`${sandbox}/tls/server.key`) }
const server = https.createServer(tls, (asked, answer) => {
	answer.setHeader('content-type', 'text/html')
	answer.end(`<iframe name="ours" src="${issuer}/sign-in" width="600" height="600"></iframe>`)
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const pin = createHash('sha256').update(new X509Certificate(tls.cert).publicKey.export({ type: 'spki', format: 'der' })).digest('base64')
const chrome = await chromium.launch({ executablePath: '/usr/bin/chromium',
	args: ['--no-sandbox', '--disable-dev-shm-usage', `--ignore-certificate-errors-spki-list=${pin}`] })
try {
	const page = await (await chrome.newContext()).newPage()
	const refusals = []
	page.on('console', (message) => refusals.push(message.text()))
	await page.goto(`https://127.0.0.1:${server.address().port}/`)
	await page.waitForLoadState('load')
	assert.ok(refusals.some((text) => /frame-ancestors|X-Frame-Options/.test(text)), refusals.join('\n'))
	assert.ok(!(await page.frame('ours')?.content() ?? '').includes('error_code'))
	await page.goto(`${issuer}/sign-in`)
	assert.equal(await page.locator('#error_code').innerText(), 'invalid_request', 'by itself it is shown')
} finally {
	await chrome.close()
	server.close()
	server.closeAllConnections()
}
await allowsAndRetrieves(app, browser, { optional: ['2'] })
