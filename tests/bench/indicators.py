# SPDX-License-Identifier: Apache-2.0
"""A million indicators of all kinds: how large their bundle is, how long a look-up takes beside three random reads of a 64 MiB
array in the same run, what a swap costs; and how long `otasuke indicators pack` takes for a list of as many lines.

Environment: OTASUKE_BENCH_INDICATORS how many (1000000).
"""
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from harness.figures import Table, bench_main  # noqa: E402

BIN = Path(os.environ.get("OTASUKE_BIN", ROOT / "build/src"))
LOAD = BIN.parent / "tests/bench/load/indicator-load"
COUNT = int(os.environ.get("OTASUKE_BENCH_INDICATORS", 1_000_000))
TARGET_MIB = 64


def write_list(path):
    """The same mixture as the load's, one line each."""
    with open(path, "w", encoding="ascii") as out:
        out.write("type,value,description\n")
        for i in range(COUNT):
            x = (i + 1) * 0x9E3779B97F4A7C15 % 2**64
            part = i % 100
            address = f"{x % 100 + 11}.{x >> 8 & 255}.{x >> 16 & 255}.{x >> 24 & 255}"
            if part < 55:
                line = f"domain,{x & 0xFFFFFFFFFF:x}.example"
            elif part < 80:
                line = f"ip,{address}"
            elif part < 81:
                line = f"cidr,{address}/{16 + x % 14}"
            elif part < 91:
                line = f"url,http://h{x & 0xFFFFFF:x}.example/{x >> 40:x}/a.php"
            else:
                line = f"sha256,{x:064x}"
            out.write(f"{line},kind {i % 500}\n")


def pack_list(folder):
    write_list(folder / "list.csv")
    start = time.monotonic()
    child = subprocess.Popen([BIN / "otasuke", "indicators", "pack", folder / "packed", folder / "list.csv"], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit("indicators: pack failed")
    return {"seconds": time.monotonic() - start, "peak_mib": usage.ru_maxrss / 1024, "list_bytes": (folder / "list.csv").stat().st_size}


def main():
    with tempfile.TemporaryDirectory(prefix="bench-indicators-") as folder:
        done = subprocess.run([LOAD, str(COUNT), folder], capture_output=True, text=True, check=True)
        result = json.loads(done.stdout)
        result["pack_list"] = pack_list(Path(folder))
    three = 3 * result["random_read_ns"]
    mib = result["bytes"] / 2**20
    table = Table(f"{result['count']:,} indicators", "", "target")
    table.row("bundle, MiB", f"{mib:.1f}", f"<= {TARGET_MIB}")
    table.row("pack from memory, s", f"{result['pack_s']:.2f}")
    packed = result["pack_list"]
    table.row(f"otasuke indicators pack, list of {packed['list_bytes'] / 2**20:.0f} MiB, s", f"{packed['seconds']:.2f}")
    table.row("  its peak memory, MiB", f"{packed['peak_mib']:.0f}")
    table.row("three random reads of 64 MiB, ns", f"{three:.0f}")
    for name, row in result["lookups"].items():
        table.row(f"look-up, {name}, ns", f"{row['ns']:.0f}", f"<= {three:.0f}")
    table.row("a new bundle opened and checked, ms", f"{result['open_ms']:.1f}")
    table.row("swap: the pause, ms", f"{result['swap_ms']:.3f}")
    table.row("memory before, MiB", f"{result['rss_before_mib']:.1f}")
    table.row("peak while swapping, MiB", f"{result['rss_peak_mib']:.1f}", f"< {result['rss_before_mib'] + mib:.1f}")
    table.print()
    return result


if __name__ == "__main__":
    bench_main("indicators", main)
