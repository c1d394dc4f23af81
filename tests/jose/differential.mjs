// differential: asks our verifier (tests/jose/driver.c) and the npm package
// `jose` about the same 12,000 tokens, most of them wrong, and fails when we
// accept one that jose refuses (oauth-L4), or when both do not accept a correct
// one. What jose accepts and we refuse is counted by our reason.
// Use: node tests/jose/differential.mjs DRIVER [SEED] [TOKENS]; with
// SHOW="dpop malformed" in the environment the cases of that count are printed.
// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import crypto from 'node:crypto';
import path from 'node:path';
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';

// the project's package, or the one in the directory node was started in
const { compactVerify, jwtVerify, importJWK, EmbeddedJWK } = await import(
	pathToFileURL(createRequire(path.join(process.cwd(), 'package.json')).resolve('jose')));

const [driver, seedText = '1', countText = '12000'] = process.argv.slice(2);
if (!driver) {
	console.error('use: differential.mjs DRIVER [SEED] [TOKENS]');
	process.exit(2);
}
const TOKENS = Number(countText);
const NOW = 1790000000;

// xorshift: the same seed gives the same mutations (not the same keys)
let state = (Number(seedText) * 2654435761) >>> 0 || 1;
function below(n) {
	state ^= state << 13; state >>>= 0;
	state ^= state >>> 17;
	state ^= state << 5; state >>>= 0;
	return state % n;
}
const pick = list => list[below(list.length)];
const b64 = bytes => Buffer.from(bytes).toString('base64url');

function makeKey(type, options, alg) {
	const pair = crypto.generateKeyPairSync(type, options);
	return { alg, jwk: pair.publicKey.export({ format: 'jwk' }), secret: pair.privateKey,
		full: pair.privateKey.export({ format: 'jwk' }) };
}
const keys = [
	makeKey('ec', { namedCurve: 'P-256' }, 'ES256'),
	makeKey('ec', { namedCurve: 'P-256' }, 'ES256'),
	makeKey('rsa', { modulusLength: 2048 }, 'PS256'),
	makeKey('rsa', { modulusLength: 3072 }, 'PS256'),
];
const oddKeys = [
	makeKey('ec', { namedCurve: 'P-384' }, 'ES384'),
	makeKey('ec', { namedCurve: 'secp256k1' }, 'ES256K'),
	makeKey('rsa', { modulusLength: 1024 }, 'PS256'),
	makeKey('ed25519', {}, 'EdDSA'),
];

function sign(key, input, alg = key.alg) {
	const data = Buffer.from(input);
	if (key.alg === 'EdDSA')
		return crypto.sign(null, data, key.secret);
	if (key.alg === 'PS256' && alg === 'RS256')
		return crypto.sign('sha256', data, key.secret);
	if (key.alg === 'PS256')
		return crypto.sign('sha256', data, { key: key.secret,
			padding: crypto.constants.RSA_PKCS1_PSS_PADDING,
			saltLength: pick([32, 32, 32, 32, 32, 0, 20, crypto.constants.RSA_PSS_SALTLEN_MAX_SIGN]) });
	const hash = alg === 'ES384' ? 'sha384' : 'sha256';
	return crypto.sign(hash, data, { key: key.secret, dsaEncoding: below(30) ? 'ieee-p1363' : 'der' });
}
function token(key, header, payload) {
	const input = b64(header) + '.' + b64(payload);
	return input + '.' + b64(sign(key, input));
}

// --- mutations of the text of an object, signed anew afterwards
const values = ['null', 'true', '0', '-1', '1.5', '1e3', '1e999', '9007199254740993', '""', '"x"', '[]',
	'{}', '["verify"]', '[["a"]]', '"dpop+jwt"', '"DPOP+JWT"', '"application/dpop+jwt"', '"JWT"', '"none"',
	'"ES256"', '"PS256"', '"RS256"', '"HS256"', '"ES384"', '"es256"', '"sig"', '"enc"', '"AQAB"', '"Aw"',
	'"P-256"', '"P-384"', '"EC"', '"RSA"', '"oct"', '"\\u0000"', '"\\ud800"', '"POST"', '"PUT"',
	'"https://gateway.example/token"', '"https://gateway.example:443/token?a"',
	'"https://gateway.example.evil/token"', '"https://gateway.example/par"',
	...[-3600, -61, -60, -10, 0, 10, 30, 31, 300, 3600].map(d => String(NOW + d))];
const names = ['typ', 'alg', 'jwk', 'kid', 'crit', 'b64', 'cty', 'zip', 'jku', 'x5c', 'kty', 'crv', 'x', 'y', 'd',
	'n', 'e', 'k', 'p', 'q', 'oth', 'use', 'key_ops', 'ext', 'jti', 'htm', 'htu', 'iat', 'nbf', 'exp', 'ath',
	'iss', 'sub', 'aud', 'nonce', '__proto__', 'constructor', '\\u0061lg'];

function member() {
	return `"${pick(names)}":${pick(values)}`;
}
function mutateObject(text) {
	const o = JSON.parse(text), present = Object.keys(o), name = pick(present);
	switch (below(9)) {
	case 0: delete o[name]; return JSON.stringify(o);
	case 1: o[name] = Symbol; return `{${present.map(k =>
		JSON.stringify(k) + ':' + (k === name ? pick(values) : JSON.stringify(o[k]))).join()}}`;
	case 2: return text.slice(0, -1) + ',' + member() + '}';
	case 3: return '{' + member() + ',' + text.slice(1);
	case 4: return text.slice(0, -1) + `,"${name}":${JSON.stringify(o[name])}}`;
	case 5: return pick([' ' + text, text + '\n', text + 'x', text + '\0', '\ufeff' + text, `[${text}]`, '',
		text.replace(':', ' : '), text.replace(',', ',,'), text.slice(0, -1), text + text,
		text.slice(0, -1) + ',"deep":' + '['.repeat(20) + ']'.repeat(20) + '}',
		text.slice(0, -1) + ',"big":"' + 'x'.repeat(13000) + '"}', text.replaceAll('"', "'")]);
	case 6: {
		const at = below(text.length);
		return text.slice(0, at) + String.fromCharCode(below(128)) + text.slice(at + below(2));
	}
	case 7:
		if (typeof o[name] === 'object' && Object.keys(o[name]).length > 0) {
			const inner = mutateObject(JSON.stringify(o[name]));
			return text.replace(JSON.stringify(o[name]), () => inner);
		}
		return text;
	default: return text;
	}
}
function mutateJwk(key) {
	const jwk = { ...key.jwk };
	switch (below(12)) {
	case 0: return key.full;
	case 1: return pick(oddKeys).jwk;
	case 2: jwk.x = pick(keys).jwk.x; return jwk;
	case 3: if (jwk.y) jwk.y = b64(Buffer.concat([Buffer.from([0]), Buffer.from(jwk.y, 'base64url')])); return jwk;
	case 4: if (jwk.x) jwk.x = b64(Buffer.from(jwk.x, 'base64url').subarray(1)); return jwk;
	case 5: if (jwk.n) jwk.n = b64(Buffer.concat([Buffer.from([0]), Buffer.from(jwk.n, 'base64url')])); return jwk;
	case 6: jwk[pick(['use', 'alg', 'key_ops', 'ext', 'kid', 'd', 'k'])] = JSON.parse(pick(
		['"sig"', '"enc"', '"ES256"', '"PS256"', '"RS256"', '["verify"]', '["sign"]', '["verify","sign"]',
			'["verify","verify"]', 'true', 'false', 'null', '1', '"1"', '[]'])); return jwk;
	case 7: { const k = pick(['x', 'y', 'n', 'e', 'kty', 'crv']);
		if (jwk[k]) jwk[k] += pick(['=', '==', 'A', '\n', ' ', 'AAAA', '\u0000']); return jwk; }
	case 8: if (jwk.e) jwk.e = pick(['Aw', 'AQAA', 'AAEAAQ', 'AQ', '', 'AQAB']); return jwk;
	default: return jwk;
	}
}

// --- mutations of the finished token
function mutateBytes(t) {
	const bytes = Buffer.from(t), at = below(bytes.length), part = t.split('.');
	switch (below(10)) {
	case 0: bytes[at] ^= 1 << below(8); return bytes;
	case 1: return Buffer.concat([bytes.subarray(0, at), Buffer.from([below(256)]), bytes.subarray(at)]);
	case 2: return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
	case 3: return Buffer.from(t + pick(['=', '==', '.', 'A', '\n', ' ', 'AAAA', '\0', '.AAAA']));
	case 4: return bytes.subarray(0, at);
	case 5: return Buffer.from([part[1], part[0], part[2]].join('.'));
	case 6: return Buffer.from(part.slice(0, 2).join('.') + pick(['', '.', '..']));
	case 7: { // spare bits: the last character of a part
		const i = below(3), c = part[i].slice(0, -1) +
			'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'[below(64)];
		part[i] = c;
		return Buffer.from(part.join('.'));
	}
	case 8: return Buffer.from(t.replaceAll('-', '+').replaceAll('_', '/'));
	default: part[below(3)] += pick(['=', ' ', '\t', '\r\n', '%', 'é']); return Buffer.from(part.join('.'));
	}
}

function dpopTexts(key) {
	const jwk = below(3) ? key.jwk : mutateJwk(key);
	let header = JSON.stringify({ typ: 'dpop+jwt', alg: key.alg, jwk });
	let payload = JSON.stringify({ jti: 'j' + below(1e9), htm: 'POST', htu: 'https://gateway.example/token', iat: NOW });
	return [header, payload];
}
function jwsTexts(key) {
	return [JSON.stringify({ alg: key.alg, typ: 'JWT', kid: 'k' }),
		JSON.stringify({ iss: 'a', sub: 'a', aud: 'https://gateway.example', jti: '1', exp: NOW + 60, o: { p: [1, 2] } })];
}

function makeCase(i) {
	if (i % 8 === 7) {
		let jwk = JSON.stringify(mutateJwk(pick(keys)));
		if (below(2))
			jwk = mutateObject(jwk);
		return { kind: 'jwk', bytes: Buffer.from(jwk) };
	}
	const kind = pick(['jws', 'dpop']), key = below(keys.length);
	let [header, payload] = (kind === 'dpop' ? dpopTexts : jwsTexts)(keys[key]);
	const way = below(5);
	if (way === 1 || way === 3)
		header = mutateObject(header);
	if (way === 2 || way === 3)
		payload = mutateObject(payload);
	const signer = below(20) ? keys[key] : pick([...keys, ...oddKeys]);
	const text = token(signer, header, payload);
	return { kind, key, bytes: way === 4 || below(10) === 0 ? mutateBytes(text) : Buffer.from(text) };
}

// --- the oracle
const imported = await Promise.all(keys.map(k => importJWK(k.jwk, k.alg)));
const isObject = o => typeof o === 'object' && o !== null && !Array.isArray(o);

async function joseJws(c) {
	const { payload } = await compactVerify(new Uint8Array(c.bytes), imported[c.key], { algorithms: [keys[c.key].alg] });
	if (!isObject(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))))
		throw new Error('payload');
}
async function joseDpop(c) {
	const { payload: p } = await jwtVerify(new Uint8Array(c.bytes), EmbeddedJWK, { typ: 'dpop+jwt',
		algorithms: ['ES256', 'PS256'], currentDate: new Date(NOW * 1000), clockTolerance: 30 });
	const url = new URL(p.htu);
	if (p.htm !== 'POST' || url.origin + url.pathname !== 'https://gateway.example/token' || url.username)
		throw new Error('address');
	if (typeof p.jti !== 'string' || !p.jti || !(p.iat >= NOW - 60 && p.iat <= NOW + 30))
		throw new Error('claims');
}
async function joseJwk(c) {
	const jwk = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(c.bytes));
	const key = await importJWK(jwk, jwk.kty === 'RSA' ? 'PS256' : 'ES256');
	if (key.type !== 'public' || (jwk.alg !== undefined && jwk.alg !== key.algorithm.name &&
		!['ES256', 'PS256'].includes(jwk.alg)))
		throw new Error('not public');
}
async function joseAccepts(c) {
	try {
		await { jws: joseJws, dpop: joseDpop, jwk: joseJwk }[c.kind](c);
		return null;
	} catch (error) {
		return String(error.code ?? error.name) + ' ' + error.message;
	}
}

// --- ask both
const ours = spawn(driver, { stdio: ['pipe', 'pipe', 'inherit'] });
const lines = readline.createInterface({ input: ours.stdout })[Symbol.asyncIterator]();
async function ask(line) {
	ours.stdin.write(line + '\n');
	const { value, done } = await lines.next();
	if (done)
		throw new Error('the driver ended at: ' + line.slice(0, 200));
	return value;
}
const line = c => c.kind === 'jws' ? `jws ${c.key} ${b64(c.bytes)}` : `${c.kind} ${b64(c.bytes)}`;

let failures = 0;
function fail(text, c) {
	failures++;
	console.error(text + '\n  ' + c.kind + ' ' + JSON.stringify(c.bytes.toString('latin1').slice(0, 900)));
	if (c.kind !== 'jwk')
		console.error('  ' + c.bytes.toString().split('.').slice(0, 2)
			.map(p => Buffer.from(p, 'base64url').toString().slice(0, 500)).join('\n  '));
}

await ask('now ' + NOW);
for (const k of keys)
	if (await ask('key ' + JSON.stringify(k.jwk)) !== 'ok')
		throw new Error('a correct key was refused');
for (let i = 0; i < keys.length; i++) {
	for (const [kind, texts] of [['jws', jwsTexts], ['dpop', () => [
		JSON.stringify({ typ: 'dpop+jwt', alg: keys[i].alg, jwk: keys[i].jwk }), dpopTexts(keys[i])[1]]]]) {
		let c, word, why, tries = 0;
		do { // sign() now and then writes DER or another salt on purpose
			c = { kind, key: i, bytes: Buffer.from(token(keys[i], ...texts(keys[i]))) };
			why = await joseAccepts(c);
			word = await ask(line(c));
		} while ((why || word !== 'ok') && ++tries < 5);
		if (why || word !== 'ok')
			fail(`a correct token was refused: jose ${why}, we ${word}`, c);
	}
}

const both = { accept: 0, refuse: 0 }, stricter = {};
for (let i = 0; i < TOKENS; i++) {
	const c = makeCase(i), why = await joseAccepts(c), word = await ask(line(c));
	if (why === null && word === 'ok')
		both.accept++;
	else if (why !== null && word !== 'ok')
		both.refuse++;
	else if (word === 'ok')
		fail('we accept, jose refuses: ' + why, c);
	else
		stricter[`${c.kind} ${word}`] = (stricter[`${c.kind} ${word}`] ?? 0) + 1;
	if (process.env.SHOW && why === null && word !== 'ok' && `${c.kind} ${word}` === process.env.SHOW)
		console.log(c.bytes.toString().split('.').map(p => c.kind === 'jwk' ? p : Buffer.from(p, 'base64url').toString().slice(0, 300)).slice(0, 2).join('\n'));
}
ours.stdin.end();
const code = await new Promise(resolve => ours.on('close', resolve));
console.log(`${TOKENS} tokens, seed ${seedText}: both accept ${both.accept}, both refuse ${both.refuse}, we alone refuse`,
	stricter);
if (both.accept < TOKENS / 50)
	fail('too few tokens are accepted for the comparison to mean something', { kind: 'jwk', bytes: Buffer.alloc(0) });
if (code !== 0)
	console.error('the driver ended with ' + code);
process.exit(failures > 0 || code !== 0 ? 1 : 0);
