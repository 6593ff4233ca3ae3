// SPDX-License-Identifier: BSL-1.0
// Writes the documented bodies as TypeScript, with the types that openapi-typescript made of the OpenAPI document, and
// bodies that these types must reject.
import {readFileSync, writeFileSync} from 'node:fs';

for (const form of ['', '.strict']) {
  const {webhooks, paths} = JSON.parse(readFileSync(`openapi${form}.json`, 'utf8'));
  let text = `import type {components, operations, webhooks} from './openapi${form}.js';\n`;
  let samples = 0;
  let rejected = 0;
  const put = (type, value) => text += `export const value${samples + rejected}: ${type} = ${JSON.stringify(value)};\n`;
  const accept = (type, value) => {
    put(type, value);
    ++samples;
  };
  const reject = (type, value) => {
    text += '// @ts-expect-error\n';
    put(type, value);
    ++rejected;
  };
  const body = type => `webhooks[${JSON.stringify(type)}]['post']['requestBody']['content']['application/json']`;
  const types = Object.keys(webhooks);
  types.forEach((type, index) => {
    for (const {value} of Object.values(webhooks[type].post.requestBody.content['application/json'].examples)) {
      accept(body(type), value);
      accept(`components['schemas']['event']`, value);
      reject(body(types[(index + 1) % types.length]), value);
      for (const member of Object.keys(value)) reject(body(type), {...value, [member]: undefined});
      const other = {...value, dossier: {...value.dossier, state: 'archived'}};
      (form ? reject : accept)(body(type), other);
    }
  });
  for (const path of Object.values(paths)) {
    for (const {operationId, requestBody} of Object.values(path)) {
      for (const {value} of Object.values(requestBody?.content['application/json'].examples ?? {})) {
        accept(`NonNullable<operations[${JSON.stringify(operationId)}]['requestBody']>['content']['application/json']`, value);
      }
    }
  }
  writeFileSync(`samples${form}.ts`, text);
  console.log(`openapi${form}.ts: ${samples} values to accept, ${rejected} to reject`);
  if (samples === 0 || rejected === 0) process.exitCode = 1;
}
