#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tests of embed.py: the bytes come back out of the compiled arrays."""
import hashlib
import os
import subprocess
import sys
import tempfile
import unittest

TOOL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "embed.py")
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "src")
DATA = bytes(range(256)) * 3 + "会社".encode()


class Embed(unittest.TestCase):
    def run_it(self, args, program):
        with tempfile.TemporaryDirectory() as folder:
            def path(name):
                return os.path.join(folder, name)
            for name, data in (("a.bin", DATA), ("b.css", b""), ("main.c", program.encode())):
                with open(path(name), "wb") as f:
                    f.write(data)
            subprocess.run([sys.executable, TOOL] + args, cwd=folder, check=True)
            subprocess.run(["cc", "-I", SOURCE, "-I", folder, "-o", path("x"), path("main.c"),
                            path("out.c")], check=True)
            return subprocess.run([path("x")], check=True, capture_output=True).stdout

    def test_symbols(self):
        out = self.run_it(["out.c", "out.h", "some=a.bin", "none=b.css"], """
            #include <stdio.h>
            #include "out.h"
            int main(void)
            {
                fwrite(some, 1, sizeof(some), stdout);
                return some_size + 1 != sizeof(some) || none_size != 0 || none[0] != 0;
            }""")
        self.assertEqual(out, DATA + b"\0")

    def test_table(self):
        out = self.run_it(["--table", "assets", "out.c", "out.h", "css/z.css=b.css", "a.bin"], """
            #include <stdio.h>
            #include "out.h"
            int main(void)
            {
                for (int i = 0; i < assets_count; i++)
                    printf("%s %zu %s\\n", assets[i].name, assets[i].n, assets[i].sha256);
                fwrite(assets[0].p, 1, assets[0].n, stdout);
                return 0;
            }""")
        want = f"a.bin {len(DATA)} {hashlib.sha256(DATA).hexdigest()}\n"
        want += f"css/z.css 0 {hashlib.sha256(b'').hexdigest()}\n"
        self.assertEqual(out, want.encode() + DATA)

    def test_wrong_use(self):
        r = subprocess.run([sys.executable, TOOL, "x"], capture_output=True, check=False)
        self.assertEqual(r.returncode, 2)


if __name__ == "__main__":
    unittest.main()
