// SPDX-License-Identifier: BSL-1.0
// Reads what `signhook decode --cloudevents` prints by the CloudEvents SDK, which validates it.
//   node cloudevents.mjs SIGNHOOK
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';

import {CloudEvent, HTTP, ValidationError} from 'cloudevents';

const [program] = process.argv.slice(2);
const signhook = (input, ...args) => execFileSync(program, args, {encoding: 'utf8', input}).trim().split('\n');
const read = text => HTTP.toEvent({headers: {'content-type': 'application/cloudevents+json'}, body: text});

const samples = signhook('', 'sample', '--all');
// Events of other types: without a dossier, with characters that CloudEvents forbids, and with a leap second.
const others = [
  {id: '0189ABCD-ef01-4abc-9def-0123456789ab', type: 'new', created: '2016-12-31T23:59:60Z'},
  {id: '0189abcd-ef01-4abc-9def-0123456789ab', type: 'a\u0000\u007f\u009f\ufdd0\u{1ffff}é%', created: '2026-01-01t00:00:00.5-00:00'},
].map(value => JSON.stringify(value));

let count = 0;
for (const source of [undefined, 'urn:example:cm', '/cm/sign?a=b#c']) {
  const bodies = [...samples, ...others];
  const args = ['decode', '--lines', '--cloudevents', ...(source ? ['--source', source] : [])];
  const lines = signhook(bodies.join('\n'), ...args);
  assert.equal(lines.length, bodies.length);
  lines.forEach((line, index) => {
    const body = JSON.parse(bodies[index]);
    const event = read(line);
    assert(event instanceof CloudEvent);
    assert(event.validate());
    assert.equal(event.specversion, '1.0');
    assert.equal(event.id, body.id.toLowerCase());
    assert.equal(event.source, source ?? 'https://api.cm.com/sign/v1');
    assert.equal(event.subject, body.dossier && `dossiers/${body.dossier.id}`);
    assert.equal(event.datacontenttype, 'application/json');
    assert.deepEqual(event.data, body);
    assert(line.endsWith(`"data":${bodies[index]}}`));
    // Section 3.1 of the specification, on strings.
    assert.doesNotMatch(event.type, /[\p{Cc}\p{Noncharacter_Code_Point}]/u);
    assert.equal(event.type, `com.cm.sign.${body.type.replace(/[\p{Cc}\p{Noncharacter_Code_Point}]/gu, encodeURIComponent)}`);
    if (!body.created.includes(':60')) assert.equal(Date.parse(event.time), Date.parse(body.created));
    ++count;
  });
}

// The SDK rejects what lacks an attribute, but for the id, which it makes.
const [line] = signhook(samples[0], 'decode', '--lines', '--cloudevents');
for (const name of ['source', 'type']) {
  const {[name]: _, ...rest} = JSON.parse(line);
  assert.throws(() => {
    const event = read(JSON.stringify(rest));
    event.validate();
  }, ValidationError, name);
}
console.log(`cloudevents: ${count} events read`);
