#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compiles HTML templates to C. The language is described in src/net/tmpl.h.

    tmplc.py --c OUT.c --h OUT.h [--include NAME.h] FILE.html...

FILE.html becomes void tmpl_FILE(struct tmpl *t, const MODEL *m). The C compiler checks every
expression and reports it at its line of the template. This program checks where in the HTML an
expression stands, and refuses the places where escaping would not be enough.
"""
import argparse
import os
import re
import sys

from tmplc_html import Html, TemplateError

CHUNK = 1000  # bytes of one C string literal
URL_ATTRS = {
    "href", "src", "action", "formaction", "poster", "cite", "data", "manifest", "xlink:href",
    "hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete", "hx-push-url", "hx-replace-url",
    "sse-connect",
}
CODE_ATTRS = {"style", "srcdoc", "srcset", "ping", "hx-vals", "hx-vars", "hx-headers", "hx-request"}
# After one of these the rest of the address cannot change where it leads.
SAFE_PREFIX = re.compile(r"/[A-Za-z0-9_.-]|[?#]|\.{1,2}/|https?://[^/]+/")
PLAIN_PREFIX = re.compile(r"(tel|mailto):")
FORMATS = {"ago", "when", "day", "yen", "num", "bytes", "mins"}
WITH_TAGS = {"ago"}  # formats that write elements, so not for attributes
STRING = r'"(?:[^"\\]|\\.)*"'


def split_tokens(path, source):
    """Yields (line, kind, text): kind is 'html' or 'code'."""
    i, line = 0, 1
    while i < len(source):
        j = source.find("{{", i)
        if j < 0:
            yield line, "html", source[i:]
            return
        if j > i:
            yield line, "html", source[i:j]
            line += source.count("\n", i, j)
        k = code_end(source, j + 2)
        if k < 0:
            raise TemplateError(path, line, "{{ without }}")
        yield line, "code", source[j + 2:k]
        line += source.count("\n", j, k)
        i = k + 2


def code_end(source, i):
    if source.startswith("#", i):
        return source.find("}}", i)
    while i < len(source):
        c = source[i]
        if c in "\"'":
            m = re.compile(r"(?:[^\\\n" + c + r"]|\\.)*" + c).match(source, i + 1)
            if not m:
                return -1
            i = m.end()
        elif source.startswith("}}", i):
            return i
        else:
            i += 1
    return -1


def is_quiet(code):
    """Control directives write nothing: a line that holds nothing else is dropped."""
    return re.match(r"\s*(if|elif|else|end|for|use)\b|\s*[#@]", code) is not None


def drop_lonely_lines(tokens):
    out = list(tokens)
    for n, (_, kind, code) in enumerate(out):
        if kind != "code" or not is_quiet(code) or code.lstrip().startswith("use"):
            continue
        before = out[n - 1] if n else None
        after = out[n + 1] if n + 1 < len(out) else None
        starts = before is None or (before[1] == "html" and re.search(r"(^|\n)[ \t]*$", before[2])
                                    and ("\n" in before[2] or n == 1 or before[0] < 0))
        ends = after is None or (after[1] == "html" and re.match(r"[ \t]*\n", after[2]))
        if not starts or not ends:
            continue
        if before is not None:
            out[n - 1] = (before[0], "html", re.sub(r"[ \t]*$", "", before[2]))
        if after is not None:
            cut = after[2].index("\n") + 1
            # The line number is negative as a mark that this text begins a line.
            out[n + 1] = (-(abs(after[0]) + 1), "html", after[2][cut:])
    return [(abs(line), kind, text) for line, kind, text in out]


def split_words(text):
    """Splits at blanks that are not within brackets or quotes."""
    words, word, depth, i = [], "", 0, 0
    while i < len(text):
        m = re.compile(STRING + r"|'(?:[^'\\]|\\.)+'").match(text, i)
        if m:
            word += m.group()
            i = m.end()
            continue
        c = text[i]
        depth += c in "([{"
        depth -= c in ")]}"
        if c.isspace() and depth == 0:
            if word:
                words.append(word)
            word = ""
        else:
            word += c
        i += 1
    return words + [word] if word else words


def c_string(data):
    out = ""
    for b in data:
        c = chr(b)
        if c == "\n":
            out += "\\n"
        elif c in '"\\':
            out += "\\" + c
        elif 32 <= b < 127 and c != "?":
            out += c
        else:
            out += f"\\{b:03o}"
    return '"' + out + '"'


class Template:
    def __init__(self, path):
        self.path = path
        self.name = os.path.splitext(os.path.basename(path))[0]
        self.includes, self.model, self.code, self.blocks = [], None, [], []
        self.line = 1
        self.behind_name = False  # an {{end}} right behind an attribute's name
        self.html = Html(self.fail)
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.name):
            self.fail(1, "the file name becomes a C name: lower case letters, digits, _")
        try:
            with open(path, encoding="utf-8") as f:
                source = f.read()
        except UnicodeDecodeError as e:
            self.fail(1, f"not UTF-8 at byte {e.start}")
        for line, kind, text in drop_lonely_lines(split_tokens(path, source)):
            self.line = line
            if kind == "html":
                self.literal(text)
            else:
                self.directive(text.strip())
        self.finish()

    def fail(self, line, text):
        raise TemplateError(self.path, line, text)

    def error(self, text):
        self.fail(self.line, text)

    def emit(self, code):
        self.code.append((self.line, code))

    def literal(self, text):
        if text and self.behind_name and text[0] not in " \t\r\n/>":
            self.error("an attribute's name must be whole: put a blank or > behind {{end}}")
        self.behind_name = False
        self.html.feed(text, self.line)
        if not self.model:
            if text.strip():
                self.error("text before {{@model struct ...}}")
            return
        data = text.encode()
        for i in range(0, len(data), CHUNK):
            part = data[i:i + CHUNK]
            self.emit(f"tmpl_raw(t, {c_string(part)}, {len(part)});")

    def directive(self, code):
        if code.startswith("#"):
            return
        if code.startswith("@"):
            self.preamble(code[1:])
            return
        if not self.model:
            self.error("{{@model struct ...}} must come first")
        word, _, rest = code.partition(" ")
        rest = rest.strip()
        method = getattr(self, "do_" + word, None) if re.fullmatch("[a-z]+", word) else None
        if method and (rest or word in ("else", "end", "csrf")):
            method(rest)
        elif word in FORMATS and rest:
            self.do_format(word, rest)
        elif code:
            self.put(code)
        else:
            self.error("empty {{}}")

    def preamble(self, code):
        m = re.fullmatch(r'include\s+"([^"]+\.h)"', code)
        if m:
            self.includes.append(m.group(1))
            return
        m = re.fullmatch(r"model\s+(struct\s+[a-z][a-z0-9_]*)", code)
        if not m or self.model:
            self.error('expected {{@include "path.h"}} or, once, {{@model struct name}}')
        self.model = m.group(1)

    def finish(self):
        self.line = self.line or 1
        if self.blocks:
            self.fail(self.blocks[-1][1], f"{{{{{self.blocks[-1][0]}}}}} without {{{{end}}}}")
        if self.html.place() != "text":
            self.error(f"the file ends inside a {self.html.place()}")
        if not self.model:
            self.error("{{@model struct ...}} is missing")

    # --- control ---

    def open_block(self, kind, code):
        place = self.html.place()
        if place == "unquoted" or place.startswith("raw") or place in ("comment", "declaration"):
            self.error(f"{{{{{kind}}}}} inside {self.place_words()}")
        if self.html.state in ("tag name", "attribute name"):
            self.error(f"put a blank before {{{{{kind}}}}}: a name must be whole")
        self.blocks.append((kind, self.line, place, self.html.value))
        self.emit(code)

    def same_place(self, word):
        if not self.blocks:
            self.error(f"{{{{{word}}}}} without {{{{if}}}} or {{{{for}}}}")
        kind, line, place, _ = self.blocks[-1]
        if self.html.place() != place:
            self.error(f"this {{{{{word}}}}} stands in {self.place_words()}, but its {{{{{kind}}}}} in "
                       f"line {line} does not: close tags and quotes within the block")
        if self.html.state in ("attribute name", "after attribute name"):
            self.html.state, self.behind_name = "tag", True

    def do_if(self, cond):
        self.open_block("if", f"if ({cond}) {{")

    def do_elif(self, cond):
        self.branch("elif", f"}} else if ({cond}) {{")

    def do_else(self, rest):
        if rest:
            self.error("{{else}} takes nothing; write {{elif condition}}")
        self.branch("else", "} else {")

    def branch(self, word, code):
        self.same_place(word)
        kind, line, place, value = self.blocks[-1]
        if kind != "if":
            self.error(f"{{{{{word}}}}} belongs to an {{{{if}}}}")
        self.html.value = value
        if word == "else":
            self.blocks[-1] = ("if ... else", line, place, value)
        self.emit(code)

    def do_for(self, head):
        m = re.fullmatch(r"([A-Za-z_]\w*)\s+in\s+(.+?)\s+:\s+(.+)", head, re.S)
        if not m:
            self.error("expected {{for it in rows : count}}, with blanks around the colon")
        it, rows, count = m.groups()
        self.open_block("for", f"for (size_t {it}_i = 0; {it}_i < (size_t)({count}); {it}_i++) {{ "
                               f"const __typeof__(*({rows})) *{it} = &({rows})[{it}_i]; (void){it};")

    def do_end(self, rest):
        if rest:
            self.error("{{end}} takes nothing")
        self.same_place("end")
        self.blocks.pop()
        self.emit("}")

    # --- output ---

    def place_words(self):
        place = self.html.place()
        if place == "tag":
            return "a tag, outside an attribute's quotes"
        if place == "unquoted":
            return f'an attribute without quotes: write {self.html.attr}="..."'
        if place.startswith("raw"):
            return f"<{self.html.tag}>, where escaping does not help"
        if place.split()[0] in ("double", "single"):
            return f"the attribute {self.html.attr}="
        return "the page" if place == "text" else f"a {place}"

    def check_output(self, what):
        """Returns 'text', 'attr', 'url whole', 'url part', 'url plain'."""
        place = self.html.place()
        if place == "text":
            return "text"
        if not place.startswith(("double", "single")):
            self.error(f"{what} inside {self.place_words()}")
        attr, value = self.html.attr, self.html.value
        if attr.startswith("data-hx-"):
            attr = attr[5:]
        if attr in CODE_ATTRS:
            self.error(f"{what} inside {attr}=, where escaping does not help")
        if attr not in URL_ATTRS:
            self.html.value += "\0"
            return "attr"
        if not value.lstrip():
            self.html.value += "\0"
            return "url whole"
        if PLAIN_PREFIX.match(value):
            return "url plain"
        if value.startswith("\0") or SAFE_PREFIX.match(value):
            return "url part"
        self.error(f'{what} in {attr}="{value}...": let the literal part begin with a path like '
                   '"/cases/", or give the whole address by {{url expr}}')

    def put(self, expr):
        context = self.check_output("an expression")
        if context == "url whole":
            self.error(f"{self.html.attr}= begins with an expression: use {{{{url {expr}}}}}")
        macro = {"text": "TMPL_PUT", "attr": "TMPL_ATTR", "url plain": "TMPL_ATTR",
                 "url part": "TMPL_URL_PART"}[context]
        self.emit(f"{macro}(t, ({expr}));")

    def only_text(self, what):
        if self.check_output(what) != "text":
            self.error(f"{what} writes elements, so it cannot stand in an attribute")

    def not_url(self, what):
        if self.check_output(what).startswith("url"):
            self.error(f"{what} inside {self.html.attr}=, an address")

    def do_format(self, word, expr):
        if word in WITH_TAGS:
            self.only_text(f"{{{{{word}}}}}")
        else:
            self.not_url(f"{{{{{word}}}}}")
        self.emit(f"tmpl_{word}(t, TMPL_INT({expr}));")

    def do_url(self, expr):
        context = self.check_output("{{url}}")
        if context != "url whole":
            self.error("{{url}} is for a whole href=, src= or action= value")
        self.emit(f"tmpl_url(t, {expr});")

    def do_t(self, rest):
        self.not_url("{{t}}")
        words = split_words(rest)
        if not re.fullmatch(STRING, words[0]):
            self.error('expected {{t "key" ...}}; for a computed key use {{key expr}}')
        if len(words) == 1:
            self.emit(f"tmpl_t(t, {words[0]}, NULL, 0);")
            return
        args = ", ".join(f"TMPL_ARG({w})" for w in words[1:])
        self.emit(f"tmpl_t(t, {words[0]}, (const struct tmpl_arg[]){{ {args} }}, {len(words) - 1});")

    def do_n(self, rest):
        self.not_url("{{n}}")
        m = re.fullmatch("(" + STRING + r")\s+(.+)", rest, re.S)
        if not m:
            self.error('expected {{n "key" count}}')
        self.emit(f"tmpl_n(t, {m.group(1)}, TMPL_INT({m.group(2)}));")

    def do_key(self, expr):
        self.not_url("{{key}}")
        self.emit(f"tmpl_key(t, {expr});")

    def do_use(self, rest):
        self.only_text("{{use}}")
        name, _, expr = rest.partition(" ")
        if not re.fullmatch(r"[a-z]\w*", name) or not expr.strip():
            self.error("expected {{use template model}}")
        self.emit(f"tmpl_{name}(t, {expr.strip()});")

    def do_csrf(self, rest):
        if rest:
            self.error("{{csrf}} takes nothing")
        self.only_text("{{csrf}}")
        self.emit("tmpl_csrf(t);")

    def do_icon(self, expr):
        self.only_text("{{icon}}")
        self.emit(f"tmpl_icon(t, {expr});")


def write_header(path, templates):
    guard = re.sub(r"\W", "_", os.path.basename(path)).upper()
    includes = dict.fromkeys(i for t in templates for i in t.includes)
    lines = ["/* Written by tools/tmplc.py. */", f"#ifndef {guard}", f"#define {guard}", "",
             '#include "net/tmpl.h"']
    lines += [f'#include "{i}"' for i in includes] + [""]
    lines += [f"void tmpl_{t.name}(struct tmpl *t, const {t.model} *m);" for t in templates]
    write(path, lines + ["", "#endif"])


def write_code(path, header, templates):
    lines = ["/* Written by tools/tmplc.py. */", f'#include "{header}"', ""]
    for t in templates:
        lines += [f"void tmpl_{t.name}(struct tmpl *t, const {t.model} *m)", "{", "(void)m;"]
        for line, code in t.code:
            lines += [f'#line {line} "{t.path}"', code.replace("\n", " ")]
        lines += [f'#line {len(lines) + 2} "{path}"', "}", ""]
    write(path, lines)


def write(path, lines):
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(lines) + "\n")


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--c", required=True)
    p.add_argument("--h", required=True)
    p.add_argument("--include", help="how the C file includes the header")
    p.add_argument("files", nargs="+")
    a = p.parse_args()
    templates, failed = [], False
    for path in a.files:
        try:
            templates.append(Template(path))
        except (TemplateError, OSError) as e:
            print(e, file=sys.stderr)
            failed = True
    if failed:
        return 1
    write_header(a.h, templates)
    write_code(a.c, a.include or os.path.basename(a.h), templates)
    return 0


if __name__ == "__main__":
    sys.exit(main())
