# SPDX-License-Identifier: Apache-2.0
"""A small company in network namespaces: devices at a switch, behind it a box with a bridge, a gateway with the internet behind it.

    pc 10.77.0.10, till .11, phone .12  --  switch  --lan0--  box: br0 10.77.0.2  --wan0--  net: gateway 10.77.0.1, 198.51.100.1, .9
"""
import contextlib
import ctypes
import os
import socket
import subprocess
import time

from .traffic import PORT, Echo

NEW_NETWORK = 0x40000000
PC, TILL, PHONE, BOX, GATEWAY = "10.77.0.10", "10.77.0.11", "10.77.0.12", "10.77.0.2", "10.77.0.1"
SERVER, OTHER, BOTNET = "198.51.100.1", "198.51.100.9", "203.0.113.66"
PC_MAC, TILL_MAC, PHONE_MAC = "02:00:5e:77:00:10", "02:00:5e:77:00:11", "d2:5e:77:3a:91:04"
DEVICES = {"pc": (PC_MAC, PC), "till": (TILL_MAC, TILL), "phone": (PHONE_MAC, PHONE)}


class NoLab(Exception):
    """Only root may make one, and the kernel has to know bridges and nftables."""


def ip(*args):
    done = subprocess.run(["ip", *args], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NoLab(f"ip {' '.join(args)}: {done.stderr.strip()}")
    return done.stdout


class Lab:
    def __init__(self):
        self.names = {end: f"otasuke-{os.getpid()}-{end}" for end in (*DEVICES, "switch", "box", "net")}
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
        for device in DEVICES:
            self.cable(device, "eth0", "switch", device)
        self.cable("switch", "up0", "box", "lan0")
        self.cable("net", "eth0", "box", "wan0")
        self.bridge("switch", *DEVICES, "up0")
        self.bridge("box", "lan0", "wan0")
        for device, (mac, address) in DEVICES.items():
            self.on(device, "link", "set", "eth0", "address", mac)
            self.settle(device, "eth0", address)
        self.settle("box", "br0", BOX)
        self.settle("net", "eth0", GATEWAY)
        for address in (SERVER, OTHER, BOTNET):
            self.on("net", "address", "add", f"{address}/32", "dev", "lo")
        if not self.reaches("box", GATEWAY) or not self.reaches("pc", SERVER):
            raise NoLab("nothing goes through the bridge")
        if self.nft("list", "ruleset").returncode != 0:
            raise NoLab("the kernel or this machine has no nftables")

    def bridge(self, end, *ports):
        self.on(end, "link", "add", "br0", "type", "bridge")
        for port in ports:
            self.on(end, "link", "set", port, "master", "br0", "up")
        self.on(end, "link", "set", "br0", "up")

    def settle(self, end, link, address):
        """Gives it its address, and the way out."""
        self.on(end, "link", "set", "lo", "up")
        self.on(end, "link", "set", link, "up")
        self.on(end, "address", "add", f"{address}/24", "dev", link)
        if end != "net":
            self.on(end, "route", "add", "default", "via", GATEWAY)

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
