// SPDX-License-Identifier: BSL-1.0
// Sends bodies that json-schema-faker makes of the OpenAPI document to the decoder, which must accept them all.
//   node mock.mjs SIGNHOOK
import {readFileSync} from 'node:fs';
import {spawnSync} from 'node:child_process';

import {createGeneratorSync} from 'json-schema-faker';

const [program] = process.argv.slice(2);
const each = 500;

for (const form of ['', '.strict']) {
  const {webhooks, components} = JSON.parse(readFileSync(`openapi${form}.json`, 'utf8'));
  const generator = createGeneratorSync({seed: 20260101, maxDepth: 20, refDepthMax: 20});
  const schemas = Object.values(webhooks).map(({post}) => post.requestBody.content['application/json'].schema);
  schemas.push({$ref: '#/components/schemas/event'});
  const bodies = schemas.flatMap(schema =>
    Array.from({length: each}, () => JSON.stringify(generator.generate({...schema, components}))));
  const {stdout, stderr} = spawnSync(program, ['decode', '--lines', '--summary', '--json', ...(form ? ['--strict'] : [])],
    {input: bodies.join('\n'), encoding: 'utf8'});
  const counts = JSON.parse(stdout);
  const least = Math.min(...Object.values(counts.types));
  console.log(`json-schema-faker of openapi${form}.json: ${counts.events} of ${new Set(bodies).size} bodies decoded, ` +
    `${counts.unknown_types} of unknown types`);
  if (counts.events !== bodies.length || new Set(bodies).size !== bodies.length || least < each ||
      (counts.unknown_types === 0) !== (form !== '')) {
    console.error(stderr.slice(0, 2000));
    process.exitCode = 1;
  }
}
