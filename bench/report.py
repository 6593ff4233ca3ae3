#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Prints the results of Google Benchmark: the median time of an event in nanoseconds.

    bench/report.py RESULT...                     prints tables and ratios
    bench/report.py --keep FILE RESULT...         writes the medians, compiler and machine into one file
    bench/report.py --write FILE                  writes README's table and the chart beside FILE from it
    bench/report.py --check FILE                  fails if these differ from FILE
"""

import json
import pathlib
import platform
import re
import sys

OWN = 'signhook'
INDEX = 'floor: simdjson stage 1'
CORPORA = ['compact', 'pretty', 'evolved', 'unknown states', 'broken']
README = pathlib.Path(__file__).resolve().parent.parent / 'README.md'
BEGIN, END = '<!-- made by bench/report.py -->\n', '<!-- end -->\n'


def processor():
    try:
        with open('/proc/cpuinfo', encoding='utf-8') as file:
            return re.search(r'model name\s*: (.*)', file.read()).group(1)
    except (OSError, AttributeError):
        return platform.processor()


def read(path):
    """Returns the compiler, machine and {name: {corpus: median}} of a file of Google Benchmark."""
    with open(path, encoding='utf-8') as file:
        result = json.load(file)
    rows = {}
    for run in result['benchmarks']:
        if run.get('aggregate_name') == 'median':
            name, _, corpus = run['run_name'].partition('/')
            rows.setdefault(name, {})[corpus] = {'ns': round(run['per_event'] * 1e9, 1),
                                                 'allocations': run['allocations_per_event']}
    context = {key: result['context'][key] for key in ('compiler', 'flags', 'simdjson', 'kernel')}
    return {**context, 'processor': processor(), 'date': result['context']['date'][:10], 'rows': rows}


def corpora_of(build):
    found = {corpus for row in build['rows'].values() for corpus in row if corpus}
    return sorted(found, key=lambda corpus: (int(corpus.split('/')[1]), CORPORA.index(corpus.split('/')[0])))


def alternatives(build, corpus):
    """Returns name and nanoseconds of the other libraries, the fastest first."""
    rows = build['rows']
    others = [name for name in rows if not name.startswith((OWN, 'floor', 'the ')) and corpus in rows[name]]
    return sorted(((name, rows[name][corpus]['ns']) for name in others), key=lambda other: other[1])


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


def print_build(build):
    rows, corpora = build['rows'], corpora_of(build)
    print(f"{build['compiler']}, {build['flags']}, simdjson {build['simdjson']} ({build['kernel']}), {build['processor']}\n")
    width = max(map(len, rows))
    print('| ' + 'ns an event'.ljust(width) + ' | ' + ' | '.join(corpora) + ' | allocations |')
    print('|' + '-' * (width + 2) + '|' + ''.join('-' * (len(corpus) + 1) + ':|' for corpus in corpora) + '------------:|')
    first = corpora[0]
    for name in sorted((name for name in rows if first in rows[name]), key=lambda name: rows[name][first]['ns']):
        cells = [(f"{rows[name][corpus]['ns']:.0f}" if corpus in rows[name] else '').rjust(len(corpus)) for corpus in corpora]
        allocations = max(run['allocations'] for run in rows[name].values())
        print('| ' + name.ljust(width) + ' | ' + ' | '.join(cells) + f' | {allocations:11.2f} |')
    print()
    for name, row in rows.items():
        if '' in row:
            print(f"{name}: {row['']['ns']:.1f} ns")
    print()
    for what, ratio, of in ratios(build):
        print(f'{what}: {ratio:.2f} of {of}')
    print()


# ---- The README: bodies by builds ----

LABELS = {'compact': 'canonical form, compact', 'pretty': 'canonical form, indented',
          'evolved': 'members shuffled, two unknown ones', 'unknown states': 'unknown states',
          'broken': 'broken in one place'}


def readme_table(builds):
    names = [OWN] + [name for name, _ in alternatives(builds[0], 'compact/1024')] + [INDEX]
    lines = [f"Measured {builds[0]['date']} with {builds[0]['compiler']}, simdjson {builds[0]['simdjson']} "
             f"({builds[0]['kernel']} kernel), on {builds[0]['processor']}.\n\n",
             '| | ' + ' | '.join(names).replace(INDEX, 'simdjson stage 1') + ' |\n',
             '|---|' + '---:|' * len(names) + '\n']
    for corpus in corpora_of(builds[0]):
        kind = corpus.split('/')[0]
        for build in builds:
            note = ', `-march=native`' if 'native' in build['flags'] else ''
            cells = [f"{build['rows'][name][corpus]['ns']:.0f}" if corpus in build['rows'].get(name, {}) else '' for name in names]
            lines.append(f'| {LABELS[kind]}{note} | ' + ' | '.join(cells) + ' |\n')
    return ''.join(lines)


def chart(builds):
    """Returns an SVG bar chart of nanoseconds for the canonical form."""
    build, corpus = builds[0], 'compact/1024'
    bars = [(OWN, build['rows'][OWN][corpus]['ns'])] + alternatives(build, corpus)
    bars.append(('simdjson stage 1 alone', build['rows'][INDEX][corpus]['ns']))
    left, width, height, scale = 190, 720, 26, 440 / max(ns for _, ns in bars)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height * len(bars) + 40}" '
           'font-family="sans-serif" font-size="14">\n'
           f'<title>Nanoseconds from the bytes of a documented body to an event: {build["compiler"]}, simdjson {build["simdjson"]}</title>\n'
           '<rect width="100%" height="100%" fill="#fff"/>\n']
    for i, (name, ns) in enumerate(bars):
        y = 10 + i * height
        fill = '#0a6' if name == OWN else '#bbb' if name.startswith('simdjson stage 1') else '#68a'
        out.append(f'<text x="{left - 8}" y="{y + 15}" text-anchor="end" fill="#222">{name}</text>'
                   f'<rect x="{left}" y="{y}" width="{ns * scale:.1f}" height="{height - 6}" fill="{fill}"/>'
                   f'<text x="{left + ns * scale + 6:.1f}" y="{y + 15}" fill="#222">{ns:.0f}</text>\n')
    out.append(f'<text x="{left}" y="{height * len(bars) + 28}" fill="#555" font-size="12">'
               'nanoseconds an event, canonical form, all types shuffled, to the same event; less is better</text>\n</svg>\n')
    return ''.join(out)


def made_of(path):
    """Returns {file: text} for README and the chart."""
    with open(path, encoding='utf-8') as file:
        builds = json.load(file)
    readme = README.read_text(encoding='utf-8')
    begin, end = readme.index(BEGIN) + len(BEGIN), readme.index(END)
    return {README: readme[:begin] + readme_table(builds) + readme[end:], pathlib.Path(path).with_suffix('.svg'): chart(builds)}


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
