#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of the template compiler: what it refuses, where it says so, what it lets through."""
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tmplc import Template  # noqa: E402
from tmplc_html import TemplateError  # noqa: E402

HEAD = "{{@model struct page}}\n"


def compile_text(text, head=HEAD):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "x_page.html")
        with open(path, "w", encoding="utf-8") as f:
            f.write(head + text)
        return Template(path)


def code(text):
    return [c for _, c in compile_text(text).code]


class Refusals(unittest.TestCase):
    def refused(self, text, words, line=2):
        with self.assertRaises(TemplateError) as caught:
            compile_text(text)
        self.assertIn(f"x_page.html:{line}: error: ", str(caught.exception))
        self.assertIn(words, str(caught.exception))

    def test_places_where_escaping_does_not_help(self):
        self.refused("<script>{{m->x}}</script>", "<script>")
        self.refused("<SCRIPT src='/a.js'>\n{{m->x}}</script>", "<script>", 3)
        self.refused("<style>{{m->x}}</style>", "<style>")
        self.refused("<!-- {{m->x}} -->", "a comment")
        self.refused("<!doctype {{m->x}}>", "a declaration")
        self.refused("<p class={{m->x}}>", "without quotes")
        self.refused("<p class=a{{m->x}}>", "without quotes")
        self.refused("<p {{m->x}}>", "a tag")
        self.refused("<p{{m->x}}>", "a tag")
        self.refused("<{{m->x}}>", "element names")
        self.refused("</{{m->x}}>", "element names")
        self.refused("<p title=\"a\" {{t \"k\"}}>", "a tag")
        self.refused("<p hx-vals='{\"a\": {{m->x}} }'>", "hx-vals")
        self.refused("<iframe srcdoc='{{m->x}}'>", "srcdoc")

    def test_what_the_content_security_policy_refuses(self):
        self.refused("<a onclick='x()'>", "onclick")
        self.refused("<a hx-on:click='x()'>", "hx-on:click")
        self.refused("<p style='color: red'>", "style")
        self.refused("<script>x()</script>", "<script> with content")

    def test_addresses(self):
        self.refused("<a href='{{m->x}}'>", "{{url m->x}}")
        self.refused("<a HREF=' {{m->x}}'>", "{{url m->x}}")
        self.refused("<a href='javascript:{{m->x}}'>", "literal part")
        self.refused("<a href='/{{m->x}}'>", "literal part")
        self.refused("<a href='https://{{m->x}}'>", "literal part")
        self.refused("<button hx-get='{{m->x}}'>", "{{url m->x}}")
        self.refused("<button data-hx-get='{{m->x}}'>", "{{url m->x}}")
        self.refused("<a href='{{t \"k\"}}'>", "an address")
        self.refused("<a href='{{if m->a}}/x{{else}}{{m->x}}{{end}}'>", "{{url m->x}}")
        self.refused("<p title='{{url m->x}}'>", "whole href")

    def test_blocks(self):
        self.refused("a\n{{if m->a}}\nb", "without {{end}}", 3)
        self.refused("{{end}}", "without {{if}}")
        self.refused("{{else}}", "without {{if}}")
        self.refused("{{for i in m->a : 3}}{{else}}{{end}}", "belongs to an {{if}}")
        self.refused("{{if m->a}}{{else}}{{else}}{{end}}", "belongs to an {{if}}")
        self.refused("{{if m->a}}<p title='{{end}}x'>", "close tags and quotes")
        self.refused("{{if m->a}}<p {{end}}>", "close tags and quotes")
        self.refused("<a {{if m->a}}hre{{end}}f='{{m->x}}'>", "must be whole")
        self.refused("<a hre{{if m->a}}f{{end}}='{{m->x}}'>", "must be whole")
        self.refused("{{for it in m->rows}}{{end}}", "{{for it in rows : count}}")

    def test_directives(self):
        self.refused("{{}}", "empty")
        self.refused("a\n\n{{m->x", "{{ without }}", 4)
        self.refused("{{t m->x}}", "computed key")
        self.refused("<p title='{{ago m->us}}'>", "writes elements")
        self.refused("<p title='{{csrf}}'>", "writes elements")
        self.refused("<p title='", "ends inside")
        self.refused("{{@model struct other}}", "once")

    def test_a_model_is_a_must(self):
        with self.assertRaises(TemplateError):
            compile_text("<p>", head="")
        with self.assertRaises(TemplateError):
            compile_text("{{m->x}}", head="")


class Output(unittest.TestCase):
    def test_context_chooses_the_function(self):
        self.assertIn("TMPL_PUT(t, (m->x));", code("<p>{{m->x}}"))
        self.assertIn("TMPL_ATTR(t, (m->x));", code("<p title='{{m->x}}'>"))
        self.assertIn("TMPL_URL_PART(t, (m->x));", code("<a href='/cases/{{m->x}}'>"))
        self.assertIn("TMPL_URL_PART(t, (m->x));", code("<a href='?q={{m->x}}'>"))
        self.assertIn("TMPL_URL_PART(t, (m->x));", code("<a href='{{url m->u}}?q={{m->x}}'>"))
        self.assertIn("TMPL_ATTR(t, (m->x));", code("<a href='tel:{{m->x}}'>"))
        self.assertIn("tmpl_url(t, m->u);", code("<a href=\"{{url m->u}}\">"))

    def test_texts(self):
        self.assertIn('tmpl_t(t, "a.b", NULL, 0);', code('{{t "a.b"}}'))
        self.assertIn('tmpl_t(t, "a.b", (const struct tmpl_arg[]){ TMPL_ARG(f(x, "}} y")), '
                      'TMPL_ARG((1 + 2)) }, 2);', code('{{t "a.b" f(x, "}} y") (1 + 2)}}'))
        self.assertIn('tmpl_n(t, "a.b", TMPL_INT(m->n));', code('{{n "a.b" m->n}}'))

    def test_a_line_of_control_alone_leaves_no_blank_line(self):
        out = code("<ul>\n  {{if m->a}}\n    {{# why #}}\n  <li>\n  {{end}}\n</ul>\n")
        self.assertEqual(out, ['tmpl_raw(t, "<ul>\\n", 5);', "if (m->a) {",
                               'tmpl_raw(t, "  <li>\\n", 7);', "}", 'tmpl_raw(t, "</ul>\\n", 6);'])

    def test_lines_are_those_of_the_template(self):
        lines = {c: n for n, c in compile_text("<p>\n{{if m->a}}\n\n{{m->x}}\n{{end}}\n{{m->y}}").code}
        self.assertEqual(lines["TMPL_PUT(t, (m->x));"], 5)
        self.assertEqual(lines["TMPL_PUT(t, (m->y));"], 7)

    def test_bytes_are_kept(self):
        self.assertEqual(code("\"\\?日"), ['tmpl_raw(t, "\\"\\\\\\077\\346\\227\\245", 6);'])


if __name__ == "__main__":
    unittest.main()
