# SPDX-License-Identifier: Apache-2.0
"""The check tools find what is planted, and nothing in a clean tree."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

TOOLS = pathlib.Path(__file__).resolve().parent

CLEAN = {
    'src/hub/meson.build': "features = ['accounts', 'cases']\n",
    'src/base/err.h': '/* err */\n',
    'src/base/str.c': '#include "base/err.h"\n\n#include <string.h>\n',
    'src/hub/accounts/accounts.h': '/* accounts */\n',
    'src/hub/cases/cases.c': '#include "hub/accounts/accounts.h"\n#include "base/err.h"\n\n'
                             'int cases(struct err *e)\n{\n\tif (e)\n\t\treturn err_set(e, -1, '
                             '"case %" PRId64 " is closed", 1);\n'
                             '\treturn text_get(t, 0, "cases.title") != 0;\n}\n',
    'src/hub/cases/cases_list.html': '<p>{{t "cases.list"}} {{n "cases.count" m->n}}</p>\n',
    'src/hub/cases/cases.ja.po': 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
                                 'msgid "cases.title"\nmsgstr "案件"\n\nmsgid "cases.list"\nmsgstr "{0} 件"\n\n'
                                 'msgid "cases.count.one"\nmsgstr "{0}件"\n\n'
                                 'msgid "cases.count.other"\nmsgstr "{0}件"\n',
    'src/hub/cases/cases.en.po': 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
                                 'msgid "cases.title"\nmsgstr "Cases"\n\nmsgid "cases.list"\nmsgstr "{0} cases"\n\n'
                                 'msgid "cases.count.one"\nmsgstr "one"\n\n'
                                 'msgid "cases.count.other"\nmsgstr "{0} cases"\n',
    'src/hub/cases/cases_errors.ja.po':
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n#, c-format\n'
        'msgid "case %ld is closed"\nmsgstr "案件 %ld は終了しています"\n',
}


class Checks(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix='otasuke-checks-'))
        for name, text in CLEAN.items():
            self.put(name, text)
        shutil.copy(TOOLS.parent / '.clang-format', self.root)

    def tearDown(self):
        shutil.rmtree(self.root)

    def put(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def change(self, name, old, new):
        text = (self.root / name).read_text()
        self.assertIn(old, text)
        self.put(name, text.replace(old, new))

    def run_tool(self, tool):
        r = subprocess.run([sys.executable, TOOLS / tool, self.root], check=False, capture_output=True,
                           text=True)
        return r.returncode, r.stdout + r.stderr

    def finds(self, tool, words):
        code, out = self.run_tool(tool)
        self.assertEqual(code, 1, out)
        self.assertIn(words, out)

    def test_clean_tree_passes(self):
        for tool in ('check-floors', 'check-size', 'check-format', 'check-texts'):
            code, out = self.run_tool(tool)
            self.assertEqual(code, 0, out)

    def test_floor_below_may_not_look_up(self):
        self.put('src/base/up.c', '#include "hub/hub.h"\n')
        self.finds('check-floors', 'base may not use hub')

    def test_siblings_do_not_meet(self):
        self.put('src/net/sideways.c', '#include "store/db.h"\n')
        self.finds('check-floors', 'net may not use store')

    def test_library_belongs_to_its_owner(self):
        self.put('src/hub/cases/cases_store.c', '#include <sqlite3.h>\n')
        self.finds('check-floors', 'belongs to store/store_sqlite')

    def test_unknown_library(self):
        self.put('src/base/new.c', '#include <shiny/new.h>\n')
        self.finds('check-floors', 'does not know')

    def test_feature_sees_earlier_ones_only(self):
        self.put('src/hub/accounts/accounts.c', '#include "hub/cases/cases.h"\n')
        self.finds('check-floors', 'cases stands behind accounts')

    def test_feature_sees_the_public_header_only(self):
        self.put('src/hub/cases/cases_web.c', '#include "hub/accounts/accounts_store.h"\n')
        self.finds('check-floors', 'only hub/accounts/accounts.h is public')

    def test_file_names_are_unique(self):
        self.put('src/net/err.h', '/* again */\n')
        self.finds('check-floors', 'err.h occurs twice')

    def test_comment_is_no_include(self):
        self.put('src/base/note.c', '/*\n#include <sqlite3.h>\n*/\n')
        self.assertEqual(self.run_tool('check-floors')[0], 0)

    def test_long_function(self):
        self.put('src/base/long.c', 'static int f(void)\n{\n' + '\tg();\n' * 120 + '}\n')
        self.finds('check-size', 'long.c:2 f: function lines 122')

    def test_deep_function(self):
        body = ''.join('\t' * n + f'if (a{n}) {{\n' for n in range(1, 8)) + '}\n' * 7
        self.put('src/base/deep.c', 'static int f(int a)\n{\n' + body + '}\n')
        self.finds('check-size', 'nesting 7')

    def test_many_parameters(self):
        args = ', '.join(f'int a{n}' for n in range(13))
        self.put('src/base/many.c', f'static int f({args})\n{{\n}}\n')
        self.finds('check-size', 'parameters 13')

    def test_tables_are_no_nesting(self):
        self.put('src/base/rows.c', 'static const int t[] = {\n\t{ { { { { { { { 1 } } } } } } } },\n};\n')
        self.assertEqual(self.run_tool('check-size')[0], 0)

    def test_layout(self):
        self.put('src/base/ugly.c', 'int  f( void ){return 1;}\n')
        self.finds('check-format', 'ugly.c')

    def test_blanks_at_the_end(self):
        self.put('src/base/note.py', 'x = 1 \n')
        self.finds('check-format', 'blanks at the end')

    def test_missing_key(self):
        self.put('src/hub/cases/cases_new.html', '<p>{{t "cases.new"}}</p>\n')
        self.finds('check-texts', '"cases.new" is in no catalogue')

    def test_missing_plural(self):
        self.put('src/hub/cases/cases_new.html', '<p>{{n "cases.list" 1}}</p>\n')
        self.finds('check-texts', '"cases.list.one" is in no catalogue')

    def test_typo_in_a_table(self):
        self.put('src/hub/cases/cases_web.c', 'static const struct menu_item menu[] = { { "/x", "cases.titel" } };\n')
        self.finds('check-texts', '"cases.titel" is in no catalogue')

    def test_missing_language(self):
        self.change('src/hub/cases/cases.en.po', 'msgid "cases.title"\nmsgstr "Cases"\n\n', '')
        self.finds('check-texts', '"cases.title" has no English text')

    def test_unused_key(self):
        for lang in ('ja', 'en'):
            self.change(f'src/hub/cases/cases.{lang}.po', 'msgid "cases.list"',
                        'msgid "cases.never"\nmsgstr "x"\n\nmsgid "cases.list"')
        self.finds('check-texts', '"cases.never" is used nowhere')

    def test_computed_key_counts(self):
        for lang in ('ja', 'en'):
            self.change(f'src/hub/cases/cases.{lang}.po', 'msgid "cases.list"',
                        'msgid "cases.state.open"\nmsgstr "x"\n\nmsgid "cases.list"')
        self.put('src/hub/cases/cases_web.c', 'const char *a = "cases.state.%s";\n')
        self.assertEqual(self.run_tool('check-texts')[0], 0)

    def test_other_places(self):
        self.change('src/hub/cases/cases.en.po', '"{0} cases"\n\nmsgid "cases.count.one"',
                    '"{1} cases"\n\nmsgid "cases.count.one"')
        self.finds('check-texts', 'other places to fill')

    def test_message_without_japanese(self):
        self.put('src/base/fail.c', 'int f(void)\n{\n\treturn err_set(e, -1, "no such %s", x);\n}\n')
        self.finds('check-texts', 'no Japanese for the message "no such %s"')

    def test_message_with_other_conversions(self):
        self.change('src/hub/cases/cases_errors.ja.po', '案件 %ld', '案件 %s')
        self.finds('check-texts', 'other conversions')

    def test_text_in_a_template(self):
        self.put('src/hub/cases/cases_new.html', '<p>案件</p>\n')
        self.finds('check-texts', 'belongs into the catalogues')


class Cards(unittest.TestCase):
    DETECTOR = 'const struct detector detector_x = {\n\t.name = "tunnel",\n};\nvoid f(void)\n{\n' \
               '\treport_number(r, "queries", 1);\n}\n'
    CARD = ''.join(f'msgid "{key}"\nmsgstr "words"\n\n' for key in (
        'card.tunnel.title', 'card.tunnel.what', 'card.tunnel.how_serious', 'card.tunnel.do_now',
        'card.tunnel.do_not', 'evidence.queries'))

    def check(self, card, detector):
        with tempfile.TemporaryDirectory(prefix='otasuke-checks-') as folder:
            root = pathlib.Path(folder)
            (root / 'cards.ja.po').write_text(card)
            (root / 'x.c').write_text(detector)
            r = subprocess.run([sys.executable, TOOLS / 'check-cards', root / 'cards.ja.po', '--', root / 'x.c'],
                               check=False, capture_output=True, text=True)
            return r.returncode, r.stdout + r.stderr

    def test_whole_card(self):
        self.assertEqual(self.check(self.CARD, self.DETECTOR)[0], 0)

    def test_missing_part(self):
        status, said = self.check(self.CARD.replace('card.tunnel.do_not', 'card.other.do_not'), self.DETECTOR)
        self.assertNotEqual(status, 0)
        self.assertIn('card.tunnel.do_not', said)

    def test_empty_text(self):
        empty = self.CARD.replace('msgid "evidence.queries"\nmsgstr "words"', 'msgid "evidence.queries"\nmsgstr ""')
        self.assertIn('evidence.queries', self.check(empty, self.DETECTOR)[1])

    def test_no_detector_is_an_error(self):
        self.assertNotEqual(self.check(self.CARD, 'int x;\n')[0], 0)


if __name__ == '__main__':
    unittest.main()
