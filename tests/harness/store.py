# SPDX-License-Identifier: Apache-2.0
"""The hub's store, read from outside; never written."""
import json
import os
import shutil
import sqlite3
import subprocess
import uuid
from pathlib import Path


class Sqlite:
    def __init__(self, path):
        self.path = path

    def open(self):
        return sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=20)

    def rows(self, sql, *args):
        link = self.open()
        try:
            return link.execute(sql, args).fetchall()
        finally:
            link.close()

    def tables(self):
        """name: columns"""
        names = [r[0] for r in self.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
        return {name: [r[1] for r in self.rows(f"PRAGMA table_info({name})")] for name in names}

    def fingerprint(self, where):
        """table: what its rows are, for a {table: condition}."""
        link = self.open()
        try:
            return {table: sorted(map(repr, link.execute(f"SELECT * FROM {table} WHERE {condition}")))
                    for table, condition in where.items()}
        finally:
            link.close()


class Psql:
    """One psql that is asked again and again."""

    END = "--- end of answer ---"

    def __init__(self, url):
        program = shutil.which("psql") or str(max(Path("/usr/lib/postgresql").glob("*/bin/psql")))
        self.child = subprocess.Popen([program, "-X", "-q", "-A", "-t", "-d", url], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def ask(self, sql):
        self.child.stdin.write(f"{sql};\n\\echo {self.END}\n")
        self.child.stdin.flush()
        lines = []
        for line in self.child.stdout:
            if line.rstrip("\n") == self.END:
                break
            lines.append(line.rstrip("\n"))
        wrong = [line for line in lines if line.startswith(("ERROR:", "FATAL:", "psql:"))]
        if wrong or self.child.poll() is not None:
            raise RuntimeError(f"{sql}: {wrong}")
        return lines

    def close(self):
        self.child.stdin.close()
        self.child.wait(10)


class Postgres:
    """A database of its own on the cluster that tools/pg-run started; reads as superuser, past row-level security."""

    def __init__(self, template=None):
        self.name = f"e2e_{uuid.uuid4().hex[:12]}"
        base, admin = os.environ["OTASUKE_TEST_PG"], os.environ["OTASUKE_TEST_PG_ADMIN"]
        self.admin = Psql(admin)
        self.admin.ask(f"CREATE DATABASE {self.name} OWNER {base.partition('//')[2].partition('@')[0]}"
                       + (f" TEMPLATE {template} STRATEGY FILE_COPY" if template else ""))
        self.url = base.rpartition("/")[0] + "/" + self.name
        self.reader_url = admin.rpartition("/")[0] + "/" + self.name
        self.reader = Psql(self.reader_url)

    def rows(self, sql, *args):
        for arg in args:
            word = str(arg) if isinstance(arg, int) else "'" + str(arg).replace("'", "''") + "'"
            sql = sql.replace("?", word, 1)
        lines = self.reader.ask(f"SELECT row_to_json(q) FROM ({sql}) q")
        return [tuple(json.loads(line).values()) for line in lines if line]

    def tables(self):
        found = {}
        for table, column in self.rows("SELECT table_name, column_name FROM information_schema.columns"
                                       " WHERE table_schema = 'public' ORDER BY table_name, ordinal_position"):
            found.setdefault(table, []).append(column)
        return found

    def fingerprint(self, where):
        parts = [f"SELECT '{table}', (SELECT string_agg(x::text, '|' ORDER BY x::text) FROM {table} x WHERE {condition})"
                 for table, condition in where.items()]
        return dict(self.rows("SELECT p.a, p.b FROM (" + " UNION ALL ".join(parts) + ") AS p(a, b)"))

    def drop(self):
        self.reader.close()
        self.admin.ask(f"DROP DATABASE {self.name} WITH (FORCE)")
        self.admin.close()
