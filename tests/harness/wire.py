# SPDX-License-Identifier: Apache-2.0
"""A network of one's own with one wire in it: what is sent into its plug comes out of an interface to watch."""
import contextlib
import ctypes
import os
import socket
import struct
import subprocess

NEW_NETWORK = 0x40000000
COMMANDS = ("link set lo up", "link add tap0 type veth peer name plug0", "link set tap0 up", "link set plug0 up")


class NoWire(Exception):
    """Only root may make one, and the kernel has to know virtual interfaces."""


@contextlib.contextmanager
def wire():
    """The name of the interface and the socket at the other end. Programs started meanwhile live in that network."""
    libc, home = ctypes.CDLL(None, use_errno=True), os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        if libc.unshare(NEW_NETWORK) != 0:
            raise NoWire("needs the right to make a network of its own")
        try:
            for command in COMMANDS:
                if subprocess.run(["ip", *command.split()], capture_output=True, check=False).returncode != 0:
                    raise NoWire("the kernel has no virtual interfaces")
            with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as plug:
                plug.bind(("plug0", 0))
                yield "tap0", plug
        finally:
            libc.setns(home, NEW_NETWORK)
    finally:
        os.close(home)


def frames(path):
    """(second, frame) of a little-endian pcap, in its order."""
    data, at = path.read_bytes(), 24
    while at + 16 <= len(data):
        second, micro, size = struct.unpack_from("<III", data, at)
        yield second + micro / 1e6, data[at + 16:at + 16 + size]
        at += 16 + size
