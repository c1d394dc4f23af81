// Whatever an agency answers against the contract harms its own source alone, and
// undeclared members are cut before anything leaves. faults-F26, F28, F29, F30.
// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { App, assert, details, dial, eventually, granted, logFromHere, until } from './lib.mjs'

const app = await granted(await App.register(), details({ items: ['2', '3-2'], access: until() }))
const tax = async () => {
	const answer = await app.retrieve()
	assert.equal(answer.status, 200, answer.text)
	const [own, other] = answer.body.items
	assert.equal(other.status, 'provided', `the insurer is not harmed: ${answer.text.slice(0, 300)}`)
	return own
}
const members = (records) => Object.keys(records[0]).sort()
const log = logFromHere()
const honest = members((await tax()).sources[0].records)

const expected = {
	undeclared: 'provided', withhold: 'withheld', none: 'no_record', missing_required: 'agency_error', wrong_type: 'agency_error',
	wrong_code: 'agency_error', no_records: 'agency_error', not_an_array: 'agency_error', null_records: 'agency_error',
	no_current_to: 'agency_error', pending: 'agency_error', unknown_status: 'agency_error', missing_row: 'agency_error',
	huge: 'too_large', error: 'agency_error' }
for (const [mode, wanted] of Object.entries(expected)) {
	await dial('midori-city', mode)
	// Five failures in a row open the circuit; the probe closes it again.
	const item = await eventually(mode, async () => {
		const one = await tax()
		return one.sources[0].reason !== 'circuit_open' && one
	}, 60)
	const seen = item.status === 'unavailable' ? item.sources[0].reason : item.status
	if (mode === 'no_current_to') assert.ok(['agency_error', 'provided'].includes(seen), seen)
	else assert.equal(seen, wanted, `${mode}: ${JSON.stringify(item).slice(0, 300)}`)
	if (mode === 'undeclared') assert.deepEqual(members(item.sources[0].records), honest)
}
await dial('midori-city', 'too_many_rows', 'twice')
const twice = await eventually('twice', async () => {
	const one = await tax()
	return one.sources[0].reason !== 'circuit_open' && one
}, 60)
assert.equal(twice.sources[0].reason, 'agency_error')
await dial('midori-city', 'too_many_rows', 'not_asked')
const more = await eventually('rows not asked for', async () => {
	const one = await tax()
	return one.sources[0].reason !== 'circuit_open' && one
}, 60)
assert.ok(['provided', 'unavailable'].includes(more.status), JSON.stringify(more))
await dial('midori-city', 'off')
assert.equal((await eventually('honest again', async () => {
	const one = await tax()
	return one.status === 'provided' && one
}, 60)).status, 'provided')

// Other column types than the contract's.
const dsn = process.env.SELFINFO_AGENCY_DSN_midori_city
for (const type of ['text', 'json']) {
	const owner = `SET ROLE midori_city_owner;\n`
	execFileSync('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-v', `type=${type}`, '-d', dsn], { input: owner + readFileSync('schemas/agency/samples/wrong-columns.sql', 'utf8') })
	const item = await eventually(type, async () => {
		const one = await tax()
		return one.sources[0].reason !== 'circuit_open' && one
	}, 60)
	assert.equal(item.sources[0].reason, 'agency_error', `${type}: ${JSON.stringify(item).slice(0, 300)}`)
}
execFileSync('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', dsn], { input: 'SET ROLE midori_city_owner;\n' + readFileSync('schemas/agency/samples/dial.sql', 'utf8') })
await eventually('honest columns again', async () => (await tax()).status === 'provided', 60)
assert.ok(log().includes('members_cut'))
