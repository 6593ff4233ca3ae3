// SPDX-License-Identifier: BSL-1.0
// Uses the site as its readers do, in headless Chromium: navigation, search, dark mode, the reference. Nothing may be
// written to the console or be asked of another host, and no page may be wider than the screen.
//   node check.mjs SITE FOLDER      FOLDER is for the screenshots
import { createServer } from 'node:http';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import { contrast } from './contrast.mjs';

const [site, screenshots] = process.argv.slice(2);
mkdirSync(screenshots, { recursive: true });
const types = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript', '.json': 'application/json', '.svg': 'image/svg+xml', '.png': 'image/png' };
const server = createServer((request, response) => {
  let file = join(site, normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname)));
  if (existsSync(file) && statSync(file).isDirectory()) file = join(file, 'index.html');
  if (!existsSync(file)) return response.writeHead(404).end();
  response.writeHead(200, { 'Content-Type': types[extname(file)] ?? 'application/octet-stream' }).end(readFileSync(file));
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const home = `http://127.0.0.1:${server.address().port}/`;

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const complaints = [];
async function open(width, height, options) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: 'light', ...options });
  const page = await context.newPage();
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complaints.push(`${page.url()}: ${message.text()}`); });
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error}`));
  page.on('request', (request) => { if (!request.url().startsWith(home) && !/^(data|blob):/.test(request.url())) complaints.push(`${page.url()} asks for ${request.url()}`); });
  page.on('response', (response) => { if (response.status() >= 400) complaints.push(`${response.url()}: ${response.status()}`); });
  return page;
}
const brightness = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).slice(0, 3).map(Number).reduce((a, b) => a + b));

async function is_readable(page) {
  const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  for (const selector of ['.md-content p', '.md-content p a', '.md-nav--primary .md-nav__link--active']) {
    const colour = await page.locator(selector).first().evaluate((element) => getComputedStyle(element).color);
    assert.ok(contrast(colour, background) >= 4.5, `${selector}: ${colour} on ${background}`);
  }
}

async function search(page, words, expected) {
  await page.locator('[data-md-component=search-query]').pressSequentially(words);
  // The results change while one types.
  const is_first = (pattern) => document.querySelector('.md-search-result__link')?.href.match(pattern) != null;
  await page.waitForFunction(is_first, expected, { timeout: 30000 });
}

const guide = readdirSync(site).filter((name) => name.endsWith('.html') && name !== '404.html');
let visited = 0;
for (const [name, width, height, options] of [['desktop', 1440, 900, {}], ['phone', 390, 844, { isMobile: true, hasTouch: true }]]) {
  const page = await open(width, height, options);
  const shoot = (what) => page.screenshot({ path: join(screenshots, `${name}-${what}.png`) });

  for (const file of guide) {
    await page.goto(home + file);
    assert.ok((await page.locator('h1').first().innerText()).length > 3, `${file} has a heading`);
    const widest = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(widest <= width, `${file} is ${widest} pixels wide on a ${name}`);
    ++visited;
  }

  // By the navigation to a page of the guide, which a phone has behind a button.
  await page.goto(home);
  await shoot('home');
  if (name === 'phone') {
    await page.locator('label.md-header__button[for=__drawer]').click();
    await page.locator('.md-nav--primary label.md-nav__link', { hasText: 'Guide' }).click();
    await page.waitForTimeout(400);
    await shoot('navigation');
  }
  await page.locator('.md-nav--primary a.md-nav__link', { hasText: 'Decode a body' }).click();
  await page.waitForURL('**/decode.html');
  await shoot('decode');

  // By the search to a heading.
  if (name === 'phone') await page.locator('label.md-header__button[for=__search]').click();
  else await page.locator('[data-md-component=search-query]').click();
  await search(page, 'secret', /receiving\.html/);
  await page.waitForTimeout(300);
  await shoot('search');
  await page.locator('.md-search-result__link').first().click();
  await page.waitForURL('**/receiving.html*');

  // The colours follow the system, until a reader chooses.
  await page.goto(`${home}limits.html`);
  const light = await brightness(page);
  await is_readable(page);
  await page.locator('label[for=__palette_2]:visible, label[for=__palette_1]:visible').first().click();
  await page.waitForTimeout(500);  // the theme's colours change slowly
  const dark = await brightness(page);
  assert.ok(light > 700 && dark < 300, `${light} and ${dark}`);
  await is_readable(page);
  await shoot('dark');
  await page.reload();
  assert.equal(await brightness(page), dark, 'the choice is kept');

  // To the reference, by its own search to a class, and back.
  await page.goto(home);
  if (name === 'phone') {
    await page.locator('label.md-header__button[for=__drawer]').click();
    await page.waitForTimeout(400);
  }
  await page.locator('.md-nav--primary a.md-nav__link', { hasText: 'Reference' }).click();
  await page.waitForURL('**/reference/index.html');
  assert.equal(await page.locator('#MSearchField').count(), 1);
  if (name === 'desktop') {
    await page.locator('#MSearchField').click();
    await page.keyboard.type('decoder', { delay: 60 });
    const results = page.frameLocator('#MSearchResults');
    await results.locator('.SRSymbol:visible', { hasText: /^decoder$/ }).first().waitFor();
    await shoot('reference-search');
  }
  await page.goto(`${home}reference/classsignhook_1_1decoder.html`);
  assert.match(await page.locator('.title').first().innerText(), /decoder/);
  const widest = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(widest <= width, `the reference is ${widest} pixels wide on a ${name}`);
  await shoot('reference');
  await page.locator('#projectbrief a').click();
  await page.waitForURL('**/index.html');
  await page.context().close();
}

const night = await open(1440, 900, { colorScheme: 'dark' });
await night.goto(`${home}decode.html`);
assert.ok(await brightness(night) < 300, 'dark, as the system is');
await night.goto(`${home}reference/classsignhook_1_1decoder.html`);
assert.notEqual(await night.evaluate(() => getComputedStyle(document.documentElement).filter), 'none');
await night.screenshot({ path: join(screenshots, 'desktop-reference-dark.png') });

// The checks themselves can fail.
assert.deepEqual(complaints, []);
await night.goto(`${home}decode.html`);
await night.evaluate(() => { console.error('x'); return new Promise((resolve) => { const image = new Image(); image.onerror = resolve; image.src = '/nothing.png'; document.body.append(image); }); });
assert.ok(complaints.length >= 2, 'an error and a missing file are seen');

await browser.close();
server.close();
console.log(`${visited} visits of ${guide.length} pages, screenshots in ${screenshots}`);
