#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the description of the hub's API from the hub's own sources, so that it cannot say anything else.

    apic.py HUB_FOLDER DATA_FOLDER OUT.c OUT.d
        the OpenAPI 3.1 document in both languages, and the table that the pages for people show
    apic.py --show HUB_FOLDER DATA_FOLDER
        the document, for the one who looks
    apic.py --check HUB_FOLDER DATA_FOLDER
        says which fields nobody has described, and which descriptions belong to none

A route's form and query are what its handler asks form_text() and its kind for; its answer is what the calls of
jsonw_*() that end in call_json() write, in their order. What each thing means stands in DATA_FOLDER. tools/apic_c.py
reads the C, tools/apic_walk.py follows it.
"""
import json
import sys
from pathlib import Path

import apic_table
from apic_c import Tree
from apic_walk import Walk

PAGE = "=page"
TEXT = {"en": 0, "ja": 1}
BIG = 2**63 - 1
INTO = "application/x-www-form-urlencoded"
KNOWN = {  # asked for again where a form is shown, by a name that is read elsewhere too
    "members_fields.c: members_fields_add: http_form(row -> name)",
}
MARK = "@url@"  # the hub writes its own address there


def rows(path, n):
    """The lines of a TSV file after its head."""
    with open(path, encoding="utf-8") as f:
        lines = [line.rstrip("\n") for line in f if line.strip() and line[0] != "#"][1:]
    out = [line.split("\t") for line in lines]
    for row in out:
        if len(row) != n:
            raise SystemExit(f"{path}: {row} has {len(row)} columns, not {n}")
    return out


class Words:
    """What a name means, and which values it has: of one feature ("cases.state") or everywhere ("state")."""

    def __init__(self, data, tree):
        self.words = {r[0]: (r[1], r[2]) for r in rows(data / "words.tsv", 3)}
        self.values = {r[0]: self.choices(tree, r[1].split()) for r in rows(data / "values.tsv", 2)}
        self.said, self.missing = set(), set()

    @staticmethod
    def choices(tree, words):
        """"cases_work/tlps" stands for the texts of that table of the code."""
        out = []
        for w in words:
            if "/" in w and w not in tree.named:
                raise SystemExit(f"values.tsv: there is no table {w}")
            out += [t or "''" for t in tree.named[w]] if "/" in w else [w]
        return out

    def keys(self, feature, parent, name):
        return [f"{feature}.{parent}.{name}", f"{feature}.{name}", name]

    def of(self, feature, parent, name, lang):
        for key in self.keys(feature, parent, name):
            if key in self.words:
                self.said.add(key)
                return self.words[key][TEXT[lang]]
        self.missing.add(name)
        return ""

    def values_of(self, feature, parent, name):
        for key in self.keys(feature, parent, name):
            if key in self.values:
                self.said.add(key)
                return self.values[key]
        return []

    def strangers(self):
        """Rows that nothing uses."""
        return sorted((set(self.words) | set(self.values)) - self.said)


class Document:
    """The OpenAPI document in one language."""

    def __init__(self, lang, words, texts):
        self.lang, self.words, self.t = lang, words, texts
        self.shapes, self.parts = {}, {}

    # --- schemas ---

    def scalar(self, types, feature, parent, name):
        kinds = sorted({"string" if t == "time" else t for t in types} - {"null"})
        if {"integer", "number"} <= set(kinds):
            kinds.remove("integer")
        out = {}
        if kinds:
            out["type"] = kinds[0] if len(kinds) == 1 and "null" not in types else kinds + ["null"] * ("null" in types)
        else:
            out["type"] = "null"
        if "time" in types:
            out["format"] = "date-time"
        if kinds == ["integer"] and name:
            out["format"] = "int64"
        values = self.words.values_of(feature, parent, name)
        if "null" in values and isinstance(out["type"], str):
            out["type"] = [out["type"], "null"]
        values = [v for v in values if v not in ("-", "null")]
        if values:
            known = [int(v) if kinds == ["integer"] else "" if v == "''" else v for v in values]
            out["enum"] = known + [None] * ("null" in types)
        return out

    def schema(self, node, feature, parent, name, top=""):
        if node is None:
            return {}
        if "object" in node.types:
            out = self.object(node, feature, name or parent)
            out = self.part(out, feature, name or parent) if not top else out
            return {"anyOf": [out, {"type": "null"}]} if "null" in node.types else out
        if "array" in node.types:
            return {"type": "array", "items": self.schema(node.items, feature, parent, name)}
        return self.scalar(node.types, feature, parent, name)

    def object(self, node, feature, parent):
        props = {}
        for key, value in node.props.items():
            one = self.schema(value, feature, parent, key)
            props[key] = {**one, "description": self.words.of(feature, parent, key, self.lang)}
        out = {"type": "object", "properties": props}
        if node.required():
            out["required"] = [k for k in node.props if k in set(node.required())]
        out["additionalProperties"] = self.schema(node.rest, feature, parent, "") if node.rest else False
        return out

    def part(self, shape, feature, name):
        """Objects have a name of their own; the same shape has one name."""
        text = json.dumps(shape, sort_keys=True)
        if text in self.shapes:
            return {"$ref": self.shapes[text]}
        one = camel(singular(name or "row"))
        for title in (one, camel(feature) + one, *(f"{camel(feature)}{one}{i}" for i in range(2, 99))):
            if title not in self.parts:
                break
        self.parts[title] = shape
        self.shapes[text] = f"#/components/schemas/{title}"
        return {"$ref": self.shapes[text]}

    # --- operations ---

    def parameters(self, op):
        out = []
        for i, name in enumerate(op.path_names()):
            number = i in op.found["ids"]
            out.append({"name": name, "in": "path", "required": True,
                        "description": self.words.of(op.feature, "path", name, self.lang),
                        "schema": {"type": "integer", "minimum": 1} if number else {"type": "string"}})
        for name, q in op.query():
            out.append({"name": name, "in": "query", "required": False,
                        "description": self.words.of(op.feature, "query", name, self.lang),
                        "schema": self.field(op, name, q)})
        return out

    def field(self, op, name, f):
        kind, out = f["kind"], {"type": "string"}
        if kind in ("int", "query_int"):
            out = {"type": "integer"}
            out.update({"minimum": f["min"]} if f["min"] is not None else {})
            out.update({"maximum": f["max"]} if f["max"] not in (None, BIG) else {})
        elif kind == "many":
            out = {"type": "array", "items": {"type": "string"}}
        elif kind == "file":
            out = {"type": "string", "format": "binary"}
        elif kind == "time":
            out["pattern"] = r"^(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?)?$"
        elif kind == "text" and f["max"]:
            out["maxLength"] = f["max"]
        if f["need"] and kind == "text":
            out["minLength"] = 1
        values = [v for v in self.words.values_of(op.feature, op.method, name) if v not in ("-", "null")]
        if values and out["type"] != "array":
            values = [int(v) if out["type"] == "integer" else "" if v == "''" else v for v in values]
            more = [""] if not f["need"] and out["type"] == "string" and "" not in values else []
            out["enum"] = values + more
        return out

    def body(self, op):
        if op.found["body"] and not op.fields():
            kind = "application/json" if op.pattern.startswith("/api/") else "text/csv"
            return {"required": True, "content": {kind: {"schema": {"type": "object"} if "json" in kind else
                                                          {"type": "string"}}}}
        props = {n: {**self.field(op, n, f), "description": self.words.of(op.feature, op.method, n, self.lang)}
                 for n, f in op.fields()}
        schema = {"type": "object", "properties": props, "additionalProperties": False}
        need = [n for n, f in op.fields() if f["need"]]
        if need:
            schema["required"] = need
        many = any(f["kind"] == "file" for _, f in op.fields())
        out = {"content": {"multipart/form-data" if many else INTO: {"schema": schema}}}
        if op.found["body"]:
            out["content"]["text/csv"] = {"schema": {"type": "string"}}
        return {"required": bool(need), **out}

    def answers(self, op):
        out, content = {}, {}
        for node in op.found["answers"]:
            one = self.schema(node, op.feature, "", op.thing(), top="yes")
            content["application/json"] = {"schema": one}
        for kind in sorted(op.found["types"]):
            content[kind.split(";")[0]] = {"schema": {"type": "string"}}
        if op.method == "GET" or content:
            out["200"] = {"description": self.t["answer.200"]}
            if content:
                out["200"]["content"] = content
        if op.method == "POST" and op.redirects:
            out["303"] = {"description": self.t["answer.303"],
                          "headers": {"Location": {"description": self.t["answer.location"],
                                                   "schema": {"type": "string"}}}}
        for status in op.problems():
            out[status] = {"$ref": f"#/components/responses/Problem{status}"}
        return out

    def operation(self, op):
        out = {"operationId": op.id, "summary": op.summary[TEXT[self.lang]], "tags": [op.feature],
               "description": self.t["roles"] + ", ".join(op.roles), "x-roles": op.roles}
        if self.parameters(op):
            out["parameters"] = self.parameters(op)
        if op.method == "POST" and (op.fields() or op.found["body"]):
            out["requestBody"] = self.body(op)
        out["responses"] = self.answers(op)
        return out

    def whole(self, ops):
        paths = {}
        for op in ops:
            paths.setdefault(op.pattern, {})[op.method.lower()] = self.operation(op)
        tags = [{"name": f, "description": self.t.get(f"tag.{f}", "")} for f in dict.fromkeys(o.feature for o in ops)]
        return {"openapi": "3.1.0",
                "info": {"title": "otasuke hub", "version": "1", "description": self.t["about"],
                         "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
                "servers": [{"url": MARK}], "security": [{"token": []}], "tags": tags, "paths": paths,
                "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer",
                                                             "description": self.t["token"]}},
                               "responses": self.problems(), "schemas": {**self.parts, "Problem": self.problem()}}}

    def problem(self):
        def text(key):
            return {"type": "string", "description": self.t[key]}
        field = {"type": "object", "properties": {"field": text("problem.field"), "detail": text("problem.field.detail")},
                 "required": ["field", "detail"], "additionalProperties": False}
        return {"type": "object", "description": self.t["problem"],
                "properties": {"type": {**text("problem.type"), "const": "about:blank"}, "title": text("problem.title"),
                               "status": {"type": "integer", "description": self.t["problem.status"]},
                               "detail": text("problem.detail"),
                               "errors": {"type": "array", "items": field, "description": self.t["problem.errors"]},
                               "error": {"type": "object", "description": self.t["problem.error"],
                                         "properties": {"status": {"type": "integer", "description": self.t["problem.status"]},
                                                        "text": text("problem.detail")},
                                         "required": ["status", "text"], "additionalProperties": False}},
                "required": ["type", "title", "status", "detail", "error"], "additionalProperties": False}

    def problems(self):
        schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
        return {f"Problem{s}": {"description": self.t[f"answer.{s}"], "content": {"application/problem+json": schema}}
                for s in ("400", "401", "403", "404", "409", "413")}


class Operation:
    def __init__(self, tree, walk, file, row, summary):
        self.method, self.pattern = text_of(row[0]), text_of(row[1])
        self.feature, self.summary = file.feature, summary
        roles = tree.number(row[2]) or 0
        self.roles = [n[5:].lower() for n in ROLES if roles & tree.numbers[n]]
        self.found = walk.route(file, row[3][0])
        self.redirects = self.found["redirects"] or not self.found["answers"]
        self.id = "_".join([self.method.lower(), *[p.strip("{}").replace(".", "_").replace("-", "_")
                                                  for p in self.pattern.split("/") if p]])

    def path_names(self):
        return [p.strip("{}") for p in self.pattern.split("/") if p.startswith("{")]

    def fields(self):
        return list(self.found["form"].items()) if self.method == "POST" else []

    def query(self):
        return [(n, q) for n, q in self.found["query"].items() if self.method == "GET" or n == "dry_run"]

    def thing(self):
        words = [p for p in self.pattern.split("/") if p and not p.startswith("{")]
        return words[-1].replace(".", "_").replace("-", "_") if words else self.feature

    def problems(self):
        out = ["401", "403"]
        out += ["404"] if self.path_names() or self.method == "POST" else []
        if self.method == "POST":
            out = ["400", *out, "409"]
            out += ["413"] if any(f["kind"] == "file" for _, f in self.fields()) or self.found["body"] else []
        return out


ROLES = ["ROLE_ADMIN", "ROLE_DESK", "ROLE_ANALYST", "ROLE_TECHNICIAN", "ROLE_INSURER", "ROLE_SPECIALIST", "ROLE_TEACHER",
         "ROLE_COMPANY"]


def text_of(tokens):
    return "".join(t[1:-1] for t in tokens)


def camel(name):
    return "".join(p[:1].upper() + p[1:] for p in name.replace("-", "_").split("_"))


def singular(name):
    if name.endswith("ies"):
        return name[:-3] + "y"
    if name.endswith(("ses", "xes")) and not name.endswith(("cases", "uses", "noses")):
        return name[:-2]
    return name[:-1] if name.endswith("s") and not name.endswith(("ss", "us")) else name


def operations(hub, data):
    """Every route that programs may use."""
    tree = Tree(hub)
    walk = Walk(tree)
    summary = {(r[0], r[1]): (r[2], r[3]) for r in rows(data / "api.tsv", 4)}
    out = []
    for file, row in tree.routes:
        if len(row) == 5:
            key = text_of(row[0]), text_of(row[1])
            if key in summary and not summary[key][0].startswith(PAGE):
                out.append(Operation(tree, walk, file, row, summary[key]))
    return tree, out


def made(hub, data):
    """(tree, operations, words, {language: document})"""
    tree, ops = operations(hub, data)
    words = Words(data, tree)
    texts = {r[0]: (r[1], r[2]) for r in rows(data / "texts.tsv", 3)}
    docs = {lang: Document(lang, words, {k: v[i] for k, v in texts.items()}) for lang, i in TEXT.items()}
    return tree, ops, words, {lang: d.whole(ops) for lang, d in docs.items()}


def complaints(ops, words, data):
    out = [f"{data / 'words.tsv'}: say in both languages what {name} is" for name in sorted(words.missing)]
    out += [f"{data}: nothing is called {name}" for name in words.strangers()]
    lost = {text for op in ops for text in op.found["lost"]}
    return out + [f"cannot see which field this reads: {text}" for text in sorted(lost - KNOWN)]


def main(argv):
    ask = argv[0] if argv and argv[0].startswith("--") else ""
    hub, data = (Path(p) for p in (argv[1:3] if ask else argv[:2]))
    tree, ops, words, docs = made(hub, data)
    if ask == "--check":
        found = complaints(ops, words, data)
        print("\n".join(found), end="\n" if found else "")
        return 1 if found else 0
    if ask:
        json.dump(docs["en"], sys.stdout, indent=1, ensure_ascii=False)
        return 0
    pages = [(r[0], r[1], r[2]) for r in rows(data / "api.tsv", 4) if r[2].startswith(PAGE)]
    apic_table.write(argv[2], ops, pages, docs)
    inputs = [*tree.paths, *sorted(data.glob("*.tsv"))]
    with open(argv[3], "w", encoding="utf-8") as f:
        f.write(f"{argv[2]}: " + " ".join(str(p) for p in inputs) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
