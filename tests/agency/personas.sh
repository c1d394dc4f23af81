# SPDX-License-Identifier: Apache-2.0
# personas.sh: the personas and the tables made from them agree with each other and
# with the samples, each marker can be found in what its persona gets (or, withheld,
# in the agency's tables), and no number that names a person stands in any file.
# Sourced by samples.sh.

s=$root/sandbox
if "$node" - "$s" "$here/samples.tsv" "$work/records" 2>"$work/why" <<'JS'
const { readFileSync } = require('node:fs');
const [dir, expected, answers] = process.argv.slice(2);
const tsv = f => readFileSync(f, 'utf8').trimEnd().split('\n').map(l => l.split('\t'));
const { version, personas } = JSON.parse(readFileSync(`${dir}/personas.json`, 'utf8'));
const fault = what => { process.stderr.write(what + '\n'); process.exitCode = 1; };
const name = new Map();
for (const p of personas)
	for (const x of [p, ...p.children]) {
		if (!/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(x.subject) || name.has(x.subject))
			fault(`${x.name}: subject`);
		if (!/^[a-z0-9-]+$/.test(x.name) || !x.title.ja || !x.title.en)
			fault(`${x.name}: name or title`);
		name.set(x.subject, x.name);
	}
if (version !== '1')
	fault('version');
const same = (what, a, b) => JSON.stringify(a) === JSON.stringify(b) || fault(what);
same('personas.tsv', tsv(`${dir}/personas.tsv`), [['name', 'subject', 'card_state'], ...personas.map(p => [p.name, p.subject, p.card.state])]);
const [head, ...linked] = tsv(`${dir}/linkages.tsv`);
same('head of linkages.tsv', head, ['subject', 'agency', 'person_code', 'from', 'to']);
const asked = new Set(tsv(expected).map(r => r.slice(0, 3).join(' ')));
for (const [subject, agency, code] of linked)
	if (!asked.has(`${name.get(subject)} ${agency} ${code}`))
		fault(`linkage ${agency} ${code} is not asked about in samples.tsv`);
const [rhead, ...acts] = tsv(`${dir}/representations.tsv`);
same('head of representations.tsv', rhead, ['subject', 'child', 'kind', 'from', 'to']);
same('representations.tsv', acts.map(r => r[0] + r[1]).sort(), personas.flatMap(p => p.children.map(c => p.subject + c.subject)).sort());

const all = readFileSync(answers, 'utf8').trimEnd().split('\n').map(l => JSON.parse(l));
for (const p of personas) {
	const family = [p.name, ...p.children.map(c => c.name)];
	const mine = all.filter(a => family.includes(a.who)).map(a => JSON.stringify(a.records)).join('\n');
	const others = all.filter(a => !family.includes(a.who)).map(a => JSON.stringify(a.records)).join('\n');
	for (const m of p.markers) {
		if (others.includes(m))
			fault(`marker ${m} of ${p.name} stands in another's records`);
		if (!mine.includes(m) && !['yuki', 'sakura'].includes(p.name))
			fault(`marker ${m} of ${p.name} is nowhere`);
	}
}
JS
then ok; else bad "personas: $(cat "$work/why")"; fi

find "$root/schemas/agency" "$root/sandbox" "$here" -type f >"$work/files"
if xargs "$node" "$here/no-my-number.mjs" <"$work/files" 2>"$work/why"; then ok; else bad "numbers: $(cat "$work/why")"; fi
# The search itself can see: a number made here, never written down.
"$node" -e 'const d=[..."98765432101"].map(Number);let s=0;for(let n=1;n<=11;n++)s+=d[11-n]*(n<=6?n+1:n-5);
const t=d.join("")+(s%11<=1?0:11-s%11);process.stdout.write(`memo: ${t.slice(0,4)}-${t.slice(4,8)}-${t.slice(8)}\n`)' >"$work/planted"
if "$node" "$here/no-my-number.mjs" "$work/planted" 2>/dev/null; then bad "a planted My Number was not found"; else ok; fi
