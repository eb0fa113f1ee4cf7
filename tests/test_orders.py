# SPDX-License-Identifier: Apache-2.0
"""Orders from the hub to a box that traffic goes through: real programs, real keys, nftables, and devices that talk."""
import hashlib
import time

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from harness import lab as here
from harness.inline import inline_box
from harness.lab import OTHER, PC_MAC, SERVER, TILL_MAC, Lab, NoLab
from harness.orders import Orders, case_with_consent, now_us
from harness.programs import program, run, wait_for
from harness.region import MINATO
from harness.sensor import Sensor
from harness.traffic import PORT, Talker
from harness.wire import frames

HOUR = 3_600_000_000
SLOW = 40  # the hub looks for items of others every ten seconds


@pytest.fixture
def lab():
    try:
        with Lab() as made:
            yield made
    except NoLab as why:
        pytest.skip(str(why))


@pytest.fixture
def box(lab, folder, request):
    """Inside the box's network: a hub, and an inline sensor that is enrolled there."""
    with lab.within("box"):
        hub = request.getfixturevalue("region")
        with inline_box(lab, hub, folder / "sensor", MINATO) as sensor:
            yield hub, sensor, Orders(hub, sensor)


def reported(orders, id, *states):
    wait_for(f"order {id}: {states}", lambda: orders.states(id) == list(states) or None, SLOW)


def test_an_isolated_device_is_cut_off_and_nobody_else(lab, box):
    hub, sensor, orders = box
    with Talker(lab, "pc", SERVER):
        isolate = orders.give("isolate", mac=PC_MAC, until_us=now_us() + HOUR)
        reported(orders, isolate, "done")
    assert PC_MAC in lab.table()
    assert lab.is_cut_off("pc", SERVER) and lab.is_cut_off("pc", here.GATEWAY)
    assert lab.reaches("till", SERVER)
    wait_for("its heartbeat says so", lambda: hub.value("SELECT isolated FROM sensor") == 1, 20)
    shown = run([program("otasuke-sensor"), "status", "--config", sensor.conf], check=False).stdout
    assert "inline: yes, through br0; isolated devices: 1" in shown

    # neither a killed enforcer nor a sensor that is started anew lets it go
    sensor.kill()
    assert lab.is_cut_off("pc", SERVER)
    sensor.start()
    wait_for("the enforcer is back", lambda: sensor.said().count("can be held back") == 2, 30)
    assert lab.is_cut_off("pc", SERVER) and PC_MAC in lab.table()

    release = orders.give("release", mac=PC_MAC)
    reported(orders, release, "done")
    reported(orders, isolate, "done", "undone")
    assert lab.reaches("pc", SERVER)


def test_a_destination_is_blocked_until_its_time(lab, box):
    _, _, orders = box
    until = now_us() + 25_000_000
    wide = orders.give("block", network="198.51.100.0/30", until_us=until)
    narrow = orders.give("block", network=SERVER, until_us=until + 1_000_000)  # overlaps
    port = orders.give("block", network=OTHER, port=PORT, protocol=17, until_us=now_us() + HOUR)
    reported(orders, port, "done")
    assert orders.states(wide) == orders.states(narrow) == ["done"]
    assert lab.is_cut_off("pc", SERVER) and lab.is_cut_off("till", SERVER)
    assert lab.is_cut_off("pc", OTHER) and lab.reaches("pc", OTHER, PORT + 1)
    reported(orders, wide, "done", "expired")
    reported(orders, narrow, "done", "expired")
    assert lab.reaches("pc", SERVER)
    assert lab.is_cut_off("pc", OTHER)
    unblock = orders.give("unblock", network=OTHER, port=PORT, protocol=17)
    reported(orders, unblock, "done")
    assert lab.reaches("pc", OTHER)


def test_gateway_and_box_are_never_held_back(lab, box):
    _, _, orders = box
    gateway = lab.on("net", "-br", "link", "show", "eth0").split()[2]
    own = lab.on("box", "-br", "link", "show", "br0").split()[2]
    ids = [orders.give("isolate", mac=gateway, until_us=now_us() + HOUR), orders.give("isolate", mac=own, until_us=now_us() + HOUR),
           orders.give("block", network="10.77.0.0/24", until_us=now_us() + HOUR),
           orders.give("release", mac=TILL_MAC)]
    reported(orders, ids[-1], "refused:nothing")
    assert [orders.states(id) for id in ids[:3]] == [["refused:protected"]] * 3
    assert lab.reaches("pc", SERVER)


def test_an_uplink_in_foreign_hands_can_neither_isolate_nor_release(lab, box):
    hub, sensor, orders = box
    until = now_us() + HOUR
    good = orders.smuggle(900, "isolate", mac=PC_MAC, until_us=until)
    wait_for("the good one holds", lambda: PC_MAC in lab.table(), 10)

    def refusal(sequence, *words):
        said = wait_for(f"{words}", lambda: next((line for line in sensor.said().splitlines()
                                                 if f"item {sequence} of the hub is refused" in line), None), 10)
        assert all(word in said for word in words), said

    refusal(orders.smuggle(901, "release", mac=PC_MAC, key=Ed25519PrivateKey.generate()), "signature")
    refusal(orders.smuggle(902, "release", mac=PC_MAC, sensor="99"), "addressed")
    late = now_us() - HOUR
    refusal(orders.smuggle(903, "release", mac=PC_MAC, made_us=late, sequence=now_us(), expires_us=now_us() - 60_000_000),
            "expired", "clock of this box")
    refusal(orders.smuggle(904, "release", mac=PC_MAC, made_us=now_us() + HOUR, sequence=now_us()), "the hub made it at",
            "the clock of this box says")
    assert PC_MAC in lab.table() and lab.is_cut_off("pc", SERVER)

    release = orders.smuggle(905, "release", mac=PC_MAC)
    wait_for("it is released", lambda: PC_MAC not in lab.table(), 10)
    # the first one again, bytes and number as they were
    wait_for("the inbox is clear", lambda: not list((sensor.state / "inbox").glob("*.item")), 20)
    refusal(orders.smuggle(900, "isolate", sequence=good, made_us=good, mac=PC_MAC, until_us=until), "newer one")
    assert PC_MAC not in lab.table() and lab.reaches("pc", SERVER)
    assert release > good
    wait_for("the hub hears of the forged one", lambda: hub.rows(
        "SELECT 1 FROM fleet_order_report WHERE order_id = 0 AND reason = 'signature'"), 20)


def test_an_order_waits_for_a_sensor_that_is_away_or_expires(lab, box):
    hub, sensor, orders = box
    sensor.stop()
    soon = orders.give("isolate", expires_s=2, mac=TILL_MAC, until_us=now_us() + HOUR)
    kept = orders.give("isolate", mac=PC_MAC, until_us=now_us() + HOUR)
    time.sleep(2.5)
    sensor.start()
    reported(orders, kept, "done")
    assert PC_MAC in lab.table() and TILL_MAC not in lab.table() and orders.states(soon) == []
    # a sensor that the hub has revoked is given nothing more
    desk = hub.admin()
    desk.get(f"/fleet/{orders.sensor_id}")
    assert desk.post(f"/fleet/{orders.sensor_id}/revoke", {"why": "lost"}).status == 303
    wait_for("it is told", lambda: "revoked" in sensor.said(), 20)
    last = orders.give("release", mac=PC_MAC)
    time.sleep(12)
    assert orders.states(last) == [] and PC_MAC in lab.table()


def test_packets_of_one_device_are_recorded_and_brought(lab, box):
    hub, sensor, orders = box
    with Talker(lab, "pc", SERVER, pause=0.01), Talker(lab, "till", SERVER, pause=0.01):
        devices = orders.give("list_devices")
        test = orders.give("test")
        capture = orders.give("capture", mac=PC_MAC, seconds=3, bytes=1 << 20, consent=5)
        reported(orders, capture, "accepted", "done")
    assert orders.states(test) == ["done"] and orders.states(devices)[-1] == "done"
    state, sha256 = wait_for("the file is there", lambda: [row for row in hub.rows(
        "SELECT file_state, file_sha256 FROM fleet_order WHERE order_id = ?", capture) if row[0] in ("here", "taken")], 30)[0]
    if state == "here":
        (path,) = (hub.state / "uploads").glob("*.file")
        assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256
        recorded = [frame for _, frame in frames(path)]
        mac = bytes.fromhex(PC_MAC.replace(":", ""))
        assert len(recorded) > 100 and all(mac in frame[:12] for frame in recorded)
    wait_for("the box has removed it", lambda: not list((sensor.state / "captures").iterdir()), 20)

    # consent taken back while it runs
    capture = orders.give("capture", mac=PC_MAC, seconds=600, bytes=1 << 20, consent=5)
    reported(orders, capture, "accepted")
    orders.give("cancel", subject=capture)
    reported(orders, capture, "accepted", "failed:cancelled")
    assert not list((sensor.state / "captures").iterdir())


def test_a_box_that_only_listens_says_so(lab, folder, request):
    with lab.within("box"):
        hub = request.getfixturevalue("region")
        sensor = Sensor(folder / "sensor")
        sensor.enrol(hub.code(MINATO))
        sensor.configure(interface="lan0").start()
        try:
            orders = Orders(hub, sensor)
            isolate = orders.give("isolate", mac=PC_MAC, until_us=now_us() + HOUR)
            reported(orders, isolate, "refused:passive")
            assert lab.reaches("pc", SERVER)
            shown = run([program("otasuke-sensor"), "--check", "--config", sensor.conf]).stdout
            assert "inline: no, this box only listens" in shown
        finally:
            sensor.stop()


def ordered(desk, number, **fields):
    """Gives an order on the page of a case; its number."""
    desk.get(f"/cases/{number}/orders/new?type={fields['type']}")
    done = desk.post(f"/cases/{number}/orders", fields)
    assert done.status == 303, done.complaints()
    return max(order["id"] for order in desk.get_json(f"/cases/{number}/orders")["orders"])


def becomes(desk, id, state, reason=""):
    wait_for(f"order {id} is {state}", lambda: (desk.get_json(f"/orders/{id}")["state"], desk.get_json(f"/orders/{id}")["reason"]) ==
             (state, reason), SLOW)


def listed(desk, number, hub, mac):
    """Whether the box has seen it by now."""
    becomes(desk, ordered(desk, number, type="list_devices"), "done")
    return hub.rows("SELECT 1 FROM device WHERE mac = ?", mac)


def test_a_company_takes_its_consent_back_and_the_recording_ends(lab, box):
    hub, sensor, _ = box
    desk, own = hub.admin(), hub.person("company", "minato", MINATO)
    number = case_with_consent(desk, "capture")
    captures = sensor.state / "captures"
    with Talker(lab, "pc", SERVER, pause=0.01):
        wait_for("the device is known", lambda: listed(desk, number, hub, PC_MAC), SLOW)
        capture = ordered(desk, number, type="capture", mac=PC_MAC, seconds="300", mebibyte="8")
        wait_for("packets are kept", lambda: captures.exists() and any(f.stat().st_size > 5000 for f in captures.iterdir()), SLOW)
        own.get(f"/portal/cases/{number}")
        assert own.post("/portal/consents/1/revoke").status == 303
        wait_for("nothing is kept", lambda: not list(captures.iterdir()), SLOW)
        becomes(desk, capture, "cancelled", "consent_revoked")
    assert "同意が取り消されたため、止めました。" in desk.get(f"/orders/{capture}").text
    refused = desk.post(f"/cases/{number}/orders", {"type": "capture", "mac": PC_MAC})
    assert refused.status == 409 and "同意がありません" in " ".join(refused.complaints())
    assert hub.rows("SELECT 1 FROM evidence_item") == [] and not list((hub.state / "uploads").glob("*"))


def test_the_desk_is_told_that_a_box_is_away_and_that_it_is_no_more_ours(lab, box):
    hub, sensor, orders = box
    desk = hub.admin()
    number = case_with_consent(desk, "isolate")
    sensor.stop()
    wait_for("the page says so", lambda: "センサーがいまつながっていません" in desk.get(f"/cases/{number}/orders/new?type=test").text, 20)
    waiting = ordered(desk, number, type="test")
    assert desk.get_json(f"/orders/{waiting}")["state"] == "waiting"
    sensor.start()
    becomes(desk, waiting, "done")
    desk.get(f"/fleet/{orders.sensor_id}")
    assert desk.post(f"/fleet/{orders.sensor_id}/revoke", {"why": "lost"}).status == 303
    refused = desk.post(f"/cases/{number}/orders", {"type": "test"})
    assert refused.status == 409 and refused.complaints()
    assert len(desk.get_json(f"/cases/{number}/orders")["orders"]) == 1
