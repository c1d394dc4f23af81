// SPDX-License-Identifier: Apache-2.0
// stub.mjs --mode MODE [--cert FILE --key FILE] [--bytes N] [--rows N]: speaks the
// PostgreSQL wire protocol (version 3, trust, extended and simple query) on a free
// port of 127.0.0.1, prints "port N" when it listens and ends on SIGTERM. It answers a
// call of provide() with what no PostgreSQL would send, everything else with an empty
// result, so that a client's distrust can be tested. With --cert it speaks TLS when
// asked and refuses clear text. Source: PostgreSQL documentation, Frontend/Backend
// Protocol. jsonb in binary has a version byte in front.
//
// Modes. ok: a correct record for each item. In the value of records:
//   invalid-utf8, invalid-json, trailing-bytes, duplicate-members, duplicate-nested,
//   duplicate-escaped (the same name once as \u0061), lone-surrogate, nul-escape,
//   infinite (1e999), not-a-number (NaN), deep (100,000 arrays), huge (--bytes, 64 MiB
//   by default), bad-version (jsonb of version 2; in text, as ok), empty-value (no bytes)
// In the protocol:
//   truncated (closes in the middle of a row), close (closes instead of a row), silent
//   (takes the question, never answers), silent-start (takes the connection, never
//   speaks), slow (1 byte a second from the first answer on), many-rows (--rows,
//   1,000,000 by default), no-rows, error (an error each time), error-once (the first
//   time), warning (a WARNING before each row), bad-length (a row with a negative
//   length), garbage (bytes that are no message)
import { createServer } from 'node:net';
import { TLSSocket, createSecureContext } from 'node:tls';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { records } from './stub-records.mjs';

const { values: opt } = parseArgs({ options: {
	mode: { type: 'string', default: 'ok' },
	cert: { type: 'string' },
	key: { type: 'string' },
	bytes: { type: 'string', default: String(64 * 1024 * 1024) },
	rows: { type: 'string', default: '1000000' },
} });
const modes = ['ok', 'invalid-utf8', 'invalid-json', 'trailing-bytes', 'duplicate-members', 'duplicate-nested',
	'duplicate-escaped', 'lone-surrogate', 'nul-escape', 'infinite', 'not-a-number', 'deep', 'huge', 'bad-version',
	'empty-value', 'truncated', 'close', 'silent', 'silent-start', 'slow', 'many-rows', 'no-rows', 'error',
	'error-once', 'warning', 'bad-length', 'garbage'];
if (!modes.includes(opt.mode)) {
	process.stderr.write(`stub.mjs: modes are ${modes.join(', ')}\n`);
	process.exit(64);
}
const context = opt.cert && createSecureContext({ cert: readFileSync(opt.cert), key: readFileSync(opt.key) });

const OID = { item: 25, status: 25, recorded_on: 1082, current_to: 1082, retained_from: 1082, records: 3802 };
const COLUMNS = Object.keys(OID);
const PARAMETERS = [25, 1009, 1082, 1082, 25];

const int16 = n => { const b = Buffer.alloc(2); b.writeInt16BE(n); return b; };
const int32 = n => { const b = Buffer.alloc(4); b.writeInt32BE(n); return b; };
const cstring = s => Buffer.concat([Buffer.from(s), Buffer.alloc(1)]);
function message(type, ...parts) {
	const body = Buffer.concat(parts);
	return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}
const fields = (severity, code, text) => [cstring('S' + severity), cstring('V' + severity), cstring('C' + code),
	cstring('M' + text), Buffer.alloc(1)];

/* The columns a statement asks for, in its order; all six for "*". */
function columnsOf(sql) {
	const list = /^\s*SELECT\s+([\s\S]*?)\s+FROM\s/i.exec(sql)?.[1] ?? '*';
	const named = list.split(',').map(c => /^\s*(?:\w+\.)?(\w+)\s*$/.exec(c)?.[1]);
	return named.every(c => c in OID) ? named : COLUMNS;
}

function rowDescription(columns, formatOf) {
	return message('T', int16(columns.length), ...columns.flatMap((c, i) =>
		[cstring(c), int32(0), int16(0), int32(OID[c]), int16(OID[c] === 1082 ? 4 : -1), int32(-1), int16(formatOf(i))]));
}

function dateValue(text, format) {
	if (format === 0)
		return Buffer.from(text);
	return int32(Math.round((Date.parse(text) - Date.UTC(2000, 0, 1)) / 86400000));
}

function rowOf(item, columns, formatOf) {
	const day = n => new Date(Date.now() - n * 86400000).toISOString().slice(0, 10);
	const parts = columns.map((c, i) => {
		switch (c) {
		case 'item': return Buffer.from(item);
		case 'status': return Buffer.from('provided');
		case 'recorded_on': return dateValue(day(30), formatOf(i));
		case 'current_to': return dateValue(day(1), formatOf(i));
		case 'retained_from': return item === '3-4' ? dateValue(day(1826), formatOf(i)) : null;
		default: return jsonbValue(item, formatOf(i));
		}
	});
	return message('D', int16(columns.length), ...parts.flatMap(p => p === null ? [int32(-1)] : [int32(p.length), p]));
}

function jsonbValue(item, format) {
	const text = records(item, opt.mode, Number(opt.bytes));
	if (format === 0 || opt.mode === 'empty-value')
		return text;
	return Buffer.concat([Buffer.from([opt.mode === 'bad-version' ? 2 : 1]), text]);
}

/* text[] as it comes in a Bind, in either format. */
function arrayParameter(bytes, format) {
	if (bytes === null)
		return [];
	if (format === 0)
		return bytes.toString().replace(/^\{|\}$/g, '').split(',').map(s => s.replace(/^"|"$/g, '')).filter(s => s);
	const out = [];
	if (bytes.readInt32BE(0) === 0)
		return out;
	for (let at = 20; at < bytes.length;) {
		const n = bytes.readInt32BE(at);
		out.push(bytes.subarray(at + 4, at + 4 + n).toString());
		at += 4 + n;
	}
	return out;
}

let failed = 0;     /* how often error-once has failed */

/* One connection. Its state: the prepared statements, the portals, whether an error
 * skips all up to the next Sync (left by Sync), and the bytes to be sent. */
class Session {
	constructor(socket) {
		this.input = Buffer.alloc(0);
		this.statements = new Map();
		this.portals = new Map();
		this.skipping = false;
		this.started = false;
		this.secure = false;
		this.outbox = [];
		this.attach(socket);
	}

	attach(socket) {
		this.socket = socket;
		socket.on('data', this.onData = d => this.take(d));
		socket.on('error', () => socket.destroy());
		socket.on('close', () => clearInterval(this.dripping));
	}

	take(data) {
		this.input = Buffer.concat([this.input, data]);
		try {
			while (this.started ? this.takeMessage() : this.takeStart())
				;
		} catch (e) {
			process.stderr.write(`stub.mjs: ${e.message}\n`);
			this.socket.destroy();
		}
	}

	takeStart() {
		if (this.input.length < 8 || this.input.length < this.input.readInt32BE(0))
			return false;
		const length = this.input.readInt32BE(0);
		const code = this.input.readInt32BE(4);
		this.input = this.input.subarray(length);
		if (opt.mode === 'silent-start')
			return false;
		if (code === 80877103 || code === 80877104)
			return this.negotiate(code === 80877103);
		if (code !== 196608 || (context && !this.secure)) {
			this.socket.end(message('E', ...fields('FATAL', '28000', 'not this way')));
			return false;
		}
		this.started = true;
		this.socket.write(Buffer.concat([message('R', int32(0)),
			...Object.entries({ server_version: '15.0', server_encoding: 'UTF8', client_encoding: 'UTF8', DateStyle: 'ISO, YMD',
				integer_datetimes: 'on', standard_conforming_strings: 'on', TimeZone: 'Asia/Tokyo', is_superuser: 'off',
				in_hot_standby: 'off', default_transaction_read_only: 'on' })
				.map(([k, v]) => message('S', cstring(k), cstring(v))),
			message('K', int32(process.pid), int32(1)), message('Z', Buffer.from('I'))]));
		return true;
	}

	negotiate(tls) {
		if (!tls || !context) {
			this.socket.write('N');
			return true;
		}
		const plain = this.socket;
		plain.removeListener('data', this.onData);
		plain.write('S');
		this.secure = true;
		this.attach(new TLSSocket(plain, { isServer: true, secureContext: context }));
		return false;
	}

	takeMessage() {
		if (this.input.length < 5 || this.input.length < 1 + this.input.readInt32BE(1))
			return false;
		const end = 1 + this.input.readInt32BE(1);
		const type = String.fromCharCode(this.input[0]);
		const body = this.input.subarray(5, end);
		this.input = this.input.subarray(end);
		if (type === 'X') {
			this.socket.end();
			return false;
		}
		if (type === 'S') {
			this.skipping = false;
			this.say(message('Z', Buffer.from('I')));
			this.flush();
		} else if (type === 'H') {
			this.flush();
		} else if (type === 'Q') {
			this.simple(body);
		} else if (!this.skipping) {
			this.extended(type, body);
		}
		return true;
	}

	extended(type, body) {
		const reader = new Reader(body);
		switch (type) {
		case 'P': {
			const name = reader.cstring();
			this.statements.set(name, reader.cstring());
			return this.say(message('1'));
		}
		case 'B': return this.bind(reader);
		case 'D': return this.describe(reader.byte(), reader.cstring());
		case 'E': return this.execute(this.portals.get(reader.cstring()));
		case 'C': return this.say(message('3'));
		}
		throw new Error(`message ${type} is not known here`);
	}

	bind(r) {
		const portal = r.cstring();
		const sql = this.statements.get(r.cstring());
		const formats = r.list(() => r.int16());
		const values = r.list(() => r.bytes());
		const results = r.list(() => r.int16());
		const formatOf = i => results.length > 1 ? results[i] : results[0] ?? 0;
		const items = arrayParameter(values[1] ?? null, formats.length > 1 ? formats[1] : formats[0] ?? 0);
		this.portals.set(portal, { sql, items, formatOf, columns: columnsOf(sql) });
		this.say(message('2'));
	}

	describe(kind, name) {
		const portal = this.portals.get(name);
		const sql = kind === 'S' ? this.statements.get(name) : portal.sql;
		const asksUs = /\bprovide\s*\(/i.test(sql);
		if (kind === 'S')
			this.say(asksUs ? message('t', int16(5), ...PARAMETERS.map(int32)) : message('t', int16(0)));
		this.say(asksUs ? rowDescription(columnsOf(sql), kind === 'S' ? () => 0 : portal.formatOf) : message('n'));
	}

	execute({ sql, items, columns, formatOf }) {
		if (!/\bprovide\s*\(/i.test(sql))
			return this.say(message('C', cstring(/^\s*(\w+)/.exec(sql)?.[1].toUpperCase() ?? '')));
		this.provide(items, columns, formatOf);
	}

	simple(body) {
		const sql = body.subarray(0, -1).toString();
		if (/\bprovide\s*\(/i.test(sql)) {
			const items = arrayParameter(Buffer.from(/\{[^}]*\}/.exec(sql)?.[0] ?? ''), 0);
			const columns = columnsOf(sql);
			this.say(rowDescription(columns, () => 0));
			this.provide(items, columns, () => 0);
		} else {
			this.execute({ sql });
		}
		this.skipping = false;
		this.say(message('Z', Buffer.from('I')));
		this.flush();
	}

	provide(items, columns, formatOf) {
		const row = () => rowOf(items[0] ?? '3-4', columns, formatOf);
		switch (opt.mode) {
		case 'silent':
			this.mute = true;
			return;
		case 'close':
			this.flush();
			return this.socket.destroySoon();
		case 'truncated':
			this.say(row().subarray(0, -10));
			this.flush();
			this.mute = true;
			return this.socket.end();
		case 'garbage':
			return this.say(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'));
		case 'bad-length':
			return this.say(Buffer.concat([message('D', int16(columns.length), int32(-7)), message('C', cstring('SELECT 1'))]));
		case 'no-rows':
			return this.say(message('C', cstring('SELECT 0')));
		case 'error-once':
			if (failed++ > 0)
				break;
			/* falls through */
		case 'error':
			this.skipping = true;
			return this.say(message('E', ...fields('ERROR', '57014', 'canceling statement due to statement timeout')));
		case 'many-rows':
			this.say({ row: row(), times: Number(opt.rows) });
			return this.say(message('C', cstring(`SELECT ${opt.rows}`)));
		case 'warning':
			this.say(message('N', ...fields('WARNING', '01000', 'a warning')));
		}
		for (const item of items)
			this.say(rowOf(item, columns, formatOf));
		this.say(message('C', cstring(`SELECT ${items.length}`)));
		this.dripping ??= opt.mode === 'slow' ? setInterval(() => this.drip(), 1000) : undefined;
	}

	say(bytes) {
		if (!this.mute)
			this.outbox.push(bytes);
	}

	flush() {
		if (this.dripping)
			return;
		while (this.outbox.length > 0 && !this.socket.destroyed) {
			const next = this.outbox[0];
			if (Buffer.isBuffer(next)) {
				this.outbox.shift();
				this.socket.write(next);
				continue;
			}
			const batch = Math.min(next.times, 1000);
			next.times -= batch;
			if (next.times === 0)
				this.outbox.shift();
			if (!this.socket.write(Buffer.concat(Array(batch).fill(next.row))))
				return this.socket.once('drain', () => this.flush());
		}
	}

	drip() {
		const next = this.outbox[0];
		if (next === undefined)
			return;
		this.socket.write(next.subarray(0, 1));
		this.outbox[0] = next.subarray(1);
		if (this.outbox[0].length === 0)
			this.outbox.shift();
	}
}

class Reader {
	constructor(b) { this.b = b; this.at = 0; }
	byte() { return String.fromCharCode(this.b[this.at++]); }
	int16() { this.at += 2; return this.b.readInt16BE(this.at - 2); }
	cstring() {
		const end = this.b.indexOf(0, this.at);
		const s = this.b.subarray(this.at, end).toString();
		this.at = end + 1;
		return s;
	}
	bytes() {
		const n = this.b.readInt32BE(this.at);
		this.at += 4 + Math.max(n, 0);
		return n < 0 ? null : this.b.subarray(this.at - n, this.at);
	}
	list(one) { return Array.from({ length: this.int16() }, one); }
}

const server = createServer({ noDelay: true }, socket => new Session(socket));
server.listen(0, '127.0.0.1', () => process.stdout.write(`port ${server.address().port}\n`));
process.on('SIGTERM', () => process.exit(0));
