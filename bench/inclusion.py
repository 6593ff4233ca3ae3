#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""What it costs to include each header, and how large the code of a decode is.

    bench/inclusion.py COMPILER INCLUDE... -- LIBRARY...

Seconds are medians of five, of a translation unit that includes the header and nothing else, without optimisation; beside
them what <variant>, <chrono>, <array> and <optional> cost, which event.hpp includes. Sizes are those of .text, with -O2.
"""

import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent / 'include'
STANDARD = '#include <algorithm>\n#include <array>\n#include <chrono>\n#include <optional>\n#include <string_view>\n#include <variant>\n'
ONE = '''#include <signhook/decoder.hpp>
bool accepts_{0}(signhook::decoder& with, std::string_view body) {{ return with.decode(body).has_value(); }}
'''


def compile_unit(compiler, includes, folder, name, text, flags):
    source = folder / f'{name}.cpp'
    source.write_text(text, encoding='utf-8')
    target = folder / f'{name}.o'
    subprocess.run([compiler, '-std=c++20', *(f'-I{path}' for path in includes), *flags, '-c', source, '-o', target], check=True)
    return target


def seconds(*arguments):
    taken = []
    for _ in range(5):
        begin = time.monotonic()
        compile_unit(*arguments)
        taken.append(time.monotonic() - begin)
    return statistics.median(taken)


def text_size(path):
    lines = subprocess.run(['size', path], check=True, capture_output=True, text=True).stdout.splitlines()
    return int(lines[1].split()[0])


def main():
    if '--' not in sys.argv or len(sys.argv) < 3:
        sys.exit(__doc__)
    split = sys.argv.index('--')
    compiler, includes, libraries = sys.argv[1], [str(ROOT), *sys.argv[2:split]], sys.argv[split + 1:]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        print('| header | seconds |\n|---|---:|')
        texts = {'(an empty file)': '', '(standard headers of event.hpp)': STANDARD}
        texts.update({path.name: f'#include <signhook/{path.name}>\n' for path in sorted((ROOT / 'signhook').glob('*.hpp'))})
        for header, text in texts.items():
            print(f"| {header} | {seconds(compiler, includes, folder, 'header', text, ['-O0']):.2f} |")
        units = [compile_unit(compiler, includes, folder, f'unit{i}', ONE.format(i), ['-O2']) for i in range(10)]
        main_unit = compile_unit(compiler, includes, folder, 'main', 'int main() {}\n', ['-O2'])
        print('\n| code | bytes of .text |\n|---|---:|')
        for count in (0, 1, 10):
            program = folder / f'program{count}'
            subprocess.run([compiler, main_unit, *units[:count], *libraries, '-o', program], check=True)
            print(f'| a program with {count} units that decode | {text_size(program)} |')


main()
