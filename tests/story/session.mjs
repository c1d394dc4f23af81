// session: one psql that stays open, for stories in which transactions meet.
//   const db = new Session()           as the database's owner
//   await db.run('BEGIN')              rows, as arrays of text; an error throws
//   db.end()
// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process'

export class Session {
	constructor(dsn = process.env.SELFINFO_DSN) {
		this.psql = spawn('psql', ['-X', '-q', '-At', '-F', '\x1f', '-d', dsn], { stdio: ['pipe', 'pipe', 'pipe'] })
		this.out = ''
		this.error = ''
		this.waiting = null
		this.n = 0
		this.psql.stdout.setEncoding('utf8').on('data', (text) => { this.out += text; this.look() })
		this.psql.stderr.setEncoding('utf8').on('data', (text) => { this.error += text })
	}

	run(text) {
		const mark = `--done-${++this.n}--`
		return new Promise((resolve, reject) => {
			this.waiting = { mark, resolve, reject }
			this.psql.stdin.write(`${text};\n\\warn ${mark}\n\\echo ${mark}\n`)
		})
	}

	look() {
		const w = this.waiting
		if (!w || !this.out.includes(`${w.mark}\n`)) return
		if (!this.error.includes(w.mark)) { setImmediate(() => this.look()); return }
		const rows = this.out.slice(0, this.out.indexOf(w.mark)).split('\n').filter((l) => l !== '')
		const error = this.error.slice(0, this.error.indexOf(w.mark)).trim()
		this.out = ''
		this.error = ''
		this.waiting = null
		if (error) w.reject(new Error(error))
		else w.resolve(rows.map((l) => l.split('\x1f')))
	}

	end() {
		this.psql.stdin.end()
	}
}
