// SPDX-License-Identifier: Apache-2.0
// stub-records.mjs: what stub.mjs puts into the column records, as bytes: a correct
// record of an item (mode ok and all that spoil only the protocol), or one spoiled in
// the way a mode names. Only items 1, 2, 3-2 and 3-4 have records; any other item gets
// the one of 3-4.

const correct = {
	1: { isHouseholder: true, householderName: '見本　太郎', relationship: '世帯主', relationshipCode: 'householder', name: '見本　太郎' },
	2: { fiscalYear: 2026, taxStatus: 'not_taxed', totalIncomeEtc: 0, aggregateIncome: 0, income: {}, deductions: { total: 430000 },
		taxableIncome: 0, municipalTax: { incomeLevy: 0, perCapitaLevy: 0 }, prefecturalTax: { incomeLevy: 0, perCapitaLevy: 0 } },
	'3-2': { insurerNumber: '06480123', insurerName: '見本健康保険組合', insuranceKind: 'society', personKind: 'insured',
		qualifiedOn: '2020-04-01' },
	'3-4': { vaccineKind: 'bcg', diseaseClass: 'category_a', programme: 'routine', doseNumber: 1, vaccinatedOn: '2025-08-08' },
};

export function records(item, mode, bytes) {
	const record = correct[item] ?? correct['3-4'];
	const text = JSON.stringify(record);
	const inner = text.slice(1, -1);
	const [name, value] = Object.entries(record)[0];
	const utf8 = s => Buffer.from(s, 'utf8');
	switch (mode) {
	case 'invalid-utf8':       /* an overlong slash and half a surrogate */
		return Buffer.concat([utf8('[{"memo":"'), Buffer.from([0xc0, 0xaf, 0xed, 0xa0, 0x80]), utf8(`",${inner}}]`)]);
	case 'invalid-json':
		return utf8(`[{${inner},}]`);
	case 'trailing-bytes':
		return utf8(`[${text}] []`);
	case 'duplicate-members':
		return utf8(`[{${inner},${JSON.stringify(name)}:${JSON.stringify(value)}}]`);
	case 'duplicate-nested':
		return utf8(`[{${inner},"memo":{"a":1,"a":2}}]`);
	case 'duplicate-escaped':
		return utf8(`[{${inner},"\\u00${name.charCodeAt(0).toString(16)}${name.slice(1)}":${JSON.stringify(value)}}]`);
	case 'lone-surrogate':
		return utf8(`[{${inner},"memo":"\\ud800"}]`);
	case 'nul-escape':
		return utf8(`[{${inner},"memo":"\\u0000"}]`);
	case 'infinite':
		return utf8(`[{${inner},"memo":1e999}]`);
	case 'not-a-number':
		return utf8(`[{${inner},"memo":NaN}]`);
	case 'deep':
		return utf8(`[{${inner},"memo":${'['.repeat(100000)}${']'.repeat(100000)}}]`);
	case 'huge':
		return Buffer.concat([utf8(`[{${inner},"memo":"`), Buffer.alloc(bytes, 'x'), utf8('"}]')]);
	case 'empty-value':
		return Buffer.alloc(0);
	default:
		return utf8(`[${text}]`);
	}
}
