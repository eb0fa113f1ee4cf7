#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turns a TSV data file into a C table.

    tsv_table.py OUT.c HEADER "struct NAME" SYMBOL FILE.tsv
        HEADER declares the struct and: extern const struct NAME SYMBOL[]; extern const size_t SYMBOL_n;

The first line that is no comment names the members: "name" is text, "name:int" a number,
"name:date" (2024-03-15) microseconds UTC of that day's beginning in Japan.
"""
import datetime
import json
import sys

JAPAN = datetime.timezone(datetime.timedelta(hours=9))


def text(value):
    escaped = "".join(chr(b) if 32 <= b < 127 and chr(b) not in '"\\?' else f"\\{b:03o}"
                      for b in value.encode("utf-8"))
    return f'"{escaped}"'


def number(value):
    return str(int(value))


def date(value):
    day = datetime.datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=JAPAN)
    return f"INT64_C({int(day.timestamp()) * 1000000})"


WRITERS = {"": text, "int": number, "date": date}


def main():
    out, header, struct, symbol, path = sys.argv[1:]
    with open(path, encoding="utf-8") as f:
        lines = [line.rstrip("\n") for line in f]
    rows = [(i, line.split("\t")) for i, line in enumerate(lines, 1) if line and line[0] != "#"]
    columns = [(c + ":").split(":")[:2] for c in rows[0][1]]
    code = ["/* Written by tools/tsv_table.py. */", f"#include {json.dumps(header)}",
            f"const {struct} {symbol}[] = {{"]
    for i, cells in rows[1:]:
        if len(cells) != len(columns):
            sys.exit(f"{path}:{i}: {len(cells)} cells instead of {len(columns)}")
        code.append("\t{ " + ", ".join(f".{n} = {WRITERS[k](v)}"
                                       for (n, k), v in zip(columns, cells)) + " },")
    code += ["};", f"const size_t {symbol}_n = sizeof({symbol}) / sizeof({symbol}[0]);"]
    with open(out, "w", encoding="utf-8") as f:
        f.write("\n".join(code) + "\n")


if __name__ == "__main__":
    main()
