// Bodies that are not what the end point takes: the exact refusal, the input never
// echoed, and the connection goes on. faults-H97 to H105, R8.
// SPDX-License-Identifier: Apache-2.0
import { App, assert, details, granted, until } from './lib.mjs'

const app = await granted(await App.register(), details({ items: ['1', '2'], access: until() }))
const { issuer } = await import('./lib.mjs')
const oauth = await import('openid-client')
const send = async (body, type = 'application/json', headers = {}) => {
	const all = new Headers({ ...(type ? { 'content-type': type } : {}), ...headers })
	try {
		const r = await oauth.fetchProtectedResource(app.config, app.tokens.access_token, new URL('/v1/retrievals', issuer), 'POST', body, all, { DPoP: app.DPoP })
		return { status: r.status, text: await r.text() }
	} catch (error) {
		const r = error.cause?.response ?? error.response
		if (!r) throw error
		return { status: r.status, text: r.bodyUsed ? '' : await r.text() }
	}
}
const marker = 'zqxjk'
const wrong = ['[', '{"items":["1"],"items":["2"]}', '{"items":["1"],"\\u0069tems":["2"]}', `{"${marker}":1}`, `{"__proto__":{}}`, '"text"', '1', 'null',
	'\uFEFF{}', '{} x', "{'items':[]}", '{"items":[NaN]}', '{"items":[01]}', '{"items":["\\ud800"]}', '{"items":["\\u0000"]}', '{"items":[1e999]}',
	`${'['.repeat(33)}${']'.repeat(33)}`, `{"items":[${'[],'.repeat(16000)}[]]}`, '{"items":[]}', '{"items":[1]}', '{"items":"1"}',
	'{"items":["１"]}', '{"items":["१"]}', '{"items":["1 "]}', '{"items":["1\';--"]}', '{"items":["3-4"]}', '{"items":["1","1"]}',
	'{"inquiry":{"kind":"soon"}}', '{"inquiry":{"kind":"as_of","date":"2026-02-30"}}', '{"inquiry":{"kind":"as_of","date":"2026-01-01"}}']
for (const body of wrong) {
	const got = await send(body)
	assert.equal(got.status, 400, `${body.slice(0, 60)}: ${got.status} ${got.text}`)
	assert.ok(!got.text.includes(marker), 'no input echoed')
}
for (const [type, coding] of [[null], ['text/plain'], ['application/json; charset=shift_jis'], ['multipart/form-data; boundary=x'], ['application/json', 'gzip']]) {
	const got = await send(type === null ? Buffer.from('{}') : '{}', type, coding ? { 'content-encoding': coding } : {})
	assert.equal(got.status, 415, `${type} ${coding}: ${got.status}`)
}
assert.equal((await send('{}', 'application/json', { accept: 'text/xml' })).status, 406)
assert.equal((await send('{}', 'application/json', { accept: 'application/json;charset=utf-8' })).status, 200)
assert.equal((await send('{"items":["1"]}', 'application/json; charset=UTF-8')).status, 200)
