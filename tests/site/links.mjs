// SPDX-License-Identifier: BSL-1.0
// Checks that every link of every page leads to a page and an element of the site, that a link to the repository leads to a
// file of it, and that no page loads anything from elsewhere. Broken copies prove that each can fail.
//   node links.mjs SITE TREE
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const [site, tree] = process.argv.slice(2);
const repository = 'https://github.com/signhook/signhook/';
const files = readdirSync(site, { recursive: true }).filter((name) => /\.(html|css)$/.test(name));
const texts = new Map(files.map((name) => [name, readFileSync(join(site, name), 'utf8')]));

const decode = (text) => decodeURIComponent(text.replaceAll('&amp;', '&'));
const ids = new Map();
function has_id(name, id) {
  if (!ids.has(name)) ids.set(name, new Set([...texts.get(name).matchAll(/\s(?:id|name)="([^"]*)"/g)].map((one) => decode(one[1]))));
  return ids.get(name).has(id);
}

let links = 0;
function fault_of(name, target) {
  ++links;
  if (target.startsWith(repository)) {
    const path = /^(?:blob|tree)\/main\/([^#]*)/.exec(target.slice(repository.length));
    return path && !existsSync(join(tree, decode(path[1]))) ? 'no such file in the tree' : undefined;
  }
  if (/^(https?:|mailto:|javascript:|data:)/.test(target)) return undefined;
  // 404.html is shown at any depth: its links begin at the root of the host.
  const [path, fragment] = target.replace(/^\/signhook\//, '').split('#');
  const file = path === '' ? name : normalize(join(dirname(name), decode(path.split('?')[0])));
  const page = file.endsWith('/') || file === '.' ? join(file, 'index.html') : file;
  if (page.startsWith('..') || !existsSync(join(site, page))) return 'no such page';
  if (fragment && texts.has(page) && !has_id(page, decode(fragment))) return 'no such element';
  return undefined;
}

function faults_of(name, text) {
  const faults = [];
  const body = text.replace(/<script[\s\S]*?<\/script>/g, (script) => script.slice(0, script.indexOf('>') + 1)).replace(/<!--[\s\S]*?-->/g, '');
  if (name.endsWith('.html')) {
    for (const [, target] of body.matchAll(/<a\s[^>]*?href="([^"]*)"/g)) {
      const fault = fault_of(name, target);
      if (fault) faults.push(`${target}: ${fault}`);
    }
    const loaded = /<(?:link\s(?![^>]*rel="canonical")[^>]*?href|(?:script|img|iframe|source)\s[^>]*?src)="([^"]*)"/g;
    for (const [, target] of body.matchAll(loaded)) {
      if (/^(https?:)?\/\//.test(target)) faults.push(`${target}: is loaded from elsewhere`);
      else if (fault_of(name, target)) faults.push(`${target}: does not exist`);
    }
  }
  for (const [, target] of text.matchAll(/url\(["']?((?:https?:)?\/\/[^)]*)\)/g)) faults.push(`${target}: is loaded from elsewhere`);
  return faults;
}

let failed = false;
for (const [name, text] of texts) {
  for (const fault of faults_of(name, text)) {
    console.log(`${name}: ${fault}`);
    failed = true;
  }
}
const counted = links;
const broken = ['<a href="nothing.html">', '<a href="decode.html#nothing">', `<a href="${repository}blob/main/nothing">`,
  '<script src="https://example.com/x.js"></script>', '<img src="nothing.svg">', '<style>a { background: url(//example.com/x) }</style>'];
for (const one of broken) {
  if (faults_of('index.html', one).length === 0) {
    console.log(`a fault is not found: ${one}`);
    failed = true;
  }
}
console.log(`${texts.size} files, ${counted} links`);
process.exit(failed || counted === 0 ? 1 : 0);
