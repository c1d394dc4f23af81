// A false, odd or broken gateway for tests/card/agent.sh: it answers as the user
// code says, so that the agent can be seen to end where it must. The true
// gateway's own stories are elsewhere.
//   node fake-gateway.mjs CERTIFICATE KEY DIR
// Prints "PORT OTHER_PORT COUNTS…" when it listens: PORT on 127.0.0.1,
// OTHER_PORT on 127.0.0.2, for which the certificate has no name. Writes what it
// was sent into DIR: requests (a line each), and of the last sign-in begun and
// signed the files transaction, challenge, show, digits, certificate.der,
// signature. Ends with its standard input.
// SPDX-License-Identifier: Apache-2.0
import { createServer } from 'node:https';
import { randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';

const [certificate, key, dir] = process.argv.slice(2);
const keep = (name, value) => writeFileSync(`${dir}/${name}`, value);
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

const show = () => ({
	client: { id: 'SP12345678_AB1234', name: { ja: 'あおぞら母子手帳', en: 'Aozora Mother and Child Book' } },
	items: [
		{ item: '3-4', title: { ja: '予防接種の記録', en: 'Vaccination records' } },
		{ item: '4-1', title: { ja: '妊娠の届出、母子健康手帳の交付、妊産婦や乳幼児の健康診査、訪問指導などの記録', en: 'Notification of pregnancy, issue of the mother and child health book, health examinations and visits' } },
	],
	optional_items: [{ item: '4-6', title: { ja: '養育医療の給付', en: 'Medical aid for premature infants' } }],
	on_behalf_of: 'child',
	inquiry: { kind: 'range', from: '2019-04-30', to: '2026-11-24' },
	purpose: { ja: '予防接種の予定をお知らせし、記録をまとめて見られるようにするため', en: 'To keep the record and remind you of vaccinations that are due' },
	access: { kind: 'until', date: '2027-03-31' },
	retention_days: 365,
	began: '2026-11-24T09:30:00.123+09:00',
});

const begun = (origin) => ({
	transaction: randomBytes(32).toString('base64url'),
	challenge: randomBytes(32).toString('base64url'),
	issuer: origin,
	expires_in: 120,
	show: encode(show()),
});

const changedShow = (change) => (answer) => {
	const value = show();
	change(value);
	answer.show = encode(value);
};
const raw = (text) => (answer) => { answer.raw = text; };
const type = (value) => (answer) => { answer.contentType = value; };

// SHAPEnnn: answers to the begin that are not of the agreed form
const shapes = [
	(a) => { delete a.transaction; },
	(a) => { a.transaction += 'A'; },
	(a) => { a.transaction = a.transaction.slice(0, 42); },
	(a) => { a.transaction = '../'.repeat(14) + 'A'; },
	(a) => { a.challenge = a.challenge.slice(0, 40) + '\n\n\n'; },
	(a) => { a.challenge = 42; },
	(a) => { a.expires_in = '120'; },
	(a) => { a.expires_in = 0; },
	(a) => { a.expires_in = 1e9; },
	(a) => { a.issuer = null; },
	(a) => { delete a.show; },
	(a) => { a.show += '='; },
	(a) => { a.show = ''; },
	(a) => { a.show = Buffer.from('{"client":').toString('base64url'); },
	(a) => { a.show = Buffer.from('[]').toString('base64url'); },
	(a) => { a.show = Buffer.from(JSON.stringify(show()).replace('"purpose"', '"access":{"kind":"once"},"purpose"')).toString('base64url'); },
	raw(''), raw('null'), raw('[]'), raw('{"transaction"'), raw('<html>'), raw('{"a":1}{"b":2}'),
	type('text/html'), type('application/problem+json'),
	(a) => { a.status = 200; },
	(a) => { a.raw = ' '.repeat(200 * 1024); },
	changedShow((s) => { s.extra = true; }),
	changedShow((s) => { delete s.purpose; }),
	changedShow((s) => { s.purpose.ja = ''; }),
	changedShow((s) => { delete s.purpose.en; }),
	changedShow((s) => { s.client.name.ja = '母子\u202e手帳'; }),
	changedShow((s) => { s.client.name.ja = '母子\u001b[2J手帳'; }),
	changedShow((s) => { s.client.name.ja = '母子\u200b手帳'; }),
	changedShow((s) => { s.client.name.ja = 'あ'.repeat(1000); }),
	changedShow((s) => { s.client.logo = 'x'; }),
	changedShow((s) => { s.items = {}; }),
	changedShow((s) => { s.items[0].note = 'x'; }),
	changedShow((s) => { s.items = Array(1000).fill(s.items[0]); }),
	changedShow((s) => { s.on_behalf_of = 'anybody'; }),
	changedShow((s) => { s.inquiry = { kind: 'as_of', date: '2026-02-30' }; }),
	changedShow((s) => { s.inquiry = { kind: 'latest', from: '2026-02-03' }; }),
	changedShow((s) => { s.inquiry = 'everything'; }),
	changedShow((s) => { s.access = { kind: 'ever' }; }),
	changedShow((s) => { s.access = { kind: 'until' }; }),
	changedShow((s) => { s.retention_days = 1.5; }),
	changedShow((s) => { s.retention_days = -1; }),
	changedShow((s) => { s.began = 'yesterday'; }),
	changedShow((s) => { s.began = '2026-11-24T09:30:00'; }),
];

// SIGNEDnn: answers to the signature
const signedOnes = [
	(a) => { a.return_code = 'K7M2Q'; },
	(a) => { a.return_code = 'K7M2QO'; },
	(a) => { a.return_code = 'k7m2qx'; },
	(a) => { a.return_code = 'K7M2Q\n'; },
	(a) => { delete a.return_code; },
	(a) => { a.expires_in = null; },
	raw('{}'), raw('K7M2QX'), type('text/plain'),
];

// REFUSEnn: problems in the answer to the signature
const refusals = [
	[403, 'digits-wrong', 4], [403, 'digits-wrong', 0], [403, 'too-many-tries', 0],
	[403, 'signature-wrong'], [403, 'card-revoked'], [403, 'card-expired'],
	[403, 'card-untrusted'], [403, 'no-linkage'], [409, 'card-transaction-used'],
	[410, 'card-transaction-expired'], [503, 'revocation-unknown'],
	[429, 'too-many'], [500, 'internal'], [403, 'a-new-one'], [400, '../../../x'],
];

const send = (response, status, contentType, body) => {
	response.writeHead(status, { 'content-type': contentType });
	response.end(body);
};
const problem = (response, status, slug, left) => send(response, status, 'application/problem+json',
	JSON.stringify({ type: `https://example.test/problems/${slug}`, title: 'x', status, ...(left === undefined ? {} : { tries_left: left }) }));
const answerWith = (response, status, value) => {
	const { raw: text, contentType, status: other, ...rest } = value;
	send(response, other ?? status, contentType ?? 'application/json', text ?? JSON.stringify(rest));
};

const codes = new Map(); // transaction -> user code

function begin(request, response, body) {
	const { user_code: code } = JSON.parse(body);
	const answer = begun(`https://${request.headers.host}`);
	const number = Number(code.slice(5));
	if (code === 'UNKNWN22') return problem(response, 404, 'user-code-unknown');
	if (code === 'DRPPED22') return request.socket.destroy();
	if (code === 'REDRCT22') {
		response.writeHead(307, { location: '/card/transactions/other' });
		return response.end();
	}
	if (code === 'FALSE222') answer.issuer = 'https://gateway.example';
	if (code === 'FALSE223') answer.issuer = `${answer.issuer}.example`;
	if (code === 'FALSE224') answer.issuer = `${answer.issuer}/card`;
	if (code === 'FALSE225') answer.issuer = answer.issuer.replace('https:', 'http:');
	if (code === 'LATE2222') answer.expires_in = 1;
	if (code === 'ADDED222') answer.more = { later: true };
	if (code === 'SELF2222') changedShow((s) => {
		s.on_behalf_of = 'self';
		s.inquiry = { kind: 'latest' };
		s.access = { kind: 'once' };
		s.optional_items = [];
		s.began = '2026-11-24T00:30:59Z';
	})(answer);
	if (code.startsWith('SHAPE')) shapes[number](answer);
	codes.set(answer.transaction, code);
	keep('transaction', answer.transaction ?? '');
	keep('challenge', String(answer.challenge));
	keep('show', Buffer.from(String(answer.show), 'base64url'));
	return answerWith(response, 201, answer);
}

function signature(response, transaction, body) {
	const code = codes.get(transaction) ?? '';
	const sent = JSON.parse(body);
	const answer = { return_code: 'K7M2QX', expires_in: 120 };
	keep('digits', sent.digits);
	keep('certificate.der', Buffer.from(sent.certificate, 'base64'));
	keep('signature', Buffer.from(sent.signature, 'base64'));
	keep('members', Object.keys(sent).sort().join(' '));
	if (code.startsWith('REFUSE')) return problem(response, ...refusals[Number(code.slice(6))]);
	if (code.startsWith('SIGNED')) signedOnes[Number(code.slice(6))](answer);
	return answerWith(response, 200, answer);
}

function route(request, response, body) {
	const [, , , transaction, verb] = request.url.split('/');
	appendFileSync(`${dir}/requests`, `${request.method} ${verb ?? 'begin'} ${request.headers['content-type'] ?? '-'} ${body.length}\n`);
	if (request.method !== 'POST' || !request.url.startsWith('/card/transactions')) return problem(response, 404, 'not-found');
	if (verb === 'cancel') {
		response.writeHead(204);
		return response.end();
	}
	return verb === 'signature' ? signature(response, transaction, body) : begin(request, response, body);
}

const serve = (address) => new Promise((resolve) => {
	const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => {
		const parts = [];
		request.on('data', (part) => parts.push(part));
		request.on('end', () => route(request, response, Buffer.concat(parts)));
	});
	server.on('tlsClientError', () => {}); // a client that does not trust us leaves
	server.listen(0, address, () => resolve(server.address().port));
});

writeFileSync(`${dir}/requests`, '');
const port = await serve('127.0.0.1');
const other = await serve('127.0.0.2');
console.log([port, other, shapes.length, signedOnes.length, refusals.length].join(' '));
process.stdin.on('end', () => process.exit(0)).resume();
