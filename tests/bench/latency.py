# SPDX-License-Identifier: Apache-2.0
"""From the packet on the wire to the row in the browser: a frame is put on a virtual cable that a sensor watches, the hub's event
stream wakes the page, the page fetches its list and finds the row. The whole way is real; everything runs in a network of its own.

Needs root (a network namespace and a veth pair). Environment: OTASUKE_BENCH_EVENTS (60).
"""
import ctypes
import http.client
import os
import queue
import random
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
sys.path.insert(0, str(ROOT / "tests" / "gen"))
from harness.figures import Table, bench_main, percentile  # noqa: E402
from harness.hub import Hub  # noqa: E402
from harness.sensor import Sensor  # noqa: E402
from packets import ether, ipv4, tcp  # noqa: E402

EVENTS = int(os.environ.get("OTASUKE_BENCH_EVENTS", 60))
TARGET_S = 2.0
NEW_NETWORK = 0x40000000
ROW = re.compile(r'href="/alerts/(\d+)"')
PC, ROUTER = ("00:0c:29:10:00:21", "192.168.10.33"), ("02:00:5e:10:00:01", "192.168.10.1")


def listen(console, events):
    """What an open page hears: each event's arrival."""
    link = http.client.HTTPConnection(console.host, console.port, timeout=600)
    link.request("GET", "/live", headers={"Cookie": "; ".join(f"{k}={v}" for k, v in console.cookies.items()), "Accept": "text/event-stream"})
    stream = link.getresponse()
    while line := stream.readline():
        if line.startswith(b"event: alert"):
            events.put(time.monotonic())


def own_network():
    """A namespace with a virtual cable: tap0 is watched, plug0 is where frames are put in."""
    if ctypes.CDLL(None, use_errno=True).unshare(NEW_NETWORK) != 0:
        raise SystemExit("latency: needs root, to make a network of its own")
    for command in ("link set lo up", "link add tap0 type veth peer name plug0", "link set tap0 up", "link set plug0 up"):
        subprocess.run(["ip", *command.split()], check=True)
    cable = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    cable.bind(("plug0", 0))
    return cable


def call(cable, peer, port):
    """A small conversation with PEER, from SYN to the first bytes."""
    seq, ack = random.getrandbits(32), random.getrandbits(32)

    def send(src, dst, ports, numbers, flags, data=b""):
        segment = tcp(src[1], dst[1], *ports, *numbers, flags, data)
        cable.send(ether(dst[0], src[0], 0x0800, ipv4(src[1], dst[1], 6, segment)))

    outside = (ROUTER[0], peer)
    send(PC, outside, (port, 443), (seq, 0), 2)
    send(outside, PC, (443, port), (ack, seq + 1), 18)
    send(PC, outside, (port, 443), (seq + 1, ack + 1), 16)
    send(PC, outside, (port, 443), (seq + 1, ack + 1), 24, b"x" * 60)


def newest(console):
    """The highest number in the queue as the browser gets it."""
    return max((int(n) for n in ROW.findall(console.get("/alerts").text)), default=0)


def one(console, events, cable, number):
    before = newest(console)
    while not events.empty():
        events.get()
    start = time.monotonic()
    call(cable, f"203.0.113.{number}", 50000 + number)
    while time.monotonic() < start + 30:
        try:
            events.get(timeout=1)
        except queue.Empty:
            continue
        if newest(console) > before:
            return time.monotonic() - start
    raise SystemExit(f"latency: the row of 203.0.113.{number} did not come within 30 s")


def main():
    cable = own_network()
    with tempfile.TemporaryDirectory(prefix="bench-latency-") as folder:
        folder = Path(folder)
        (folder / "bad.csv").write_text("".join(f"ip,203.0.113.{i}\n" for i in range(1, EVENTS + 1)))
        (folder / "one.csv").write_text("会社名,都道府県,電話番号\n株式会社みなと製作所,岩手県,019-000-0001\n")
        hub = Hub(folder / "hub").init().start()
        sensor = Sensor(folder / "sensor")
        try:
            hub.otasuke("company", "import", folder / "one.csv")
            sensor.enrol(hub.code(1))
            sensor.configure(interface="tap0", probe__indicators=folder / "bad.csv", probe__home="192.168.10.0/24").start()
            console, events = hub.admin(), queue.Queue()
            threading.Thread(target=listen, args=(console, events), daemon=True).start()
            time.sleep(3)  # the sensor has opened the cable
            took = []
            for number in range(1, EVENTS + 1):
                took.append(one(console, events, cable, number))
                time.sleep(random.uniform(0.05, 0.4))
        finally:
            sensor.stop()
            hub.stop()
    table = Table("packet to row in the browser", "p50 ms", "p95 ms", "p99 ms", "max ms", "target")
    table.row(f"{EVENTS} events", *(f"{1000 * v:.0f}" for v in (percentile(took, .5), percentile(took, .95), percentile(took, .99), max(took))), f"p99 < {TARGET_S:.0f} s")
    table.print()
    return {"events": EVENTS, "seconds": took, "p50": percentile(took, .5), "p99": percentile(took, .99)}


if __name__ == "__main__":
    bench_main("latency", main)
