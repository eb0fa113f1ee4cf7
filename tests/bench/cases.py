# SPDX-License-Identifier: Apache-2.0
"""Fifty people at work on 100,000 cases and 100,000 alerts of 1,000 companies, and who else met a trait.

The region is generated (cases lie within two years: the queue and the closed ones are as many as ten years would leave).
People do what the desk does: queue, page of a case, note, action, take, search. Times are the hub's own (Server-Timing:
total) and what the person waits (wall). Sightings: 100 million findings of 1,000 companies in 90 days are 100,000 a company;
a trait of a company is met again and again (40 times, four traits a finding), and each pair of trait and company is one
row: 10,000 rows a company, 10 million in all. They are made by SQL; the hub is then asked for them over HTTP.
Environment: OTASUKE_BENCH_CASES (100000), OTASUKE_BENCH_PEOPLE (50), OTASUKE_BENCH_SECONDS (30),
OTASUKE_BENCH_SIGHTINGS (10000000), OTASUKE_BENCH_REGION (a folder that keeps the region for the next run),
OTASUKE_BENCH_PG=1 measures PostgreSQL too (needs tools/pg-run around it).
"""
import os
import random
import shutil
import statistics
import sys
import tempfile
import threading
import time
import urllib.parse
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from harness.figures import Table, bench_main, peak_mib, percentile  # noqa: E402
from harness.hub import Hub  # noqa: E402
from harness.store import Postgres, Sqlite  # noqa: E402

CASES = int(os.environ.get("OTASUKE_BENCH_CASES", 100_000))
COMPANIES = 1000
PEOPLE = int(os.environ.get("OTASUKE_BENCH_PEOPLE", 50))
SECONDS = float(os.environ.get("OTASUKE_BENCH_SECONDS", 30))
SIGHTINGS = int(os.environ.get("OTASUKE_BENCH_SIGHTINGS", 10_000_000))
PASSWORD = "bench-password-1"
DAY = 86_400_000_000
DOOR = {"accounts.login_burst": "1000", "accounts.address_burst": "100000"}  # fifty people at one address
WORDS = ["感染", "警", "USB", "メール", "ランサム", "印刷", "佐藤", "端末", "復", "パスワード"]
# What a person does next, of a hundred.
MIX = [("queue", 30), ("case", 40), ("note", 10), ("act", 5), ("take", 5), ("search", 10)]


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


def region(folder):
    """A hub with the generated region, not started; seconds that filling took, None when it was kept."""
    kept = os.environ.get("OTASUKE_BENCH_REGION")
    hub = Hub(Path(folder) / "hub")
    if kept and Path(kept).exists():
        shutil.copytree(kept, hub.state)
        rows = {line.partition("=")[0].strip(): line for line in hub.conf.read_text().splitlines()}
        rows.update({key: f"{key} = {value}" for key, value in {**hub.settings(), **DOOR}.items()})
        hub.conf.write_text("\n".join(rows.values()) + "\n")
        return hub, None
    hub.init(**{key.replace(".", "__"): value for key, value in DOOR.items()})
    return hub, fill(hub, kept)


def fill(hub, kept):
    start = time.monotonic()
    hub.otasuke("region", "fill", "--companies", COMPANIES, "--alerts", CASES, "--cases", CASES,
                "--password", PASSWORD, seconds=3600)
    seconds = time.monotonic() - start
    if kept:
        shutil.copytree(hub.state, kept)
    return seconds


# --- fifty people ---

class Person:
    def __init__(self, hub, seed, numbers):
        self.rng, self.numbers = random.Random(seed), numbers
        self.console = hub.console("ja").sign_in("desk1", PASSWORD)
        self.console.get("/cases")
        self.took = defaultdict(list)
        self.failed = defaultdict(int)

    def timed(self, what, call, fine=(200, 303)):
        start = time.monotonic()
        answer = call()
        wall = (time.monotonic() - start) * 1000
        if answer.status not in fine:
            self.failed[f"{what} {answer.status}"] += 1
            return
        parts = dict(p.strip().split(";dur=") for p in answer.headers.get("Server-Timing", "total;dur=nan").split(","))
        self.took[what].append((wall, float(parts["total"])))

    def step(self):
        what = self.rng.choices([m[0] for m in MIX], [m[1] for m in MIX])[0]
        number = self.rng.choice(self.numbers)
        console = self.console
        if what == "queue":
            path = self.rng.choice(["/cases", "/cases", "/alerts", "/"])
            self.timed("queue " + path, lambda: console.get(path))
        elif what == "case":
            self.timed("case", lambda: console.get(f"/cases/{number}"))
        elif what == "search":
            q = urllib.parse.quote(self.rng.choice(WORDS))
            self.timed("search", lambda: console.get(f"/search?q={q}"))
        elif what == "note":
            self.timed("note", lambda: console.post(f"/cases/{number}/notes", {"body": "電話で確認しました"}))
        elif what == "act":
            self.timed("act", lambda: console.post(f"/cases/{number}/actions", {
                "channel": "phone", "body": "手順を案内しました", "minutes": "15", "cost": "0"}), (200, 303, 409))
        else:
            self.timed("take", lambda: console.post(f"/cases/{number}/take", {}), (200, 303, 409))

    def work(self, until):
        while time.monotonic() < until:
            self.step()
            time.sleep(self.rng.uniform(0.3, 0.9))  # people read


def people(hub, numbers):
    crowd = [Person(hub, seed, numbers) for seed in range(PEOPLE)]
    until = time.monotonic() + SECONDS
    threads = [threading.Thread(target=p.work, args=(until,)) for p in crowd]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    took, failed = defaultdict(list), defaultdict(int)
    for p in crowd:
        for what, times in p.took.items():
            took[what] += times
        for what, n in p.failed.items():
            failed[what] += n
    return took, failed


def figures(times):
    return {"n": len(times), "p50": statistics.median(times), "p95": percentile(times, .95), "max": max(times)}


def searches(console):
    """The first fifty by date, one word after another, nobody else at work."""
    out = {}
    for word in WORDS:
        path = f"/search?q={urllib.parse.quote(word)}"
        console.get(path)
        times = []
        for _ in range(20):
            answer = console.get(path)
            parts = dict(p.strip().split(";dur=") for p in answer.headers["Server-Timing"].split(","))
            times.append(float(parts["total"]))
        out[word] = figures(times)
    return out


# --- who else ---

def sightings(hub, now_us):
    """SIGHTINGS rows at random, and three traits by name: in every company, in ten, in none."""
    store, today = hub.store, now_us // DAY
    companies = [row[0] for row in hub.rows("SELECT id FROM company ORDER BY id LIMIT 1000")]
    low, high = companies[0], companies[-1]
    start = time.monotonic()
    if isinstance(store, Sqlite):
        store.write(f"INSERT OR IGNORE INTO sighting SELECT random(), abs(random()) % {high - low + 1} + {low}, 1, {now_us} - d * {DAY},"
                    f" {now_us} - d * {DAY}, {today} - d, 1 + d % 9, d % 5, 'beacon', 'PC' FROM (WITH RECURSIVE n(i) AS"
                    f" (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {SIGHTINGS}) SELECT abs(random()) % 90 AS d FROM n) ORDER BY 1")
    else:
        store.write("INSERT INTO sighting SELECT ((random() - 0.5) * 9e18)::bigint,"
                    f" floor(random() * {high - low + 1})::bigint + {low}, 1, {now_us} - d * {DAY}, {now_us} - d * {DAY},"
                    f" {today} - d, 1 + d % 9, d % 5, 'beacon', 'PC' FROM (SELECT floor(random() * 90)::bigint AS d"
                    f" FROM generate_series(1, {SIGHTINGS})) x ORDER BY 1 ON CONFLICT DO NOTHING")
    secret = bytes(hub.secret())
    named = {"everybody.example": companies, "ten.example": companies[:10], "nobody.example": []}
    for name, where in named.items():
        trait = siphash13(secret, b"\x01" + name.encode())
        for company in where:
            store.write("INSERT INTO sighting VALUES"
                        f" ({trait}, {company}, 1, {now_us}, {now_us}, {today}, 3, 2, 'beacon', 'PC')")
    if not isinstance(store, Sqlite):
        store.write("ANALYZE sighting")
    return named, time.monotonic() - start


def who_else(console, named):
    out = {}
    for name, where in named.items():
        path = f"/related/seen?kind=domain&value={name}"
        times, walls = [], []
        for _ in range(100):
            start = time.monotonic()
            answer = console.get(path, Accept="application/json")
            walls.append((time.monotonic() - start) * 1000)
            parts = dict(p.strip().split(";dur=") for p in answer.headers["Server-Timing"].split(","))
            times.append(float(parts["total"]))
        found = len(answer.json["companies"])
        if found != len(where):
            raise SystemExit(f"cases: {name} found in {found} companies, not {len(where)}")
        out[name] = {"companies": found, **figures(times), "first_wall": walls[0]}
    return out


def measure(hub, fill_s):
    hub.start()
    try:
        numbers = [row[0] for row in hub.rows("SELECT number FROM incident WHERE state <> 'closed' ORDER BY id DESC LIMIT 400")]
        numbers += [row[0] for row in hub.rows("SELECT number FROM incident ORDER BY id DESC LIMIT 400")]
        console = hub.console("ja").sign_in("desk1", PASSWORD)
        took, failed = people(hub, numbers)
        found = searches(console)
        now_us = int(time.time() * 1_000_000)
        named, made_s = sightings(hub, now_us)
        who = who_else(console, named)
        return {"fill_s": fill_s, "people": {k: {"wall": figures([t[0] for t in v]), "server": figures([t[1] for t in v])}
                                             for k, v in sorted(took.items())},
                "failed": dict(failed), "search": found, "who_else": who, "sightings_s": made_s,
                "rows": hub.value("SELECT count(*) FROM sighting"), "cases": hub.value("SELECT count(*) FROM incident"),
                "alerts": hub.value("SELECT count(*) FROM alert"), "hub_peak_mib": peak_mib(hub.process.child.pid)}
    finally:
        hub.stop()


def tell(name, r):
    print(f"--- {name}: {r['cases']:,} cases, {r['alerts']:,} alerts, {r['rows']:,} sightings, {PEOPLE} people, {SECONDS:.0f} s")
    table = Table("what", "n", "server p50 ms", "p95", "max", "waited p95 ms")
    for what, f in r["people"].items():
        table.row(what, f["server"]["n"], *(f"{f['server'][k]:.1f}" for k in ("p50", "p95", "max")), f"{f['wall']['p95']:.1f}")
    for word, f in r["search"].items():
        table.row("search " + word, f["n"], *(f"{f[k]:.1f}" for k in ("p50", "p95", "max")), "")
    for trait, f in r["who_else"].items():
        table.row(f"who else: {trait} ({f['companies']})", f["n"], *(f"{f[k]:.1f}" for k in ("p50", "p95", "max")),
                  f"first {f['first_wall']:.1f}")
    table.print()
    if r["failed"]:
        print("refused:", r["failed"])


def sqlite(folder):
    hub, fill_s = region(folder)
    hub.secret = lambda: hub.rows("SELECT secret FROM sighting_key")[0][0]
    hub.store.write = hub_write(hub)
    return measure(hub, fill_s)


def hub_write(hub):
    import sqlite3

    def write(sql):
        with sqlite3.connect(hub.state / "otasuke.db", timeout=600) as db:
            db.execute(sql)
    return write


def postgres(folder):
    hub, store = Hub(Path(folder) / "hub-pg"), Postgres()
    hub.store = store
    hub.init(hub__database=store.url, **{key.replace(".", "__"): value for key, value in DOOR.items()})
    store.write = store.reader.ask
    hub.secret = lambda: bytes.fromhex(hub.rows("SELECT encode(secret, 'hex') AS secret FROM sighting_key")[0][0])
    try:
        return measure(hub, fill(hub, None))
    finally:
        store.drop()


def main():
    out = {}
    with tempfile.TemporaryDirectory(prefix="bench-cases-") as folder:
        out["sqlite"] = sqlite(folder)
        tell("SQLite", out["sqlite"])
        if os.environ.get("OTASUKE_BENCH_PG"):
            out["postgresql"] = postgres(folder)
            tell("PostgreSQL", out["postgresql"])
    return out


if __name__ == "__main__":
    bench_main("cases", main)
