// SPDX-License-Identifier: Apache-2.0
// no-my-number.mjs FILE...: looks through files for what may stand nowhere: a My
// Number (12 digits, half or full width, single separators between them, right check
// digit) or a 住民票コード (11 digits not beginning with 0, right check digit). Prints
// file and line, never the number; the exit code says whether there was one.
// numbersIn(text) is the same for other tests. The check digit: 総務省令85号5条; for the
// 住民票コード both readings of a rest of 0 and 1 count as right.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

function rest(digits) {
	let sum = 0;
	for (let n = 1; n <= digits.length; n++)
		sum += Number(digits.at(-n)) * (n <= 6 ? n + 1 : n - 5);
	return sum % 11;
}

export function numbersIn(text) {
	const found = [];
	const half = text.replace(/[０-９]/g, c => String.fromCharCode(c.charCodeAt(0) - 0xfee0));
	for (const m of half.matchAll(/\d(?:[-\s.,_/‐‑–—−－　・]?\d)*/g)) {
		const digits = m[0].replace(/\D/g, '');
		const r = rest(digits.slice(0, -1));
		if (digits.length === 12 && Number(digits.at(-1)) === (r <= 1 ? 0 : 11 - r))
			found.push({ at: m.index, kind: 'a My Number' });
		if (m[0].length === 11 && digits.length === 11 && digits[0] !== '0'
			&& [r <= 1 ? 0 : 11 - r, (11 - r) % 10].includes(Number(digits.at(-1))))
			found.push({ at: m.index, kind: 'a 住民票コード' });
	}
	return found;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
	let faults = 0;
	for (const file of process.argv.slice(2)) {
		const text = readFileSync(file, 'utf8');
		for (const { at, kind } of numbersIn(text)) {
			process.stderr.write(`${file}:${text.slice(0, at).split('\n').length}: ${kind}\n`);
			faults++;
		}
	}
	process.exit(faults > 0 || process.argv.length < 3 ? 1 : 0);
}
