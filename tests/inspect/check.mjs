// SPDX-License-Identifier: BSL-1.0
// Uses the inspector as its readers do, while strangers send it what they can. Nothing may be written to the console or
// be asked of another host, no policy may be violated, and no page may be wider than the screen.
//   node check.mjs SIGNHOOK FOLDER      FOLDER is for the screenshots
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import { contrast } from './contrast.mjs';
import { Listener, event, secret, uuid } from './listener.mjs';

const [tool, screenshots] = process.argv.slice(2);
mkdirSync(screenshots, { recursive: true });
const listener = await Listener.start(tool);
const home = new URL(listener.page).origin;

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
const complaints = [];
async function open(width, height, options) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: 'light', ...options });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: home });
  const page = await context.newPage();
  // A violation of the policy is an error in the console, too.
  page.on('console', (message) => { if (['error', 'warning'].includes(message.type())) complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => { complaints.push(dialog.message()); return dialog.dismiss(); });
  page.on('request', (request) => { if (!request.url().startsWith(listener.page)) complaints.push(`asks for ${request.url()}`); });
  page.on('response', (response) => { if (response.status() >= 400) complaints.push(`${response.url()}: ${response.status()}`); });
  await page.goto(listener.page);
  await page.locator('#connection.good').waitFor();
  return page;
}
const rows = (page) => page.locator('#list > li:not([hidden])');
const row = (page, number) => page.locator('#list button', { hasText: new RegExp(`#${number} ·`) });
const is_count = (page, text) => page.waitForFunction((expected) => document.getElementById('count').textContent.startsWith(expected), text);
async function read(page, number) {
  await row(page, number).click();
  await page.locator('#title', { hasText: new RegExp(`^#${number} `) }).waitFor();
}
const body = (page) => page.locator('#body').evaluate((element) => [...element.childNodes].filter((node) => node.className !== 'note').map((node) => node.textContent).join(''));
const fits = async (page, width, what) => {
  const widest = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(widest <= width, `${what} is ${widest} pixels wide of ${width}`);
};

// ---- Deliveries ----

const dossier = 'b659c273-954e-43cf-893a-0f74a7f87153';
const repeated = event(dossier, 'completed', 30, { type: 'dossier.invitee.state.updated', invitee: { id: uuid(), state: 'approved' } });
const deliveries = [
  // body, options, a part of the body that is shown, the text that is marked
  [event(dossier, 'pending', 20)],                                                           // 1, later than the next
  [event(dossier, 'draft', 10)],                                                             // 2
  [repeated, {}, 'invitee'],                                                                 // 3
  [repeated],                                                                                // 4, a duplicate
  [event('cd794549-bf75-4e52-9c1e-11b1a5ca6487', 'draft', 5)],                               // 5
  ['<script>alert(1)</script><img src=x onerror=alert(2)>', {}, '<script>alert(1)', '<'],    // 6
  [event('</script><svg/onload=alert(3)>', 'x', 1), {}, '</script><svg', '"</script><svg/onload=alert(3)>"'],  // 7
  [event('‮<b>\u2066\u200b', 'x', 1), {}, '⟨U+202E⟩<b>⟨U+2066⟩⟨U+200B⟩', '"⟨U+202E⟩<b>⟨U+2066⟩⟨U+200B⟩"'],   // 8
  [Buffer.from('{"a\0b":\x1b[31m}'), {}, '⟨U+0000⟩', '⟨U+0000⟩'],                               // 9
  [Buffer.from([0x7b, 0x22, 0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0x22]), {}, '{"⟨ff⟩⟨c3⟩(⟨ed⟩⟨a0⟩⟨80⟩"', '⟨ff⟩'],  // 10
  [`{"id":"${'\u202e<i>'.repeat(10000)}`, {}, '⟨U+202E⟩<i>⟨U+202E⟩', '⟨end⟩'],               // 11: 60 KiB
  ['['.repeat(300000), {}, '[[[[', undefined],                                               // 12: longer than is kept
  ["it's `$(touch x)` $HOME \"!!\" \\", {}, "it's `$(touch", 'i'],                           // 13
  ['@/etc/passwd', { headers: { 'X-Hostile': "a'b\"$(c)`d`", 'X-Tag': '<b onclick=alert(4)>' } }, '@/etc', '@'],  // 14
  ['-n %s %d', {}, '-n', 'n'],                                                               // 15
  ['', {}, '', '⟨end⟩'],                                                                     // 16
  [event(dossier, '<u>new', 40, { type: 'dossier.<img src=y>' })],                           // 17
  ['{}', { authenticated: false }],                                                          // 18
  ['{}', { method: 'PUT', path: "/a'b?token=t0psecret&x=<i>[1-3]", headers: { Authorization: 'Bearer t0psecret', Cookie: 't0psecret=1', 'X-Api-Key': 't0psecret', 'X-Other': secret } }, '{}'],  // 19
  [JSON.stringify(JSON.parse(event('x', 'draft', 1)), null, 1), {}, '"id": "x"', '"x"'],     // 20
];

for (const [name, width, height, options] of [['desktop', 1440, 900, {}], ['phone', 390, 844, { isMobile: true, hasTouch: true }]]) {
  const page = await open(width, height, options);
  const shoot = (what) => page.screenshot({ path: join(screenshots, `${name}-${what}.png`) });
  const back = async () => { if (name === 'phone') await page.locator('#back').click(); };
  if (name === 'desktop') {
    await page.locator('#nothing').waitFor();
    await shoot('empty');
    for (const [content, how] of deliveries) await listener.deliver(content, how);
  }
  const all = deliveries.length;
  await is_count(page, `${all} of ${all} `);
  await fits(page, width, 'the list');
  await shoot('list');

  // Each body is shown as it is, with what is wrong marked.
  for (const [index, [content, , part, marked]] of deliveries.entries()) {
    await read(page, index + 1);
    await fits(page, width, `delivery ${index + 1}`);
    if (part !== undefined) assert.ok((await body(page)).includes(part), `${index + 1}: ${part} in ${await body(page)}`);
    if (marked !== undefined) assert.equal(await page.locator('#mark').textContent(), marked, `the mark of ${index + 1}`);
    if (marked !== undefined) assert.match(await page.locator('#answer').innerText(), /line \d+, column \d+, byte \d+, at/);
    if (index === 4) assert.equal(await body(page), content);
    if ([3, 8, 20].includes(index + 1)) await shoot(`delivery-${index + 1}`);
    await back();
  }
  assert.equal(await page.locator('script:not([src]), img:not([src="icon.svg"]), svg, b, u, article i:not(td > i)').count(), 0, 'no markup of a stranger');
  const html = await page.content();
  assert.ok(!html.includes('t0psecret') && !html.includes(secret), 'no secret');
  await read(page, 12);
  assert.match(await page.locator('#size').innerText(), /300000 bytes, the first 262144 are shown/);
  assert.ok(await page.locator('#again').isDisabled());
  await back();
  await read(page, 20);
  assert.match(await page.locator('#answer').innerText(), /line 6, column 9, byte \d+, at \/dossier\/id/);
  await page.locator('#format').click();
  assert.equal(await page.locator('#mark').count(), 0);
  await page.locator('#answer button').click();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'mark');
  await back();

  // The states of a dossier, in the order in which they were created.
  await read(page, 1);
  const line = (await page.locator('#time-line .state').allInnerTexts());
  assert.deepEqual(line, ['draft', 'pending', 'completed · invitee approved', '<u>new'], 'the time line');
  assert.match(await page.locator('#time-line li').nth(2).innerText(), /delivered 2 times/);
  await page.locator('#time-line button').nth(1).scrollIntoViewIfNeeded();
  await shoot('time-line');
  await page.locator('#time-line button').nth(0).click();
  await page.locator('#title', { hasText: /^#2 / }).waitFor();

  // Filters.
  await page.locator('#event button', { hasText: 'Only this' }).click();
  await back();
  await is_count(page, `5 of ${all} `);
  await page.locator('#verdict').selectOption('duplicate');
  await is_count(page, `1 of ${all} `);
  await shoot('filter');
  await page.locator('button[type=reset]').click();
  await is_count(page, `${all} of ${all} `);
  await page.locator('#type').selectOption('dossier.<img src=y>');
  await is_count(page, `1 of ${all} `);
  await page.locator('button[type=reset]').click();
  await page.locator('#search').fill('$(TOUCH');
  await is_count(page, `1 of ${all} `);
  await page.locator('#search').fill('');
  await is_count(page, `${all} of ${all} `);

  // With the keyboard alone.
  if (name === 'desktop') {
    await page.locator('h1').click();
    await page.keyboard.press('/');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'search');
    await row(page, 20).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.locator('#title', { hasText: /^#19 / }).waitFor();
    assert.equal(await rows(page).count(), all);
  }
  if (name !== 'desktop') await page.context().close();
}

// ---- As curl: what the shell sends arrives as it was ----

const page = await open(1440, 900, {});
let number = deliveries.length;
for (const [index, [content, how = {}]] of deliveries.entries()) {
  if (how.authenticated === false || content.length > 200000) continue;
  await read(page, index + 1);
  await page.locator('#copy-curl').click();
  await page.locator('#done', { hasText: 'is copied' }).waitFor();
  const command = await page.evaluate(() => navigator.clipboard.readText());
  assert.ok(!command.includes(secret));
  for (const shell of ['dash', 'bash']) {
    writeFileSync(join(screenshots, 'command'), command);
    const ran = spawnSync(shell, ['command'], { cwd: screenshots, env: { PATH: process.env.PATH, SIGNHOOK_SECRET: secret } });
    assert.equal(ran.status, 0, `curl of ${index + 1}: ${ran.stderr}`);
    ++number;
    await row(page, number).waitFor();
  }
  const original = await body(page);
  const headers = async () => (await page.locator('#headers tr').allInnerTexts()).filter((text) => !/^(?:host|connection|content-length|transfer-encoding|authorization|cookie|x-api-key|x-other)\b/i.test(text));
  const before = await headers();
  const target = await page.locator('#answer code').last().innerText();
  await read(page, number);
  assert.equal(await body(page), original, `the body of ${index + 1} as curl sends it`);
  assert.deepEqual(await headers(), before, `the headers of ${index + 1} as curl sends them`);
  assert.equal(await page.locator('#answer code').last().innerText(), target);
}

// ---- Deliver again ----

for (const [which, verdict] of [[2, 'duplicate'], [9, 'quarantine'], [19, 'quarantine']]) {
  await read(page, which);
  const before = await body(page);
  await page.locator('#again').click();
  await page.locator('#done', { hasText: `Answered 200: ${verdict}` }).waitFor();
  ++number;
  await row(page, number).waitFor();
  await read(page, number);
  assert.match(await page.locator('#answer').innerText(), new RegExp(`Repeats\\s+#${which}\\b`));
  assert.equal(await body(page), before);
}

// The list is as long as the listener's, and can be cleared.
await Promise.all(Array.from({ length: 600 }, (_, i) => listener.deliver(event(uuid(), 'draft', i % 60))));
await is_count(page, '500 of 500 ');
await page.locator('#clear').click();
await is_count(page, '0 of 0 ');
await listener.deliver(event(dossier, 'draft', 1));
await is_count(page, '1 of 1 ');

// Colours.
for (const [name, scheme] of [['light', 'light'], ['dark', 'dark']]) {
  const other = await open(1440, 900, { colorScheme: scheme, reducedMotion: 'reduce' });
  await rows(other).first().locator('button').click();
  const pairs = await other.evaluate(() => {
    const background = (element) => {
      for (let one = element; one; one = one.parentElement) {
        const colour = getComputedStyle(one).backgroundColor;
        if (!/, 0\)$/.test(colour)) return colour;
      }
      return 'rgb(255, 255, 255)';
    };
    return [...document.querySelectorAll('body *')].filter((one) => one.checkVisibility() && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
      .map((one) => [one.tagName + '.' + one.className, getComputedStyle(one).color, background(one)]);
  });
  assert.ok(pairs.length > 50);
  for (const [what, colour, on] of pairs) assert.ok(contrast(colour, on) >= 4.5, `${name}: ${what}: ${colour} on ${on}`);
  assert.equal(await other.locator('#list li').first().evaluate((one) => getComputedStyle(one).animationName), 'none');
  const unnamed = await other.evaluate(() => [...document.querySelectorAll('button, input, select, [tabindex="0"]')]
    .filter((one) => one.checkVisibility() && !(one.textContent.trim() || one.labels?.length || one.getAttribute('aria-labelledby'))).length);
  assert.equal(unnamed, 0, 'all controls have names');
  await other.screenshot({ path: join(screenshots, `desktop-${name}.png`) });
  await other.context().close();
}

assert.deepEqual(complaints, []);

// The policy holds, and the checks can fail.
const obeyed = await page.evaluate(async () => {
  const outside = await fetch('http://127.0.0.1:9/').then(() => 'fetched', () => 'blocked');
  try {
    document.body.innerHTML = '<b>x</b>';
    return [outside, 'parsed'];
  } catch {
    return [outside, 'blocked'];
  }
});
assert.deepEqual(obeyed, ['blocked', 'blocked']);
assert.ok(complaints.some((one) => /Content Security Policy/.test(one)) && complaints.some((one) => /asks for|TrustedHTML/.test(one)), complaints.join('\n'));

// The end of the listener is the end of the stream.
assert.equal(await listener.end(), 0);
await page.locator('#connection', { hasText: 'Not connected' }).waitFor();
await browser.close();
console.log(`${number} deliveries were looked at, screenshots in ${screenshots}`);
