# SPDX-License-Identifier: Apache-2.0
"""Who talks and who counts in the networks of lab.py: each a thread with a socket in one of them, until the end of its block."""
import contextlib
import socket
import threading
import time

PORT = 7777
ALL_FRAMES, OUTGOING = 3, 4  # ETH_P_ALL, PACKET_OUTGOING


class Worker:
    def __init__(self, lab, end, family=socket.AF_INET, kind=socket.SOCK_DGRAM, protocol=0):
        self.ends = False
        with lab.within(end):
            self.socket = socket.socket(family, kind, protocol)
        self.socket.settimeout(0.1)
        self.thread = threading.Thread(target=self.work, daemon=True)

    def work(self):
        while not self.ends:
            with contextlib.suppress(OSError):
                self.step()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ends = True
        self.thread.join()
        self.socket.close()


class Echo(Worker):
    """A server at the gateway's end, and when the last packet of each sender came."""

    def __init__(self, lab, address, port):
        super().__init__(lab, "net")
        self.last, self.count = {}, {}
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((address, port))

    def step(self):
        data, sender = self.socket.recvfrom(2000)
        self.last[sender[0]] = time.time()
        self.count[sender[0]] = self.count.get(sender[0], 0) + 1
        self.socket.sendto(data, sender)


class Talker(Worker):
    """A device that sends a packet every few milliseconds."""

    def __init__(self, lab, end, address, port=PORT, pause=0.005):
        super().__init__(lab, end)
        self.target, self.pause = (address, port), pause

    def step(self):
        try:
            self.socket.sendto(b"packet", self.target)
        finally:
            time.sleep(self.pause)


class Meter(Worker):
    """At the gateway's end of the box, the frames that each device has got through: how many, and when the last. Left out is what an
    isolated one may send to keep its address."""

    def __init__(self, lab):
        super().__init__(lab, "net", socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ALL_FRAMES))
        self.last, self.count = {}, {}

    def step(self):
        frame, (interface, _, direction, *_) = self.socket.recvfrom(2048)
        if interface == "eth0" and direction != OUTGOING and not keeps_address(frame):
            mac = frame[6:12].hex(":")
            self.last[mac] = time.time()
            self.count[mac] = self.count.get(mac, 0) + 1


def keeps_address(frame):
    """ARP, DHCP, DHCPv6, neighbour discovery."""
    kind = frame[12:14]
    if kind == b"\x08\x00":
        return frame[23] == 17 and frame[34:36] in (b"\0\x43", b"\0\x44")
    if kind == b"\x86\xdd":
        return (frame[20] == 58 and 133 <= frame[54] <= 136) or (frame[20] == 17 and frame[54:56] in (b"\x02\x22", b"\x02\x23"))
    return kind == b"\x08\x06"
