// check: is api-spec/openapi.yaml right, and is it this gateway's? It is held
// against OpenAPI's own schema, its examples, the routes and the table of refusals
// in the sources. With SELFINFO_ISSUER (`. build/sandbox/env`) the public pages and
// documents are fetched and have to be as described, and with SELFINFO_SANDBOX one
// whole way from the pushed request to the records.
// The last line is `N passed, N failed`.  SPDX-License-Identifier: Apache-2.0
import { Validator } from '@seriousme/openapi-schema-validator'
import Ajv2020 from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { createHash, createPublicKey, verify, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'

const root = new URL('../../', import.meta.url)
const read = (path) => readFileSync(new URL(path, root), 'utf8')
const live = process.env.SELFINFO_ISSUER
let passed = 0, failed = 0

async function check(name, claim) {
	try {
		await claim()
		passed++
	} catch (error) {
		failed++
		console.log(`FAILED ${name}\n       ${String(error.message).replace(/\n/g, '\n       ')}`)
	}
}

function insist(right, text) {
	if (!right) throw new Error(text)
}

const spec = parse(read('api-spec/openapi.yaml'), { strict: true })
const base = spec.servers[0].url
const pointer = (path) => path.map((p) => '/' + encodeURIComponent(String(p).replace(/~/g, '~0').replace(/\//g, '~1'))).join('')
const sha256 = (data) => createHash('sha256').update(data).digest('base64url')

// A reference, followed: where it leads and what stands there.
function at(path) {
	let node = spec, here = []
	for (const key of path) {
		node = node?.[key]
		here.push(key)
		while (node?.$ref && Object.keys(node).length === 1) {
			insist(node.$ref.startsWith('#/'), `a reference to elsewhere: ${node.$ref}`)
			here = node.$ref.slice(2).split('/')
			node = here.reduce((n, k) => n?.[k], spec)
			insist(node !== undefined, `nothing at ${here.join('/')}`)
		}
	}
	return { node, here }
}

// ---- schemas: closed where they describe answers, so that a member which is
// answered and not described is found ----

function close(node, inApplicator) {
	if (Array.isArray(node)) return node.forEach((n) => close(n, inApplicator))
	if (node === null || typeof node !== 'object') return
	if (node.properties && !('additionalProperties' in node) && !inApplicator) node.additionalProperties = false
	for (const [key, value] of Object.entries(node)) {
		if (key === 'example' || key === 'examples' || key === 'value') continue
		close(value, ['allOf', 'if', 'then', 'else'].includes(key))
	}
}

const closed = structuredClone(spec)
close(closed)
const ajv = addFormats(new Ajv2020({ strict: false, allErrors: true }))
ajv.addSchema(closed, 'spec')

function meets(path, value) {
	const schema = ajv.getSchema(`spec#${pointer(path)}`)
	insist(schema, `no schema at ${path.join('/')}`)
	insist(schema(value), (schema.errors ?? []).map((e) => `${e.instancePath || '/'} ${e.message} ${JSON.stringify(e.params)}`).join('\n'))
}

const itemSlug = new Map(read('schemas/catalogue/items.tsv').split('\n').filter((l) => /^[0-9]/.test(l))
	.map((l) => l.split('\t').slice(0, 2)))
const itemAjv = addFormats(new Ajv2020({ strict: false, allErrors: true }))

// Records against the schema of their item.
function recordsMeet(retrieval) {
	for (const { item, sources } of retrieval.items)
		for (const { records } of sources) {
			const schema = JSON.parse(read(`schemas/items/${itemSlug.get(item)}.json`))
			const valid = itemAjv.getSchema(schema.$id) ?? itemAjv.compile(schema)
			for (const record of records ?? [])
				insist(valid(record), `a record of item ${item}: ${JSON.stringify(valid.errors)}`)
		}
}

// ---- what stands in the sources ----

const problems = new Map([...read('include/web/problem.h').replace(/\\\n/g, ' ')
	.matchAll(/P\(([A-Z_]+), (\d+), (?:NULL|"([a-z_]+)"), "([a-z-]+)", "(\w+)",\s*"[^"]*", "([^"]*)",\s*"([^"]*)"/g)]
	.map(([, id, status, error, slug, side, title, detail]) => [slug, { id, status: +status, error, side, title, detail }]))

const sources = readdirSync(new URL('src/', root), { recursive: true }).filter((f) => f.endsWith('.c'))
	.map((f) => read(`src/${f}`))
const routes = sources.flatMap((text) => [...text.matchAll(/\{\s*"\w+",\s*HTTP_([A-Z]+),\s*"(\/[^"]*)"/g)]
	.map(([, method, path]) => `${method} ${path}`)).sort()
const raised = new Set(sources.flatMap((text) => [...text.matchAll(/\bPROBLEM_([A-Z_]+)\b/g)].map(([, id]) => id)))

const operations = Object.entries(spec.paths).flatMap(([path, item]) => ['get', 'post', 'put', 'delete', 'patch', 'head']
	.filter((m) => item[m]).map((method) => ({ path, method, op: item[method], where: ['paths', path, method] })))

// ---- the document by itself ----

await check('OpenAPI 3.1', async () => {
	const result = await new Validator().validate(structuredClone(spec))
	insist(result.valid, JSON.stringify(result.errors, null, 1))
})

await check('schemas hold no word that is not known', () => {
	const words = new Set(('$ref type title description enum const default format pattern required properties items oneOf allOf if then else ' +
		'additionalProperties minItems maxItems uniqueItems minLength maxLength minimum maximum ' +
		'contentEncoding contentMediaType contentSchema').split(' '))
	const walk = (schema, path) => {
		if (typeof schema !== 'object') return
		for (const [word, value] of Object.entries(schema)) {
			insist(words.has(word), `${word} in ${path}`)
			if (word === 'properties') for (const [n, s] of Object.entries(value)) walk(s, `${path} ${n}`)
			if (['items', 'if', 'then', 'else', 'contentSchema', 'additionalProperties'].includes(word)) walk(value, path)
			if (['oneOf', 'allOf'].includes(word)) value.forEach((s) => walk(s, path))
		}
	}
	for (const [name, schema] of Object.entries(spec.components.schemas)) walk(schema, name)
})

await check('references lead somewhere', () => {
	const walk = (node) => {
		if (node === null || typeof node !== 'object') return
		if (typeof node.$ref === 'string') at(node.$ref.slice(2).split('/'))
		Object.values(node).forEach(walk)
	}
	walk(spec)
})

await check('operation ids differ, every operation has a tag and a default answer', () => {
	insist(new Set(operations.map((o) => o.op.operationId)).size === operations.length, 'an id twice')
	for (const { op, path } of operations) {
		insist(op.tags?.every((t) => spec.tags.some((s) => s.name === t)), `${path}: a tag that is not described`)
		insist(op.responses.default, `${path}: no default`)
	}
})

// Everything that has a schema and examples: media types, parameters, headers.
const examples = []
function collect(node, path) {
	if (node === null || typeof node !== 'object') return
	if (node.schema && !('$schema' in node)) {
		if ('example' in node) examples.push({ path: [...path, 'schema'], value: node.example, name: 'example' })
		for (const [name, e] of Object.entries(node.examples ?? {}))
			examples.push({ path: [...path, 'schema'], value: e.value, name })
	}
	for (const [key, value] of Object.entries(node))
		if (key !== 'example' && key !== 'examples') collect(value, [...path, key])
}
collect(spec.paths, ['paths'])
collect(spec.components, ['components'])

for (const { path, value, name } of examples) {
	const title = `example ${name} of ${path.slice(1, -1).join(' ')}`
	await check(title, () => meets(path, value))
	if (value?.retrieval_id) await check(`records in ${title}`, () => recordsMeet(value))
	if (typeof value?.at === 'string') await check(`words of ${title}`, () => {
		const slug = value.type.slice(`${base}/problems/`.length), p = problems.get(slug)
		insist(p && p.status === value.status && p.title === value.title && p.detail === value.detail && p.side === value.at,
			`include/web/problem.h says ${JSON.stringify(p)}`)
	})
	if (value?.error_description) await check(`words of ${title}`, () =>
		insist([...problems.values()].some((p) => p.error === value.error && p.detail === value.error_description),
			'no such row in include/web/problem.h'))
}

// ---- examples that are signed ----

const example = (id, ...path) => path.reduce((n, k) => n[k], operations.find((o) => o.op.operationId === id).op)
const form = 'application/x-www-form-urlencoded'
const jwt = (text) => text.split('.').slice(0, 2).map((p) => JSON.parse(Buffer.from(p, 'base64url')))
const tokens = example('token', 'responses', '200', 'content', 'application/json', 'examples', 'untilADate', 'value')

await check('the DPoP proof of the examples is one, for the token of the examples', () => {
	const text = spec.components.parameters.DPoP.example
	const [header, payload] = jwt(text)
	insist(header.typ === 'dpop+jwt' && payload.htm === 'POST' && payload.htu === `${base}/v1/retrievals`, 'typ, htm, htu')
	insist(payload.ath === sha256(tokens.access_token), 'ath')
	insist(verify('sha256', Buffer.from(text.slice(0, text.lastIndexOf('.'))),
		{ key: createPublicKey({ key: header.jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
		Buffer.from(text.split('.')[2], 'base64url')), 'signature')
})

await check('the client assertion of the examples', () => {
	const [header, payload] = jwt(example('pushRequest', 'requestBody', 'content', form, 'examples', 'motherAndChild', 'value', 'client_assertion'))
	insist(header.alg === 'ES256' && payload.aud === base && payload.iss === payload.sub && payload.jti, JSON.stringify(payload))
	insist(payload.exp - payload.iat <= 300, 'it lives too long')
})

await check('challenge and verifier of the examples belong together', () => {
	const { code_challenge: challenge } = example('pushRequest', 'requestBody', 'content', form, 'examples', 'motherAndChild', 'value')
	insist(challenge === sha256(example('token', 'requestBody', 'content', form, 'examples', 'code', 'value', 'code_verifier')), 'S256')
})

await check('the card signed the transaction of the examples', () => {
	const opened = example('cardOpen', 'responses', '201', 'content', 'application/json', 'example')
	const signed = example('cardSign', 'requestBody', 'content', 'application/json', 'example')
	const shown = Buffer.from(opened.show, 'base64url')
	meets(['components', 'schemas', 'CardShow'], JSON.parse(shown))
	const text = ['selfinfo-card-sign-in-v1', base, opened.transaction, opened.challenge, signed.digits, sha256(shown), ''].join('\n')
	insist(verify('sha256', Buffer.from(text), new X509Certificate(Buffer.from(signed.certificate, 'base64')).publicKey,
		Buffer.from(signed.signature, 'base64')), 'the signature does not verify')
})

// ---- the document and the sources ----

await check('routes: each is described, and nothing else is', () => {
	const described = operations.map(({ method, path }) => `${method.toUpperCase()} ${path.replace(/\{[^}]*\}/g, '{}')}`).sort()
	insist(routes.length > 10, 'the routes were not found in src/')
	const lacking = routes.filter((r) => !described.includes(r)), extra = described.filter((r) => !routes.includes(r))
	insist(lacking.length + extra.length === 0, `not described: ${lacking.join(', ') || '-'}\nnot served: ${extra.join(', ') || '-'}`)
})

await check('problems: the list of slugs is that of include/web/problem.h', () => {
	const listed = spec.components.schemas.ProblemSlug.enum
	insist(problems.size > 40, 'the table was not read')
	const lacking = [...problems.keys()].filter((s) => !listed.includes(s)), extra = listed.filter((s) => !problems.has(s))
	insist(lacking.length + extra.length === 0, `not listed: ${lacking}; not in the table: ${extra}`)
})

const named = new Set()
for (const { op, where, path, method } of operations)
	for (const status of Object.keys(op.responses)) {
		const answer = at([...where, 'responses', status]).node
		if (!answer['x-problems']) continue
		await check(`problems of ${method} ${path} ${status}`, () => {
			for (const slug of answer['x-problems']) {
				const p = problems.get(slug)
				named.add(slug)
				insist(p, `${slug} is not in the table`)
				insist(status === 'default' || p.status === +status, `${slug} has status ${p.status}`)
				if (answer.content['application/json'])
					insist(spec.components.schemas.OAuthError.properties.error.enum.includes(p.error), `${p.error} is not among the codes`)
			}
		})
	}

await check('problems: each that the code answers with stands at an answer', () => {
	const lacking = [...problems].filter(([slug, p]) => raised.has(p.id) && !named.has(slug)).map(([slug]) => slug)
	insist(lacking.length === 0, lacking.join(', '))
})

// ---- the running gateway ----

const fill = (path, item) => path.replace(/\{(\w+)\}/g, (all, name) => {
	const p = (item.parameters ?? []).map((x) => (x.$ref ? at(x.$ref.slice(2).split('/')).node : x)).find((x) => x.name === name)
	return p?.example ?? 'x'
})

// An answer of the gateway has to be one of those described.
async function replay({ path, op, where }, url, headers = {}) {
	const answer = await fetch(url, { headers, redirect: 'manual' })
	const status = op.responses[answer.status] ? String(answer.status) : 'default'
	insist(status !== 'default', `${answer.status} is not described`)
	const { node, here } = at([...where, 'responses', status])
	const type = (answer.headers.get('content-type') ?? '').split(';')[0], text = await answer.text()
	for (const name of Object.keys(node.headers ?? {}))
		insist(answer.headers.has(name), `no header ${name}`)
	if (!node.content) {
		insist(text === '', `a body at ${path}`)
	} else {
		insist(node.content[type], `${type} is not described`)
		if (/json/.test(type)) meets([...here, 'content', type, 'schema'], JSON.parse(text))
	}
	return { answer, text }
}

async function replayAll() {
	for (const o of operations.filter((o) => o.method === 'get' && !o.op.security)) {
		const query = new URLSearchParams((o.op.parameters ?? []).filter((p) => p.in === 'query' && p.required).map((p) => [p.name, p.example]))
		const url = live + fill(o.path, spec.paths[o.path]) + (query.size ? `?${query}` : '')
		await check(`live: get ${o.path}`, async () => {
			const { answer } = await replay(o, url)
			const tag = answer.headers.get('etag')
			if (tag) insist((await replay(o, url, { 'if-none-match': tag })).answer.status === 304, 'no 304 for its own tag')
		})
	}
	const get = (id) => operations.find((o) => o.op.operationId === id)
	await check('live: every item, its fields and its schema', async () => {
		const { items } = JSON.parse((await replay(get('catalogue'), `${live}/v1/catalogue`)).text)
		insist(items.length === itemSlug.size, `${items.length} items`)
		for (const { item } of items) {
			await replay(get('catalogueItem'), `${live}/v1/catalogue/${item}`)
			await replay(get('catalogueSchema'), `${live}/v1/catalogue/${item}/schema`)
		}
		insist((await replay(get('catalogueItem'), `${live}/v1/catalogue/9-99`)).answer.status === 404, 'item 9-99')
	})
	await check('live: a page for every problem', async () => {
		for (const slug of problems.keys())
			insist((await replay(get('problemPage'), `${live}/problems/${slug}?lang=en`)).answer.status === 200, slug)
	})
	await check('live: metadata names what is described', async () => {
		const metadata = JSON.parse((await replay(get('serverMetadata'), `${live}/.well-known/oauth-authorization-server`)).text)
		for (const [name, url] of Object.entries(metadata).filter(([n]) => n.endsWith('_endpoint')))
			insist(url.startsWith(live) && spec.paths[url.slice(live.length)], `${name} ${url}`)
	})
}

// From the pushed request to the records; each answer has to be as described.
async function wholeWay() {
	const { App } = await import('../../examples/lib/app.mjs')
	const { Browser } = await import('../../examples/lib/browser.mjs')
	const schema = (name) => ['components', 'schemas', name]
	const post = (path, body) => fetch(live + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
	const app = await App.register()
	const browser = await new Browser(live).open(await app.ask({ items: ['3-4'], optional_items: ['1'], inquiry: { kind: 'latest' },
		purpose: 'test', access: { kind: 'once' }, retention_days: 1, on_behalf_of: 'child' }))
	const opened = await (await post('/card/transactions', { user_code: browser.challenge.code })).json()
	meets(schema('CardTransaction'), opened)
	meets(schema('CardShow'), JSON.parse(Buffer.from(opened.show, 'base64url')))
	meets(schema('Problem'), await (await post('/card/transactions', { user_code: 'AAAAAAAA' })).json())
	await browser.signInAsPersona('hanako')
	await browser.consent({ child: '太郎' })
	await app.redeem(browser.left)
	browser.close()
	meets(schema('Tokens'), { ...app.tokens, token_type: 'DPoP' }) // the library lowers its case
	meets(schema('Grant'), (await app.call('GET', '/v1/grant')).body)
	const retrieval = await app.retrieve()
	insist(retrieval.status === 200, `${retrieval.status}`)
	meets(schema('Retrieval'), retrieval.body)
	recordsMeet(retrieval.body)
	for (const [status, body] of [[403], [400, { items: ['2'] }], [400, { x: 1 }]]) {
		const refused = await app.retrieve(body)
		insist(refused.status === status, `${refused.status} instead of ${status}`)
		meets(schema('Problem'), refused.body)
	}
}

if (live) await replayAll()
if (live && process.env.SELFINFO_SANDBOX) await check('live: from the pushed request to the records', wholeWay)
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
