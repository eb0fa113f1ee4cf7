# SPDX-License-Identifier: Apache-2.0
"""test_sum.py counts every kind of report, and never hides a failure."""
import json
import pathlib
import shutil
import tempfile
import unittest

import test_sum

CMOCKA = '[==========] Running 3 test(s).\n[ RUN      ] a\n[       OK ] a\n[ RUN      ] b\n[  FAILED  ] b\n' \
         '[ RUN      ] c\n[  SKIPPED ] c\n[==========] 3 test(s) run.\n'


class Sums(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='otasuke-sum-'))

    def tearDown(self):
        shutil.rmtree(self.folder)

    def meson(self, *entries):
        rows = [json.dumps({'name': f'otasuke:unit / {n}', 'result': r, 'stdout': o, 'stderr': e})
                for n, r, o, e in entries]
        (self.folder / 'unit.meson.json').write_text('\n'.join(rows))

    def count(self, name, status=0):
        tally = test_sum.report(self.folder, name, status)
        return tally.passed, len(tally.failures), len(tally.skips)

    def test_cmocka_cases_are_counted(self):
        self.meson(('t', 'FAIL', CMOCKA, '[  FAILED  ] b\n 1 FAILED TEST(S)\n'))
        self.assertEqual(self.count('unit', 1), (1, 1, 1))

    def test_crash_is_a_failure(self):
        self.meson(('t', 'FAIL', '[       OK ] a\n', 'AddressSanitizer'))
        self.assertEqual(self.count('unit', 1), (1, 1, 0))

    def test_timeout_and_plain_programs(self):
        self.meson(('t', 'TIMEOUT', '', ''), ('check', 'OK', 'fine\n', ''))
        self.assertEqual(self.count('unit', 1), (1, 1, 0))

    def test_unittest_cases(self):
        self.meson(('t', 'FAIL', '', 'FAIL: test_x (m.C)\n\nRan 5 tests in 0.1s\n\nFAILED (failures=1)\n'))
        self.assertEqual(self.count('unit', 1), (4, 1, 0))

    def test_skipped_program_has_a_name(self):
        self.meson(('t', 'SKIP', 'no ../shared\n', ''))
        tally = test_sum.report(self.folder, 'unit')
        self.assertEqual(tally.skips, ['t: no ../shared'])

    def test_junit(self):
        (self.folder / 'e2e.junit.xml').write_text(
            '<testsuites><testsuite><testcase classname="a" name="b"/><testcase classname="a" name="c">'
            '<failure message="m">text</failure></testcase><testcase classname="a" name="d">'
            '<skipped message="why"/></testcase></testsuite></testsuites>')
        self.assertEqual(self.count('e2e', 1), (1, 1, 1))

    def test_tap_groups_are_not_cases(self):
        (self.folder / 'browser.tap').write_text(
            'TAP version 13\n# Subtest: group\n    # Subtest: one\n    ok 1 - one\n      ---\n      ...\n'
            '    not ok 2 - two\n      ---\n      error: "x"\n      ...\n    1..2\nnot ok 1 - group\n'
            'ok 2 - alone\nok 3 - later # SKIP not yet\n1..3\n')
        self.assertEqual(self.count('browser', 1), (2, 1, 1))

    def test_suite_that_dies_is_a_failure(self):
        (self.folder / 'e2e.log').write_text('no such module\n')
        self.assertEqual(self.count('e2e', 2), (0, 1, 0))

    def test_nothing_ran_is_a_failure(self):
        self.assertEqual(test_sum.main([str(self.folder)]), 1)

    def test_failed_step_is_a_failure(self):
        (self.folder / 'build-clang.failed').write_text('[1/2] x\nFAILED: y\n')
        self.assertEqual(len(test_sum.total(self.folder).failures), 1)


if __name__ == '__main__':
    unittest.main()
