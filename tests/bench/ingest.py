# SPDX-License-Identifier: Apache-2.0
"""Findings made durable per second: real frames over real mutual TLS into a real hub on SQLite (synchronous=FULL), with
one uplink connection and with many; beside it the floor: the same rows into SQLite with nothing in between.

Environment: OTASUKE_BENCH_FINDINGS (100000), OTASUKE_BENCH_ROUNDS (3), OTASUKE_BENCH_CONNECTIONS (100).
"""
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from harness.figures import Table, bench_main, cpu_seconds, peak_mib  # noqa: E402
from harness.hub import Hub  # noqa: E402
from harness.programs import BIN, run  # noqa: E402
from harness.sensor import Sensor  # noqa: E402

LOAD = BIN.parent / "tests/bench/load/uplink-load"
FINDINGS = int(os.environ.get("OTASUKE_BENCH_FINDINGS", 100_000))
ROUNDS = int(os.environ.get("OTASUKE_BENCH_ROUNDS", 3))
CONNECTIONS = int(os.environ.get("OTASUKE_BENCH_CONNECTIONS", 100))
BATCH = 1000
TARGET = 20_000


def hub_with_sensors(folder, count):
    hub = Hub(folder / "hub").init()
    hub.otasuke("region", "fill", "--companies", count, "--alerts", 0, "--cases", 0, "--password", "bench-password")
    hub.start()
    companies = [row[0] for row in hub.rows("SELECT id FROM company ORDER BY id")]
    sensors = []
    for company in companies[:count]:
        sensor = Sensor(folder / f"sensor{company}")
        sensor.enrol(hub.code(company))
        sensors.append(sensor.state / "identity")
    return hub, sensors


def sent(folder, count):
    hub, sensors = hub_with_sensors(folder, count)
    try:
        before, cpu = hub.value("SELECT count(*) FROM finding"), cpu_seconds(hub.process.child.pid)
        said = json.loads(run([LOAD, "send", "127.0.0.1", hub.sensors, FINDINGS, BATCH, *sensors], seconds=600).stdout)
        said["hub_cpu_s"] = cpu_seconds(hub.process.child.pid) - cpu
        said["hub_peak_mib"] = peak_mib(hub.process.child.pid)
        stored = hub.value("SELECT count(*) FROM finding") - before
        counted = hub.value("SELECT coalesce(sum(findings), 0) FROM alert")
        if stored != said["findings"] or counted != said["findings"]:
            raise SystemExit(f"ingest: {said['findings']} sent, {stored} stored, {counted} counted in alerts")
    finally:
        hub.stop()
    return said


def floor(folder):
    return json.loads(run([LOAD, "floor", folder / "floor.db", FINDINGS, BATCH], seconds=600).stdout)


def main():
    rows = {"floor": [], "1 connection": [], f"{CONNECTIONS} connections": []}
    for _ in range(ROUNDS):  # in turns: the machine's moods hit all alike
        for name, one in (("floor", floor), ("1 connection", lambda d: sent(d, 1)),
                          (f"{CONNECTIONS} connections", lambda d: sent(d, CONNECTIONS))):
            with tempfile.TemporaryDirectory(prefix="bench-ingest-") as folder:
                rows[name].append(one(Path(folder)))
    rate = {name: statistics.median(r["findings"] / r["seconds"] for r in runs) for name, runs in rows.items()}
    table = Table("findings/s made durable", "median", "best", "of the floor", "hub CPU s", "hub peak MiB", "target")
    for name, runs in rows.items():
        best = max(r["findings"] / r["seconds"] for r in runs)
        table.row(name, f"{rate[name]:,.0f}", f"{best:,.0f}", f"{rate[name] / rate['floor']:.2f}",
                  *(f"{max(r[k] for r in runs):.1f}" if k in runs[0] else "" for k in ("hub_cpu_s", "hub_peak_mib")),
                  f">= {TARGET:,}" if name == "1 connection" else "no loss" if name != "floor" else "")
    table.print()
    print(f"{FINDINGS:,} findings in batches of {BATCH:,}; sent equals stored in every run")
    return {"findings": FINDINGS, "batch": BATCH, "rate": rate, "runs": rows}


if __name__ == "__main__":
    bench_main("ingest", main)
