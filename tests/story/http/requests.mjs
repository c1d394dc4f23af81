// requests: one row a bad (or good) request: number, name, bytes, verdict.
// Verdicts as in the list of bad inputs: `400c` answered and closed, nothing
// behind it processed; `400k` answered and the next request on the connection
// is served. Each runs whole, byte by byte, and behind a correct request.
// SPDX-License-Identifier: Apache-2.0
import { good, host, known } from './wire.mjs';

const rows = [];
let number = 0;
const H = (n) => { number = n; };
const row = (name, bytes, verdict, more = {}) => rows.push({ number, name, bytes, verdict, ...more });

// a request line (or target) with our Host; further fields end with CRLF
const line = (text, fields = '') => `${text}\r\nHost: ${host}\r\n${fields}\r\n`;
const target = (t, fields = '') => line(`GET ${t} HTTP/1.1`, fields);
const get = (fields) => target(known, fields);
const post = (fields, body = '', path = '/v1/retrievals') =>
  line(`POST ${path} HTTP/1.1`, `Content-Type: application/json\r\n${fields}`) + body;
const chunked = (body) => post('Transfer-Encoding: chunked\r\n', body);
const bare = (hostField) => `GET ${known} HTTP/1.1\r\n${hostField}\r\n`;

H(1); row('two spaces', line(`GET  ${known} HTTP/1.1`), '400c');
row('two spaces before the version', line(`GET ${known}  HTTP/1.1`), '400c');
H(2); row('TAB as separator', line(`GET\t${known} HTTP/1.1`), '400c');
row('TAB before the version', line(`GET ${known}\tHTTP/1.1`), '400c');
H(3); row('space at the end', line(`GET ${known} HTTP/1.1 `), '400c');
row('space before the method', line(` GET ${known} HTTP/1.1`), '400c');
H(4); row('one CRLF before it', `\r\n${good}`, '200k');
row('five CRLF before it', `\r\n\r\n\r\n\r\n\r\n${good}`, '400c');
H(5); row('bare LF line ends', good.replaceAll('\r\n', '\n'), '400c');
H(6); row('bare CR line ends', good.replaceAll('\r\n', '\r'), '400c');
H(7); row('get', line(`get ${known} HTTP/1.1`), '501k');
H(8); row('G(T', line(`G(T ${known} HTTP/1.1`), '400c');
H(9); row('BREW', line(`BREW ${known} HTTP/1.1`), '501k');
row('a method of 40 bytes', line(`${'M'.repeat(40)} ${known} HTTP/1.1`), '501c');
H(10); row('no version', line('GET /'), '400c');
H(11); row('HTTP/1.0 with Host', line(`GET ${known} HTTP/1.0`), '200c');
row('HTTP/1.0 keep-alive', line(`GET ${known} HTTP/1.0`, 'Connection: keep-alive\r\n'), '200c');
H(12); row('HTTP/1.0 without Host', `GET ${known} HTTP/1.0\r\n\r\n`, '400c');
H(13); row('HTTP/2.0', line(`GET ${known} HTTP/2.0`), '505c');
row('HTTP/3.0', line(`GET ${known} HTTP/3.0`), '505c');
H(14); row('HTTP/1.2', line(`GET ${known} HTTP/1.2`), '200k');
H(15);
for (const v of ['HTTP/1.10', 'HTTP/01.1', 'http/1.1', 'HTTP/1,1', 'HTTP/1.', 'HTTP/1', 'HTTPS/1.1'])
  row(v, line(`GET ${known} ${v}`), '400c');
H(16); row('HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', '505c');
H(17); row('# in the target', target(`${known}#x`), '400c');
H(18);
for (const c of ['\0', '\xe3', '\\', '"', '<', '|', '\x7f', '`', '[', '{', '^'])
  row(`${JSON.stringify(c)} in the target`, target(`${known}?${c}`), '400c');
H(19);
for (const e of ['%00', '%zz', '%4', '%', 'x%2'])
  row(`escape ${e}`, target(`/${e}`), '400k');
row('escape %00 in the query', target(`${known}?a=%00`), '400k');
H(20);
for (const t of ['/../x', '/%2e%2e/x', '//x', '/v1%2Fretrievals', `/.${known}`, `${known}/`])
  row(t, target(t), '404k');
H(21); row('absolute, ours', target(`https://${host}${known}`), '200k');
row('absolute, upper case', target(`HTTPS://${host.toUpperCase()}${known}`), '200k');
row('absolute, other authority', target(`https://other.example${known}`), '421k');
row('absolute, http', target(`http://${host}${known}`), '421k');
row('absolute, ours, another Host',
  `GET https://${host}${known} HTTP/1.1\r\nHost: other.example\r\n\r\n`, '200k');
row('absolute, userinfo', target(`https://a@${host}${known}`), '400c');
H(22); row('authority with GET', target('a.example:443'), '400c');
row('* with GET', target('*'), '400c');
row('no slash', target('x'), '400c');
H(23); row('OPTIONS *', line('OPTIONS * HTTP/1.1'), '204k', { fields: ['allow'] });
H(24); row('CONNECT', line('CONNECT a.example:443 HTTP/1.1'), '405c', { fields: ['allow'] });
row('TRACE', line(`TRACE ${known} HTTP/1.1`, 'X-Echo: parrot\r\n'), '405k', { fields: ['allow'], absent: 'parrot' });
H(25); row('PUT on a known path', line(`PUT ${known} HTTP/1.1`, 'Content-Length: 0\r\n'), '405k', { fields: ['allow'] });
row('HEAD', line(`HEAD ${known} HTTP/1.1`), '200k', { head: true, fields: ['content-length'] });
H(26); row('a target of 9,000 bytes', target(`/${'x'.repeat(9000)}`), '414c', { step: 97 });

H(27); row('no Host', `GET ${known} HTTP/1.1\r\n\r\n`, '400c');
H(28); row('two Hosts', bare(`Host: ${host}\r\nHost: ${host}\r\n`), '400c');
H(29);
for (const v of ['a, b', '', `a@${host}`, `${host}/x`, `https://${host}`, 'a b', '[::1', '[]', `${host}?`])
  row(`Host: ${v}`, bare(`Host: ${v}\r\n`), '400c');
H(30);
for (const p of ['99999', 'abc', '-1', '44 3', '443443'])
  row(`port ${p}`, bare(`Host: localhost:${p}\r\n`), '400c');
H(31); row('unknown name', bare('Host: other.example\r\n'), '421k');
row('other port', bare(`Host: ${host.replace(/:.*$/, '')}:1\r\n`), '421k');
row('upper case name', bare(`Host: ${host.toUpperCase()}\r\n`), '200k');

H(32); row('space before the colon', get('X-A : b\r\n'), '400c');
row('TAB before the colon', get('X-A\t: b\r\n'), '400c');
H(33); row('folded line', get('X-A: b\r\n c\r\n'), '400c');
row('folded by TAB', get('X-A: b\r\n\tc\r\n'), '400c');
H(34); row('first field begins with SP', `GET ${known} HTTP/1.1\r\n Host: ${host}\r\n\r\n`, '400c');
row('first field begins with TAB', `GET ${known} HTTP/1.1\r\n\tHost: ${host}\r\n\r\n`, '400c');
H(35); row('empty name', get(': b\r\n'), '400c');
row('no colon', get('X-A\r\n'), '400c');
H(36);
for (const c of ['\0', '\r', '\x0b', '\x7f', '\x1b'])
  row(`${JSON.stringify(c)} in a value`, get(`X-A: b${c}c\r\n`), '400c');
row('TAB in a value', get('X-A: b\tc\r\n'), '200k');
H(37);
for (const n of ['X-\xe3', 'X(A', 'X/A', 'X"A', 'X[A'])
  row(`${JSON.stringify(n)} as a name`, get(`${n}: b\r\n`), '400c');
H(38); row('UTF-8 in an unknown field', get('X-A: \xe8\xa6\x8b\xe6\x9c\xac\r\n'), '200k');
H(39); row('field ended by LF', get('X-A: b\n'), '400c');
row('section ended by LF', `GET ${known} HTTP/1.1\r\nHost: ${host}\r\n\n`, '400c');
H(40); row('100 fields', get('X-A: b\r\n'.repeat(99)), '200k', { step: 7 });
row('101 fields', get('X-A: b\r\n'.repeat(100)), '431c', { step: 7 });
row('17 KiB of fields', get(`X-A: ${'b'.repeat(4000)}\r\n`.repeat(5)), '431c', { step: 97 });
row('one field of 9,000 bytes', get(`X-A: ${'b'.repeat(9000)}\r\n`), '431c', { step: 97 });
H(41); row('Upgrade: h2c', get('Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n'), '200k');
row('Upgrade: websocket', get('Connection: Upgrade\r\nUpgrade: websocket\r\n'), '200k');
H(42); row('Expect: 200-ok', post('Expect: 200-ok\r\nContent-Length: 2\r\n', '{}'), '417c');
H(43); row('Expect without a body', get('Expect: 100-continue\r\n'), '200k');
row('Expect with a body', post('Expect: 100-continue\r\nContent-Length: 2\r\n', '{}'), '401k', { before: [100] });
row('Expect with chunks', post('Expect: 100-Continue\r\nTransfer-Encoding: chunked\r\n', '2\r\n{}\r\n0\r\n\r\n'), '401k', { before: [100] });
H(44); row('Connection: host', get('Connection: host\r\n'), '200k');
row('Connection: authorization', get('Connection: authorization\r\n'), '200k');
row('Connection: content-length', post('Connection: content-length\r\nContent-Length: 2\r\n', '{}'), '401k');
H(45); row('overriding fields', get('X-HTTP-Method-Override: DELETE\r\nX-Original-URL: /x\r\nForwarded: host=x\r\n' +
  'X-Forwarded-Host: x\r\nX-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: http\r\n'), '200k');
H(46); row('Content-Encoding: gzip', post('Content-Encoding: gzip\r\nContent-Length: 2\r\n', '{}'), '415k', { fields: ['accept-encoding'] });
H(47); row('two Content-Types', post('Content-Type: application/json\r\nContent-Length: 2\r\n', '{}'), '400k');
row('1,000 ranges', get(`Range: bytes=${Array.from({ length: 1000 }, (_, i) => `${i}-${i}`).join(',')}\r\n`), '200k', { step: 97 });
H(48); row('Transfer_Encoding', post('Transfer_Encoding: chunked\r\nContent-Length: 2\r\n', '{}'), '401k');

const lengths = [[49, '-1'], [50, '+1'], [51, '0x1'], [52, '1_0'], [53, '1e0'], [54, '1 2'], [55, ''], [57, '1, 1']];
for (const [n, v] of lengths) {
  H(n); row(`Content-Length: ${v}`, post(`Content-Length: ${v}\r\n`, 'x'), '400c');
}
H(56); row('Content-Length twice, equal', post('Content-Length: 1\r\nContent-Length: 1\r\n', 'x'), '400c');
H(58); row('Content-Length twice', post('Content-Length: 1\r\nContent-Length: 2\r\n', 'x'), '400c');
H(59); row('leading zeros', post('Content-Length: 00000000000000000000002\r\n', '{}'), '401k');
H(60); row('18446744073709551617', post('Content-Length: 18446744073709551617\r\n'), '413c');
row('65,537', post('Content-Length: 65537\r\n'), '413c');
row('65,536', post('Content-Length: 65536\r\n', `{${' '.repeat(65534)}}`), '401k', { step: 1009 });
H(61); row('PAR without length', line('POST /oauth/par HTTP/1.1', 'Content-Type: application/x-www-form-urlencoded\r\n'), '4xxk');
row('retrieval without length', post(''), '401k');
H(62); row('GET with a body', get('Content-Length: 5\r\n') + 'hello', '400c');
row('DELETE with a body', line('DELETE /v1/retrievals HTTP/1.1', 'Content-Length: 5\r\n') + 'hello', '400c');
row('GET with chunks', get('Transfer-Encoding: chunked\r\n') + '0\r\n\r\n', '400c');
row('GET with length 0', get('Content-Length: 0\r\n'), '200k');

H(63); row('coding and length', post('Transfer-Encoding: chunked\r\nContent-Length: 2\r\n', '{}'), '400c');
row('length and coding', post('Content-Length: 2\r\nTransfer-Encoding: chunked\r\n', '{}'), '400c');
const coding = (v, body = '2\r\n{}\r\n0\r\n\r\n') => post(`Transfer-Encoding: ${v}\r\n`, body);
H(64); row('chunked in two fields', coding('chunked\r\nTransfer-Encoding: chunked'), '400c');
row('chunked, chunked', coding('chunked, chunked'), '400c');
H(65);
for (const v of ['chunked, identity', 'xchunked', 'identity', 'gzip', 'chunked, gzip']) row(v, coding(v), '400c');
H(66); row('gzip, chunked', coding('gzip, chunked'), '501c');
H(67);
for (const v of [',chunked', 'chunked,', 'chunked;a=b', '"chunked"', '\x0bchunked', 'chunked\0']) row(JSON.stringify(v), coding(v), '400c');
H(68); row('CHUNKED', coding('CHUNKED'), '401k');
H(69); row('folded coding', coding('\r\n chunked'), '400c');
row('space before the colon', post('Transfer-Encoding : chunked\r\n', '0\r\n\r\n'), '400c');
row('empty coding', coding(''), '400c');
H(70); row('coding in HTTP/1.0', line('POST /v1/retrievals HTTP/1.0', 'Transfer-Encoding: chunked\r\n') + '0\r\n\r\n', '400c');

H(71); row('size 0x1', chunked('0x1\r\nx\r\n0\r\n\r\n'), '400c');
H(72); row('size +1', chunked('+1\r\nx\r\n0\r\n\r\n'), '400c');
row('size -1', chunked('-1\r\nx\r\n0\r\n\r\n'), '400c');
H(73); row('size 1_0', chunked('1_0\r\nx\r\n0\r\n\r\n'), '400c');
H(74); row('empty size', chunked('\r\nx\r\n0\r\n\r\n'), '400c');
H(75); row('leading space', chunked(' 2\r\n{}\r\n0\r\n\r\n'), '400c');
row('trailing space', chunked('2 \r\n{}\r\n0\r\n\r\n'), '400c');
H(76); row('17 digits', chunked('00000000000000002\r\n{}\r\n0\r\n\r\n'), '400c');
row('30 zeros and 1', chunked(`${'0'.repeat(30)}1\r\nx\r\n0\r\n\r\n`), '400c');
row('16 digits, all f', chunked('ffffffffffffffff\r\nx'), '413c');
H(77); row('LF ends the size', chunked('2\n{}\r\n0\r\n\r\n'), '400c');
H(78); row('LF behind the data', chunked('2\r\n{}\n0\r\n\r\n'), '400c');
row('nothing behind the data', chunked('2\r\n{}0\r\n\r\n'), '400c');
row('xx behind the data', chunked('2\r\n{}xx0\r\n\r\n'), '400c');
H(79); row('LF in an extension', chunked('2;a\nb\r\n{}\r\n0\r\n\r\n'), '400c');
row('CR in an extension', chunked('2;a\rb\r\n{}\r\n0\r\n\r\n'), '400c');
H(80); row('CRLF in a quoted extension', chunked('2;a="\r\n"\r\n{}\r\n0\r\n\r\n'), '400c');
H(81); row('an extension of 300 bytes', chunked(`2;${'a'.repeat(300)}\r\n{}\r\n0\r\n\r\n`), '400c');
H(82); row('1 a', chunked('1 a\r\nx\r\n0\r\n\r\n'), '400c');
H(83); row('LF LF as the end', chunked('2\r\n{}\r\n0\n\n'), '400c');
H(84); row('extension', chunked('1;a=b\r\n{\r\n1\r\n}\r\n0\r\n\r\n'), '401k');
row('quoted extension', chunked('1 ;a="b"\r\n{\r\n1; c ; d = "\\"e"\r\n}\r\n0;x\r\n\r\n'), '401k');
H(85); row('trailer', chunked('2\r\n{}\r\n0\r\nX-T: a\r\n\r\n'), '401k');
for (const t of ['Content-Length: 5', 'Authorization: Bearer x', 'Host: x', 'X-T', 'X-T : a', ' X-T: a', 'X-T: a\n'])
  row(`trailer ${JSON.stringify(t)}`, chunked(`2\r\n{}\r\n0\r\n${t}\r\n\r\n`), '400c');
H(86); row('4,097 chunks', chunked(`${'1\r\nx\r\n'.repeat(4097)}0\r\n\r\n`), '413c', { step: 97 });
row('chunks of 65,537 bytes', chunked(`10000\r\n${'x'.repeat(65536)}\r\n1\r\nx\r\n0\r\n\r\n`), '413c', { step: 1009 });

H(88); row('Connection: close', get('Connection: close\r\n'), '200c');
row('Connection: a list with close', get('Connection: x, CLOSE\r\n'), '200c');
H(106); row('escaped CRLF in the path', target('/x%0d%0aSet-Cookie:%20a=b'), '404k', { absentField: 'set-cookie' });
row('escaped CRLF in the query', target(`${known}?x%0d%0aSet-Cookie:%20a=b`), '200k', { absentField: 'set-cookie' });

export { rows };
