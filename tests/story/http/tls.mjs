// tls: what is refused before HTTP begins. Raw bytes where no library would
// send them. SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import net from 'node:net';
import { Duplex } from 'node:stream';
import tls from 'node:tls';
import { Wire, address, check, clear, good, tlsOptions } from './wire.mjs';

const bytes = (...b) => Buffer.from(b);
const record = (type, length) => bytes(type, 3, 1, length >> 8, length & 255);

async function refusedInClear(what) {
  const seen = await clear(what, 1500);
  check(seen.after <= 1100, `closed only after ${seen.after} ms`);
  check(!seen.bytes.includes('HTTP/'), 'an HTTP byte left in clear');
}

// Resolves with the error of a handshake that must fail.
function refusedHandshake(more) {
  return new Promise((resolve, reject) => {
    const s = tls.connect(tlsOptions(more));
    s.once('secureConnect', () => {
      s.destroy();
      reject(new Error('the handshake went through'));
    });
    s.once('error', resolve);
  });
}

async function refusedWithAlert(number, more) {
  const e = await refusedHandshake(more);
  check(e.message.includes(`alert number ${number}`), `no alert ${number}: ${e.message}`);
}

async function served(more) {
  const w = await Wire.open(more);
  await w.send(good);
  check((await w.answer(0)).status === 200, `not served; ${w}`);
  w.close();
}

// A socket that sends one byte a segment.
function slowSocket() {
  const raw = net.connect(address);
  raw.setNoDelay(true);
  const d = new Duplex({
    read() {},
    async write(chunk, _, done) {
      for (const b of chunk) await new Promise((sent) => raw.write(Buffer.of(b), sent));
      done();
    },
    destroy(e, done) {
      raw.destroy();
      done(e);
    },
  });
  raw.on('data', (c) => d.push(c));
  raw.on('end', () => d.push(null));
  raw.on('error', (e) => d.destroy(e));
  return d;
}

// The session a finished handshake leaves, and its ticket.
function session() {
  return new Promise((resolve, reject) => {
    const s = tls.connect(tlsOptions({}));
    s.once('error', reject);
    s.once('session', (data) => {
      resolve({ data, ticket: s.getTLSTicket() });
      s.destroy();
    });
    s.write(good);
  });
}

async function isReused(data) {
  const w = await Wire.open({ session: data });
  const reused = w.socket.isSessionReused();
  await w.send(good);
  check((await w.answer(0)).status === 200, 'not served');
  w.close();
  return reused;
}

async function forgedTicket() {
  const { data, ticket } = await session();
  check(await isReused(data), 'a good ticket is not taken');
  const forged = Buffer.from(data);
  const at = forged.indexOf(ticket);
  check(at > 0, 'no ticket in the session');
  forged[at + ticket.length - 5] ^= 1;
  check(!(await isReused(forged)), 'a forged ticket is taken');
}

// s_client sends a KeyUpdate for each line K.
async function keyUpdates() {
  const s = spawn('openssl', ['s_client', '-connect', `${address.host}:${address.port}`, '-tls1_3',
    '-servername', address.host], { stdio: ['pipe', 'pipe', 'pipe'] });
  let log = '', ended = false, sent = 0;
  const came = (d) => { log += d; };
  s.stdout.on('data', came);
  s.stderr.on('data', came);
  s.stdin.on('error', () => {});
  s.on('close', () => { ended = true; });
  const until = async (condition) => {
    for (const end = Date.now() + 5000; !condition() && !ended;) {
      check(Date.now() < end, `s_client hangs behind ${sent} updates`);
      await new Promise(setImmediate);
    }
  };
  await until(() => log.includes('Verify return code'));
  for (; sent < 1000 && !ended; sent++) {
    s.stdin.write('K\n');
    await until(() => log.split('KEYUPDATE').length > sent + 1);
  }
  s.kill();
  check(ended && sent < 200, `still open behind ${sent} KeyUpdates`);
}

export const tlsStories = [
  [92, 'HTTP in clear', () => refusedInClear(good)],
  [92, 'SSLv2 hello', () => refusedInClear(bytes(0x80, 0x2e, 1, 0, 2, 0, 0x15, 0, 0, 0, 0x10, ...Buffer.alloc(37, 1)))],
  [92, 'a record of 17,000 bytes', () => refusedInClear(Buffer.concat([record(22, 17000), Buffer.alloc(17000)]))],
  [92, '100 empty records', () => refusedInClear(Buffer.concat(Array(100).fill(record(22, 0))))],
  [92, '20 warning alerts', () => refusedInClear(Buffer.concat(Array(20).fill(bytes(21, 3, 1, 0, 2, 1, 90))))],
  [93, 'hello in segments of one byte', () => served({ socket: slowSocket(), host: undefined, port: undefined })],
  [94, 'ALPN h2 only', () => refusedWithAlert(120, { ALPNProtocols: ['h2'] })],
  [94, 'ALPN h2 and http/1.1', () => served({ ALPNProtocols: ['h2', 'http/1.1'] })],
  [94, 'no ALPN', () => served({ ALPNProtocols: undefined })],
  [94, 'unknown SNI', () => refusedWithAlert(112, { servername: 'unknown.example' })],
  [94, 'no SNI', () => served({ servername: '', checkServerIdentity: () => undefined })],
  [96, 'forged ticket', forgedTicket],
  [96, '1,000 KeyUpdates', keyUpdates],
  [0, 'TLS 1.1 (N1)', () => refusedWithAlert(70, { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' })],
  [0, 'TLS 1.2 (N1)', () => served({ maxVersion: 'TLSv1.2' })],
  [0, 'other suites of TLS 1.2 (N2)', () => refusedWithAlert(40, {
    maxVersion: 'TLSv1.2', ciphers: 'ECDHE+CHACHA20:ECDHE+AES+SHA:ECDHE+AESCCM:DHE:RSA:!ECDHE+AESGCM:@SECLEVEL=0' })],
];

export const slowTlsStories = [
  [93, 'a hello never finished', async () => {
    const seen = await clear(Buffer.concat([record(22, 300), Buffer.alloc(20, 1)]), 13000);
    check(seen.after >= 9500 && seen.after <= 12000, `closed after ${seen.after} ms`);
  }],
];
