// connections: what takes more than one request or more than a moment:
// pipelines, half-closed connections, slow and silent clients.
// SPDX-License-Identifier: Apache-2.0
import { Wire, check, good, host, known } from './wire.mjs';

const post = (length) =>
  `POST /v1/retrievals HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function withWire(story, more) {
  const wire = await Wire.open(more);
  try {
    await story(wire);
  } finally {
    wire.close();
  }
}

const statuses = (wire) => wire.answers.map((a) => a.status).join(' ');

// `began` to `ended` took about so long
function checkTime(began, from, to) {
  const ms = Date.now() - began;
  check(ms >= from && ms <= to, `ended after ${ms} ms, due between ${from} and ${to}`);
}

async function drip(wire, bytes, every) {
  for (const b of Buffer.from(bytes)) {
    if (wire.ended) return;
    await wire.send(Buffer.of(b));
    await pause(every);
  }
}

export const connections = [
  [43, 'the body is sent after 100', () => withWire(async (w) => {
    await w.send(post(2).replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n'));
    check((await w.answer(0)).status === 100, 'no 100');
    await w.send('{}');
    check((await w.answer(1)).status === 401, `no answer behind 100; ${w}`);
  })],
  [87, 'three pipelined, in order', () => withWire(async (w) => {
    const head = good.replace('GET', 'HEAD');
    w.heads.add(1);
    await w.send(good + head + good.replace(known, '/nothing-here'));
    await w.answer(2);
    check(statuses(w) === '200 200 404', statuses(w));
  })],
  [87, '1,000 pipelined', () => withWire(async (w) => {
    await w.send(good.repeat(1000));
    await w.answer(999, 20000);
    check(w.answers.every((a) => a.status === 200), 'not all 200');
    await w.send(good);
    await w.answer(1000);
  })],
  [88, 'behind Connection: close', () => withWire(async (w) => {
    await w.send(good.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n') + good);
    await w.end();
    check(statuses(w) === '200', statuses(w));
  })],
  [89, 'junk behind a body', () => withWire(async (w) => {
    await w.send(`${post(2)}{}junk junk\r\n\r\n`);
    await w.end();
    check(statuses(w) === '401 400', statuses(w));
  })],
  [91, 'half-close behind a request', () => withWire(async (w) => {
    w.socket.end(good);
    check((await w.answer(0)).status === 200, 'not answered');
    await w.end();
  })],
  [91, 'half-close in mid-header', () => withWire(async (w) => {
    w.socket.end(good.slice(0, 30));
    await w.end();
    check(w.answers.length === 0, statuses(w));
  })],
  [95, 'a body cut off', () => withWire(async (w) => {
    await w.send(`${post(20)}{}`);
    w.socket.destroy();
    await withWire(async (next) => {
      await next.send(good);
      check((await next.answer(0)).status === 200, 'the next client is not served');
    });
  })],
  [0, 'Date is right (N8)', () => withWire(async (w) => {
    await w.send(good);
    const off = Date.now() - Date.parse((await w.answer(0)).field.date);
    check(off >= -1000 && off < 2000, `Date is off by ${off} ms`);
  })],
];

export const slowConnections = [
  [90, 'headers, a byte every 5 s', () => withWire(async (w) => {
    const began = Date.now();
    drip(w, good, 5000);
    await w.end(14000);
    checkTime(began, 9500, 12000);
    check(statuses(w) === '408', statuses(w));
    check(w.answers[0].field.connection === 'close', 'no Connection: close');
  })],
  [90, 'a body under 1 KiB/s', () => withWire(async (w) => {
    const began = Date.now();
    await w.send(post(60000));
    drip(w, 'x'.repeat(60000), 50);
    await w.end(35000);
    checkTime(began, 29500, 33000);
    check(statuses(w) === '408', statuses(w));
  })],
  [90, 'a body over 1 KiB/s', () => withWire(async (w) => {
    await w.send(post(60000));
    const body = `{${' '.repeat(59998)}}`;
    for (let at = 0; at < body.length && !w.ended; at += 1500) {
      await w.send(body.slice(at, at + 1500));
      await pause(900);
    }
    check((await w.answer(0)).status === 401, statuses(w));
  })],
  [90, 'idle', () => withWire(async (w) => {
    await w.send(good);
    await w.answer(0);
    const began = Date.now();
    await w.end(66000);
    checkTime(began, 59000, 64000);
    check(statuses(w) === '200', statuses(w));
  })],
  [91, 'a reader that stalls', () => withWire(async (w) => {
    w.socket.pause();
    const began = Date.now();
    const pump = async () => {
      while (!w.ended) await w.send(good.repeat(200));
    };
    pump();
    await w.until(() => w.ended || w.socket.destroyed, 45000, 'a reset');
    checkTime(began, 29000, 42000);
  })],
];
