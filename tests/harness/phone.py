# SPDX-License-Identifier: Apache-2.0
"""A private smartphone with something on it, in the network of lab.py: it joins as telephones do and calls its master each second.
All of it is real packets, and the master answers."""
import contextlib
import random
import socket
import sys
import time

from .lab import BOTNET, GATEWAY, PHONE, PHONE_MAC
from .programs import SOURCE
from .traffic import Worker

sys.path.insert(0, str(SOURCE / "tests" / "gen"))
from office_day import ANDROID_55, BOT_CIPHERS  # noqa: E402
from packets import client_hello, dhcp, ether, ipv4, server_hello, tls_record, udp  # noqa: E402

NAME = "Galaxy-A54"
MASTER = (BOTNET, 8443)
BROADCAST = "ff:ff:ff:ff:ff:ff"
DISCOVER, OFFER, REQUEST, ACK = 1, 2, 3, 5
CALL = [(True, client_hello(bytes(32), None, BOT_CIPHERS)), (False, server_hello(bytes(32), 0x002F)),
        (True, tls_record(23, random.Random(1).randbytes(212))), (False, tls_record(23, random.Random(2).randbytes(96)))]


def plug(lab, end):
    with lab.within(end):
        made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    made.bind(("eth0", 0))
    return made


def join(lab):
    """DHCP as it is on the wire: what it asks, and what the router answers."""
    router = lab.on("net", "-br", "link", "show", "eth0").split()[2]
    gateway, address = socket.inet_aton(GATEWAY), socket.inet_aton(PHONE)
    who = [(61, b"\x01" + bytes.fromhex(PHONE_MAC.replace(":", ""))), (12, NAME.encode()), (60, b"android-dhcp-14"), (55, ANDROID_55)]
    lease = [(54, gateway), (51, b"\0\1\x51\x80"), (1, b"\xff\xff\xff\0"), (3, gateway)]
    number = random.getrandbits(32)
    with plug(lab, "phone") as phone, plug(lab, "net") as net:
        for ask, answer, more in ((DISCOVER, OFFER, []), (REQUEST, ACK, [(50, address), (54, gateway)])):
            asked = udp(68, 67, dhcp(1, number, PHONE_MAC, ask, who + more))
            phone.send(ether(BROADCAST, PHONE_MAC, 0x0800, ipv4("0.0.0.0", "255.255.255.255", 17, asked)))
            answered = udp(67, 68, dhcp(2, number, PHONE_MAC, answer, lease, PHONE, GATEWAY))
            net.send(ether(PHONE_MAC, router, 0x0800, ipv4(GATEWAY, PHONE, 17, answered)))


def converse(end, calls):
    """One end of CALL; gives up when the other is silent for a second."""
    end.settimeout(1)
    for from_caller, part in CALL:
        if from_caller == calls:
            end.sendall(part)
        else:
            end.recv(len(part), socket.MSG_WAITALL)


class Master(Worker):
    """Waits for calls at the botnet's address."""

    def __init__(self, lab):
        super().__init__(lab, "net", kind=socket.SOCK_STREAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(MASTER)
        self.socket.listen()

    def step(self):
        caller, _ = self.socket.accept()
        with caller:
            converse(caller, False)


class Caller(Worker):
    """What is on the telephone."""

    def __init__(self, lab):
        self.network = lab.within("phone")
        super().__init__(lab, "phone", kind=socket.SOCK_STREAM)

    def work(self):
        with self.network:
            super().work()

    def step(self):
        with contextlib.suppress(OSError), socket.create_connection(MASTER, 1) as link:
            converse(link, True)
        time.sleep(1)
