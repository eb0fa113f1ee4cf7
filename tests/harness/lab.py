# SPDX-License-Identifier: Apache-2.0
"""A small company in network namespaces: two devices behind a box with a bridge, a gateway with the internet behind it.

    pc 10.77.0.10, till 10.77.0.11  --lan0 lan1--  box: br0 10.77.0.2  --wan0--  net: gateway 10.77.0.1, 198.51.100.1, .9
"""
import contextlib
import ctypes
import os
import socket
import subprocess
import threading
import time

NEW_NETWORK = 0x40000000
PC, TILL, BOX, GATEWAY = "10.77.0.10", "10.77.0.11", "10.77.0.2", "10.77.0.1"
SERVER, OTHER = "198.51.100.1", "198.51.100.9"
PC_MAC, TILL_MAC = "02:00:5e:77:00:10", "02:00:5e:77:00:11"
PORT = 7777


class NoLab(Exception):
    """Only root may make one, and the kernel has to know bridges and nftables."""


def ip(*args):
    done = subprocess.run(["ip", *args], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NoLab(f"ip {' '.join(args)}: {done.stderr.strip()}")
    return done.stdout


class Lab:
    def __init__(self):
        self.names = {end: f"otasuke-{os.getpid()}-{end}" for end in ("pc", "till", "box", "net")}
        self.libc = ctypes.CDLL(None, use_errno=True)

    def __enter__(self):
        try:
            self.build()
        except (NoLab, FileNotFoundError) as why:
            self.__exit__()
            raise NoLab(str(why)) from why
        return self

    def __exit__(self, *_):
        for name in self.names.values():
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)

    def cable(self, a, name_a, b, name_b):
        ip("link", "add", name_a, "netns", self.names[a], "type", "veth", "peer", "name", name_b, "netns", self.names[b])

    def on(self, end, *args):
        return ip("-n", self.names[end], *args)

    def build(self):
        for name in self.names.values():
            ip("netns", "add", name)
        self.cable("pc", "eth0", "box", "lan0")
        self.cable("till", "eth0", "box", "lan1")
        self.cable("net", "eth0", "box", "wan0")
        self.on("box", "link", "add", "br0", "type", "bridge")
        for port in ("lan0", "lan1", "wan0"):
            self.on("box", "link", "set", port, "master", "br0", "up")
        self.on("pc", "link", "set", "eth0", "address", PC_MAC)
        self.on("till", "link", "set", "eth0", "address", TILL_MAC)
        for end, link, address in (("pc", "eth0", PC), ("till", "eth0", TILL), ("box", "br0", BOX), ("net", "eth0", GATEWAY)):
            self.on(end, "link", "set", "lo", "up")
            self.on(end, "link", "set", link, "up")
            self.on(end, "address", "add", f"{address}/24", "dev", link)
            if end != "net":
                self.on(end, "route", "add", "default", "via", GATEWAY)
        for address in (SERVER, OTHER):
            self.on("net", "address", "add", f"{address}/32", "dev", "lo")
        if not self.reaches("box", GATEWAY) or not self.reaches("pc", SERVER):
            raise NoLab("nothing goes through the bridge")
        if self.nft("list", "ruleset").returncode != 0:
            raise NoLab("the kernel or this machine has no nftables")

    @contextlib.contextmanager
    def within(self, end):
        """This thread, and the programs that it starts, live there meanwhile."""
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        there = os.open(f"/run/netns/{self.names[end]}", os.O_RDONLY)
        try:
            if self.libc.setns(there, NEW_NETWORK) != 0:
                raise NoLab("needs the right to enter a network")
            yield
        finally:
            self.libc.setns(home, NEW_NETWORK)
            os.close(home)
            os.close(there)

    def nft(self, *args):
        return subprocess.run(["ip", "netns", "exec", self.names["box"], "nft", *args], capture_output=True, text=True, check=False)

    def table(self):
        return self.nft("list", "table", "bridge", "otasuke").stdout

    def reaches(self, end, address, port=PORT, seconds=8.0):
        """Something came back within SECONDS; the first packets are lost to address resolution."""
        with Echo(self, address, port), self.within(end), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.settimeout(0.2)
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                try:
                    s.sendto(b"hello", (address, port))
                    if s.recv(100) == b"hello":
                        return True
                except OSError:
                    time.sleep(0.05)
        return False

    def is_cut_off(self, end, address, port=PORT):
        return not self.reaches(end, address, port, 1.2)


class Echo:
    """A server at the gateway's end, and when the last packet of each sender came."""

    def __init__(self, lab, address, port):
        self.last, self.count = {}, {}
        with lab.within("net"):
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((address, port))
        self.socket.settimeout(0.1)
        self.ends = False
        self.thread = threading.Thread(target=self.serve, daemon=True)

    def serve(self):
        while not self.ends:
            with contextlib.suppress(OSError):
                data, sender = self.socket.recvfrom(2000)
                self.last[sender[0]] = time.time()
                self.count[sender[0]] = self.count.get(sender[0], 0) + 1
                self.socket.sendto(data, sender)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ends = True
        self.thread.join()
        self.socket.close()


class Talker:
    """A device that sends a packet every few milliseconds."""

    def __init__(self, lab, end, address, port=PORT, pause=0.005):
        self.target, self.pause, self.ends = (address, port), pause, False
        with lab.within(end):
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.thread = threading.Thread(target=self.talk, daemon=True)

    def talk(self):
        while not self.ends:
            with contextlib.suppress(OSError):
                self.socket.sendto(b"packet", self.target)
            time.sleep(self.pause)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ends = True
        self.thread.join()
        self.socket.close()
