# SPDX-License-Identifier: Apache-2.0
"""A real interface: the demonstration with --live, in a network of its own that nothing else can see."""
import time

import pytest

from harness.console import Console
from harness.hub import PASSWORD
from harness.programs import wait_for
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
