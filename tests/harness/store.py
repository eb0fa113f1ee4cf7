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

    def rows(self, sql, *args):
        link = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=20)
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
        return {table: sorted(map(repr, self.rows(f"SELECT * FROM {table} WHERE {condition}")))
                for table, condition in where.items()}


def psql(url, sql):
    program = shutil.which("psql") or str(max(Path("/usr/lib/postgresql").glob("*/bin/psql")))
    done = subprocess.run([program, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql],
                          capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise RuntimeError(f"{sql}: {done.stderr}")
    return done.stdout


class Postgres:
    """A database of its own on the cluster that tools/pg-run started; reads as superuser, past row-level security."""

    def __init__(self):
        self.name = f"e2e_{uuid.uuid4().hex[:12]}"
        self.base = os.environ["OTASUKE_TEST_PG"]
        psql(self.base, f"CREATE DATABASE {self.name}")
        self.url = self.base.rpartition("/")[0] + "/" + self.name
        self.reader = os.environ["OTASUKE_TEST_PG_ADMIN"].rpartition("/")[0] + "/" + self.name

    def rows(self, sql, *args):
        for arg in args:
            word = str(arg) if isinstance(arg, int) else "'" + str(arg).replace("'", "''") + "'"
            sql = sql.replace("?", word, 1)
        out = psql(self.reader, f"SELECT row_to_json(q) FROM ({sql}) q")
        return [tuple(json.loads(line).values()) for line in out.splitlines()]

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
        psql(self.base, f"DROP DATABASE {self.name} WITH (FORCE)")
