# SPDX-License-Identifier: Apache-2.0
"""A real interface: the demonstration with --live, in a network of its own that nothing else can see."""
import ctypes
import os
import socket
import struct
import subprocess
import time

import pytest

from harness.console import Console
from harness.hub import PASSWORD
from harness.programs import wait_for
from test_demo import password, shows  # noqa: F401

NEW_NETWORK = 0x40000000
PHONE = bytes.fromhex("d25e773a9104")


@pytest.fixture
def wire():
    """The name of an interface and a socket on the other end of its wire. Only root may make such a network."""
    libc, home = ctypes.CDLL(None, use_errno=True), os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    if libc.unshare(NEW_NETWORK) != 0:
        pytest.skip("needs the right to make a network of its own")
    try:
        for command in ("link set lo up", "link add tap0 type veth peer name plug0", "link set tap0 up", "link set plug0 up"):
            if subprocess.run(["ip", *command.split()], capture_output=True, check=False).returncode != 0:
                pytest.skip("the kernel has no virtual interfaces")
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as plug:
            plug.bind(("plug0", 0))
            yield "tap0", plug
    finally:
        libc.setns(home, NEW_NETWORK)
        os.close(home)


def frames(path):
    """The frames of a capture, oldest first."""
    data = path.read_bytes()
    at = 24
    while at + 16 <= len(data):
        (size,) = struct.unpack_from("<I", data, at + 8)
        yield data[at + 16:at + 16 + size]
        at += 16 + size


def test_live_interface(wire, shows, day):  # noqa: F811
    interface, plug = wire
    show = shows("--live", interface).start()
    show.wait(f"is watching {interface}")
    admin = Console(show.ports[1]).sign_in("admin", password(show.said), PASSWORD)
    of_phone = [f for f in frames(day) if PHONE in f[:12]]
    assert len(of_phone) > 500

    def phone_talks():
        for frame in of_phone[:600]:
            plug.send(frame)
        return [a for a in admin.get_json("/alerts")["alerts"] if a["detector"] == "known_bad"]

    (alert,) = wait_for("the alert", phone_talks, 60, pause=0.5)
    assert alert["company"] == "株式会社みなと製作所" and alert["device_mac"] == "d2:5e:77:3a:91:04"
    began = time.time() - 300
    assert alert["last"] > time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(began)), "the time is now, not the capture's"
    assert show.stop() == 0
