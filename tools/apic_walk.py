# SPDX-License-Identifier: Apache-2.0
"""Follows a route's handler through the functions it calls and notes, for apic.py, what it reads of the request and
what it writes as JSON. Branches are all taken; what stands in one is only perhaps there."""
import re

from apic_c import split, unquoted

READERS = {  # function: where its field stands among the arguments, what it is
    "form_text": (1, "text"), "form_int": (1, "int"), "form_time": (1, "time"), "http_form": (1, "raw"),
    "http_form_all": (1, "many"), "http_query": (1, "query"), "call_query_int": (1, "query_int"),
    "http_file_get": (1, "file"), "http_upload_get": (1, "file"),
}
SCALARS = {"jsonw_text": "string", "jsonw_textn": "string", "jsonw_int": "integer", "jsonw_double": "number",
           "jsonw_bool": "boolean", "jsonw_null": "null", "jsonw_time": "time"}
ENDS = {"call_json", "call_csv", "call_id", "http_body", "call_redirect", "call_done", "http_res_redirect"}
STOP = {"call_problem", "call_error", "call_page"}  # the same for every route
DEEP = 40


class Node:
    """A JSON value as far as the code tells: its types, members and items."""

    def __init__(self, path=()):
        self.types, self.props, self.items, self.rest = set(), {}, None, None
        self.path = path
        self.marks = {}  # member: the branches it was written in

    def member(self, name, node, path):
        self.marks.setdefault(name, []).append(path[len(self.path):])
        self.props[name] = merged(self.props[name], node) if name in self.props else node

    def required(self):
        return sorted(name for name, marks in self.marks.items() if sure(marks))


def sure(marks):
    """Written whatever happens: outside of branches, or in both arms of one."""
    if () in marks:
        return True
    arms = {}
    for m in marks:
        if len(m) == 1:
            arms.setdefault(m[0][0], set()).add(m[0][1])
    return any(len(a) == 2 for a in arms.values())


def merged(a, b):
    """What is either."""
    out = Node(a.path)
    out.types = a.types | b.types
    if "object" in a.types and "object" in b.types:
        out.props = {k: merged(a.props[k], b.props[k]) if k in a.props and k in b.props else a.props.get(k) or b.props[k]
                     for k in [*a.props, *[k for k in b.props if k not in a.props]]}
        need = set(a.required()) & set(b.required())
        out.marks = {k: [()] if k in need else [(("?", 0),)] for k in out.props}
    else:
        of = a if "object" in a.types else b
        out.props, out.marks = of.props, {k: [()] if sure(m) else [(("?", 0),)] for k, m in of.marks.items()}
    out.items = merged(a.items, b.items) if a.items and b.items else a.items or b.items
    out.rest = merged(a.rest, b.rest) if a.rest and b.rest else a.rest or b.rest
    return out


class Writer:
    """One struct jsonw: what is open, and the finished value."""

    def __init__(self):
        self.open, self.top = [], None  # open: (node, its keys, the branches it stands in)

    def put(self, key, node, path):
        if not self.open:
            self.top = merged(self.top, node) if self.top else node
            return
        at = self.open[-1][0]
        if "array" in at.types:
            at.items = merged(at.items, node) if at.items else node
        elif key is None:
            at.rest = merged(at.rest, node) if at.rest else node
        else:
            for name in key:
                at.member(name, node, path if len(key) == 1 else (*path, (name, 0)))

    def begin(self, kind, key, path):
        node = Node(path)
        node.types = {kind}
        self.open.append((node, key, path))

    def end(self):
        if self.open:
            node, key, path = self.open.pop()
            self.put(key, node, path)


class Buffer:
    def __init__(self):
        self.writers = []


class Walk:
    def __init__(self, tree):
        self.tree = tree
        self.tell = self.telling()

    def everything(self):
        return [f for f in self.tree.all if f.name not in READERS and not f.name.startswith("jsonw_")]

    def telling(self):
        """Functions that say something of what we look for, themselves or by those they call."""
        known = set(READERS) | set(SCALARS) | ENDS | {"jsonw_object", "jsonw_array", "jsonw_of", "jsonw_end_object",
                                                      "jsonw_end_array"}
        out = {id(f) for f in self.everything()
               if f.calls & known or f.calls & set(f.params) or {"type", "res"} <= set(f.tokens)}
        more = True
        while more:
            more = False
            for f in self.everything():
                if id(f) in out:
                    continue
                if any(id(g) in out for g in (self.tree.find(f.file, c) for c in f.calls) if g):
                    out.add(id(f))
                    more = True
        return out

    def route(self, file, fn):
        """{"form": {name: facts}, "query": ..., "ids": [bool], "answers": [Node], "types": {...}}"""
        self.out = {"form": {}, "query": {}, "ids": set(), "answers": [], "types": set(), "lost": [],
                    "body": False, "redirects": False}
        self.turn, self.stack = 0, []
        f = self.tree.find(file, fn)
        if f:
            self.function(f, {}, ())
        return self.out

    def function(self, f, env, path):
        if len(self.stack) > DEEP or sum(1 for g in self.stack if g is f) > 1:
            return
        self.stack.append(f)
        self.block(f, f.body, env, path)
        self.stack.pop()

    def block(self, f, parts, env, path):
        for s in parts:
            left = self.statement(f, s, env, path)
            if left:  # the rest is only done when that was not
                self.turn += 1
                path = (*path, (self.turn, "rest"))

    def statement(self, f, s, env, path):
        kind = s[0]
        if kind == "line":
            self.line(f, s[1], env, path)
        elif kind == "block":
            self.block(f, s[1], env, path)
        elif kind == "if":
            return self.branch(f, s, env, path)
        elif kind in ("loop", "switch"):
            self.line(f, s[1], env, path)
            if s[2]:
                times = self.times(s)
                self.turn += 1
                inner = (*path, (self.turn, "case")) if kind == "switch" else path
                for _ in range(times):
                    self.statement(f, s[2], env, inner)
        return False

    def times(self, s):
        """for (int i = 0; i < 5; i++) jsonw_end_object(w);"""
        text = " ".join(s[1])
        m = re.search(r"< (\d+) ;", text)
        return int(m[1]) if m and "jsonw_end" in repr(s[2]) and "jsonw_object" not in repr(s[2]) else 1

    def branch(self, f, s, env, path):
        self.line(f, s[1], env, path)
        self.turn += 1
        mine = self.turn
        if s[2]:
            self.statement(f, s[2], env, (*path, (mine, "then")))
        if s[3]:
            self.statement(f, s[3], env, (*path, (mine, "else")))
        return f.is_void and leaves(s[2]) and not s[3]

    def line(self, f, t, env, path):
        self.assign(f, t, env)
        for i in range(len(t) - 1):
            if t[i + 1] != "(" or not re.match(r"[A-Za-z_]", t[i]):
                continue
            if i == 0 or t[i - 1] not in (".", "->"):
                self.call(f, t, i, env, path)
            elif i > 1 and isinstance(env.get(t[i - 2]), tuple) and env[t[i - 2]][0] == "record":
                _, file, members = env[t[i - 2]]
                g = self.tree.find(file, members.get(t[i], ""))
                if g and id(g) in self.tell:
                    self.function(g, {}, path)
        if t[-3:-1] == ["type", "="] and "res" in t:
            value = self.value(f, t[-1:], env)
            self.out["types"] |= set(value) if isinstance(value, list) else {"*/*"}

    def assign(self, f, t, env):
        if "=" not in t:
            return
        at = t.index("=")
        if at == 0 or not re.match(r"[A-Za-z_]", t[at - 1]) or (at > 1 and t[at - 2] in (".", "->")):
            return
        if "jsonw_of" in t[at:]:
            arg = t[t.index("jsonw_of") + 2:-1]
            writer = Writer()
            self.buffer(arg, env).writers.append(writer)
            env[t[at - 1]] = writer
            return
        value = self.value(f, split(t[at + 1:])[0], env)
        if value is not None:
            env[t[at - 1]] = value

    def buffer(self, arg, env):
        name = arg[-1] if arg else ""
        if not isinstance(env.get(name), Buffer):
            env[name] = Buffer()
        return env[name]

    def value(self, f, t, env):
        """A list of the texts it may be, a number, a Writer or a Buffer; None = unknown."""
        if not t:
            return None
        text = unquoted(t)
        if text is not None:
            return [text]
        if t[0] == "&" and len(t) == 2:
            return env.get(t[1]) or (("record", *f.file.records[t[1]]) if f and t[1] in f.file.records else None)
        if len(t) == 1:
            if t[0] in READERS:
                return ("reader", t[0])
            if t[0] in env:
                return env[t[0]]
            if t[0] in ("true", "false"):
                return int(t[0] == "true")
            if t[0] in self.tree.strings:
                return [self.tree.strings[t[0]]]
        if "?" in t and ":" in t:
            q, k = t.index("?"), len(t) - 1 - t[::-1].index(":")
            both = [self.value(f, t[q + 1:k], env), self.value(f, t[k + 1:], env)]
            texts = [x for v in both if isinstance(v, list) for x in v]
            return texts or None
        if t[1:2] == ["("]:
            return self.called(f, t, env)
        if t[-1] == "]":
            name = t[0] if t[1:2] == ["["] else None
            if isinstance(env.get(name), list):
                return env[name]
            return f.file.arrays.get(name) or self.tree.arrays.get(name)
        if len(t) > 4 and t[1] == "[" and t[0] in f.file.tables:
            return [r[0] for r in f.file.tables[t[0]] if r and r[0]]
        return self.tree.number(t)

    def called(self, f, t, env):
        """A text made of a format and the texts of a table, or a function that returns such a table."""
        args = split(t[2:-1])
        if t[0] == "arena_printf" and len(args) == 3:
            form, parts = unquoted(args[1]), self.value(f, args[2], env)
            return [form.replace("%s", x) for x in parts] if form and isinstance(parts, list) else None
        g = self.tree.find(f.file, t[0]) if f else None
        if g and g.body and g.body[-1][0] == "line" and g.body[-1][1][:1] == ["return"] and len(g.body[-1][1]) == 2:
            return g.file.arrays.get(g.body[-1][1][1])
        return None

    def call(self, f, t, i, env, path):
        name = t[i]
        end = i + 1
        depth = 0
        for end in range(i + 1, len(t)):
            depth += (t[end] in "([{") - (t[end] in ")]}")
            if depth == 0:
                break
        args = split(t[i + 2:end])
        if isinstance(env.get(name), tuple) and env[name][0] == "reader":  # handed in
            name = env[name][1]
        if name in READERS:
            self.reads(f, name, args, env, path)
        elif name.startswith("jsonw_"):
            self.writes(f, name, args, env, path)
        elif name == "call_json":
            self.answers(args, env)
        elif name == "call_csv":
            self.out["types"].add("text/csv")
        elif name in ("call_redirect", "call_done", "http_res_redirect"):
            self.out["redirects"] = True
        elif name == "http_body":
            self.out["body"] = True
        elif name == "call_id":
            which = self.tree.number(args[1])
            self.out["ids"].add(which)
        else:
            self.into(f, name, args, env, path)

    def into(self, f, name, args, env, path):
        g = self.tree.find(f.file, name)
        if not g or name in STOP or id(g) not in self.tell or not g.body:
            return
        inner = {}
        for p, a in zip(g.params, args):
            v = self.value(f, a, env)
            if v is None and a and (a[0] == "&" or len(a) == 1) and any(x in g.tokens for x in ("jsonw_of", "call_json"))\
                    or (v is None and a[:1] == ["&"]):
                v = self.buffer(a, env) if a[-1] not in ("NULL",) else None
            if v is not None:
                inner[p] = v
        self.function(g, inner, path)

    def reads(self, f, name, args, env, path):
        at, kind = READERS[name]
        names = self.value(f, args[at], env) if at < len(args) else None
        if not isinstance(names, list):
            self.out["lost"].append(f"{f.file.path.name}: {f.name}: {name}({' '.join(args[at]) if at < len(args) else ''})")
            return
        facts = {"kind": kind, "need": False, "min": None, "max": None}
        rest = [self.value(f, a, env) for a in args[at + 1:]]
        numbers = [v if isinstance(v, int) else None for v in rest]
        if kind in ("text", "int", "time") and numbers:
            facts["need"] = numbers[0] == 1 and not path
        if kind == "text" and len(numbers) > 1:
            facts["max"] = numbers[1]
        if kind == "int" and len(numbers) > 2:
            facts["min"], facts["max"] = numbers[1], numbers[2]
        if kind == "query_int" and numbers:
            facts["min"], facts["max"] = 1, numbers[0]
        into = self.out["query" if kind.startswith("query") else "form"]
        for n in names:
            into[n] = stronger(into[n], facts) if n in into else dict(facts)

    def writes(self, f, name, args, env, path):
        w = self.value(f, args[0], env) if args else None
        if not isinstance(w, Writer):
            return
        if name.startswith("jsonw_end"):
            w.end()
            return
        key = None
        if len(args) > 1 and args[1] != ["NULL"]:
            key = self.value(f, args[1], env)
            key = key if isinstance(key, list) else None
        if name in ("jsonw_object", "jsonw_array"):
            w.begin(name[6:], key, path)
        elif name in SCALARS:
            node = Node(path)
            node.types = {SCALARS[name]}
            if name == "jsonw_text" and len(args) > 2 and "NULL" in args[2]:
                node.types.add("null")
            if name == "jsonw_double":
                node.types.add("null")
            w.put(key, node, path)

    def answers(self, args, env):
        b = self.value(None, args[1], env) if len(args) > 1 else None
        if isinstance(b, Buffer):
            self.out["answers"] += [w.top for w in b.writers if w.top]
            env[args[1][-1]] = Buffer()


def leaves(s):
    """The statement ends in return or continue."""
    if not s:
        return False
    if s[0] == "block":
        return bool(s[1]) and leaves(s[1][-1])
    return s[0] == "line" and s[1][:1] in (["return"], ["continue"])


def stronger(a, b):
    """Two looks at one field."""
    order = ["file", "many", "int", "time", "text", "raw", "query_int", "query"]
    first, other = sorted((a, b), key=lambda x: order.index(x["kind"]))
    out = dict(first)
    out["need"] = a["need"] or b["need"]
    for k in ("min", "max"):
        out[k] = first[k] if first[k] is not None else other[k]
    return out
