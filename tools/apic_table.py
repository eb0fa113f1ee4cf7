# SPDX-License-Identifier: Apache-2.0
"""Writes what apic.py found as the C table behind the page of the API (hub/api/api.h)."""
import json

from embed import text_array


def text(value):
    escaped = "".join(chr(b) if 32 <= b < 127 and chr(b) not in '"\\?' else f"\\{b:03o}"
                      for b in str(value).encode("utf-8"))
    return f'"{escaped}"'


def limits_of(schema):
    """Values, sizes and patterns in one short line."""
    if "enum" in schema:
        return " | ".join("null" if v is None else '""' if v == "" else str(v) for v in schema["enum"])
    out = []
    if "minimum" in schema or "maximum" in schema:
        out.append(f"{schema.get('minimum', '')}…{schema.get('maximum', '')}")
    if "maxLength" in schema:
        out.append(f"≤ {schema['maxLength']}")
    return " ".join(out)


def type_of(schema, parts):
    if "$ref" in schema:
        return type_of(parts[schema["$ref"].rsplit("/", 1)[1]], parts)
    if "anyOf" in schema:
        return " | ".join(type_of(s, parts) for s in schema["anyOf"])
    kind = schema.get("type", "any")
    if kind == "array":
        return type_of(schema.get("items", {}), parts) + "[]"
    shown = kind if isinstance(kind, str) else " | ".join(kind)
    return f"{shown} ({schema['format']})" if schema.get("format") in ("date-time", "binary") else shown


def flat(pairs, parts, path, out):
    """The members of an answer, each with its way from the top. PAIRS: the schema in English and in Japanese."""
    en, ja = pairs
    while "$ref" in en or en.get("type") == "array" or "anyOf" in en:
        if "$ref" in en:
            name = en["$ref"].rsplit("/", 1)[1]
            en, ja = parts[0][name], parts[1][ja["$ref"].rsplit("/", 1)[1]]
        elif "anyOf" in en:
            en, ja = en["anyOf"][0], ja["anyOf"][0]
        else:
            en, ja, path = en.get("items", {}), ja.get("items", {}), path + "[]"
    for name, one in en.get("properties", {}).items():
        other = ja["properties"][name]
        whole = f"{path}.{name}".lstrip(".")
        out.append(("answer", whole, type_of(one, parts[0]), limits_of(one), name in en.get("required", []),
                    one["description"], other["description"]))
        flat((one, other), parts, whole, out)
    rest = en.get("additionalProperties")
    if isinstance(rest, dict):
        out.append(("answer", f"{path}.*".lstrip("."), type_of(rest, parts[0]), "", False, "", ""))


def lines_of(op, docs):
    en, ja = (docs[lang]["paths"][op.pattern][op.method.lower()] for lang in ("en", "ja"))
    parts = [docs[lang]["components"]["schemas"] for lang in ("en", "ja")]
    out = []
    for a, b in zip(en.get("parameters", []), ja.get("parameters", [])):
        out.append((a["in"], a["name"], type_of(a["schema"], parts[0]), limits_of(a["schema"]), a["required"],
                    a["description"], b["description"]))
    for kind, body in en.get("requestBody", {}).get("content", {}).items():
        other = ja["requestBody"]["content"][kind]["schema"]
        for name, one in body["schema"].get("properties", {}).items():
            out.append(("form", name, type_of(one, parts[0]), limits_of(one),
                        name in body["schema"].get("required", []), one["description"],
                        other["properties"][name]["description"]))
    json_of = en["responses"].get("200", {}).get("content", {}).get("application/json")
    if json_of:
        flat((json_of["schema"], ja["responses"]["200"]["content"]["application/json"]["schema"]), parts, "", out)
    return out


def write(path, ops, pages, docs):
    """PAGES: the rows of routes that are for browsers alone."""
    c = ['/* Written by tools/apic.py. */', '#include "hub/api/api.h"']
    rows = []
    for i, op in enumerate(ops):
        lines = lines_of(op, docs)
        if lines:
            c.append(f"static const struct api_part part_{i}[] = {{")
            for where, name, kind, limits, need, en, ja in lines:
                c.append(f"{{ {text(where)}, {text(name)}, {text(kind)}, {text(limits)}, {int(need)}, "
                         f"{{ [LANG_EN] = {text(en)}, [LANG_JA] = {text(ja)} }} }},")
            c.append("};")
        tag = [next(t["description"] for t in docs[lang]["tags"] if t["name"] == op.feature) for lang in ("en", "ja")]
        rows.append(f"{{ {text(op.method)}, {text(op.pattern)}, {text(op.feature)}, {text(op.id)}, "
                    f"{{ [LANG_EN] = {text(tag[0])}, [LANG_JA] = {text(tag[1])} }}, "
                    f"{text(', '.join(op.roles))}, {{ [LANG_EN] = {text(op.summary[0])}, [LANG_JA] = {text(op.summary[1])} }}, "
                    f"{f'part_{i}' if lines else 'NULL'}, {len(lines)} }},")
    rows += [f"{{ {text(m)}, {text(p)}, \"\", \"\", {{ NULL }}, \"\", {{ [LANG_EN] = {text(why)} }}, NULL, 0 }}," for m, p, why in pages]
    c += ["const struct api_row api_table[] = {", *rows, "};",
          "const size_t api_table_n = sizeof(api_table) / sizeof(api_table[0]);"]
    for lang, doc in docs.items():
        c += text_array(f"api_document_{lang}", json.dumps(doc, ensure_ascii=False, separators=(",", ":")).encode())
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join(c) + "\n")
