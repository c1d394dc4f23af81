// The sandbox's people exist in the sandbox only: its configuration refuses a
// production database, production one of the sandbox, and a production daemon
// shows no persona, takes none, and leaves its clock alone; a card works. api.md 5.
// SPDX-License-Identifier: Apache-2.0
import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'

const { SELFINFO_SANDBOX: sandbox, SELFINFO_DATA: data, SELFINFO_CONFIG: config, SELFINFO_VARIANT: variant } = process.env
const programs = new URL(`../../build/${variant}/`, import.meta.url).pathname
const work = mkdtempSync(join(sandbox, 'production.'))
const run = async (program, ...words) => {
	try {
		const { stdout, stderr } = await promisify(execFile)(program, words)
		return { code: 0, said: stdout + stderr }
	} catch (error) {
		return { code: error.code, said: error.stdout + error.stderr }
	}
}
const psql = (text) => run('psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', `host=${data}/gateway user=postgres dbname=postgres`, '-c', text)
const probe = net.createServer().listen(0, '127.0.0.1')
await new Promise((resolve) => probe.on('listening', resolve))
const { port } = probe.address()
await new Promise((resolve) => probe.close(resolve))

const origin = `https://127.0.0.1:${port}`
const sample = readFileSync(config, 'utf8').replace(/^listen .*$/m, `listen 127.0.0.1:${port}`).replace(/^issuer .*$/m, `issuer "${origin}"`)
	.replace(/^control .*$/m, `control "${work}/control.sock"`)
const production = `${sample.replace(/^sandbox \{[\s\S]*?^\}\n/m, '')
	.replace(/^card \{/m, `card {\nanchor "${sandbox}/jpki/auth-ca.pem"`)}\ncontact {\nname "窓口"\nphone "03-0000-0000"\nhours "平日"\n}\n`
const other = (text) => text.replaceAll('dbname=selfinfo ', 'dbname=selfinfo_production ')
for (const [name, text] of Object.entries({ production: other(production), 'sandbox-of-production': other(sample), 'production-of-sandbox': production,
	'personas-outside': `${other(production)}personas "${sandbox}/personas.json"\n` }))
	writeFileSync(`${work}/${name}.conf`, text)
writeFileSync(`${work}/selfinfoctl`, `#!/bin/sh\nexec ${programs}selfinfoctl "$@" --config ${work}/production.conf\n`, { mode: 0o755 })

let daemon
try {
	await psql('CREATE DATABASE selfinfo_production OWNER selfinfo_owner TEMPLATE template0 ENCODING \'UTF8\' LOCALE \'C.UTF-8\'')
	Object.assign(process.env, { SELFINFO_ISSUER: origin, SELFINFO_CTL: `${work}/selfinfoctl`,
		SELFINFO_DSN: `host=${data}/gateway dbname=selfinfo_production user=selfinfo_owner` })
	const { assert, ctl, eventually } = await import('./lib.mjs')
	ctl('db', 'migrate')
	ctl('db', 'maintain')
	for (const name of ['sandbox-of-production', 'production-of-sandbox']) {
		for (const words of [['--check'], []]) {
			const told = await run(`${programs}selfinfod`, '--config', `${work}/${name}.conf`, ...words)
			assert.ok(told.code > 0, `${name} ${words}: ${told.said}`)
			assert.match(told.said, /sandbox.*production|production.*sandbox/, told.said)
		}
	}
	const odd = await run(`${programs}selfinfod`, '--check', '--config', `${work}/personas-outside.conf`)
	assert.equal(odd.code, 78, odd.said)
	const migrated = await run(`${programs}selfinfoctl`, 'db', 'migrate', '--sandbox', '--config', `${work}/production.conf`)
	assert.ok(migrated.code > 0, migrated.said)

	daemon = spawn(`${programs}selfinfod`, ['--config', `${work}/production.conf`], { stdio: ['ignore', 'pipe', 'pipe'] })
	const { approve, atSignIn, begin, Card, nobodySignedIn, refused, request, returnWith, sign } = await import('./card.mjs')
	await eventually('the production daemon answers', async () =>
		(await request('GET', '/.well-known/oauth-authorization-server')).status === 200, 30)
	const { app, browser } = await atSignIn()
	assert.equal(browser.page.forms['persona-form'], undefined)
	assert.ok(!browser.page.html.includes('persona'), browser.page.html)
	assert.match(browser.page.headers['strict-transport-security'], /^max-age=31536000/)
	const csrf = browser.form('card-form').controls.find((c) => c.name === 'csrf').value
	const answer = await request('POST', '/sign-in', { body: new URLSearchParams({ csrf, persona: 'kenji' }).toString(),
		headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: `__Host-selfinfo=${browser.cookie('__Host-selfinfo')}` } })
	assert.equal(answer.status, 400, answer.text)
	assert.throws(() => ctl('sandbox', 'clock', '+1d'))
	assert.throws(() => ctl('sandbox', 'reset'))

	// The card's way is there: this one is valid, and nobody has linked it here.
	const told = await approve(browser.challenge, 'kenji', '--gateway', origin)
	assert.equal(told.code, 3, told.err)
	assert.match(told.err, /card is valid, but no agency has linked records/)
	refused(await sign(await begin(browser.challenge.code), new Card('_foreign'), browser.challenge.digits), 403, 'card-untrusted')
	await returnWith(browser, 'AAAAAA')
	assert.equal(browser.page.status, 403)
	nobodySignedIn(app)
} finally {
	if (daemon) {
		daemon.kill('SIGTERM')
		await new Promise((resolve) => daemon.on('close', resolve))
	}
	await psql('DROP DATABASE IF EXISTS selfinfo_production WITH (FORCE)')
	rmSync(work, { recursive: true })
}
