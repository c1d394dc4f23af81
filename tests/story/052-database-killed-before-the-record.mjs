// kill -9 of the gateway's database between fetch and record: 503 and no byte of
// data; back within 5 s after it is back; the repeat with the same key is provided.
// Promise 1; faults-F1, F3.
// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { App, assert, details, dial, eventually, granted, sql } from './lib.mjs'

const data = `${process.env.SELFINFO_DATA}/gateway/data`
const start = () => execFileSync('runuser', ['-u', 'postgres', '--', `${process.env.SELFINFO_PGBIN}/pg_ctl`, '-s', '-w', '-t', '30',
	'-D', data, '-l', `${data}/../log`, 'start'], { stdio: 'ignore', cwd: '/' })

function kill() {
	const server = readFileSync(`${data}/postmaster.pid`, 'utf8').split('\n')[0]
	const children = readFileSync(`/proc/${server}/task/${server}/children`, 'utf8').trim().split(' ')
	for (const pid of [server, ...children]) try { process.kill(Number(pid), 'SIGKILL') } catch { /* it went first */ }
}

const app = await granted(await App.register(), details())
await dial('midori-city', 'slow', 700)
const flight = app.retrieve(undefined, { 'idempotency-key': 'once-more' })
await new Promise((resolve) => setTimeout(resolve, 350))
kill()
const lost = await flight
assert.equal(lost.status, 503, lost.text)
assert.match(lost.body.type, /\/problems\/unavailable$/)
assert.ok(lost.headers.get('retry-after'))
assert.ok(!lost.text.includes('fiscalYear'), 'nothing of the records')

// While it is down: no agency is asked, and it says so at once.
const down = await app.retrieve()
assert.equal(down.status, 503, down.text)

await eventually('the dead server has let go', () => { start(); return true }, 20)
const back = Date.now()
const answer = await eventually('the same retrieval is provided', async () => {
	const again = await app.retrieve(undefined, { 'idempotency-key': 'once-more' })
	return again.status === 200 && again
}, 15)
assert.ok(Date.now() - back < 5000, `${Date.now() - back} ms after it was back`)
assert.equal(answer.body.items[0].status, 'provided')
assert.equal(sql`SELECT count(DISTINCT retrieval) FROM disclosure WHERE client = '${app.clientId}'`[0][0], '1')
