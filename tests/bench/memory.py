# SPDX-License-Identifier: Apache-2.0
"""Memory: the sensor on an office day and under a flood of SYNs from made-up addresses, the hub with a generated region while
its pages are read and a sensor hands over. Peak resident memory of each process as the kernel counts it.

Environment: OTASUKE_BENCH_FULL=1 for 1,000 companies, 100,000 alerts, 10,000 cases (a tenth else); OTASUKE_BENCH_FLOOD packets (300000).
"""
import os
import random
import re
import struct
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
sys.path.insert(0, str(ROOT / "tests" / "gen"))
from harness.figures import Table, bench_main, peak_mib  # noqa: E402
from harness.hub import Hub  # noqa: E402
from harness.programs import run, wait_for  # noqa: E402
from harness.sensor import Sensor  # noqa: E402

FULL = os.environ.get("OTASUKE_BENCH_FULL") == "1"
SIZE = (1000, 100_000, 10_000) if FULL else (100, 10_000, 1_000)
FLOOD = int(os.environ.get("OTASUKE_BENCH_FLOOD", 300_000))
TARGET_MIB = 256
PAGES = ["/", "/alerts", "/alerts?state=closed", "/cases", "/members", "/fleet", "/reports", "/alerts.csv", "/cases.csv", "/members.csv", "/reports.csv"]


def flood(path, packets):
    """SYNs to one server, each from another address and port: nothing of it may be kept for long."""
    rng = random.Random(7)
    frame = bytearray(bytes.fromhex("0200000000010200000000020800") + struct.pack("!BBHHHBBH", 0x45, 0, 40, 1, 0x4000, 64, 6, 0) + bytes(4) +
                      bytes([192, 168, 10, 5]) + bytes(20))
    frame[46] = 0x50
    frame[47] = 2
    struct.pack_into("!H", frame, 36, 445)
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for number in range(packets):
            struct.pack_into("!I", frame, 26, rng.getrandbits(32))
            struct.pack_into("!H", frame, 34, rng.randrange(1024, 65535))
            out.write(struct.pack("<IIII", 1_600_000_000 + number // 50_000, number % 50_000 * 20, len(frame), len(frame)) + frame)


def children(pid):
    return [int(c) for c in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def role(pid):
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def sensor_peaks(hub, folder, name, capture):
    sensor = Sensor(folder / name)
    sensor.enrol(hub.code(1))
    sensor.configure(replay=capture, replay_shift="now").start()
    try:
        wait_for("the capture has ended", lambda: "has ended" in sensor.said(), 300)
        pid = sensor.process.child.pid
        return {("probe" if "probe" in role(c) else "uplink"): peak_mib(c) for c in children(pid)} | {"parent": peak_mib(pid)}
    finally:
        sensor.stop()


def read_pages(console, rounds):
    for _ in range(rounds):
        for path in PAGES:
            answer = console.get(path)
            if answer.status != 200:
                raise SystemExit(f"memory: {path} answered {answer.status}")
        for link in re.findall(r'href="(/(?:alerts|cases|members)/[\w-]+)"', console.get("/alerts").text + console.get("/cases").text)[:40]:
            console.get(link)


def main():
    table = Table("peak resident memory", "MiB", "target")
    result = {"region": SIZE, "flood": FLOOD}
    with tempfile.TemporaryDirectory(prefix="bench-memory-") as folder:
        folder = Path(folder)
        flood(folder / "flood.pcap", FLOOD)
        run(["/usr/bin/python3", ROOT / "tests/gen/office_day.py", folder / "day.pcap"], seconds=300)
        hub = Hub(folder / "hub").init()
        hub.otasuke("region", "fill", "--companies", SIZE[0], "--alerts", SIZE[1], "--cases", SIZE[2], "--password", "bench-password", seconds=900)
        hub.start()
        try:
            console = hub.admin()
            read_pages(console, 5)
            for name in ("day", "flood"):
                peaks = sensor_peaks(hub, folder, name, folder / f"{name}.pcap")
                result[f"sensor, {name}"] = peaks
                table.row(f"sensor, {'office day' if name == 'day' else f'flood of {FLOOD:,} SYNs'}: " + ", ".join(f"{k} {v:.0f}" for k, v in sorted(peaks.items())),
                          f"{sum(peaks.values()):.0f}", f"< {TARGET_MIB}")
            read_pages(console, 2)
            result["hub"] = peak_mib(hub.process.child.pid)
        finally:
            hub.stop()
    table.row("hub, {:,} companies, {:,} alerts, {:,} cases".format(*SIZE), f"{result['hub']:.0f}", f"< {TARGET_MIB}")
    table.print()
    return result


if __name__ == "__main__":
    bench_main("memory", main)
