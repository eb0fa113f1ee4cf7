# SPDX-License-Identifier: Apache-2.0
"""The pipeline on a wire: a pair of virtual cables between two network namespaces (MTU 65535 on both ends), a sender on one end,
the pipeline with everything on at the other, with one worker and with two. Senders are tcpreplay in its ways (one, and two that
share the packets), and our own, wire-sender, at 300,000 packets a second and at top speed. Counted are the packets that the sender
handed to the kernel, those that the pipeline saw, those that the kernel dropped because the pipeline had not kept up, and those
that were lost on the cable; the last three have to add up to the first.

Needs root, tcpreplay, and ../shared for the capture that pipeline uses.
Environment: OTASUKE_BENCH_PACKETS to send (3000000), OTASUKE_BENCH_RATE (300000).
"""
import json
import mmap
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
SENDER = BIN.parent / "tests/bench/load/wire-sender"
PACKETS = int(os.environ.get("OTASUKE_BENCH_PACKETS", 3_000_000))
RATE = int(os.environ.get("OTASUKE_BENCH_RATE", 300_000))
SPACES = [f"otasuke-bench-{os.getpid()}-{end}" for end in "ab"]
CABLE = ["cable-a", "cable-b"]


def ip(*args):
    subprocess.run(["ip", *args], check=True)


def beginning(capture):
    """The first PACKETS of the capture as a file of its own: tcpreplay reads all of what it is given."""
    path = capture.with_name(f"otasuke-bench-live-{PACKETS}.pcap")
    if path.exists():
        return path
    with open(capture, "rb") as f, mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ) as m:
        at = 24
        for _ in range(PACKETS):
            if at == len(m):
                break
            at += 16 + int.from_bytes(m[at + 8:at + 12], "little")
        path.write_bytes(m[:at])
    return path


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


def replay(capture, packets, *options):
    """Starts tcpreplay and returns a function that waits for it and tells what it sent and how long that took."""
    process = subprocess.Popen(["ip", "netns", "exec", SPACES[0], "tcpreplay", "-q", "-i", CABLE[0], f"--limit={packets}",
                                "--preload-pcap", *options, str(capture)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def result():
        text, _ = process.communicate()
        if process.returncode != 0:
            raise SystemExit("live: tcpreplay failed")
        sent = re.search(r"Actual: (\d+) packets .* sent in ([\d.]+) seconds", text)
        failed = re.search(r"Failed packets:\s+(\d+)", text)
        return int(sent[1]) - (int(failed[1]) if failed else 0), float(sent[2])
    return result


def send(capture, packets, rate):
    process = subprocess.Popen(["ip", "netns", "exec", SPACES[0], SENDER, CABLE[0], str(capture), str(packets), str(rate)],
                               stdout=subprocess.PIPE, text=True)

    def result():
        text, _ = process.communicate()
        if process.returncode != 0:
            raise SystemExit("live: wire-sender failed")
        sent = json.loads(text)
        return sent["packets"], sent["seconds"]
    return result


SENDERS = {
    f"tcpreplay, {RATE:,}/s": lambda c: [replay(c, PACKETS, f"--pps={RATE}")],
    "tcpreplay, top speed": lambda c: [replay(c, PACKETS, "--topspeed")],
    "two tcpreplays, top speed": lambda c: [replay(c, PACKETS // 2, "--topspeed") for _ in range(2)],
    f"wire-sender, {RATE:,}/s": lambda c: [send(c, PACKETS, RATE)],
    "wire-sender, top speed": lambda c: [send(c, PACKETS, 0)],
}


def cable_lost():
    """Packets that the cable took and did not deliver."""
    lost = 0
    for space, end in zip(SPACES, CABLE):
        link = json.loads(subprocess.run(["ip", "-n", space, "-s", "-j", "link", "show", end], check=True, capture_output=True).stdout)
        lost += link[0]["stats64"]["tx"]["dropped"] + link[0]["stats64"]["rx"]["dropped"]
    return lost


def run(capture, indicators, workers, sender):
    before = cable_lost()
    probe = subprocess.Popen(["ip", "netns", "exec", SPACES[1], LIVE, CABLE[1], str(workers), indicators], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, text=True)
    try:
        if probe.stdout.readline() != "ready\n":
            raise SystemExit("live: the pipeline does not start")
        done = [result() for result in sender(capture)]
        out, _ = probe.communicate()
    finally:
        probe.kill()
    sent = sum(packets for packets, _ in done)
    r = {"sent": sent, "rate": sent / max(seconds for _, seconds in done), "cable_lost": cable_lost() - before,
         "load_1min": os.getloadavg()[0], **json.loads(out)}
    r["adds_up"] = r["sent"] == r["packets"] + r["dropped"] + r["cable_lost"]
    return r


def main():
    if not (SHARED / "pcaps/dev").is_dir() or os.geteuid() != 0:
        raise SystemExit("live: needs root and ../shared")
    if not shutil.which("tcpreplay"):
        raise SystemExit("live: tcpreplay is not installed")
    capture, indicators = beginning(large_capture()), indicator_bundle()
    table = Table(f"live, {PACKETS:,} packets", "sent", "pps", "seen", "dropped", "cable", "adds up", "cpu s", "peak MiB", "load")
    result = {"packets": PACKETS, "rate": RATE, "runs": []}
    cable_lay()
    try:
        for name, sender in SENDERS.items():
            for workers in (1, 2):
                r = run(capture, indicators, workers, sender)
                result["runs"].append({"sender": name, "workers": workers, **r})
                table.row(f"{name}, {workers} workers", f"{r['sent']:,}", f"{r['rate']:,.0f}", f"{r['packets']:,}", f"{r['dropped']:,}",
                          f"{r['cable_lost']:,}", "yes" if r["adds_up"] else "NO", f"{r['cpu_s']:.1f}", f"{r['peak_rss'] / 2**20:.0f}",
                          f"{r['load_1min']:.0f}")
    finally:
        cable_remove()
    table.print()
    return result


if __name__ == "__main__":
    bench_main("live", main)
