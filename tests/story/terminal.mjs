// terminal: selfinfo-card on a terminal of its own (script of bsdutils).
//   const t = new Terminal('sign-in')
//   await t.hears('暗証番号: ')    what was shown since, or what a pattern found
//   t.types('1234')               a line
//   await t.ended()               its exit code
// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'
import { eventually } from './lib.mjs'

export class Terminal {
	constructor(...words) {
		const command = [process.env.SELFINFO_CARD, ...words].map((w) => `'${w}'`).join(' ')
		this.heard = ''
		this.from = 0
		this.child = spawn('script', ['-qec', `stty cols 80; exec ${command}`, '/dev/null'],
			{ stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, LANG: 'ja_JP.UTF-8', LC_ALL: '' } })
		this.child.stdout.setEncoding('utf8').on('data', (text) => { this.heard += text })
		this.end = new Promise((resolve) => this.child.on('close', resolve))
	}

	// All that was shown, without the ends of lines: a sentence may be broken anywhere.
	get said() {
		return this.heard.replace(/[\r\n]+/g, '')
	}

	async hears(words) {
		return eventually(`heard ${words}`, () => {
			const since = this.said.slice(this.from)
			const found = typeof words === 'string' ? since.includes(words) && [words] : words.exec(since)
			if (!found) throw new Error(`heard: ${since}`)
			this.from += since.indexOf(found[0]) + found[0].length
			return found
		}, 20)
	}

	types(line) {
		this.child.stdin.write(`${line}\n`)
	}

	ended() {
		return this.end
	}
}
