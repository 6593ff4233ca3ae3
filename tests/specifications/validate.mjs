// SPDX-License-Identifier: BSL-1.0
// Has the documents validated, each by two programs that share no code; and broken ones, which both must reject.
import {createRequire} from 'node:module';
import {readFileSync} from 'node:fs';

import {Parser} from '@asyncapi/parser';
import {createConfig, lintFromString} from '@redocly/openapi-core';
import {Validator} from '@seriousme/openapi-schema-validator';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';

let failures = 0;
const fail = (...what) => {
  ++failures;
  console.error(...what);
};

// Each returns what it has to say against a document.
const seriousme = async (text) => {
  const {valid, errors} = await new Validator().validate(JSON.parse(text));
  return valid ? [] : [JSON.stringify(errors)];
};

const redoclyConfig = await createConfig({
  extends: ['recommended-strict'],
  rules: {
    'info-license': 'off', // CM.com states none for its API
    'operation-4xx-response': 'off', // `default` is any error: no status is documented
    'no-unused-components': 'off', // `event` is for whoever takes all events at one address
    // It does not know `not`, by which `unknown_event` excludes the known types.
    'no-illogical-composition-keywords': 'off',
  },
});
const redocly = async (text) => {
  const problems = await lintFromString({source: text, absoluteRef: '/openapi.json', config: redoclyConfig});
  return problems.map(({ruleId, message, location}) => `${ruleId}: ${message} ${location[0]?.pointer}`);
};

const asyncapi = async (text) => {
  const {diagnostics} = await new Parser().parse(text);
  return diagnostics.filter(({code}) => code !== 'asyncapi-latest-version')
    .map(({code, message, path}) => `${code}: ${message} ${path.join('/')}`);
};

const asyncapiSchema = createRequire(import.meta.url)('@asyncapi/specs').schemasWithoutId['3.0.0'];
const ajv = new Ajv({strict: false});
addFormats(ajv);
const validateSchema = ajv.compile(asyncapiSchema);
const schema = async (text) => validateSchema(JSON.parse(text)) ? [] : [ajv.errorsText(validateSchema.errors)];

const validators = {openapi: {seriousme, redocly}, asyncapi: {parser: asyncapi, schema}};

// Each removes something that a document must have.
const breaks = {
  openapi: [json => delete json.info.version, json => delete json.paths['/clients/{kid}/webhooks'].parameters[0].in,
    json => delete json.components.securitySchemes.token.scheme],
  asyncapi: [json => delete json.info.version, json => delete json.operations.receive.action,
    json => delete json.servers.endpoint.host],
};

for (const [kind, all] of Object.entries(validators)) {
  for (const form of ['', '.strict']) {
    const text = readFileSync(`${kind}${form}.json`, 'utf8');
    for (const [name, validate] of Object.entries(all)) {
      for (const problem of await validate(text)) fail(`${kind}${form}: ${name}: ${problem}`);
      for (const change of breaks[kind]) {
        const broken = JSON.parse(text);
        change(broken);
        if ((await validate(JSON.stringify(broken))).length === 0) fail(`${name} accepts a ${kind} document after ${change}`);
      }
    }
  }
  console.log(`${kind}: 2 documents, ${breaks[kind].length} ways to break each, by ${Object.keys(all).join(' and ')}`);
}
console.log(`${failures} problems`);
process.exitCode = failures === 0 ? 0 : 1;
