# SPDX-License-Identifier: Apache-2.0
"""Regions with ten years of cases and many sightings, made once and kept in the folder for temporary files as long as
what fills them stays the same; each run works on a copy."""
import hashlib
import os
import shutil
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

from harness.hub import Hub
from harness.programs import SOURCE
from harness.store import Postgres, Sqlite

FULL = bool(os.environ.get("OTASUKE_BENCH_FULL"))
CASES = int(os.environ.get("OTASUKE_BENCH_CASES", 100_000 if FULL else 4_000))
COMPANIES = int(os.environ.get("OTASUKE_BENCH_COMPANIES", 1_000 if FULL else 200))
SIGHTINGS = int(os.environ.get("OTASUKE_BENCH_SIGHTINGS", 10_000_000 if FULL else 200_000))
MAKES = bool(os.environ.get("OTASUKE_BENCH_MAKE"))
YEARS = 10
PASSWORD = "bench-password-1"
DAY = 86_400_000_000
DOOR = {"accounts.login_burst": "1000", "accounts.address_burst": "100000"}  # fifty people at one address
BASE = "region_base"


def key():
    """Of what fills them; a copy is brought up to date by the hub when it starts."""
    sums = hashlib.sha256(repr((COMPANIES, CASES, SIGHTINGS, YEARS)).encode())
    for name in ("hub_fill.c", "members/members_fill.c", "fleet/fleet_fill.c", "cases/cases_fill.c",
                 "cases/data/case_scripts.tsv", "search/search_gram.c", "search/search_post.c"):
        sums.update((SOURCE / "src/hub" / name).read_bytes())
    return sums.hexdigest()[:12]


def kept(kind):
    folder = Path(tempfile.gettempdir()) / f"otasuke-bench-cases-{CASES}-{key()}"
    for old in folder.parent.glob(f"otasuke-bench-cases-{CASES}-*"):
        if old != folder and not MAKES:
            shutil.rmtree(old)
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    return folder / kind


def siphash13(secret, data):
    """As src/base/map.c: by it the hub knows a trait."""
    mask = (1 << 64) - 1

    def rotl(x, b):
        return ((x << b) | (x >> (64 - b))) & mask

    k0, k1 = (int.from_bytes(secret[i:i + 8], "little") for i in (0, 8))
    v = [k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261, k1 ^ 0x7465646279746573]

    def turn():
        v[0] = (v[0] + v[1]) & mask
        v[1] = rotl(v[1], 13) ^ v[0]
        v[0] = rotl(v[0], 32)
        v[2] = (v[2] + v[3]) & mask
        v[3] = rotl(v[3], 16) ^ v[2]
        v[0] = (v[0] + v[3]) & mask
        v[3] = rotl(v[3], 21) ^ v[0]
        v[2] = (v[2] + v[1]) & mask
        v[1] = rotl(v[1], 17) ^ v[2]
        v[2] = rotl(v[2], 32)

    whole = len(data) - len(data) % 8
    words = [int.from_bytes(data[i:i + 8], "little") for i in range(0, whole, 8)]
    words.append(int.from_bytes(data[whole:].ljust(7, b"\0"), "little") | (len(data) & 255) << 56)
    for word in words:
        v[3] ^= word
        turn()
        v[0] ^= word
    v[2] ^= 255
    for _ in range(3):
        turn()
    out = v[0] ^ v[1] ^ v[2] ^ v[3]
    return out - (1 << 64) if out >> 63 else out


def traits(companies):
    """Traits by name, and the companies that met them."""
    return {"everybody.example": companies, "ten.example": companies[:10], "nobody.example": []}


def sightings_sql(hub, secret, postgres):
    """SIGHTINGS rows at random, and the traits by name."""
    companies = [row[0] for row in hub.rows("SELECT id FROM company ORDER BY id")]
    low, span, now_us = companies[0], companies[-1] - companies[0] + 1, int(time.time() * 1_000_000)
    today, rest = now_us // DAY, "1 + d % 9, d % 5, 'beacon', 'PC'"
    if postgres:
        yield (f"INSERT INTO sighting SELECT ((random() - 0.5) * 1.8e19)::bigint, floor(random() * {span})::bigint + {low}, 1,"
               f" {now_us} - d * {DAY}, {now_us} - d * {DAY}, {today} - d, {rest} FROM (SELECT floor(random() * 90)::bigint"
               f" AS d FROM generate_series(1, {SIGHTINGS})) x ORDER BY 1, 2 ON CONFLICT DO NOTHING")
    else:
        yield (f"INSERT OR IGNORE INTO sighting SELECT random() AS t, abs(random()) % {span} + {low} AS c, 1,"
               f" {now_us} - d * {DAY}, {now_us} - d * {DAY}, {today} - d, {rest} FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION"
               f" ALL SELECT i + 1 FROM n WHERE i < {SIGHTINGS}) SELECT abs(random()) % 90 AS d FROM n) ORDER BY 1, 2")
    for name, where in traits(companies).items():
        trait = siphash13(secret, b"\x01" + name.encode())
        if where:
            rows = ", ".join(f"({trait}, {c}, 1, {now_us}, {now_us}, {today}, 3, 2, 'beacon', 'PC')" for c in where)
            yield f"INSERT INTO sighting VALUES {rows}"


def fill(hub, **settings):
    start = time.monotonic()
    hub.init(**{k.replace(".", "__"): v for k, v in DOOR.items()}, **settings)
    hub.otasuke("region", "fill", "--companies", COMPANIES, "--alerts", CASES, "--cases", CASES, "--years", YEARS,
                "--password", PASSWORD, seconds=7200)
    return time.monotonic() - start


def make_sqlite(state):
    hub = Hub(state)
    seconds = fill(hub)
    with sqlite3.connect(hub.state / "otasuke.db", timeout=600) as db:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("PRAGMA cache_size = -400000")
        for sql in sightings_sql(hub, db.execute("SELECT secret FROM sighting_key").fetchone()[0], False):
            db.execute(sql)
        db.commit()
        db.execute("PRAGMA analysis_limit = 400")
        db.execute("PRAGMA optimize")
    return seconds


def as_copy(value):
    """A value as COPY reads it (text format)."""
    if value is None:
        return "\\N"
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def copy_table(link, url, table, columns, where=""):
    """Rows of SQLite into the same table of PostgreSQL."""
    names = ", ".join(columns)
    feed = subprocess.Popen(["psql", "-X", "-q", "-d", url, "-v", "ON_ERROR_STOP=1", "-c", "SET session_replication_role = replica",
                             "-c", f"COPY {table} ({names}) FROM STDIN"], stdin=subprocess.PIPE, text=True)
    for row in link.execute(f"SELECT {names} FROM {table} {where}"):
        feed.stdin.write("\t".join(map(as_copy, row)) + "\n")
    feed.stdin.close()
    if feed.wait() != 0:
        raise RuntimeError(f"{table} was not copied")


def make_postgres(state):
    """The region that SQLite has, table by table; sightings are made by the server."""
    start, base = time.monotonic(), kept("sqlite")
    made(base, make_sqlite)
    hub, store = Hub(state), Postgres()
    hub.store = store
    hub.init(hub__database=store.url)
    url, had = store.reader_url, store.tables()
    with sqlite3.connect(f"file:{base / 'otasuke.db'}?mode=ro", uri=True) as link:
        there = {t: [r[1] for r in link.execute(f"PRAGMA table_info({t})")] for t in had}
        tables = [t for t in had if there[t] and t != "schema_step"]
        store.reader.ask("SET session_replication_role = replica")
        for table in tables:
            store.reader.ask(f"DELETE FROM {table}")
        for table in tables:
            if table != "sighting":
                copy_table(link, url, table, [c for c in had[table] if c in there[table]])
        for sql in sightings_sql(hub, link.execute("SELECT secret FROM sighting_key").fetchone()[0], True):
            store.reader.ask(sql)
    for table in tables:
        if "id" in had[table]:
            store.reader.ask(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}) + 1)"
                             f" WHERE pg_get_serial_sequence('{table}', 'id') IS NOT NULL AND EXISTS (SELECT 1 FROM {table})")
    store.reader.ask("VACUUM ANALYZE")
    for file in base.iterdir():  # keys and files of evidence belong to the rows
        if not file.name.startswith(("otasuke.db", "otasuke.conf")):
            subprocess.run(["cp", "-r", file, state], check=True)
    store.reader.close()
    store.admin.ask(f"ALTER DATABASE {store.name} RENAME TO {BASE}")
    store.admin.close()
    return time.monotonic() - start


def settings_put(hub, **more):
    """The copy gets ports, and the database, of its own."""
    rows = {line.partition("=")[0].strip(): line for line in hub.conf.read_text().splitlines()}
    rows.update({k: f"{k} = {v}" for k, v in {**hub.settings(), **DOOR, **more}.items()})
    hub.conf.write_text("\n".join(rows.values()) + "\n")


def made(folder, make):
    """Seconds that filling took; None when it was there."""
    if folder.exists():
        return None
    half = folder.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    seconds = make(half)
    half.rename(folder)
    return seconds


def sqlite_region(folder):
    base = kept("sqlite")
    seconds = made(base, make_sqlite)
    subprocess.run(["cp", "-r", "--reflink=auto", base, Path(folder) / "hub"], check=True)
    hub = Hub(Path(folder) / "hub")
    hub.store = Sqlite(hub.state / "otasuke.db")
    settings_put(hub)
    return hub, seconds


def postgres_region(folder):
    """On the server that tools/pg-run started for us."""
    base = kept("pg-state")
    seconds = made(base, make_postgres)
    store = Postgres(template=BASE)
    subprocess.run(["cp", "-r", base, Path(folder) / "hub"], check=True)
    hub = Hub(Path(folder) / "hub")
    hub.store = store
    settings_put(hub, **{"hub.database": store.url})
    return hub, seconds
