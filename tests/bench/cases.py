# SPDX-License-Identifier: Apache-2.0
"""Fifty people at work on ten years of cases, search over all of them, and who else met a trait; on SQLite with
synchronous=FULL and on a PostgreSQL that syncs each commit.

The region is generated: as many alerts as cases, every case worked with notes and actions in Japanese, all of it in the
search index. Times are the hub's own (Server-Timing: total) and what the person waits. The people's programs run with a
lower priority than the hub: in life they are on other machines. Each search is compared with all documents searched one
after another, and a company's person must be shown its own alone. Sightings: one row for each pair of a trait and a
company, made by SQL; the hub is asked for them over HTTP.
Environment: OTASUKE_BENCH_FULL=1 (100,000 cases and alerts, 1,000 companies, 10,000,000 sightings, 60 s),
OTASUKE_BENCH_CASES, OTASUKE_BENCH_COMPANIES, OTASUKE_BENCH_PEOPLE (50), OTASUKE_BENCH_SECONDS, OTASUKE_BENCH_SIGHTINGS,
OTASUKE_BENCH_ON=sqlite or postgresql for one of them; OTASUKE_BENCH_MAKE=1 makes the regions and measures nothing.
"""
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/bench")]
from casework import crowd, regions, words  # noqa: E402
from harness.figures import OUT, Table, bench_main, cpu_seconds, peak_mib, percentile  # noqa: E402

ON = os.environ.get("OTASUKE_BENCH_ON", "")
ASKED = 100


def figures(times):
    times = sorted(times)
    return {"n": len(times), "p50": times[len(times) // 2], "p95": percentile(times, .95), "max": times[-1]}


def who_else(hub):
    console, out = hub.console("ja").sign_in("desk1", regions.PASSWORD), {}
    companies = [row[0] for row in hub.rows("SELECT id FROM company ORDER BY id")]
    for name, where in regions.traits(companies).items():
        path = f"/related/seen?kind=domain&value={name}"
        answers = [console.get(path, Accept="application/json") for _ in range(ASKED)]
        found = len(answers[0].json["companies"])
        if found != len(where):
            raise SystemExit(f"cases: {name} found in {found} companies, not {len(where)}")
        times = [crowd.server_ms(a) for a in answers]
        out[name] = {"companies": found, "first": times[0], **figures(times)}
    return out


def behind():
    """This program, which plays the people, behind the hub that it started; also where both run ahead of others (chrt)."""
    if os.sched_getscheduler(0) == os.SCHED_RR:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(max(1, os.sched_getparam(0).sched_priority - 5)))
    else:
        os.nice(5)


def settled(pid, seconds=120):
    """Until the jobs have looked through what was filled in, as they have in a hub that runs since yesterday."""
    until, quiet = time.monotonic() + seconds, 0
    while quiet < 3 and time.monotonic() < until:
        before = cpu_seconds(pid)
        time.sleep(1)
        quiet = quiet + 1 if cpu_seconds(pid) - before < 0.1 else 0


def measure(hub, fill_s):
    hub.start()
    behind()
    try:
        start = time.monotonic()
        settled(hub.process.child.pid)
        who = who_else(hub)
        found, docs = words.searches(hub)
        took, failed = crowd.crowd(hub)
        return {"fill_s": fill_s, "who_else": who, "search": found, "documents": docs,
                "people": {k: {"wall": figures([t[0] for t in v]), "server": figures([t[1] for t in v])}
                           for k, v in sorted(took.items())},
                "failed": failed, "index_behind_s": words.caught_up(hub),
                "sightings": hub.value("SELECT count(*) FROM sighting"), "cases": hub.value("SELECT count(*) FROM incident"),
                "alerts": hub.value("SELECT count(*) FROM alert"), "hub_peak_mib": peak_mib(hub.process.child.pid),
                "seconds": time.monotonic() - start}
    finally:
        hub.stop()


def tell(name, r):
    print(f"--- {name}: {r['cases']:,} cases, {r['alerts']:,} alerts, {r['documents']:,} documents, {r['sightings']:,}"
          f" sightings; {crowd.PEOPLE} people for {crowd.SECONDS:.0f} s" + (f"; filled in {r['fill_s']:.0f} s" if r["fill_s"] else ""))
    table = Table("what", "n", "server p50 ms", "p95", "max", "waited p95")
    for what, f in r["people"].items():
        table.row(what, f["server"]["n"], *(f"{f['server'][k]:.1f}" for k in ("p50", "p95", "max")), f"{f['wall']['p95']:.1f}")
    table.print()
    print(f"refused: {r['failed'] or 'none'}; the index had caught up {r['index_behind_s']:.1f} s later; hub peak"
          f" {r['hub_peak_mib']:.0f} MiB")
    table = Table("search", "as", "found", "first ms", "p50", "p95", "max")
    for login, sorts in r["search"].items():
        for sort, f in sorts.items():
            table.row(f"{sort}: {f['word']}", login, f["found"], *(f"{f[k]:.1f}" for k in ("first", "p50", "p95", "max")))
    table.print()
    table = Table("who else met", "companies", "first ms", "p50", "p95", "max")
    for trait, f in r["who_else"].items():
        table.row(trait, f["companies"], *(f"{f[k]:.1f}" for k in ("first", "p50", "p95", "max")))
    table.print()
    sys.stdout.flush()


def sqlite():
    with tempfile.TemporaryDirectory(prefix="bench-cases-") as folder:
        hub, fill_s = regions.sqlite_region(folder)
        return None if regions.MAKES else measure(hub, fill_s)


def postgres():
    """Under tools/pg-run: see postgres_apart."""
    with tempfile.TemporaryDirectory(prefix="bench-cases-") as folder:
        hub, fill_s = regions.postgres_region(folder)
        try:
            return None if regions.MAKES else measure(hub, fill_s)
        finally:
            hub.store.drop()


def postgres_apart():
    """A server of its own, whose data are kept with the region."""
    env = dict(os.environ, OTASUKE_PG_DATA=str(regions.kept("pg")), OTASUKE_PG_DURABLE="1")
    subprocess.run([ROOT / "tools/pg-run", sys.executable, __file__, "on-postgresql"], check=True, env=env)
    return json.loads((OUT / "cases_postgresql.json").read_text())


def main():
    out = {}
    if ON != "postgresql":
        out["sqlite"] = sqlite()
        if out["sqlite"]:
            tell("SQLite", out["sqlite"])
    if ON != "sqlite":
        out["postgresql"] = postgres_apart()
        if out["postgresql"]:
            tell("PostgreSQL", out["postgresql"])
    return out


if __name__ == "__main__":
    if sys.argv[1:] == ["on-postgresql"]:
        bench_main("cases_postgresql", postgres)
    else:
        bench_main("cases", main)
