# SPDX-License-Identifier: Apache-2.0
"""How long after a click nothing more of a device comes through: a hub and an inline box as they ship, a device that sends a packet
every millisecond to a server behind the box. The time runs from the form that isolates the device until the last of its packets at
the server; and, for the release, until the first one after it. Besides, packets of another device that were lost meanwhile.

Needs root, iproute2, nftables. Environment: OTASUKE_BENCH_ROUNDS (20).
"""
import os
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from harness.figures import Table, bench_main, percentile  # noqa: E402
from harness.hub import Hub  # noqa: E402
from harness.inline import inline_box  # noqa: E402
from harness.lab import PC, PC_MAC, SERVER, TILL, Lab  # noqa: E402
from harness.orders import case_with_consent  # noqa: E402
from harness.programs import wait_for  # noqa: E402
from harness.region import MINATO, companies_csv  # noqa: E402
from harness.traffic import PORT, Echo, Talker  # noqa: E402

ROUNDS = int(os.environ.get("OTASUKE_BENCH_ROUNDS", 20))
QUIET_S = 1.0
UNDONE = "SELECT count(*) FROM fleet_order_report WHERE state = 'undone'"


def click(desk, number, **fields):
    desk.get(f"/cases/{number}/orders/new?type={fields['type']}")
    began = time.time()
    done = desk.post(f"/cases/{number}/orders", fields)
    assert done.status == 303, done.complaints()
    return began


def release(desk, hub):
    (order,) = hub.rows("SELECT max(id) FROM sensor_order WHERE type = 'isolate'")[0]
    began = time.time()
    done = desk.post(f"/orders/{order}/end", {})
    assert done.status == 303, done.complaints()
    return began


def rounds(lab, hub, number, desk):
    cuts, backs, lost = [], [], 0
    with Echo(lab, SERVER, PORT) as echo, Talker(lab, "pc", SERVER, pause=0.001), Talker(lab, "till", SERVER, pause=0.001):
        for done in range(1, ROUNDS + 1):
            wait_for("both talk", lambda: time.time() - echo.last.get(PC, 0) < 0.1 and time.time() - echo.last.get(TILL, 0) < 0.1, 20)
            began = click(desk, number, type="isolate", mac=PC_MAC, hours="1")
            wait_for("it is quiet", lambda: time.time() - echo.last[PC] > QUIET_S, 30)
            cuts.append(echo.last[PC] - began)
            lost += time.time() - echo.last[TILL] > 0.5
            before = echo.count[PC]
            began = release(desk, hub)
            wait_for("it is back", lambda: echo.count[PC] > before, 30, pause=0.002)
            backs.append(time.time() - began)
            wait_for("the hub knows", lambda: hub.value(UNDONE) == done, 30)
            time.sleep(0.5)
    return cuts, backs, lost


def measure(folder):
    companies_csv(folder / "companies.csv")
    with Lab() as lab, lab.within("box"):
        hub = Hub(folder / "hub").init().start()
        try:
            hub.otasuke("company", "import", folder / "companies.csv")
            with inline_box(lab, hub, folder / "sensor", MINATO):
                lab.reaches("pc", SERVER)
                desk = hub.admin()
                number = case_with_consent(desk, "isolate")
                click(desk, number, type="list_devices")  # else it is told with the next five minutes
                wait_for("the device is known", lambda: hub.rows("SELECT 1 FROM device WHERE mac = ?", PC_MAC), 30)
                return rounds(lab, hub, number, desk)
        finally:
            hub.stop()


def main():
    with tempfile.TemporaryDirectory(prefix="otasuke-") as folder:
        cuts, backs, lost = measure(Path(folder))
    table = Table("seconds", "median", "p95", "worst")
    figures = {}
    for name, values in (("click to last packet", cuts), ("click to first packet after release", backs)):
        row = [percentile(values, 0.5), percentile(values, 0.95), max(values)]
        table.row(name, *(f"{x:.3f}" for x in row))
        figures[name] = row
    table.print()
    print(f"{ROUNDS} rounds; the other device was held up in {lost} of them")
    return {"rounds": ROUNDS, "held_up": lost, **figures}


bench_main("orders", main)
