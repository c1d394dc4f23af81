// wire: a raw HTTP/1.1 client over TLS that sends exactly the bytes it is given
// and reports exactly what came back, in order, and how the connection ended.
// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';

const issuer = new URL(process.env.SELFINFO_ISSUER ?? 'https://localhost:8443');
export const host = issuer.host;
export const origin = issuer.origin;
export const ca = process.env.SELFINFO_CA_FILE && fs.readFileSync(process.env.SELFINFO_CA_FILE);
export const address = { host: issuer.hostname.replace(/[[\]]/g, ''), port: Number(issuer.port || 443) };

export const known = '/.well-known/oauth-authorization-server';
export const good = `GET ${known} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;

const trusted = ca ? { ca } : {};
const name = net.isIP(address.host) ? {} : { servername: address.host };

export function tlsOptions(more = {}) {
  return { ...address, ...trusted, ...name, ALPNProtocols: ['http/1.1'], ...more };
}

// One answer at the front of `bytes`, or null while it is incomplete.
function readAnswer(bytes, isHead) {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const [line, ...fields] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const m = /^HTTP\/1\.1 (\d{3}) [ -~]*$/.exec(line);
  if (!m) throw new Error(`no status line: ${JSON.stringify(line)}`);
  const answer = { status: Number(m[1]), field: {} };
  for (const f of fields) {
    const at = f.indexOf(':');
    answer.field[f.slice(0, at).toLowerCase()] = f.slice(at + 1).trim();
  }
  const bodyless = isHead || answer.status < 200 || answer.status === 204;
  const length = bodyless ? 0 : Number(answer.field['content-length']);
  if (!Number.isInteger(length)) throw new Error('an answer without a length');
  if (bytes.length < end + 4 + length) return null;
  answer.body = bytes.subarray(end + 4, end + 4 + length).toString();
  answer.bytes = end + 4 + length;
  return answer;
}

export class Wire {
  answers = [];
  ended = false;
  error = null;
  #rest = Buffer.alloc(0);
  #waiters = new Set();

  static open(more) {
    return new Promise((resolve, reject) => {
      const socket = tls.connect(tlsOptions({ allowHalfOpen: true, ...more }));
      socket.once('error', reject);
      socket.once('secureConnect', () => {
        socket.off('error', reject);
        resolve(new Wire(socket));
      });
    });
  }

  constructor(socket) {
    this.socket = socket;
    this.heads = new Set(); // numbers of the answers that belong to HEAD
    socket.setNoDelay(true);
    socket.on('data', (d) => this.#came(d));
    socket.on('end', () => this.#end(null));
    socket.on('close', () => this.#end(null));
    socket.on('error', (e) => this.#end(e));
  }

  #came(d) {
    this.#rest = Buffer.concat([this.#rest, d]);
    try {
      for (;;) {
        const isHead = this.heads.has(this.answers.length);
        const a = readAnswer(this.#rest, isHead);
        if (!a) break;
        this.#rest = this.#rest.subarray(a.bytes);
        this.answers.push(a);
      }
    } catch (e) {
      this.error = e;
    }
    this.#wake();
  }

  #end(e) {
    this.ended = true;
    this.error ??= e;
    this.#wake();
  }

  #wake() {
    for (const w of this.#waiters) w();
  }

  // Resolves when the condition holds; rejects when it does not within `ms`.
  until(condition, ms, what) {
    return new Promise((resolve, reject) => {
      const look = () => {
        if (!condition()) return;
        finish();
        resolve();
      };
      const timer = setTimeout(() => {
        finish();
        reject(new Error(`${what} did not come within ${ms} ms; ${this}`));
      }, ms);
      const finish = () => {
        clearTimeout(timer);
        this.#waiters.delete(look);
      };
      this.#waiters.add(look);
      look();
    });
  }

  toString() {
    const seen = this.answers.map((a) => a.status).join(' ') || 'none';
    return `answers: ${seen}${this.ended ? ', ended' : ''}${this.error ? `, ${this.error.message}` : ''}`;
  }

  send(bytes) {
    return new Promise((resolve) => this.socket.write(bytes, () => resolve()));
  }

  async sendSlowly(bytes, size = 1) {
    const all = Buffer.from(bytes, 'latin1');
    for (let at = 0; at < all.length && !this.ended; at += size)
      await this.send(all.subarray(at, at + size));
  }

  answer(n, ms = 5000) {
    return this.until(() => this.answers.length > n || this.ended || this.error, ms, `answer ${n + 1}`)
      .then(() => {
        if (this.answers.length <= n) throw new Error(`no answer ${n + 1}; ${this}`);
        return this.answers[n];
      });
  }

  end(ms = 5000) {
    return this.until(() => this.ended, ms, 'the end');
  }

  close() {
    this.socket.destroy();
  }
}

// Bytes sent in clear, what came back until the server closed, and after how
// many milliseconds it did.
export function clear(bytes, ms) {
  return new Promise((resolve, reject) => {
    const started = Date.now();
    const parts = [];
    const socket = net.connect(address, () => socket.write(bytes));
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`still open after ${ms} ms`));
    }, ms);
    socket.on('data', (d) => parts.push(d));
    socket.on('error', () => {});
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      clearTimeout(timer);
      resolve({ bytes: Buffer.concat(parts), after: Date.now() - started });
    });
  });
}

export function check(condition, what) {
  if (!condition) throw new Error(what);
}
