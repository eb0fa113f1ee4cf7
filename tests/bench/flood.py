# SPDX-License-Identifier: Apache-2.0
"""Storms: a flood of SYNs from made-up addresses, and a scan of 16 million addresses, through `otasuke analyze` with one worker
and with two. The memory limit has to hold and the connection that was there before has to live: a packet of it that found its
flow gone would make another flow.

Environment: OTASUKE_BENCH_STORM addresses (16,777,216).
"""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
sys.path.insert(0, str(ROOT / "tests" / "gen"))
from harness.figures import Table, bench_main  # noqa: E402
from storm import write  # noqa: E402

OTASUKE = Path(os.environ.get("OTASUKE_BIN", ROOT / "build/src")) / "otasuke"
COUNT = int(os.environ.get("OTASUKE_BENCH_STORM", 1 << 24))
TARGET_MIB = 250


def main():
    table = Table(f"storm of {COUNT:,} SYNs", "wall s", "Mpps", "peak MiB", "flows", "findings", "target")
    result = {"count": COUNT}
    for name in ("flood", "scan"):
        with tempfile.TemporaryDirectory(prefix="bench-flood-") as folder:
            path = Path(folder) / f"{name}.pcap"
            packets = write(path, COUNT, name == "scan")
            for workers in (1, 2):
                done = subprocess.run([OTASUKE, "analyze", "--jsonl", "--workers", str(workers), path], check=True,
                                      capture_output=True, text=True)
                *findings, summary = [json.loads(line) for line in done.stdout.splitlines()]
                if summary["packets"] != packets or summary["flows"] != COUNT + 1:
                    raise SystemExit(f"flood: {summary} instead of {packets} packets and {COUNT + 1} flows")
                told = sorted({f"{f['detector']}:{f['severity']}" for f in findings})
                peak = summary["peak_rss"] / 2**20
                result[f"{name}, {workers} workers"] = {**summary, "findings": told}
                table.row(f"{name}, {workers} workers", f"{summary['seconds']:.1f}", f"{packets / summary['seconds'] / 1e6:.2f}",
                          f"{peak:.0f}", f"{summary['flows']:,}", ", ".join(told) or "-", f"< {TARGET_MIB} MiB")
    table.print()
    return result


if __name__ == "__main__":
    bench_main("flood", main)
