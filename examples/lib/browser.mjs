// browser: a citizen's browser without a window or a script: keeps cookies,
// follows redirects, fills forms by their ids. Ends at the first address outside
// the gateway, where the app's own pages would begin. Enough for the pages of
// selfinfo, which work without script; not a browser for anything else.
// SPDX-License-Identifier: Apache-2.0
import https from 'node:https'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const redirects = new Set([301, 302, 303, 307])

const entities = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", '#39': "'" }
const unescape = (text) => text.replace(/&(#?\w+);/g, (all, name) => entities[name] ??
	(/^#\d+$/.test(name) ? String.fromCodePoint(+name.slice(1)) : all))

const tag = /<(\/?)(form|input|button|label)((?:\s+[^\s=>/]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]+))?)*)\s*\/?>/gi

function attributes(text) {
	const found = {}
	for (const [, name, double, single, bare] of
		text.matchAll(/([^\s=>/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+)))?/g))
		found[name.toLowerCase()] = unescape(double ?? single ?? bare ?? '')
	return found
}

// What a page holds: forms by id, each with its controls in their order.
export function formsOf(html) {
	const forms = {}
	let form = null
	for (const [, end, name, rest] of html.replace(/<!--[\s\S]*?-->/g, '').matchAll(tag)) {
		const a = attributes(rest)
		if (name === 'form') {
			form = end ? null : { action: a.action ?? '', method: (a.method ?? 'get').toLowerCase(), controls: [] }
			if (form) forms[a.id ?? ''] = form
		} else if (!end && form && name !== 'label') {
			form.controls.push({ tag: name, ...a })
		}
	}
	return forms
}

export class Browser {
	#agent = new https.Agent({ keepAlive: true })
	#cookies = new Map()
	steps = []

	constructor(origin, { language = 'ja' } = {}) {
		this.origin = origin
		this.language = language
	}

	close() {
		this.#agent.destroy()
	}

	cookie(name) {
		return this.#cookies.get(name)
	}

	#keep(lines = []) {
		for (const line of lines) {
			const [pair, ...rest] = line.split(';').map((s) => s.trim())
			const at = pair.indexOf('=')
			const over = rest.some((r) => /^max-age=(0|-\d+)$/i.test(r))
			if (over) this.#cookies.delete(pair.slice(0, at))
			else this.#cookies.set(pair.slice(0, at), pair.slice(at + 1))
		}
	}

	#ask(method, url, body) {
		const headers = {
			accept: 'text/html,application/xhtml+xml;q=0.9',
			'accept-language': this.language,
			'sec-fetch-site': this.page ? 'same-origin' : 'cross-site',
			'sec-fetch-mode': 'navigate',
			'sec-fetch-dest': 'document',
		}
		if (this.#cookies.size > 0)
			headers.cookie = [...this.#cookies].map(([k, v]) => `${k}=${v}`).join('; ')
		if (body !== undefined) {
			headers.origin = this.origin
			headers['content-type'] = 'application/x-www-form-urlencoded'
			headers['content-length'] = Buffer.byteLength(body)
		}
		return new Promise((resolve, reject) => {
			const request = https.request(url, { method, headers, agent: this.#agent }, (answer) => {
				const parts = []
				answer.on('data', (part) => parts.push(part))
				answer.on('error', reject)
				answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers,
					html: Buffer.concat(parts).toString('utf8') }))
			})
			request.setTimeout(30_000, () => request.destroy(new Error(`no answer from ${url.pathname}`)))
			request.on('error', reject)
			request.end(body)
		})
	}

	// Follows redirects; `page` is the last page of the gateway, `left` the
	// address outside it where the browser was sent.
	async #go(method, to, body) {
		let url = new URL(to, this.page?.url ?? this.origin)
		for (let hops = 0; hops < 10; hops++) {
			if (url.origin !== this.origin) {
				this.left = url
				return this
			}
			const answer = await this.#ask(method, url, body)
			this.steps.push(`${method} ${url.pathname} ${answer.status}`)
			this.#keep(answer.headers['set-cookie'])
			if (!redirects.has(answer.status)) {
				this.page = { url, status: answer.status, headers: answer.headers, html: answer.html,
					forms: formsOf(answer.html) }
				return this
			}
			url = new URL(answer.headers.location, url)
			if (answer.status !== 307) [method, body] = ['GET', undefined]
		}
		throw new Error('more than ten redirects')
	}

	open(url) {
		return this.#go('GET', url)
	}

	// The text of the element with this id, without its tags.
	text(id) {
		const found = new RegExp(`<(\\w+)[^>]*\\bid="${id}"[^>]*>([\\s\\S]*?)</\\1>`).exec(this.page.html)
		return found && unescape(found[2].replace(/<[^>]*>/g, '')).trim()
	}

	form(id) {
		const form = this.page.forms[id]
		if (!form)
			throw new Error(`no form ${id} on ${this.page.url.pathname} (${this.page.status}` +
				`${this.text('error_code') ? `, ${this.text('error_code')}` : ''})`)
		return form
	}

	// Sends a form as a browser would: `press` is the id of the button, `fill`
	// the text fields by name, `tick` the values of boxes to tick, `choose` the
	// value of the radio button.
	submit(id, { press, fill = {}, tick = [], choose } = {}) {
		const form = this.form(id)
		const fields = new URLSearchParams()
		for (const c of form.controls) {
			const type = c.type ?? (c.tag === 'button' ? 'submit' : 'text')
			if (c.tag === 'button' || type === 'submit') {
				if (c.id === press && c.name) fields.append(c.name, c.value ?? '')
			} else if (type === 'checkbox' || type === 'radio') {
				const wanted = type === 'checkbox' ? tick.includes(c.value) : choose === c.value
				if (wanted || (choose === undefined && 'checked' in c)) fields.append(c.name, c.value ?? 'on')
			} else if (c.name) {
				fields.append(c.name, fill[c.name] ?? c.value ?? '')
			}
		}
		if (press && !form.controls.some((c) => c.id === press))
			throw new Error(`no button ${press} in form ${id}`)
		return this.#go('POST', form.action || this.page.url, fields.toString())
	}

	// The sandbox's button that stands for a card.
	signInAsPersona(name) {
		return this.submit('persona-form', { press: `persona-${name}` })
	}

	// What the agent needs from the page.
	get challenge() {
		return { code: this.text('user-code')?.replace(/\s/g, ''), digits: this.text('digits') }
	}

	// The agent with the virtual card of a persona answers the page; returns the
	// return code it showed.
	async approveWithCard(name, { card = process.env.SELFINFO_CARD, cards = process.env.SELFINFO_CARDS } = {}) {
		const { code, digits } = this.challenge
		const [program, ...before] = card.split(' ')
		const { stdout } = await run(program, [...before, 'approve', code, '--digits', digits,
			'--pin-file', `${cards}/${name}/pin`, '--card', name])
		return stdout.trim()
	}

	async signInWithCard(name) {
		const returnCode = await this.approveWithCard(name)
		return this.submit('card-form', { press: 'card-continue', fill: { return_code: returnCode } })
	}

	// Allows or refuses; child: a part of the label of the child meant.
	consent({ allow = true, optional = [], child } = {}) {
		let choose
		if (child !== undefined) {
			const labels = [...this.page.html.matchAll(/<label for="beneficiary-([^"]*)">([\s\S]*?)<\/label>/g)]
			choose = unescape(labels.find(([, , label]) => label.includes(child))?.[1] ?? '')
		}
		return this.submit('consent', { press: allow ? 'consent-allow' : 'consent-deny', tick: optional, choose })
	}
}
