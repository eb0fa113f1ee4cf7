# SPDX-License-Identifier: Apache-2.0
"""The pipeline on a wire: a pair of virtual cables between two network namespaces (MTU 65535 on both ends), tcpreplay on one end
at 300,000 packets a second and at top speed, the pipeline with everything on at the other, with one worker and with two. Counted
are the packets sent, those that the pipeline saw, and those that the kernel dropped because the pipeline had not kept up.

Needs root, tcpreplay, and ../shared for the capture that pipeline uses.
Environment: OTASUKE_BENCH_PACKETS to send (3000000), OTASUKE_BENCH_RATE (300000).
"""
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
sys.path.insert(0, str(ROOT / "tests" / "bench"))
from harness.figures import Table, bench_main  # noqa: E402
from pipeline import SHARED, indicator_bundle, large_capture  # noqa: E402

BIN = Path(os.environ.get("OTASUKE_BIN", ROOT / "build/src"))
LIVE = BIN.parent / "tests/bench/load/pipeline-live"
PACKETS = int(os.environ.get("OTASUKE_BENCH_PACKETS", 3_000_000))
RATE = int(os.environ.get("OTASUKE_BENCH_RATE", 300_000))
SPACES = [f"otasuke-bench-{os.getpid()}-{end}" for end in "ab"]
CABLE = ["cable-a", "cable-b"]


def ip(*args):
    subprocess.run(["ip", *args], check=True)


def cable_lay():
    for space in SPACES:
        ip("netns", "add", space)
    ip("link", "add", CABLE[0], "netns", SPACES[0], "type", "veth", "peer", "name", CABLE[1], "netns", SPACES[1])
    for space, end in zip(SPACES, CABLE):
        ip("-n", space, "link", "set", end, "mtu", "65535")
        subprocess.run(["ip", "netns", "exec", space, "sysctl", "-qw", f"net.ipv6.conf.{end}.disable_ipv6=1"], check=True)
        ip("-n", space, "link", "set", end, "up")


def cable_remove():
    for space in SPACES:
        subprocess.run(["ip", "netns", "del", space], check=False, stderr=subprocess.DEVNULL)


def replay(capture, speed):
    done = subprocess.run(["ip", "netns", "exec", SPACES[0], "tcpreplay", "-q", "-i", CABLE[0], f"--limit={PACKETS}", "--preload-pcap",
                           *speed, str(capture)], check=True, capture_output=True, text=True)
    sent = re.search(r"Actual: (\d+) packets", done.stdout)
    rate = re.search(r"([\d.]+) pps", done.stdout)
    failed = re.search(r"Failed packets:\s+(\d+)", done.stdout)
    return int(sent[1]), float(rate[1]), int(failed[1]) if failed else 0


def run(capture, indicators, workers, speed):
    probe = subprocess.Popen(["ip", "netns", "exec", SPACES[1], LIVE, CABLE[1], str(workers), indicators], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True)
    try:
        if probe.stdout.readline() != "ready\n":
            raise SystemExit("live: the pipeline does not start")
        sent, rate, failed = replay(capture, speed)
        out, _ = probe.communicate()
    finally:
        probe.kill()
    return {"sent": sent - failed, "rate": rate, "load_1min": os.getloadavg()[0], **json.loads(out)}


def main():
    if not (SHARED / "pcaps/dev").is_dir() or os.geteuid() != 0:
        raise SystemExit("live: needs root and ../shared")
    if not shutil.which("tcpreplay"):
        raise SystemExit("live: tcpreplay is not installed")
    capture, indicators = large_capture(), indicator_bundle()
    table = Table(f"live, {PACKETS:,} packets", "pps sent", "seen", "dropped", "lost %", "cpu s", "peak MiB", "load", "target")
    result = {"packets": PACKETS, "rate": RATE, "runs": []}
    cable_lay()
    try:
        for name, speed in ((f"{RATE:,}/s", [f"--pps={RATE}"]), ("top speed", ["--topspeed"])):
            for workers in (1, 2):
                r = run(capture, indicators, workers, speed)
                result["runs"].append({"speed": name, "workers": workers, **r})
                table.row(f"{name}, {workers} workers", f"{r['rate']:,.0f}", f"{r['packets']:,}", f"{r['dropped']:,}",
                          f"{100 * (1 - r['packets'] / r['sent']):.2f}", f"{r['cpu_s']:.1f}", f"{r['peak_rss'] / 2**20:.0f}",
                          f"{r['load_1min']:.0f}", "0 dropped" if speed[0] != "--topspeed" else "-")
    finally:
        cable_remove()
    table.print()
    return result


if __name__ == "__main__":
    bench_main("live", main)
