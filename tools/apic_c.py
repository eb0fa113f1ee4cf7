# SPDX-License-Identifier: Apache-2.0
"""Reads as much C as apic.py needs: functions with their statements, constants, tables of texts, routes. It knows
the layout that clang-format makes and is no compiler."""
import re

TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])+\'|[A-Za-z_]\w*|0x[0-9a-fA-F]+|\d[\w.]*|->|\+\+|--|<<|>>|<=|>=|==|!='
                   r'|&&|\|\||\.\.\.|[^\s\w]')
COMMENT = re.compile(r'("(?:\\.|[^"\\])*")|/\*.*?\*/', re.S)  # texts stay: they may hold what looks like one
DEFINE = re.compile(r'^#\s*define[ \t]+(\w+)[ \t]+("[^"\n]*"|\d+)[ \t]*$', re.M)
OPEN, CLOSE = {"(": ")", "{": "}", "[": "]"}, set(")}]")
WORDS = {"if", "for", "while", "switch", "return", "sizeof", "else", "do", "case", "default"}


def tokens_of(text):
    kept = COMMENT.sub(lambda m: m[1] or " ", text)
    return TOKEN.findall(re.sub(r"^[ \t]*#(?:\\\n|[^\n])*", "", kept, flags=re.M))


def closing(tokens, at):
    """Where the bracket at AT closes."""
    depth = 0
    for i in range(at, len(tokens)):
        if tokens[i] in OPEN:
            depth += 1
        elif tokens[i] in CLOSE:
            depth -= 1
            if depth == 0:
                return i
    return len(tokens) - 1


def split(tokens, mark=","):
    """The parts between marks that stand in no bracket."""
    parts, depth, one = [], 0, []
    for t in tokens:
        depth += (t in OPEN) - (t in CLOSE)
        if t == mark and depth == 0:
            parts.append(one)
            one = []
        else:
            one.append(t)
    return parts + [one] if one or parts else []


def unquoted(tokens):
    """The text of string literals one after another, or None."""
    if not tokens or any(t[0] != '"' for t in tokens):
        return None
    return "".join(t[1:-1] for t in tokens).replace('\\"', '"').replace("\\\\", "\\")


class Function:
    def __init__(self, file, name, static, params, tokens, is_void):
        self.file, self.name, self.static, self.params, self.is_void = file, name, static, params, is_void
        self.tokens = tokens
        self.body = statements(tokens)
        self.calls = {tokens[i] for i in range(len(tokens) - 1) if tokens[i + 1] == "(" and tokens[i] not in WORDS}


def statements(tokens):
    """[("if", head, then, else), ("loop", head, body), ("switch", head, body), ("line", tokens), ("block", [...])]"""
    out, i = [], 0
    while i < len(tokens):
        s, i = statement(tokens, i)
        if s:
            out.append(s)
    return out


def statement(t, i):
    if t[i] == "{":
        end = closing(t, i)
        return ("block", statements(t[i + 1:end])), end + 1
    if t[i] == ";":
        return None, i + 1
    if t[i] in ("if", "for", "while", "switch"):
        end = closing(t, i + 1)
        head = t[i + 2:end]
        body, at = statement(t, end + 1)
        if t[i] == "if":
            other = None
            if at < len(t) and t[at] == "else":
                other, at = statement(t, at + 1)
            return ("if", head, body, other), at
        return ("switch" if t[i] == "switch" else "loop", head, body), at
    if t[i] == "do":
        body, at = statement(t, i + 1)
        end = closing(t, at + 1)
        return ("loop", t[at + 2:end], body), end + 2
    if t[i] in ("case", "default"):
        at = i
        while t[at] != ":":
            at += 1
        return None, at + 1
    end, depth = i, 0
    while end < len(t) and not (t[end] == ";" and depth == 0):
        depth += (t[end] in OPEN) - (t[end] in CLOSE)
        end += 1
    return ("line", t[i:end]), end + 1


class File:
    def __init__(self, path, feature):
        self.path, self.feature = path, feature
        self.statics, self.arrays, self.tables, self.records = {}, {}, {}, {}


class Tree:
    """Every source of the hub but its tests."""

    def __init__(self, hub):
        self.paths = sorted(p for p in hub.rglob("*.[ch]") if not p.name.startswith(("test_", "fuzz_")))
        self.functions, self.numbers, self.strings, self.routes, self.arrays, self.all = {}, {}, {}, [], {}, []
        self.named = {}  # "cases_work/tlps": the texts of that table
        self.unsolved = []
        for path in self.paths:
            feature = path.parent.name if path.parent != hub else "hub"
            self.read(File(path, feature), path.read_text(encoding="utf-8"))
        for name, expr in self.unsolved * 2:
            value = self.number(expr)
            if value is not None:
                self.numbers[name] = value

    def read(self, file, text):
        for m in DEFINE.finditer(COMMENT.sub(lambda m: m[1] or " ", text)):
            if m[2][0] == '"':
                self.strings[m[1]] = m[2][1:-1]
            else:
                self.numbers[m[1]] = int(m[2])
        t = tokens_of(text)
        i, begun = 0, 0
        while i < len(t):
            if t[i] == ";":
                i += 1
                begun = i
            elif t[i] == "{":
                end = closing(t, i)
                head = t[begun:i]
                self.block(file, head, t[i + 1:end])
                i = end + 1
                if "=" not in head:
                    begun = i
            else:
                i += 1

    def block(self, file, head, body):
        if "enum" in head and "=" not in head:
            last = -1
            for item in split(body):
                if len(item) > 2 and item[1] == "=":
                    self.unsolved.append((item[0], item[2:]))
                    value = self.number(item[2:])
                    last = value if value is not None else last
                elif item:
                    last += 1
                if item:
                    self.numbers.setdefault(item[0], last)
        elif head and head[-1] == "=":
            self.table(file, head, body)
        elif head and head[-1] == ")":
            self.function(file, head, body)

    def function(self, file, head, body):
        at = next((i for i, x in enumerate(head) if x == "(" and i and re.match(r"[A-Za-z_]", head[i - 1])
                   and head[i - 1] != "__attribute__"), None)
        if at is None:
            return
        params = [p[-1] if p[-1] != "]" else p[p.index("[") - 1] for p in split(head[at + 1:closing(head, at)]) if p]
        f = Function(file, head[at - 1], "static" in head[:at], params, body, "void" in head[:at] and "*" not in head[:at])
        file.statics[f.name] = f
        for i in range(len(body) - 1):  # tables of its own
            if body[i] == "{" and body[i - 1] == "=" and body[i - 2] == "]":
                start = i - 2
                while body[start] not in (";", "{", "}") and start:
                    start -= 1
                self.table(file, body[start + 1:i], body[i + 1:closing(body, i)])
        self.all.append(f)
        if not f.static:
            self.functions[f.name] = f

    def table(self, file, head, body):
        if "[" not in head:  # a descriptor: which function stands behind which member
            self_of = {x[1]: x[3] for x in split(body) if len(x) == 4 and x[0] == "." and x[2] == "="}
            file.records[head[-2]] = (file, self_of)
            return
        name = head[head.index("[") - 1]
        items = split(body)
        texts = [self.text(x) for x in items if x and x != ["NULL"]]
        if "route" in head:
            for x in items:
                if x and x[0] == "{":
                    self.routes.append((file, split(x[1:-1])))
        elif texts and all(x is not None for x in texts):
            file.arrays[name] = texts
            self.arrays.setdefault(name, texts)
            self.named[f"{file.path.stem}/{name}"] = texts
        else:
            file.tables[name] = [[self.text(c) for c in split(x[1:-1])] for x in items if x and x[0] == "{"]

    def text(self, tokens):
        tokens = tokens[tokens.index("=") + 1:] if "=" in tokens else tokens
        if len(tokens) == 1 and tokens[0] in self.strings:
            return self.strings[tokens[0]]
        return unquoted(tokens)

    def number(self, tokens):
        words = []
        for t in tokens:
            if re.match(r"\d", t):
                words.append(t.rstrip("uUlL"))
            elif t in self.numbers:
                words.append(str(self.numbers[t]))
            elif t in ("INT64_MAX", "INT64_C"):
                words.append(str(2**63 - 1) if t == "INT64_MAX" else "")
            elif t in "()+-*|<<~&":
                words.append(t)
            else:
                return None
        try:
            return int(eval(" ".join(words), {"__builtins__": {}}))  # numbers and signs only
        except (SyntaxError, TypeError, ValueError):
            return None

    def find(self, file, name):
        return file.statics.get(name) or self.functions.get(name)
