// SPDX-License-Identifier: BSL-1.0
// `signhook listen --inspect` as a process, and deliveries to it.
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';

export const secret = 'dGVzdHMtdXNlLXRoaXMtc2VjcmV0LW9ubHk=';

export class Listener {
  static async start(tool, ...options) {
    const made = new Listener();
    const folder = mkdtempSync(join(tmpdir(), 'signhook_inspect_'));
    writeFileSync(join(folder, 'secret'), secret);
    made.process = spawn(tool, ['listen', '--port', '0', '--inspect', '0', '--quiet', '--secret-header', 'X-Secret',
      '--secret-file', join(folder, 'secret'), ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    for await (const piece of made.process.stderr.iterator({ destroyOnReturn: false })) {
      said += piece;
      if (/listening on .*\n/.test(said)) break;
    }
    made.process.stderr.resume();
    made.page = /inspect deliveries at (\S+)/.exec(said)[1];
    made.url = /listening on (\S+)/.exec(said)[1];
    return made;
  }

  // The status of the answer.
  async deliver(body, { headers = {}, method = 'POST', path = '/', authenticated = true } = {}) {
    const all = { 'Content-Type': 'application/json', ...(authenticated ? { 'X-Secret': secret } : {}), ...headers };
    const sent = request(this.url + path, { method, headers: all });
    sent.end(body);
    const [response] = await once(sent, 'response');
    response.resume();
    await once(response, 'end');
    return response.statusCode;
  }

  async end() {
    this.process.kill('SIGTERM');
    const [code] = await once(this.process, 'exit');
    return code;
  }
}

let count = 0;

export function uuid() {
  return `00000000-0000-4000-8000-${(++count).toString(16).padStart(12, '0')}`;
}

export function event(dossier, state, second, more = {}) {
  return JSON.stringify({ id: uuid(), type: 'dossier.state.updated', created: `2026-01-01T00:00:${String(second).padStart(2, '0')}+00:00`,
    dossier: { id: dossier, state }, ...more });
}
