// SPDX-License-Identifier: BSL-1.0
// Compares signhook's JSON Schemas with its decoder, by Ajv.
//   verdicts_events [--every N] | node compare.mjs SIGNHOOK CODES SAMPLES [openapi|asyncapi]
// SIGNHOOK is the program; CODES the output of `verdicts_events --codes`; SAMPLES the folder tests/samples. With the
// last argument the schemas are those in such a document.
import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';

import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const [program, codesFile, samplesFolder, kind] = process.argv.slice(2);
const signhook = (...args) => execFileSync(program, args, {encoding: 'utf8'});
const codes = readFileSync(codesFile, 'utf8').trim().split('\n');

Error.stackTraceLimit = 0; // most bodies are rejected by an exception

let failures = 0;
const fail = (...what) => {
  if (++failures <= 20) console.error(...what);
};

const newAjv = () => {
  const ajv = new Ajv2020({strict: true, allErrors: false});
  addFormats(ajv);
  ajv.addKeyword('components');
  return ajv;
};

// The schema of all events or of a type, and the documented bodies that stand beside it.
const find = {
  undefined: (type, form) => {
    const schema = JSON.parse(signhook('schema', ...(type ? [type] : []), ...form));
    return {schema, examples: (type ? [schema] : schema.oneOf).flatMap(part => part.examples ?? [])};
  },
  openapi: (type, form) => {
    const {webhooks, components} = JSON.parse(signhook('schema', '--openapi', ...form));
    if (!type) return {schema: {$ref: '#/components/schemas/event', components}, examples: []};
    const {schema, examples} = webhooks[type].post.requestBody.content['application/json'];
    return {schema: {...schema, components}, examples: Object.values(examples).map(({value}) => value)};
  },
  asyncapi: (type, form) => {
    const {components} = JSON.parse(signhook('schema', '--asyncapi', ...form));
    if (!type) return {schema: {$ref: '#/components/schemas/event', components}, examples: []};
    const {payload, examples} = Object.values(components.messages).find(({name}) => name === type);
    return {schema: {...payload, components}, examples: examples.map(one => one.payload)};
  },
}[kind];

// Each schema is one, compiles without a complaint, accepts its examples and the documented bodies of
// its type, and rejects the others.
const samples = signhook('sample', '--all').trim().split('\n').map(line => JSON.parse(line));
let examples = 0;
const read = (type, strict) => {
  const args = [kind, type, strict];
  const found = find(type, strict ? ['--strict'] : []);
  const ajv = newAjv();
  if (!ajv.validateSchema(found.schema)) fail(args, ajv.errorsText());
  const validate = ajv.compile(found.schema);
  for (const example of found.examples) {
    ++examples;
    if (!validate(example)) fail(args, 'rejects its example', validate.errors);
  }
  for (const sample of samples) {
    if (validate(sample) !== (!type || sample.type === type)) fail(args, 'is wrong about', sample.type);
  }
  return validate;
};
const tolerant = read('', false);
const strict = read('', true);
for (const {type} of samples) {
  read(type, false);
  read(type, true);
}
// Each sample is the example of the schema of its type, tolerant and strict; where that is a document of its own, of
// that of all events too.
const types = readdirSync(samplesFolder).length;
if (samples.length !== types || examples !== (kind ? 2 : 4) * types) fail(`${types} types, ${samples.length} samples, ${examples} examples`);

// Rules that no JSON Schema can express. Where one of these applies the library rejects what Ajv accepts.
const beyond = {
  'a member occurs again': ({repeats}) => repeats,
  'half a surrogate pair, which JSON.parse lets pass': ({code, text}) =>
    code === 'invalid_json' && /\\u[dD][89a-fA-F]/.test(text),
  'a second of 60 that is not the last of a month in UTC': ({code, text}) =>
    code === 'invalid_timestamp' && /:60/.test(text),
  'longer in bytes than in characters': ({code, text}) =>
    code === 'text_too_long' && /[^\x00-\x7f]|\\u/.test(text),
};
const excused = Object.fromEntries(Object.keys(beyond).map(why => [why, 0]));

const utf8 = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});
const counts = {bodies: 0, accepted: 0, strictly: 0};

const compare = (form, verdict, repeats, bytes, text, accepted) => {
  if ((verdict === 0) === accepted) return;
  const code = codes[verdict - 1];
  if (accepted) {
    for (const [why, applies] of Object.entries(beyond)) {
      if (applies({code, text, repeats})) {
        ++excused[why];
        return;
      }
    }
  }
  fail(`${form}: the library reports ${code ?? 'an event'}, Ajv ${accepted ? 'accepts' : 'rejects'}:`, bytes.toString('latin1'));
};

const compareRecord = (record) => {
  const bytes = record.subarray(7);
  let text;
  let value;
  try {
    text = utf8.decode(bytes);
    value = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof TypeError)) throw error;
    value = undefined;
  }
  ++counts.bodies;
  const accepted = value !== undefined && tolerant(value);
  const strictly = value !== undefined && strict(value);
  counts.accepted += accepted ? 1 : 0;
  counts.strictly += strictly ? 1 : 0;
  compare('tolerant', record[0], record[2] === 1, bytes, text, accepted);
  compare('strict', record[1], record[2] === 1, bytes, text, strictly);
};

let rest = Buffer.alloc(0);
for await (const chunk of process.stdin) {
  const data = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
  let at = 0;
  while (at + 7 <= data.length) {
    const end = at + 7 + data.readUInt32LE(at + 3);
    if (end > data.length) break;
    compareRecord(data.subarray(at, end));
    at = end;
  }
  rest = data.subarray(at);
}
if (rest.length !== 0 || counts.bodies === 0) fail('the corpus is cut');

for (const [why, count] of Object.entries(excused)) console.log(`${count} beyond JSON Schema: ${why}`);
console.log(`Ajv${kind ? ` and ${kind}` : ''}: ${counts.bodies} bodies, ${counts.accepted} accepted, ${counts.strictly} strictly, ` +
  `${failures} disagreements`);
process.exitCode = failures === 0 ? 0 : 1;
