#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Prints what Google Benchmark measured as a table: nanoseconds an event, medians.

    bench/report.py RESULT.json...
"""

import json
import sys


def read(path):
    with open(path, encoding='utf-8') as file:
        result = json.load(file)
    rows, corpora = {}, []
    for run in result['benchmarks']:
        if run.get('aggregate_name') != 'median':
            continue
        name, _, corpus = run['run_name'].partition('/')
        rows.setdefault(name, {})[corpus] = run
        if corpus and corpus not in corpora:
            corpora.append(corpus)
    order = ['compact', 'pretty', 'evolved', 'unknown states', 'broken']
    corpora.sort(key=lambda corpus: (int(corpus.split('/')[1]), order.index(corpus.split('/')[0])))
    return result['context'], rows, corpora


def nanoseconds(run):
    return run['per_event'] * 1e9


def print_table(context, rows, corpora):
    print(f"{context['compiler']}, {context['flags']}, simdjson {context['simdjson']} ({context['kernel']}), "
          f"{context['num_cpus']} x {context['mhz_per_cpu']} MHz\n")
    width = max(map(len, rows))
    print('| ' + 'ns an event'.ljust(width) + ' | ' + ' | '.join(corpora) + ' | allocations |')
    print('|' + '-' * (width + 2) + '|' + ''.join('-' * (len(corpus) + 1) + ':|' for corpus in corpora) + '------------:|')
    first = corpora[0]
    for name in sorted((name for name in rows if first in rows[name]), key=lambda name: nanoseconds(rows[name][first])):
        cells = [(f'{nanoseconds(rows[name][corpus]):.0f}' if corpus in rows[name] else '').rjust(len(corpus)) for corpus in corpora]
        allocations = max(run['allocations_per_event'] for run in rows[name].values())
        print('| ' + name.ljust(width) + ' | ' + ' | '.join(cells) + f' | {allocations:11.2f} |')
    for name in rows:
        if '' in rows[name]:
            print(f"\n{name}: {nanoseconds(rows[name]['']):.1f} ns", end='')
    print()


def print_ratios(rows, corpora):
    own, floor = 'signhook', "floor: simdjson's index"
    others = [name for name in rows if not name.startswith(('signhook', 'floor', 'the ')) and '' not in rows[name]]
    print()
    for corpus in corpora:
        mine = nanoseconds(rows[own][corpus])
        alternatives = {name: nanoseconds(rows[name][corpus]) for name in others if corpus in rows[name]}
        if alternatives:
            best = min(alternatives, key=alternatives.get)
            print(f'{corpus}: {mine / alternatives[best]:.2f} of {best}, {mine / nanoseconds(rows[floor][corpus]):.2f} of the index alone')
        else:
            good = nanoseconds(rows[own][corpus.replace('broken', 'compact')])
            print(f'{corpus}: {mine / good:.2f} of what the same bodies take unbroken')


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    for path in sys.argv[1:]:
        context, rows, corpora = read(path)
        print_table(context, rows, corpora)
        print_ratios(rows, corpora)
        print()


main()
