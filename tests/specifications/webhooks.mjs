// SPDX-License-Identifier: BSL-1.0
// Verifies what `signhook work --signing-secret-file` posts by the library of Standard Webhooks.
//   node webhooks.mjs SIGNHOOK SAMPLES       SAMPLES is a folder with a body in each file
import assert from 'node:assert/strict';
import {execFileSync, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {Webhook, WebhookVerificationError} from 'standardwebhooks';

const [program, samples] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'signhook-webhooks-'));
const inbox = join(folder, 'inbox.db');
const secrets = [Buffer.alloc(24, 7), Buffer.alloc(64, 0xfe)].map(bytes => `whsec_${bytes.toString('base64')}`);
secrets.forEach((secret, index) => writeFileSync(join(folder, `secret${index}`), `${secret}\n`));

const store = `
import pathlib, sqlite3, sys, time, uuid, json
connection = sqlite3.connect(sys.argv[1])
for path in pathlib.Path(sys.argv[2]).glob("*.json"):
    body, now = path.read_bytes(), int(time.time() * 1000)
    connection.execute("insert into signhook_queue(id, received, attempts, due, body) values(?1, ?2, 0, ?2, ?3)",
                       (uuid.UUID(json.loads(body)["id"]).bytes, now, body))
connection.commit()
`;

const requests = [];
const expected = readdirSync(samples).filter(name => name.endsWith('.json')).length;
const server = createServer((request, response) => {
  const parts = [];
  request.on('data', part => parts.push(part)).on('end', () => {
    requests.push({headers: request.headers, body: Buffer.concat(parts).toString()});
    response.end();
    if (requests.length === expected) server.emit('complete');
  });
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

const worker = spawn(program, ['work', '--inbox', `sqlite:${inbox}`, '--to', `http://127.0.0.1:${server.address().port}/`,
  '--quiet', '--signing-secret-file', join(folder, 'secret0'), '--signing-secret-file', join(folder, 'secret1')],
{stdio: ['ignore', 'inherit', 'pipe']});
// The tables are there once it works.
await once(worker.stderr, 'data');
for (let attempt = 0; ; ++attempt) {
  try {
    execFileSync('python3', ['-c', store, inbox, samples], {stdio: 'pipe'});
    break;
  } catch (error) {
    if (attempt === 50) throw error;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}
await once(server, 'complete');
worker.kill('SIGTERM');
assert.deepEqual(await once(worker, 'exit'), [0, null]);
server.close();
rmSync(folder, {recursive: true});

assert(expected > 0);
for (const {headers, body} of requests) {
  for (const secret of secrets) {
    const webhook = new Webhook(secret);
    assert.deepEqual(webhook.verify(body, headers), JSON.parse(body));
    assert.throws(() => webhook.verify(`${body} `, headers), WebhookVerificationError);
    assert.throws(() => webhook.verify(body, {...headers, 'webhook-id': 'x'}), WebhookVerificationError);
  }
  assert.throws(() => new Webhook(`whsec_${Buffer.alloc(24, 8).toString('base64')}`).verify(body, headers), WebhookVerificationError);
  assert.equal(headers['webhook-id'], JSON.parse(body).id);
}
console.log(`Standard Webhooks: ${requests.length} requests verified, with ${secrets.length} secrets each`);
