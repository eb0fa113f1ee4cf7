#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turns files into C arrays.

    embed.py OUT.c OUT.h SYMBOL=FILE...
        const char SYMBOL[] (a NUL behind the content) and enum { SYMBOL_size }, for schemas,
        catalogues and the like.
    embed.py --table NAME OUT.c OUT.h FILE...
        const struct embed_file NAME[] sorted by name, and enum { NAME_count }: see base/embed.h.
        A FILE may be given as SHOWN/NAME=FILE; else its base name is its name.
"""
import hashlib
import os
import sys


def array(name, data):
    lines = [f"static const unsigned char {name}[{len(data) + 1}] = {{"]
    for i in range(0, len(data), 32):
        lines.append("".join(f"{b}," for b in data[i:i + 32]))
    return lines + ["0};"]


def text_array(name, data):
    signed = [b - 256 if b > 127 else b for b in data]
    lines = [f"const char {name}[{len(data) + 1}] = {{"]
    for i in range(0, len(data), 32):
        lines.append("".join(f"{b}," for b in signed[i:i + 32]))
    return lines + ["0};"]


def read(path):
    with open(path, "rb") as f:
        return f.read()


def write(path, lines):
    with open(path, "w", encoding="utf-8") as f:
        f.write("/* Written by tools/embed.py. */\n" + "\n".join(lines) + "\n")


def guarded(path, lines):
    guard = "".join(c if c.isalnum() else "_" for c in os.path.basename(path)).upper()
    return [f"#ifndef {guard}", f"#define {guard}"] + lines + ["#endif"]


def symbols(out_c, out_h, items):
    code, head = [f'#include "{os.path.basename(out_h)}"'], []
    for item in items:
        name, _, path = item.partition("=")
        data = read(path)
        head += [f"extern const char {name}[{len(data) + 1}];",
                 f"enum {{ {name}_size = {len(data)} }};"]
        code += text_array(name, data)
    write(out_c, code)
    write(out_h, guarded(out_h, head))


def table(name, out_c, out_h, items):
    files = []
    for item in items:
        shown, eq, path = item.partition("=")
        files.append((shown if eq else os.path.basename(item), path if eq else item))
    files.sort(key=lambda f: f[0].encode())
    head = ['#include "base/embed.h"', f"enum {{ {name}_count = {len(files)} }};",
            f"extern const struct embed_file {name}[{max(1, len(files))}];"]
    code, rows = [f'#include "{os.path.basename(out_h)}"'], []
    for n, (shown, path) in enumerate(files):
        data = read(path)
        code += array(f"file_{n}", data)
        rows.append(f'{{ "{shown}", file_{n}, {len(data)}, "{hashlib.sha256(data).hexdigest()}" }},')
    code += [f"const struct embed_file {name}[{max(1, len(files))}] = {{"] + rows + ["};"]
    write(out_c, code)
    write(out_h, guarded(out_h, head))


def main(args):
    if len(args) >= 4 and args[0] == "--table":
        table(args[1], args[2], args[3], args[4:])
    elif len(args) >= 3 and all("=" in a for a in args[2:]):
        symbols(args[0], args[1], args[2:])
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
