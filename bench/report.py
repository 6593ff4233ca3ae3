#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Prints the results of Google Benchmark: the median time of an event in nanoseconds.

    bench/report.py RESULT...                     prints tables and ratios
    bench/report.py --keep FILE RESULT...         writes the medians, compiler and machine into one file
    bench/report.py --write FILE                  writes the tables of README and docs/performance.md and the chart
                                                  beside FILE from it
    bench/report.py --check FILE                  fails if these differ from FILE

A RESULT may be two, A+B: then the rows of B, of a program in another language, are added to those of A.
"""

import json
import pathlib
import platform
import re
import sys

OWN = 'signhook'
INDEX = 'floor: simdjson stage 1'
OTHER_LANGUAGE = 'serde_json'
# The corpora by the names of their bodies, and these names in tables. The first ones are in the README.
LABELS = {'compact': 'compact', 'pretty': 'indented', 'pretty, 4 spaces': 'indented by 4', 'drifted': 'another order, two new members',
          'evolved': 'shuffled, two new members', 'shuffled': 'shuffled, two new members', 'unknown states': 'unknown states',
          'broken': 'broken in one place', 'pretty, 2 spaces': 'indented by 2', 'pretty, tabs': 'indented by tabs',
          'Python spacing': 'spaces as Python', 'unknown type': 'unknown type', 'upper-case ids': 'upper-case ids',
          'Z times': 'times with Z', 'fractions': 'fractions', 'escaped slashes': 'escaped slashes', '4 KiB': '4 KiB', '60 KiB': '60 KiB'}
CORPORA = list(LABELS)
IN_README = CORPORA[:CORPORA.index('broken') + 1]
ROOT = pathlib.Path(__file__).resolve().parent.parent
README = ROOT / 'README.md'
PAGE = ROOT / 'docs/performance.md'
BEGIN, END = '<!-- made by bench/report.py -->\n', '<!-- end -->\n'


def processor():
    try:
        with open('/proc/cpuinfo', encoding='utf-8') as file:
            return re.search(r'model name\s*: (.*)', file.read()).group(1)
    except (OSError, AttributeError):
        return platform.processor()


def read(paths):
    """Returns the compiler, machine and {name: {corpus: median}} of a file of Google Benchmark, or of two."""
    rows, context = {}, {}
    for path in paths.split('+'):
        with open(path, encoding='utf-8') as file:
            result = json.load(file)
        context = context or result['context']
        for run in result['benchmarks']:
            if run.get('aggregate_name') == 'median':
                name, _, corpus = run['run_name'].partition('/')
                rows.setdefault(name, {})[corpus] = {'ns': round(run['per_event'] * 1e9, 1),
                                                     'allocations': run['allocations_per_event']}
    kept = {key: context[key] for key in ('compiler', 'flags', 'simdjson', 'kernel', 'versions', 'absent')}
    if OTHER_LANGUAGE not in rows:
        kept['absent'] = ' | '.join(filter(None, [kept['absent'], f'{OTHER_LANGUAGE}: not run']))
    return {**kept, 'processor': processor(), 'date': context['date'][:10], 'rows': rows}


def corpora_of(build):
    found = {corpus for row in build['rows'].values() for corpus in row if corpus}
    return sorted(found, key=lambda corpus: (int(corpus.split('/')[1]), CORPORA.index(corpus.split('/')[0])))


def alternatives(build, corpus):
    """Returns name and nanoseconds of the other libraries, the fastest first."""
    rows = build['rows']
    others = [name for name in rows if not name.startswith((OWN, 'floor', 'the ')) and corpus in rows[name]]
    return sorted(((name, rows[name][corpus]['ns']) for name in others), key=lambda other: other[1])


def absent(build):
    """Returns [name, reason] of each library that did not take part."""
    return [one.rsplit(': ', 1) for one in build['absent'].split(' | ') if one]


def ratios(build):
    """Yields (name, ratio, name of the divisor) for each promised ratio."""
    rows = build['rows']
    for corpus in corpora_of(build):
        own = rows[OWN][corpus]['ns']
        others = alternatives(build, corpus)
        if others:
            yield corpus, own / others[0][1], f'the fastest other, {others[0][0]}'
        if corpus.startswith('compact'):
            yield corpus, own / rows[INDEX][corpus]['ns'], 'simdjson stage 1 alone'
            if corpus in rows.get('signhook lines', {}):
                yield f'{corpus}, lines', rows['signhook lines'][corpus]['ns'] / own, 'single bodies'
        if corpus.startswith('broken'):
            yield corpus, own / rows[OWN][corpus.replace('broken', 'compact')]['ns'], 'the same bodies unbroken'


def most_allocations(row):
    counts = [run['allocations'] for run in row.values() if run['allocations'] is not None]
    return f'{max(counts):.0f}' if counts else ''


def print_build(build):
    rows, corpora = build['rows'], corpora_of(build)
    print(f"{build['compiler']}, {build['flags']}, simdjson {build['simdjson']} ({build['kernel']}), {build['processor']}\n")
    width = max(map(len, rows))
    print('| ' + 'ns an event'.ljust(width) + ' | ' + ' | '.join(corpora) + ' | allocations |')
    print('|' + '-' * (width + 2) + '|' + ''.join('-' * (len(corpus) + 1) + ':|' for corpus in corpora) + '------------:|')
    first = corpora[0]
    for name in sorted((name for name in rows if first in rows[name]), key=lambda name: rows[name][first]['ns']):
        cells = [(f"{rows[name][corpus]['ns']:.0f}" if corpus in rows[name] else '').rjust(len(corpus)) for corpus in corpora]
        allocations = most_allocations(rows[name])
        print('| ' + name.ljust(width) + ' | ' + ' | '.join(cells) + f' | {allocations:>11} |')
    for name, why in absent(build):
        print(f'| {name.ljust(width)} | {why}: see bench/README.md |')
    print()
    for name, row in rows.items():
        if '' in row:
            print(f"{name}: {row['']['ns']:.1f} ns")
    print()
    for what, ratio, of in ratios(build):
        print(f'{what}: {ratio:.2f} of {of}')
    print()


# ---- README, docs/performance.md and the chart ----

def largest(build):
    """Returns the corpus with most bodies of each kind."""
    most = {corpus.split('/')[0]: corpus for corpus in corpora_of(build)}
    return sorted(most.values(), key=lambda corpus: CORPORA.index(corpus.split('/')[0]))


def tables(build, kinds):
    """Returns tables of libraries by corpora, each cell with the time of the largest corpus (and of 1,024 bodies)."""
    corpora = [corpus for corpus in largest(build) if corpus.split('/')[0] in kinds]
    main = [corpus for corpus in corpora if corpus.split('/')[0] in IN_README]
    others = [corpus for corpus in corpora if corpus not in main]
    return '\n'.join(table(build, part) for part in (main, others) if part)


def table(build, corpora):
    rows = build['rows']
    count = int(corpora[0].split('/')[1])

    def cell(name, corpus):
        kind = corpus.split('/')[0]
        both = [rows.get(name, {}).get(which) for which in dict.fromkeys((corpus, f'{kind}/1024'))]
        return ' '.join(f"{one['ns']:.0f}" if at == 0 else f"({one['ns']:.0f})" for at, one in enumerate(both) if one)

    names = [OWN] + [name for name, _ in alternatives(build, corpora[0])] + [INDEX]
    lines = [f"{build['compiler']}, `{build['flags']}`; {count:,} bodies (1,024 bodies):\n\n",
             '| ns a body | ' + ' | '.join(LABELS[corpus.split('/')[0]] for corpus in corpora) + ' | allocations |\n',
             '|---|' + '---:|' * (len(corpora) + 1) + '\n']
    for name in names:
        cells = [cell(name, corpus) for corpus in corpora]
        lines.append(f"| {name.replace('floor: ', '')} | " + ' | '.join(cells) + f' | {most_allocations(rows[name])} |\n')
    for name, why in absent(build):
        lines.append(f'| {name} | {why} |' + ' |' * len(corpora) + '\n')
    best = []
    for corpus in corpora:
        others = alternatives(build, corpus)
        best.append(f"{rows[OWN][corpus]['ns'] / others[0][1]:.2f}" if others else '')
    lines.append('| signhook / the fastest other | ' + ' | '.join(best) + ' | |\n')
    return ''.join(lines)


def measured(build):
    return f"Measured {build['date']} on {build['processor']}; simdjson {build['simdjson']} ({build['kernel']} kernel), " \
           f"{build['versions']}.\n"


def chart(build):
    """Returns an SVG bar chart of nanoseconds for the canonical form."""
    corpus = largest(build)[0]
    count = int(corpus.split('/')[1])
    bars = [(OWN, build['rows'][OWN][corpus]['ns'])] + alternatives(build, corpus)
    bars.append(('simdjson stage 1 alone', build['rows'][INDEX][corpus]['ns']))
    left, width, height, scale = 265, 760, 24, 430 / max(ns for _, ns in bars)
    title = f'Nanoseconds a body, compact, {count:,} bodies of all types; less is better'
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height * len(bars) + 60}" '
           'font-family="sans-serif" font-size="13">\n'
           f'<title>{title}</title>\n'
           '<rect width="100%" height="100%" fill="#fff"/>\n'
           f'<text x="8" y="20" fill="#222" font-size="14">{title}</text>\n']
    for i, (name, ns) in enumerate(bars):
        y = 34 + i * height
        fill = '#0a6' if name == OWN else '#bbb' if name.startswith('simdjson stage 1') else '#68a'
        out.append(f'<text x="{left - 8}" y="{y + 14}" text-anchor="end" fill="#222">{name}</text>'
                   f'<rect x="{left}" y="{y}" width="{ns * scale:.1f}" height="{height - 6}" fill="{fill}"/>'
                   f'<text x="{left + ns * scale + 6:.1f}" y="{y + 14}" fill="#222">{ns:.0f}</text>\n')
    out.append(f'<text x="8" y="{height * len(bars) + 50}" fill="#555" font-size="12">'
               f'{build["compiler"]}, {build["flags"]}, simdjson {build["simdjson"]}; to the same event</text>\n</svg>\n')
    return ''.join(out)


def made_of(path):
    """Returns {file: text} for README, the page and the chart."""
    with open(path, encoding='utf-8') as file:
        builds = json.load(file)
    made = {pathlib.Path(path).with_suffix('.svg'): chart(builds[0])}
    for page, parts in ((README, [(builds[0], IN_README)]), (PAGE, [(build, CORPORA) for build in builds])):
        text = page.read_text(encoding='utf-8')
        begin, end = text.index(BEGIN) + len(BEGIN), text.index(END)
        made[page] = text[:begin] + '\n'.join([measured(builds[0])] + [tables(*one) for one in parts]) + text[end:]
    return made


def main():
    if len(sys.argv) == 3 and sys.argv[1] in ('--write', '--check'):
        for path, text in made_of(sys.argv[2]).items():
            if sys.argv[1] == '--write':
                path.write_text(text, encoding='utf-8')
            elif path.read_text(encoding='utf-8') != text:
                sys.exit(f'{path} is not what {sys.argv[2]} makes: bench/report.py --write {sys.argv[2]}')
        return
    keeps = len(sys.argv) > 3 and sys.argv[1] == '--keep'
    paths = sys.argv[3:] if keeps else sys.argv[1:]
    if not paths or paths[0].startswith('-'):
        sys.exit(__doc__)
    builds = [read(path) for path in paths]
    if keeps:
        with open(sys.argv[2], 'w', encoding='utf-8') as file:
            json.dump(builds, file, indent=1)
            file.write('\n')
    for build in builds:
        print_build(build)


main()
