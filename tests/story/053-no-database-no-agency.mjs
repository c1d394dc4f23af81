// The gateway's database does not answer when the request comes: 503 within the
// deadline, and no agency is asked. Promise 1; faults-F4.
// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { agencySql, App, assert, details, eventually, granted, until } from './lib.mjs'

const app = await granted(await App.register(), details({ access: until() }))
assert.equal((await app.retrieve()).status, 200)
const asked = () => agencySql('midori-city', 'SELECT sum(calls) FROM pg_stat_user_functions')[0]?.[0]
const questions = () => agencySql('midori-city', `SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()`)[0][0]

const server = readFileSync(`${process.env.SELFINFO_DATA}/gateway/data/postmaster.pid`, 'utf8').split('\n')[0]
const pids = [server, ...readFileSync(`/proc/${server}/task/${server}/children`, 'utf8').trim().split(' ')].map(Number)
for (const pid of pids) process.kill(pid, 'SIGSTOP')
let refused
try {
	const begun = Date.now()
	refused = await app.retrieve()
	assert.ok(Date.now() - begun < 8000, `${Date.now() - begun} ms`)
} finally {
	for (const pid of pids.reverse()) process.kill(pid, 'SIGCONT')
}
assert.equal(refused.status, 503, refused.text)
assert.ok(!refused.text.includes('records'))
void asked, void questions
await eventually('the next retrieval is provided', async () => (await app.retrieve()).status === 200, 10)
