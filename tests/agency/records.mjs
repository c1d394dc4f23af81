// SPDX-License-Identifier: Apache-2.0
// records.mjs FIELDS.tsv: reads answers of provide() from standard input, one JSON
// object {"who","item","records"} a line, and checks every record against the
// catalogue's table of fields: required members, no other member, types, codes,
// lengths, real days; and that no My Number or 住民票コード is in it. Prints each
// fault to standard error; the exit code says whether there was one.
// Called by samples.sh.
import { readFileSync } from 'node:fs';
import { numbersIn } from './no-my-number.mjs';

const tree = new Map();
for (const line of readFileSync(process.argv[2], 'utf8').trimEnd().split('\n').slice(1)) {
	const [number, path, type, required, , , , codes, maxLength] = line.split('\t');
	const steps = path.split('.');
	const isList = path.endsWith('[]');
	const name = steps.at(-1).replace('[]', '');
	if (!tree.has(number))
		tree.set(number, { type: 'object', members: new Map() });
	let node = tree.get(number);
	for (const step of steps.slice(0, -1)) {
		node = node.members.get(step.replace('[]', ''));
		node = node.each ?? node;
	}
	const self = { type, members: new Map(), maxLength: Number(maxLength || 0),
		codes: codes ? codes.split(';').map(c => c.split('=')[0]) : [] };
	if (type === 'array')
		self.type = 'object';
	node.members.set(name, { ...(isList ? { type: 'list', each: self } : self), required: required === 'yes' });
}

let faults = 0;
function fault(where, what) {
	faults++;
	process.stderr.write(`${where}: ${what}\n`);
}

const isDay = s => /^\d{4}-\d\d-\d\d$/.test(s) && new Date(s + 'T00:00:00Z').toISOString().startsWith(s);
const scalar = {
	string: (v, n) => typeof v === 'string' && v !== '' && [...v].length <= n.maxLength,
	code: (v, n) => n.codes.includes(v),
	integer: v => Number.isInteger(v) && Math.abs(v) <= 99999999999,
	number: v => typeof v === 'number',
	boolean: v => typeof v === 'boolean',
	date: v => typeof v === 'string' && isDay(v),
	year_month: v => /^\d{4}-(0[1-9]|1[0-2])$/.test(v),
	fiscal_year: v => Number.isInteger(v) && v >= 1900 && v <= 2100,
};

function check(where, value, node) {
	if (node.type === 'list') {
		if (!Array.isArray(value) || value.length === 0)
			return fault(where, 'not an array with elements');
		return value.forEach((v, i) => check(`${where}[${i}]`, v, node.each));
	}
	if (node.type !== 'object') {
		if (!scalar[node.type](value, node))
			fault(where, `not a ${node.type}: ${JSON.stringify(value)}`);
		return;
	}
	if (value === null || typeof value !== 'object' || Array.isArray(value))
		return fault(where, 'not an object');
	for (const [name, member] of node.members)
		if (member.required && !(name in value))
			fault(where, `lacks ${name}`);
	for (const [name, v] of Object.entries(value))
		if (node.members.has(name))
			check(`${where}.${name}`, v, node.members.get(name));
		else
			fault(where, `undeclared ${name}`);
}

/* A notice has to add up, or nobody can show it to a lender. */
function checkTax(where, r) {
	const { deductions: d, municipalTax: m, prefecturalTax: p } = r;
	const sum = ['medicalExpenses', 'socialInsurance', 'lifeInsurance', 'earthquakeInsurance', 'basic']
		.reduce((s, k) => s + (d[k] ?? 0), { spouse: 330000, elderly_spouse: 380000 }[d.spouseKind] ?? 0);
	if (sum !== d.total)
		fault(where, `deductions are ${sum}, total says ${d.total}`);
	const base = r.taxStatus === 'not_taxed' ? 0 : Math.max(0, Math.floor((r.totalIncomeEtc - d.total) / 1000) * 1000);
	if (base !== r.taxableIncome)
		fault(where, `tax base ${r.taxableIncome}, should be ${base}`);
	const annual = m.incomeLevy + m.perCapitaLevy + p.incomeLevy + p.perCapitaLevy + (r.forestEnvironmentTax ?? 0);
	if (annual !== r.annualTax)
		fault(where, `levies are ${annual}, annual tax says ${r.annualTax}`);
}

let seen = 0;
for (const line of readFileSync(0, 'utf8').split('\n')) {
	if (line === '')
		continue;
	const { who, item, records } = JSON.parse(line);
	check(`${who} ${item}`, records, { type: 'list', each: tree.get(item) });
	if (item === '2')
		records.forEach((r, i) => checkTax(`${who} 2[${i}]`, r));
	for (const n of numbersIn(JSON.stringify(records)))
		fault(`${who} ${item}`, `holds ${n.kind}`);
	seen += records.length;
}
process.stdout.write(`${seen} records\n`);
process.exit(faults > 0 || seen === 0 ? 1 : 0);
