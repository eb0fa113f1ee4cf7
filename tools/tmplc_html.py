# SPDX-License-Identifier: Apache-2.0
"""Follows the HTML of a template between its expressions, for tmplc.py: in which context does the
next expression stand? Not a parser: it knows only as much of HTML as escaping depends on."""
import re

RAW_TAGS = {"script", "style", "xmp", "iframe", "noembed", "noframes", "plaintext"}


class TemplateError(Exception):
    def __init__(self, path, line, text):
        super().__init__(f"{path}:{line}: error: {text}")


class Html:
    """Follows the HTML between expressions, to know the context of the next one."""

    def __init__(self, fail):
        self.fail = fail
        self.state = "text"
        self.tag = self.attr = self.value = ""

    def place(self):
        if self.state in ("tag name", "tag", "attribute name", "after attribute name"):
            return "tag"
        if self.state == "value" or self.state == "unquoted":
            return "unquoted"
        if self.state in ("double", "single"):
            return f"{self.state} {self.attr}"
        if self.state == "raw":
            return f"raw {self.tag}"
        return self.state

    def feed(self, text, line):
        i = 0
        while i < len(text):
            step = getattr(self, "_" + self.state.replace(" ", "_"))
            j = step(text, i, line)
            line += text.count("\n", i, j)
            i = j

    def _text(self, s, i, line):
        j = s.find("<", i)
        if j < 0:
            return len(s)
        if s.startswith("<!--", j):
            self.state = "comment"
            return j + 4
        if s.startswith("<!", j):
            self.state = "declaration"
            return j + 2
        if re.match(r"</?[A-Za-z]", s[j:j + 3]):
            self.state, self.tag = "tag name", ""
            return j + 1
        if s[j:] in ("<", "</"):
            self.fail(line, "an expression right behind '<': write element names out")
        return j + 1

    def _comment(self, s, i, line):
        j = s.find("-->", i)
        if j < 0:
            return len(s)
        self.state = "text"
        return j + 3

    def _declaration(self, s, i, line):
        j = s.find(">", i)
        if j < 0:
            return len(s)
        self.state = "text"
        return j + 1

    def _tag_name(self, s, i, line):
        c = s[i]
        if c in " \t\n\r" or c == ">" or (c == "/" and self.tag):
            self.tag = self.tag.lower()
            self.state = "tag"
            return i
        self.tag += c
        return i + 1

    def _tag(self, s, i, line):
        c = s[i]
        if c == ">":
            self.state = "raw" if self.tag in RAW_TAGS else "text"
            return i + 1
        if c in " \t\n\r/":
            return i + 1
        self.state, self.attr = "attribute name", ""
        return i

    def _attribute_name(self, s, i, line):
        c = s[i]
        if c in " \t\n\r/>=":
            self.attr = self.attr.lower()
            if self.attr.startswith("on") or self.attr.startswith("hx-on"):
                self.fail(line, f"{self.attr}= is a script in the page, which its content security "
                                "policy refuses: put the behaviour into web/")
            if self.attr == "style":
                self.fail(line, "style= is refused by the content security policy: use a class")
            self.state = "after attribute name"
            return i
        self.attr += c
        return i + 1

    def _after_attribute_name(self, s, i, line):
        c = s[i]
        if c == "=":
            self.state, self.value = "value", ""
            return i + 1
        if c in " \t\n\r":
            return i + 1
        self.state = "tag"
        return i

    def _value(self, s, i, line):
        c = s[i]
        if c in " \t\n\r":
            return i + 1
        if c in "\"'":
            self.state = "double" if c == '"' else "single"
            return i + 1
        self.state = "unquoted"
        return i

    def _unquoted(self, s, i, line):
        if s[i] in " \t\n\r>":
            self.state = "tag"
            return i
        return i + 1

    def _quoted(self, s, i, quote):
        j = s.find(quote, i)
        if j < 0:
            self.value += s[i:]
            return len(s)
        self.state = "tag"
        return j + 1

    def _double(self, s, i, line):
        return self._quoted(s, i, '"')

    def _single(self, s, i, line):
        return self._quoted(s, i, "'")

    def _raw(self, s, i, line):
        j = s.lower().find("</" + self.tag, i)
        body = s[i:] if j < 0 else s[i:j]
        if body.strip() and self.tag in ("script", "style"):
            self.fail(line, f"<{self.tag}> with content is refused by the content security policy: "
                            "put it into web/")
        if j < 0:
            return len(s)
        self.state, self.tag = "tag name", ""
        return j + 1
