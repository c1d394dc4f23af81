// What was taken back stays so for every role of ours; the app hears why; the daemon
// does not start with a role that could change records; the operator sees when and
// what, and no person. Promises 1 and 2; operations-O5, O22, O32.
// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { App, assert, Browser, ctl, details, granted, issuer, sql, until } from './lib.mjs'

const app = await granted(await App.register(), details({ access: until() }))
assert.equal((await app.retrieve()).status, 200)
const [[grant]] = sql`SELECT id FROM grants WHERE client = '${app.clientId}'`
ctl('grant', 'revoke', grant, '--yes')
assert.equal((await app.retrieve()).status, 401)
const refused = await app.refresh().then(() => assert.fail('refreshed'), (e) => e)
assert.equal(refused.error, 'invalid_grant')
assert.match(refused.error_description, /^revoked/)

const as = (role, text) => {
	const dsn = process.env.SELFINFO_DSN.replace(/user=\S+/, `user=${role}`)
	assert.ok(dsn.includes(role))
	const run = spawnSync('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', dsn], { input: `${text};`, encoding: 'utf8' })
	return run.status === 0 ? '' : run.stderr
}
for (const role of ['selfinfo_operator', 'selfinfo_gateway']) {
	assert.match(as(role, `UPDATE grants SET revoked = NULL WHERE id = '${grant}'`), /permission denied|stays revoked/, role)
	assert.match(as(role, `UPDATE token SET revoked = NULL WHERE grant_id = '${grant}'`), /stays revoked/, role)
	for (const table of ['disclosure', 'delivery', 'refusal'])
		for (const act of [`UPDATE ${table} SET at = at`, `DELETE FROM ${table}`, `TRUNCATE ${table}`]) assert.match(as(role, act), /permission denied/, `${role}: ${act}`)
}
for (const column of ['grant_id', 'subject', 'beneficiary', 'content', 'retrieval'])
	assert.match(as('selfinfo_operator', `SELECT ${column} FROM disclosure`), /permission denied/, column)

// selfinfod --check with the owner's role, and with the operator's.
const text = readFileSync(process.env.SELFINFO_CONFIG, 'utf8')
{
	for (const role of ['selfinfo_operator', /user=(\S+?)["\s]/.exec(process.env.SELFINFO_DSN)?.[1] ?? 'selfinfo_owner']) {
		const conf = join(process.env.SELFINFO_SANDBOX, 'check.conf')
		writeFileSync(conf, text.replace('user=selfinfo_gateway', `user=${role}`), { mode: 0o600 })
		const run = spawnSync(`build/${process.env.SELFINFO_VARIANT}/selfinfod`, ['--check', '--config', conf], { encoding: 'utf8' })
		rmSync(conf)
		assert.notEqual(run.status, 0, role)
		assert.match(run.stderr + run.stdout, /selfinfo_gateway|role/, role)
	}
}

// The rule that was not met is named, nothing of the request is.
const other = await App.register()
for (const [more, rule] of [[{ items: ['9-9'] }, /^items/], [{ purpose: 'zqx' }, /^purpose/], [{ access: until(9999) }, /^access/],
	[{ retention_days: -1 }, /^retention_days/], [{ inquiry: { kind: 'zqx' } }, /^inquiry/], [{ on_behalf_of: 'zqx' }, /^on_behalf_of/], [{ zqx: 1 }, /member/]]) {
	const e = await other.ask(details(more)).then(() => assert.fail('taken'), (thrown) => thrown)
	assert.equal(e.error, 'invalid_authorization_details')
	assert.match(e.error_description, rule)
	assert.ok(!e.error_description.includes('zqx'))
}

// Somebody else in the same tab is not led into the first one's consent; and after
// the decision there is no second form.
const browser = new Browser(issuer)
await browser.open(await other.ask(details()))
const form = browser.page
await browser.signInAsPersona('kenji')
assert.equal(browser.page.url.pathname, '/consent')
browser.page = form
await browser.signInAsPersona('hanako')
assert.equal(browser.page.status, 400)
await browser.open('/consent')
await browser.consent()
assert.ok(browser.left.searchParams.get('code'))
await browser.open('/consent')
assert.equal(browser.page.status, 400)
assert.equal(browser.text('error_code'), 'invalid_request_uri')
browser.close()
