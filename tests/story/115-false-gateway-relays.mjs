// A false gateway with a certificate that the agent trusts and an origin of its
// own relays challenge and signature between the citizen's agent and the real
// gateway. It gets nothing: the agent leaves when the issuer is another, and
// what it signs for the false origin is refused by the real one. api.md 3.
// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import https from 'node:https'
import { assert, issuer, sandbox, sql } from './lib.mjs'
import { approve, atSignIn, goesOn, nobodySignedIn, refused, request, returnWith } from './card.mjs'

const relayed = []
let lie = (answer) => answer
const server = https.createServer({ cert: readFileSync(`${sandbox}/tls/server.pem`), key: readFileSync(`${sandbox}/tls/server.key`) },
	async (asked, answer) => {
		const parts = []
		for await (const part of asked) parts.push(part)
		const real = await request(asked.method, asked.url, { body: Buffer.concat(parts),
			headers: { 'content-type': 'application/json' }, origin: issuer })
		relayed.push({ url: asked.url, status: real.status, text: real.text, headers: real.headers, body: JSON.parse(real.text) })
		answer.writeHead(real.status, { 'content-type': real.headers['content-type'] })
		answer.end(JSON.stringify(lie(JSON.parse(real.text))))
	})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const origin = `https://127.0.0.1:${server.address().port}`
const { app, browser } = await atSignIn()

// Passed on as it is: the agent sees another issuer than the origin it reached.
const warned = await approve(browser.challenge, 'kenji', '--gateway', origin)
assert.equal(warned.code, 1, warned.err)
assert.match(warned.err, /may be a false gateway/)
assert.deepEqual(relayed.map((r) => r.status), [201], 'nothing was signed')

// With the issuer replaced the agent signs, for the origin it reached.
lie = (answer) => (answer.issuer ? { ...answer, issuer: origin } : answer)
const fooled = await approve(browser.challenge, 'kenji', '--gateway', origin)
assert.equal(fooled.code, 3, fooled.err)
assert.equal(fooled.out, '')
assert.match(relayed.at(-1).url, /\/signature$/)
const last = relayed.at(-1)
refused({ ...last, slug: last.body.type.split('/').pop() }, 403, 'signature-wrong')
assert.equal(sql`SELECT count(*) FROM card_step WHERE signed IS NOT NULL`[0][0], '0')
server.close()
server.closeAllConnections()

await returnWith(browser, 'AAAAAA')
assert.equal(browser.page.status, 403)
nobodySignedIn(app)
await goesOn(app, browser, 'kenji')
