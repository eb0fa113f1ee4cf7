# SPDX-License-Identifier: Apache-2.0
"""A real interface, in a network of its own that nothing else can see: the demonstration with --live, and sensors with one and
with two workers that watch the same wire."""
import time

import pytest

from harness.console import Console
from harness.hub import PASSWORD
from harness.programs import wait_for
from harness.region import KITAKAMI, MINATO
from harness.wire import NoWire, frames, wire
from test_demo import password, shows  # noqa: F401

PHONE = bytes.fromhex("d25e773a9104")


@pytest.fixture
def network():
    try:
        with wire() as ends:
            yield ends
    except NoWire as why:
        pytest.skip(str(why))


TOLD = ("SELECT detector, severity, device_mac, story, peers, names FROM alert WHERE company_id ="
        " (SELECT id FROM company WHERE name = ?) ORDER BY detector, story")


def test_two_workers_find_on_a_wire_what_one_finds(network, region, enrolled, day, indicators):
    interface, plug = network
    sensors = {MINATO: enrolled(MINATO, "one"), KITAKAMI: enrolled(KITAKAMI, "two")}
    for workers, sensor in enumerate(sensors.values(), 1):
        sensor.configure(interface=interface, probe__workers=workers, probe__indicators=indicators,
                         probe__home="192.168.10.0/24").start()
        wait_for("it watches", lambda s=sensor: f"watching {interface}" in s.said(), 30)
    sent = [f for _, f in frames(day)]
    for n, frame in enumerate(sent):  # an hour in seconds, with breath: nothing may be dropped
        plug.send(frame)
        if n % 50 == 49:
            time.sleep(0.01)
    for company in sensors:  # the story is told last: connections that went silent have to end first
        wait_for("its story", lambda c=company: any(r[0] == "host_story" for r in region.rows(TOLD, c)), 60)
    wait_for("all packets are counted", lambda: all(n >= len(sent) for n, _ in beats(region)), 30)
    assert [dropped for _, dropped in beats(region)] == [0, 0]
    one, two = (wait_for("all that was found has come", lambda c=company: settled(region, c), 60) for company in sensors)
    assert one == two
    assert {"known_bad", "host_story"} <= {row[0] for row in one}


def beats(hub):
    """(packets, dropped) of each sensor."""
    return hub.rows("SELECT sum(packets), sum(packets_dropped) FROM heartbeat GROUP BY sensor_id ORDER BY sensor_id")


def settled(hub, company, rest=3):
    """What is told of COMPANY once nothing new has come for REST seconds."""
    before = hub.rows(TOLD, company)
    time.sleep(rest)
    return before if before and before == hub.rows(TOLD, company) else None


def test_live_interface(network, shows, day):  # noqa: F811
    interface, plug = network
    show = shows("--live", interface).start()
    show.wait(f"is watching {interface}")
    admin = Console(show.ports[1]).sign_in("admin", password(show.said), PASSWORD)
    of_phone = [f for _, f in frames(day) if PHONE in f[:12]]
    assert len(of_phone) > 500

    def phone_talks():
        for frame in of_phone[:600]:
            plug.send(frame)
        return [a for a in admin.get_json("/alerts")["alerts"] if a["detector"] == "known_bad"]

    (alert,) = wait_for("the alert", phone_talks, 60, pause=0.5)
    assert alert["company"] == "株式会社みなと製作所" and alert["device_mac"] == "d2:5e:77:3a:91:04"
    earlier = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 300))
    assert alert["last"] > earlier, "the time is now, not the capture's"
    assert show.stop() == 0
