// SPDX-License-Identifier: BSL-1.0
// Reads lines of verdicts_subscriptions and holds its schemas against the library's word, by Ajv.
//   verdicts_subscriptions | node compare_subscriptions.mjs SIGNHOOK [openapi]
// With `openapi` the schemas are those in that document.
import {execFileSync} from 'node:child_process';
import {createInterface} from 'node:readline';

import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const [program, kind] = process.argv.slice(2);

Error.stackTraceLimit = 0; // many texts are rejected by an exception

let failures = 0;
const fail = (...what) => {
  if (++failures <= 20) console.error(...what);
};

const compile = (name, ...form) => {
  const ajv = new Ajv2020({strict: true, allErrors: false});
  addFormats(ajv);
  ajv.addKeyword('components');
  const printed = JSON.parse(execFileSync(program, ['schema', kind ? `--${kind}` : name, ...form], {encoding: 'utf8'}));
  const schema = kind ? {$ref: `#/components/schemas/${name}`, components: printed.components} : printed;
  if (!ajv.validateSchema(schema)) fail(name, form, ajv.errorsText());
  return ajv.compile(schema);
};
const schemas = {};
for (const name of ['subscription', 'subscription_request', 'api_error']) {
  schemas[name] = {tolerant: compile(name), strict: compile(name, '--strict'), texts: 0, accepted: 0};
}

// Rules that the schemas do not express. Where one of these applies the library rejects what Ajv accepts.
const beyond = {
  'a member occurs again': ({repeats}) => repeats,
  'half a surrogate pair, which JSON.parse lets pass': ({code, text}) =>
    code === 'invalid_json' && /\\ud[89a-f]/.test(text),
  'a second of 60 that is not the last of a month in UTC': ({code, text}) =>
    code === 'invalid_timestamp' && /:60/.test(text),
  'a number whose value is an integer': ({code, text}) =>
    code === 'wrong_type' && /"status":(404\.0|4\.04e2)/.test(text),
  'an IPv6 address beyond its characters': ({code, text}) =>
    code === 'invalid_url_host' && /:\/\/\[[0-9a-f:.]+\]/i.test(text),
  'a header again, in another case': ({code}) => code === 'repeated_header_name',
  'longer in bytes than in characters': ({code}) => code === 'event_type_too_long',
};
const excused = Object.fromEntries(Object.keys(beyond).map(why => [why, 0]));

const compare = (form, schema, validate, code, repeats, text) => {
  let accepted = false;
  try {
    accepted = validate(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  if ((code === '') === accepted) return accepted;
  const why = accepted && Object.keys(beyond).find(one => beyond[one]({code, repeats, text}));
  if (why) ++excused[why];
  else fail(`${schema}, ${form}: the library says ${code || 'good'}, Ajv ${accepted ? 'accepts' : 'rejects'}:`, text);
  return accepted;
};

for await (const line of createInterface({input: process.stdin})) {
  const [name, tolerant, strict, repeats, text] = JSON.parse(line);
  const schema = schemas[name];
  ++schema.texts;
  if (compare('tolerant', name, schema.tolerant, tolerant, repeats, text)) ++schema.accepted;
  compare('strict', name, schema.strict, strict, repeats, text);
}

for (const [why, count] of Object.entries(excused)) console.log(`${count} beyond the schemas: ${why}`);
for (const [name, {texts, accepted}] of Object.entries(schemas)) {
  console.log(`Ajv${kind ? ` and ${kind}` : ''}: ${texts} texts of ${name}, ${accepted} accepted`);
  if (accepted === 0 || accepted === texts) fail(name, 'is not judged');
}
console.log(`${failures} disagreements`);
process.exitCode = failures === 0 ? 0 : 1;
