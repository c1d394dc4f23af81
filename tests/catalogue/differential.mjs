// differential: random records of every item, right and spoiled, judged by the
// gateway's screen and by ajv on the published schemas. The two have to agree
// on what is left after undeclared members were cut by a third, plain way.
//   node tests/catalogue/differential.mjs PATH/TO/screen-lines [rounds] [seed]
// Prints "N passed, N failed"; exit 1 when one failed. Run from the project's
// folder. The integers written here have neither fraction nor exponent: there
// the screen is stricter than the schema on purpose.
// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { createRequire } from "node:module";

// ajv is looked up from AJV_FROM (a folder with node_modules) or from here.
const require = createRequire(process.env.AJV_FROM
  ? `${process.env.AJV_FROM}/package.json` : import.meta.url);
const Ajv = require("ajv/dist/2020").default;
const addFormats = require("ajv-formats").default;

const [driver, rounds = "40", seedText = "1"] = process.argv.slice(2);
let seed = BigInt(seedText) * 0x9E3779B97F4A7C15n & 0xFFFFFFFFFFFFFFFFn || 1n;
function below(n) { // xorshift64*
  seed ^= seed >> 12n;
  seed = (seed ^ seed << 25n) & 0xFFFFFFFFFFFFFFFFn;
  seed ^= seed >> 27n;
  return Number((seed * 2685821657736338717n & 0xFFFFFFFFFFFFFFFFn) >> 33n) % n;
}
const pick = (list) => list[below(list.length)];
const chance = (percent) => below(100) < percent;

const ajv = new Ajv({ strict: true, allErrors: false });
addFormats(ajv);
ajv.addVocabulary(["x-titleEn", "x-unit", "x-labels", "x-special"]);
const schemas = new Map();
for (const file of readdirSync("schemas/items")) {
  const schema = JSON.parse(readFileSync(`schemas/items/${file}`, "utf8"));
  schemas.set(schema.$id.split("/")[3], schema);
}
const validator = new Map([...schemas].map(([n, s]) => [n, ajv.compile(s)]));

const two = (n) => String(n).padStart(2, "0");
const letters = [..."abcあ青漢𠮷😀 \"\\/\n\tｱー・0９"];
const word = (max) => Array.from({ length: below(max + 1) }, () => pick(letters)).join("");

function make(schema) {
  if (schema.enum) return pick(schema.enum);
  if (schema.type === "string") {
    if (schema.format === "date") return `${1900 + below(200)}-${two(1 + below(12))}-${two(1 + below(28))}`;
    if (schema.pattern) return `${1900 + below(200)}-${two(1 + below(12))}`;
    return word(chance(10) ? schema.maxLength : Math.min(schema.maxLength, 8));
  }
  if (schema.type === "integer") {
    const { minimum: low, maximum: high } = schema;
    return chance(10) ? pick([low, high]) : low < 0 ? below(2000000) - 1000000 : low + below(high - low + 1);
  }
  if (schema.type === "number") return pick([0, -0.5, 12.25, 99999999999, -99999999999, 1e-7, 36.6]);
  if (schema.type === "boolean") return chance(50);
  if (schema.type === "array") return Array.from({ length: below(4) }, () => make(schema.items));
  const object = {};
  for (const [name, member] of Object.entries(schema.properties))
    if (schema.required?.includes(name) || chance(40)) object[name] = make(member);
  return object;
}

// All places of a record: [holder, key, schema of the value].
function places(value, schema, holder, key, into) {
  into.push([holder, key, schema]);
  if (schema.type === "array" && Array.isArray(value))
    value.forEach((v, i) => places(v, schema.items, value, i, into));
  if (schema.type === "object" && value && typeof value === "object")
    for (const name of Object.keys(value))
      if (schema.properties[name]) places(value[name], schema.properties[name], value, name, into);
  return into;
}

// A member somewhere among the others; a name that is there keeps its value.
function slip(object, name, value) {
  if (Object.hasOwn(object, name)) return;
  const list = Object.entries(object);
  list.splice(below(list.length + 1), 0, [name, value]);
  for (const key of Object.keys(object)) delete object[key];
  Object.assign(object, Object.fromEntries(list));
}

const strange = [null, true, false, 0, -1, 1.5, "", "x", [], {}, [null], [{}], { a: 1 }, "2024-02-30",
  "2023-02-29", "2024-02-29", "2000-02-29", "1900-02-29", "2024-13", "2024-00", "0000-01-01", "0000-02-29",
  "2024-1-1", "2024-01", "2024-01-01", "2024-01-01\n", "2024-01\n", 99999999999.5, 100000000000, -100000000001,
  999, 1000, 9999, 10000, 1e-300, -0.1, "0", "1", "householder"];
function spoil(record, schema) {
  const box = [record];
  const list = places(record, schema, box, 0, []);
  const [holder, key, at] = pick(list);
  const here = holder[key];
  switch (below(6)) {
    case 0: holder[key] = pick(strange); break;
    case 1: if (Array.isArray(holder)) holder.push(pick(strange)); else delete holder[key]; break;
    case 2: if (at.maxLength) holder[key] = pick(letters).repeat(at.maxLength + below(3) - 1); else holder[key] = pick(strange); break;
    case 3: if (here && typeof here === "object" && !Array.isArray(here)) slip(here, pick(["x", "Name", "", "\u0001n", "__proto"]), make(schema)); break;
    case 4: if (typeof here === "string") holder[key] = here + pick(letters); break;
    default: if (typeof here === "number") holder[key] = here * pick([-1, 10, 1000]); else holder[key] = pick(strange);
  }
  return box[0];
}

// The rule of the cut, written a second time over parsed values.
function cut(value, schema) {
  let n = 0;
  if (schema.type === "array" && Array.isArray(value)) for (const v of value) n += cut(v, schema.items);
  if (schema.type === "object" && value && typeof value === "object" && !Array.isArray(value))
    for (const name of Object.keys(value)) {
      if (Object.hasOwn(schema.properties, name)) n += cut(value[name], schema.properties[name]);
      else { delete value[name]; n++; }
    }
  return n;
}

// Texts a parser reads alike: other order, blanks, escapes.
function write(value) {
  const style = below(4);
  const blank = () => (style === 1 ? pick(["", " ", "\t", "\r"]) : "");
  const text = (s) => (style === 2 ? `"${[...s].map((c) => (chance(30)
    ? [...Array(c.length).keys()].map((i) => "\\u" + c.charCodeAt(i).toString(16).padStart(4, "0")).join("")
    : JSON.stringify(c).slice(1, -1))).join("")}"` : JSON.stringify(s));
  const go = (v) => {
    if (typeof v === "string") return text(v);
    if (Array.isArray(v)) return `[${blank()}${v.map(go).join(blank() + "," + blank())}${blank()}]`;
    if (v && typeof v === "object") {
      const list = Object.entries(v);
      if (style === 3) list.reverse();
      return `{${blank()}${list.map(([k, x]) => text(k) + blank() + ":" + blank() + go(x)).join(blank() + "," + blank())}${blank()}}`;
    }
    return Object.is(v, -0) ? "-0" : JSON.stringify(v);
  };
  return go(value);
}

// A number the screen may hold against a person: those cases are left out.
function mayBeGuarded(text) {
  return /(\d|[０-９]|\\uff1|\\u003)([^0-9０-９]{0,6}(\d|[０-９])){10,}/i.test(text);
}

const cases = [];
for (const [number, schema] of schemas)
  for (let i = 0; i < Number(rounds); i++) {
    const records = Array.from({ length: below(3) + (i > 0) }, () => make(schema));
    for (let k = below(4); k > 0 && records.length; k--) {
      const at = below(records.length);
      records[at] = spoil(records[at], schema);
    }
    cases.push({ number, text: write(records), records });
  }
const input = cases.map((c) => `${c.number}\t${c.text}\n`).join("");
const lines = execFileSync(driver, ["schemas"], { input, maxBuffer: 1 << 30, encoding: "utf8" }).split("\n");

let passed = 0, failed = 0, right = 0, wrong = 0, guarded = 0;
cases.forEach((c, i) => {
  const [verdict, reason, path, count, ...rest] = lines[i].split("\t");
  if (verdict === "withheld" && mayBeGuarded(c.text)) { guarded++; return; }
  const schema = schemas.get(c.number);
  const value = JSON.parse(c.text);
  let n = 0;
  for (const r of value) n += cut(r, schema);
  const valid = value.every((r) => validator.get(c.number)(r));
  const agrees = valid
    ? verdict === "ok" && Number(count) === n && isDeepStrictEqual(JSON.parse(rest.join("\t")), value)
    : verdict === "agency_error" && reason !== "malformed" && reason !== "duplicate_member";
  if (agrees) { passed++; valid ? right++ : wrong++; return; }
  failed++;
  if (failed <= 10)
    console.error(`item ${c.number}: ajv says ${valid}, the screen ${verdict} ${reason} ${path} cut ${count}/${n}\n  ${c.text.slice(0, 600)}`);
});
console.log(`${right} right and ${wrong} wrong arrays of ${schemas.size} items, ${guarded} guarded by chance`);
if (right < cases.length / 10 || wrong < cases.length / 10) { failed++; console.error("too few of one kind"); }
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
