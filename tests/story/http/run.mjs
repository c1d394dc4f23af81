// Runs the lines of bad inputs that belong to HTTP and TLS against the server
// at SELFINFO_ISSUER (its CA in SELFINFO_CA_FILE) and prints what failed.
//   node run.mjs [--quick]     --quick leaves out what takes 10 to 60 seconds
// SPDX-License-Identifier: Apache-2.0
import { connections, slowConnections } from './connections.mjs';
import { rows } from './requests.mjs';
import { slowTlsStories, tlsStories } from './tls.mjs';
import { Wire, check, good } from './wire.mjs';

const quick = process.argv.includes('--quick');
let passed = 0, failed = 0;

async function count(number, name, story) {
  try {
    await story();
    passed++;
  } catch (e) {
    failed++;
    console.log(`FAIL ${number ? `H${number}` : ''} ${name}: ${e.message}`);
  }
}

function checkAnswer(row, answer) {
  const status = row.verdict.slice(0, -1);
  const fits = status === '4xx' ? answer.status >= 400 && answer.status < 500 : answer.status === Number(status);
  check(fits, `${answer.status} instead of ${status}`);
  for (const f of row.fields ?? []) check(answer.field[f], `no field ${f}`);
  check(!row.absent || !answer.body.includes(row.absent), 'echoed');
  check(!row.absentField || !answer.field[row.absentField], `a field ${row.absentField}`);
  check(answer.field.date, 'no Date');
}

// Sends the row's bytes and looks at its answers from number `first` on.
async function verdict(row, wire, first, send) {
  const before = row.before ?? [];
  const at = first + before.length;
  const closes = row.verdict.endsWith('c');

  if (row.head) wire.heads.add(at);
  await send(Buffer.from(row.bytes, 'latin1'));
  for (const [i, s] of before.entries()) check((await wire.answer(first + i)).status === s, `no ${s}`);
  const answer = await wire.answer(at);
  checkAnswer(row, answer);
  check((answer.field.connection === 'close') === closes, `Connection: ${answer.field.connection}`);
  if (closes) {
    await wire.end();
    check(wire.answers.length === at + 1, `something behind it was processed; ${wire}`);
    return;
  }
  await wire.send(good);
  check((await wire.answer(at + 1)).status === 200, 'the next request is not served');
}

async function onWire(story) {
  const wire = await Wire.open();
  try {
    await story(wire);
  } finally {
    wire.close();
  }
}

const ways = {
  whole: (row) => onWire((w) => verdict(row, w, 0, (b) =>
    w.send(row.verdict.endsWith('c') ? Buffer.concat([b, Buffer.from(good)]) : b))),
  'in pieces': (row) => onWire((w) => verdict(row, w, 0, (b) => w.sendSlowly(b, row.step ?? 1))),
  'behind a request': (row) => onWire((w) => verdict(row, w, 1, (b) =>
    w.send(Buffer.concat([Buffer.from(good), b])))),
};

const slow = quick ? [] : [...slowConnections, ...slowTlsStories].map(([n, name, story]) => count(n, name, story));
for (const row of rows)
  for (const [way, run] of Object.entries(ways))
    await count(row.number, `${row.name}, ${way}`, () => run(row));
for (const [n, name, story] of [...connections, ...tlsStories]) await count(n, name, story);
await Promise.all(slow);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
