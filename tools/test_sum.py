#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""test_sum.py [--one FOLDER NAME STATUS] | FOLDER: counts the reports that script/test gathers in FOLDER.

NAME.meson.json (meson's testlog), NAME.junit.xml (pytest), NAME.tap (node), NAME.failed (a step that failed, with
its output). Single cases are counted: cmocka's, unittest's, pytest's and node's. A program that dies without a
failed case counts as one failure; so does a suite that ends with an error and reports none."""
import json
import pathlib
import re
import sys
import xml.etree.ElementTree

ANSI = re.compile(r'\x1b\[[0-9;]*m')
DETAIL_LINES = 60


class Tally:
    def __init__(self):
        self.passed, self.failures, self.skips = 0, [], []

    def __str__(self):
        text = f'{self.passed} passed, {len(self.failures)} failed'
        return text + (f', {len(self.skips)} skipped' if self.skips else '')

    def add(self, other):
        self.passed += other.passed
        self.failures += other.failures
        self.skips += other.skips


def tail(text):
    lines = [s for s in ANSI.sub('', text).rstrip().splitlines() if not re.match(r'\[\d+\/\d+\] ', s)]
    return '\n'.join((['...'] if len(lines) > DETAIL_LINES else []) + lines[-DETAIL_LINES:])


def meson_test(entry, tally):
    """One program: its cmocka or unittest cases, or itself."""
    name = entry['name'].split(' / ')[-1]
    out = ANSI.sub('', entry.get('stdout') or '')
    err = ANSI.sub('', entry.get('stderr') or '')
    both = f'{out}\n{err}'
    if entry['result'] == 'SKIP':
        reason = (out.strip().splitlines() or [''])[-1]
        tally.skips.append(f'{name}: {reason}')
        return
    ok = len(re.findall(r'^\[       OK \] ', both, re.MULTILINE))
    bad = sorted(set(re.findall(r'^\[  (?:FAILED|ERROR ) +\] (\w+)$', both, re.MULTILINE)))
    skipped = sorted(set(re.findall(r'^\[  SKIPPED \] (\w+)$', both, re.MULTILINE)))
    ran = re.search(r'^Ran (\d+) tests? in', both, re.MULTILINE)
    if ran and not ok:
        bad = re.findall(r'^(?:FAIL|ERROR): (\w+)', both, re.MULTILINE)
        ok = int(ran.group(1)) - len(bad)
    fine = entry['result'] in ('OK', 'EXPECTEDFAIL')
    if fine and ok == 0 and not skipped:
        ok = 1
    if not fine and not bad:
        bad = [entry['result'].lower()]
    tally.passed += max(ok, 0)
    tally.skips += [f'{name}: {s}' for s in skipped]
    for i, case in enumerate(bad):
        tally.failures.append((f'{name}: {case}', tail(both) if i == 0 else ''))


def meson_report(path):
    tally = Tally()
    for line in path.read_text(errors='replace').splitlines():
        if line.strip():
            meson_test(json.loads(line), tally)
    return tally


def junit_report(path):
    tally = Tally()
    for case in xml.etree.ElementTree.parse(path).iter('testcase'):
        name = f"{case.get('classname')}: {case.get('name')}"
        problem = next((e for e in case if e.tag in ('failure', 'error')), None)
        skip = case.find('skipped')
        if problem is not None:
            tally.failures.append((name, tail((problem.get('message') or '') + '\n' + (problem.text or ''))))
        elif skip is not None:
            tally.skips.append(f"{name}: {skip.get('message')}")
        else:
            tally.passed += 1
    return tally


def tap_report(path):
    """Node's TAP: a point with points inside is a group, not a case."""
    tally = Tally()
    point = re.compile(r'^( *)(not )?ok \d+ - (.*?)( # (SKIP|TODO)\b.*)?$')
    inner = 0  # the indentation of the last point seen
    lines = path.read_text(errors='replace').splitlines()
    for i, line in enumerate(lines):
        m = point.match(line)
        if not m:
            continue
        indent, group = len(m.group(1)), len(m.group(1)) < inner
        inner = indent
        file_point = m.group(3).endswith(('.mjs', '.js'))
        if (group or file_point) and not (m.group(2) and file_point and not group):
            continue
        if m.group(5):
            tally.skips.append(m.group(3) + m.group(4))
        elif m.group(2):
            details = [x[indent:] for x in lines[i + 1:i + 40] if x.startswith(' ' * (indent + 2))]
            tally.failures.append((m.group(3), '\n'.join(details)))
        else:
            tally.passed += 1
    return tally


def report(folder, name, status=0):
    """The tally of one suite."""
    for ending, read in (('.meson.json', meson_report), ('.junit.xml', junit_report), ('.tap', tap_report)):
        path = folder / (name + ending)
        if path.exists():
            tally = read(path)
            break
    else:
        tally = Tally()
    if status != 0 and not tally.failures:
        log = folder / (name + '.log')
        tally.failures.append((f'{name}: ended with {status}',
                               tail(log.read_text(errors='replace')) if log.exists() else ''))
    return tally


def total(folder):
    tally = Tally()
    for path in sorted(folder.glob('*.status')):
        tally.add(report(folder, path.stem, int(path.read_text())))
    for path in sorted(folder.glob('*.failed')):
        text = path.read_text(errors='replace')
        tally.failures.append((path.stem, tail(text[max(0, text.find('\nFAILED: ')):])))
    return tally


def main(args):
    if args[0] == '--one':
        folder, name, status = pathlib.Path(args[1]), args[2], int(args[3])
        (folder / (name + '.status')).write_text(str(status))
        print(report(folder, name, status))
        return 0
    tally = total(pathlib.Path(args[0]))
    for name in tally.skips:
        print(f'skipped: {name}')
    for name, detail in tally.failures:
        print(f'\n=== FAILED: {name}\n{detail}')
    if tally.passed + len(tally.failures) == 0:
        tally.failures.append(('nothing ran', ''))
    print(f'\n{tally}' if tally.failures or tally.skips else tally)
    return 1 if tally.failures else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
