// SPDX-License-Identifier: BSL-1.0
// Shows deliveries as `signhook listen` receives them. What a stranger sent becomes text of the page and nothing else:
// this file never parses markup, and the page's policy would not let it.

const $ = (id) => document.getElementById(id);

// ---- Text ----

// Characters that are not seen, or that change what is seen around them, but for line feeds and tabs.
const unseen = /[^\P{C}\n\t]|[\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu;
const named = (character) => `⟨U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`;
const visible = (text) => String(text).replace(unseen, named);
const on_one_line = (text) => visible(text).replace(/[\n\t]/g, named);

// The number of bytes of the UTF-8 character at a place, or 0 where there is none (RFC 3629, section 4).
function character_size(bytes, at) {
  const first = bytes[at];
  if (first < 0x80) return 1;
  const size = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  const low = { 0xe0: 0xa0, 0xf0: 0x90 }[first] ?? 0x80;
  const high = { 0xed: 0x9f, 0xf4: 0x8f }[first] ?? 0xbf;
  for (let i = 1; i < size; ++i) {
    const byte = bytes[at + i];
    if (byte === undefined || byte < (i === 1 ? low : 0x80) || byte > (i === 1 ? high : 0xbf)) return 0;
  }
  return size;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

// The bytes as text that can be seen; those that are not UTF-8 as ⟨ff⟩.
function text_of(bytes) {
  const parts = [];
  let begin = 0;
  let at = 0;
  while (at < bytes.length) {
    const size = character_size(bytes, at);
    if (size === 0) {
      parts.push(visible(decoder.decode(bytes.subarray(begin, at))), `⟨${bytes[at].toString(16)}⟩`);
      begin = at + 1;
    }
    at += size || 1;
  }
  parts.push(visible(decoder.decode(bytes.subarray(begin))));
  return parts.join('');
}

function bytes_of(delivery) {
  if (delivery.body_base64 === undefined) return new TextEncoder().encode(delivery.body);
  return Uint8Array.from(atob(delivery.body_base64), (character) => character.charCodeAt(0));
}

// JSON with a line for each member and element. Only white space outside of strings changes, so that it is right for
// what is not JSON, too.
function formatted(text) {
  let made = '';
  let depth = 0;
  const line = () => `\n${'  '.repeat(Math.min(depth, 32))}`;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"?|\s+|[[{]\s*[\]}]|[^\s"]/gs)) {
    if (/^\s/.test(token)) continue;
    if (token === '{' || token === '[') {
      ++depth;
      made += token + line();
    } else if (token === '}' || token === ']') {
      depth = Math.max(depth - 1, 0);
      made += line() + token;
    } else {
      made += token === ',' ? token + line() : token === ':' ? ': ' : token.length === 1 || token[0] === '"' ? token : token.replace(/\s/g, '');
    }
  }
  return made;
}

const clock = (time) => new Date(time).toLocaleTimeString([], { hourCycle: 'h23', hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 });
const short = (id) => id.slice(0, 8);

// ---- Elements ----

function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.filter((child) => child !== undefined && child !== ''));
  return made;
}

const verdict_of = (delivery) => element('span', { className: `verdict ${delivery.verdict}` }, delivery.verdict);

function fill(list, rows) {
  list.replaceChildren(...rows.flatMap(([name, ...values]) => [element('dt', {}, name), element('dd', {}, ...values)]));
}

// ---- Deliveries ----

const deliveries = new Map();  // by number, as they arrive
let server = { listens_on: '', secret_header: '', max_deliveries: 500 };
let chosen;
let missed = 0;
let is_formatted = false;

// The states of an event, beside its dossier's: `invitee` and `reassignRequest` have one, and what is new may.
function other_states(event) {
  return Object.entries(event)
    .filter(([name, value]) => name !== 'dossier' && typeof value?.state === 'string')
    .map(([name, value]) => `${name} ${value.state}`);
}

function add(delivery) {
  const text = [delivery.verdict, delivery.status, delivery.reason, delivery.error?.code, delivery.error?.message, delivery.method,
    delivery.target, delivery.remote, ...delivery.headers.map((header) => header.join(': ')), text_of(bytes_of(delivery))];
  delivery.search = text.join('\n').toLowerCase();
  deliveries.set(delivery.number, delivery);
  if (deliveries.size > server.max_deliveries) remove(deliveries.keys().next().value);
  option($('verdict'), delivery.verdict);
  if (delivery.event) option($('type'), delivery.event.type);
  delivery.row = row_of(delivery);
  delivery.row.hidden = !passes(delivery);
  $('list').prepend(delivery.row);
  changed();
}

function remove(number) {
  deliveries.get(number).row.remove();
  deliveries.delete(number);
}

function option(select, value) {
  const known = [...select.options].map((one) => one.value);
  if (known.includes(value) || known.length > 100) return;
  const after = [...select.options].find((one) => one.value > value);
  select.insertBefore(element('option', { value }, on_one_line(value)), after ?? null);
}

const name_of = ({ event, error, reason, verdict }) => on_one_line(event?.type ?? error?.code ?? reason ?? verdict);

function row_of(delivery) {
  const { event } = delivery;
  const more = [`#${delivery.number}`, String(delivery.status)];
  if (delivery.again_of) more.push(`again #${delivery.again_of}`);
  if (event?.dossier) more.push(`dossier ${short(event.dossier.id)} ${event.dossier.state}`);
  if (event) more.push(...other_states(event));
  if (!event) more.push(`${delivery.method} ${delivery.target}`);
  const button = element('button', { type: 'button' }, verdict_of(delivery),
    element('span', { className: 'what' }, name_of(delivery)),
    element('time', { dateTime: delivery.received }, clock(delivery.received)),
    element('span', { className: 'more' }, on_one_line(more.join(' · '))));
  button.addEventListener('click', () => choose(delivery.number, true));
  return element('li', {}, button);
}

// ---- Filter ----

function passes(delivery) {
  const is_in = (part, text) => text.toLowerCase().includes(part.trim().toLowerCase());
  return ($('verdict').value === '' || delivery.verdict === $('verdict').value) &&
    ($('type').value === '' || delivery.event?.type === $('type').value) &&
    is_in($('dossier').value, delivery.event?.dossier?.id ?? '') &&
    is_in($('search').value, delivery.search);
}

function filter() {
  for (const delivery of deliveries.values()) delivery.row.hidden = !passes(delivery);
  changed();
}

let is_waiting = false;

// Many deliveries change the page once.
function changed() {
  if (is_waiting) return;
  is_waiting = true;
  setTimeout(() => {
    is_waiting = false;
    const shown = [...deliveries.values()].filter((delivery) => !delivery.row.hidden).length;
    $('count').textContent = `${shown} of ${deliveries.size} deliveries` + (missed ? `, ${missed} missed` : '');
    $('nothing').hidden = deliveries.size !== 0;
    if (chosen?.event) show_time_line(chosen);
  }, 50);
}

// ---- One delivery ----

function choose(number, is_read) {
  chosen?.row.firstChild.removeAttribute('aria-current');
  chosen = deliveries.get(number);
  chosen.row.firstChild.setAttribute('aria-current', 'true');
  document.body.classList.toggle('reads', is_read);
  $('detail').hidden = false;
  $('done').textContent = '';
  is_formatted = false;
  show(chosen);
  if (is_read && matchMedia('(max-width: 52rem)').matches) {
    scrollTo(0, 0);
    $('title').focus();
  } else {
    $('detail').scrollTo(0, 0);
  }
}

function show(delivery) {
  const { event, error } = delivery;
  $('title').textContent = `#${delivery.number} ${name_of(delivery)}`;
  const answer = [['Verdict', verdict_of(delivery)], ['Answered', `${delivery.status}, after ${delivery.took_ms} ms`]];
  if (delivery.reason) answer.push(['Reason', on_one_line(delivery.reason)]);
  if (error) {
    const to_mark = element('button', { type: 'button' }, 'Show');
    to_mark.addEventListener('click', go_to_mark);
    answer.push(['Error', error.code, ': ', on_one_line(error.message)]);
    answer.push(['Where', `line ${error.line}, column ${error.column}, byte ${error.offset}, at `,
      element('code', {}, error.path === '' ? '(body)' : on_one_line(error.path)), to_mark]);
  }
  if (delivery.again_of) answer.push(['Repeats', `#${delivery.again_of}`]);
  answer.push(['Received', `${new Date(delivery.received).toLocaleString()} (${delivery.received})`],
    ['From', delivery.remote],
    ['Request', element('code', {}, on_one_line(`${delivery.method} ${delivery.target}`))]);
  fill($('answer'), answer);
  show_event(event);
  show_body(delivery);
  $('headers').replaceChildren(...delivery.headers.map(([name, value]) => element('tr', {},
    element('td', { className: 'code' }, on_one_line(name)),
    value === null ? element('td', {}, element('i', {}, 'hidden')) : element('td', { className: 'code' }, on_one_line(value)))));
  $('curl').textContent = delivery.repeatable ? curl_of(delivery) : 'The body is not known completely.';
  $('copy-curl').disabled = $('again').disabled = !delivery.repeatable;
  $('copy-body').disabled = !delivery.arrived;
}

function show_event(event) {
  $('event').parentElement.hidden = event === undefined;
  $('time-line').parentElement.hidden = event?.dossier === undefined;
  if (!event) return;
  const rows = [['Type', on_one_line(event.type)], ['Id', element('code', {}, event.id)], ['Created', event.created]];
  if (event.dossier) {
    const only = element('button', { type: 'button' }, 'Only this');
    only.addEventListener('click', () => {
      $('dossier').value = event.dossier.id;
      filter();
    });
    rows.push(['Dossier', element('code', {}, event.dossier.id), only], ['State', on_one_line(event.dossier.state)]);
  }
  for (const [name, value] of Object.entries(event)) {
    if (name === 'dossier' || typeof value !== 'object' || value === null) continue;
    rows.push([on_one_line(name), element('code', {}, on_one_line(Object.values(value).filter((part) => typeof part === 'string').join(', ')))]);
  }
  fill($('event'), rows);
  if (event.dossier) show_time_line(chosen);
}

// The events of a dossier in the order in which the service created them, each once.
function show_time_line({ event }) {
  if (!event.dossier) return;
  const events = new Map();
  for (const delivery of deliveries.values()) {
    if (delivery.event?.dossier?.id !== event.dossier.id) continue;
    const known = events.get(delivery.event.id);
    events.set(delivery.event.id, { first: known?.first ?? delivery, count: (known?.count ?? 0) + 1 });
  }
  const sorted = [...events.values()].sort((a, b) =>
    Date.parse(a.first.event.created) - Date.parse(b.first.event.created) || a.first.number - b.first.number);
  const text = JSON.stringify(sorted.map(({ first, count }) => [first.number, count])) + event.id;
  if ($('time-line').dataset.text === text) return;  // a focus stays
  $('time-line').dataset.text = text;
  $('time-line').replaceChildren(...sorted.map(({ first, count }) => {
    const is_chosen = first.event.id === event.id;
    const button = element('button', { type: 'button' },
      element('span', { className: 'state' }, on_one_line([first.event.dossier.state, ...other_states(first.event)].join(' · '))),
      element('br'), element('span', { className: 'more' },
        on_one_line(`${first.event.created} ${first.event.type}`) + (count > 1 ? `, delivered ${count} times` : '')));
    if (is_chosen) button.setAttribute('aria-current', 'true');
    button.addEventListener('click', () => choose(first.number, document.body.classList.contains('reads')));
    return element('li', { className: is_chosen ? 'chosen' : '' }, button);
  }));
}

const syntax_errors = new Set(['invalid_json', 'invalid_utf8', 'trailing_content', 'body_too_large']);

// The end of what is wrong: the character that is not JSON, or else a string, a number or a literal as a whole.
function end_of_error(bytes, { code, offset: begin }) {
  if (syntax_errors.has(code)) return begin + (character_size(bytes, begin) || 1);
  const text = String.fromCharCode(...bytes.subarray(begin, begin + 200));
  const token = /^(?:"(?:[^"\\]|\\.)*"|[-+.\w]+)/s.exec(text);
  return begin + (token ? token[0].length : character_size(bytes, begin) || 1);
}

function show_body(delivery) {
  const bytes = bytes_of(delivery);
  const is_cut = delivery.arrived && bytes.length < delivery.body_bytes;
  $('size').textContent = !delivery.arrived ? 'The request was answered before its body was read.'
    : `${delivery.body_bytes} bytes` + (is_cut ? `, the first ${bytes.length} are shown` : '') + (delivery.body_base64 === undefined ? '' : ', not UTF-8');
  $('format').setAttribute('aria-pressed', is_formatted);
  $('format').hidden = $('body').hidden = !delivery.arrived;
  if (is_formatted) return $('body').replaceChildren(formatted(text_of(bytes)));
  if (!delivery.error || delivery.error.offset > bytes.length) return $('body').replaceChildren(text_of(bytes));
  const begin = delivery.error.offset;
  const is_end = begin === bytes.length;
  const end = is_end ? begin : end_of_error(bytes, delivery.error);
  $('body').replaceChildren(text_of(bytes.subarray(0, begin)),
    element('mark', { id: 'mark', tabIndex: -1 }, is_end ? '⟨end⟩' : text_of(bytes.subarray(begin, end))),
    element('span', { className: 'note' }, ` ◂ ${on_one_line(delivery.error.message)} `),
    text_of(bytes.subarray(end)));
  show_mark();
}

// Scrolls the body alone to the mark.
function show_mark() {
  $('body').scrollTop = $('mark').offsetTop - $('body').offsetTop - $('body').clientHeight / 2;
}

function go_to_mark() {
  if (is_formatted) {
    is_formatted = false;
    show_body(chosen);
  }
  $('mark')?.focus();
}

// ---- curl ----

const in_quotes = (text) => `'${text.replaceAll("'", "'\\''")}'`;
const is_printable = (text) => !/[\n\t]/.test(text) && text.search(unseen) === -1;
const octal = (byte) => `\\${byte.toString(8).padStart(3, '0')}`;

// The format with which printf prints these bytes, in POSIX shells: only what no shell and no terminal obeys is written
// as it is.
function printf_format(bytes) {
  let made = '';
  for (const byte of bytes) {
    const character = String.fromCharCode(byte);
    made += /[ -~]/.test(character) && !"\\%'".includes(character) && (made || character !== '-') ? character : octal(byte);
  }
  return `'${made}'`;
}

const quoted = (text) => is_printable(text) ? in_quotes(text) : `"$(printf ${printf_format(new TextEncoder().encode(text))})"`;

// Fields that curl writes itself, or that belong to the connection or to a proxy's way.
const own_fields = new Set(['accept-encoding', 'connection', 'content-length', 'expect', 'host', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade']);

function curl_of(delivery) {
  const target = delivery.target.startsWith('/') ? delivery.target : '/';
  const words = ['curl', '--globoff', '--path-as-is'];
  if (server.listens_on.startsWith('https:')) words.push('--insecure');
  const lines = [[...words, '--request', quoted(delivery.method), quoted(server.listens_on + target)].join(' ')];
  for (const [name, value] of delivery.headers) {
    if (own_fields.has(name.toLowerCase())) continue;
    if (name.toLowerCase() === server.secret_header.toLowerCase()) lines.push(`--header ${in_quotes(`${name}: `)}"$SIGNHOOK_SECRET"`);
    else if (value !== null) lines.push(`--header ${quoted(value === '' ? `${name};` : `${name}: ${value}`)}`);
  }
  for (const name of ['Content-Type', 'User-Agent', 'Accept']) {
    if (!delivery.headers.some(([one]) => one.toLowerCase() === name.toLowerCase())) lines.push(`--header '${name}:'`);
  }
  // An argument has no NUL, and at most 128 KiB on Linux.
  const bytes = bytes_of(delivery);
  if (delivery.body !== undefined && bytes.length < 100000 && is_printable(delivery.body)) {
    return [...lines, `--data-raw ${in_quotes(delivery.body)}`].join(' \\\n  ');
  }
  return `printf ${printf_format(bytes)} |\n` + [...lines, '--data-binary @-'].join(' \\\n  ');
}

// ---- Buttons and keys ----

const say = (text) => { $('done').textContent = text; };

async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    say(`${what} is copied.`);
  } catch {
    say('The browser does not let this page copy: select the text below.');
  }
}

$('copy-curl').addEventListener('click', () => copy($('curl').textContent, 'The command, with the secret in $SIGNHOOK_SECRET,'));
$('copy-body').addEventListener('click', () => {
  if (chosen.body !== undefined) return copy(chosen.body, 'The body');
  copy(text_of(bytes_of(chosen)), 'The body, with the bytes that are not UTF-8 as ⟨ff⟩,');
});
$('again').addEventListener('click', async () => {
  const { number } = chosen;
  say('Delivering again');
  try {
    const response = await fetch(`again/${number}`, { method: 'POST' });
    const text = await response.text();
    if (chosen.number !== number) return;
    if (!response.ok) return say(`It is not delivered: ${text}`);
    const { status, answer } = JSON.parse(text);
    say(`Answered ${status}: ${answer.trim()}`);
  } catch {
    say('It is not delivered: signhook does not answer.');
  }
});
$('format').addEventListener('click', () => {
  is_formatted = !is_formatted;
  show_body(chosen);
});
$('back').addEventListener('click', () => {
  document.body.classList.remove('reads');
  chosen.row.firstChild.focus();
});
$('clear').addEventListener('click', () => {
  for (const number of [...deliveries.keys()]) remove(number);
  chosen = undefined;
  missed = 0;
  $('detail').hidden = true;
  document.body.classList.remove('reads');
  changed();
});
$('filter').addEventListener('submit', (event) => event.preventDefault());
$('filter').addEventListener('input', filter);
$('filter').addEventListener('reset', () => setTimeout(filter));

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(?:INPUT|SELECT)$/.test(event.target.tagName)) return;
  if (event.key === '/') {
    event.preventDefault();
    $('search').focus();
  }
  if (!['ArrowDown', 'ArrowUp'].includes(event.key) || !$('list').contains(event.target)) return;
  event.preventDefault();
  const shown = [...$('list').children].filter((row) => !row.hidden);
  const next = shown[shown.indexOf(event.target.closest('li')) + (event.key === 'ArrowDown' ? 1 : -1)];
  next?.firstChild.focus();
});

// ---- Stream ----

function connect() {
  const source = new EventSource('stream');
  const tell = (text, name) => {
    $('connection').textContent = text;
    $('connection').className = name;
  };
  source.addEventListener('hello', ({ data }) => {
    server = JSON.parse(data);
    $('listens-on').textContent = server.listens_on;
    $('try').textContent = `signhook send ${server.listens_on}/ --secret-header ${in_quotes(server.secret_header)} --secret-file secret`;
    tell('Connected', 'good');
    changed();
  });
  source.addEventListener('delivery', ({ data }) => add(JSON.parse(data)));
  source.addEventListener('skipped', ({ data }) => {
    missed += JSON.parse(data).count;
    changed();
  });
  source.addEventListener('error', () => {
    if (source.readyState !== EventSource.CLOSED) return tell('Not connected, trying again', '');
    tell('Not connected: signhook has ended, or too many pages are open. A new start prints a new address.', 'bad');
  });
}

connect();
