# SPDX-License-Identifier: Apache-2.0
"""Captures of storms: SYNs from made-up addresses to one server, or from one machine to very many addresses, and between
them one connection that was there before. Addresses and MACs are documentation's and made up."""
import struct

HOME_MAC, ROUTER_MAC = bytes.fromhex("020000000001"), bytes.fromhex("020000000009")
HOME, KNOWN = bytes([192, 0, 2, 10]), bytes([203, 0, 113, 66])
RATE = 100_000  # packets a second of packet time
SYN, SYN_ACK, ACK = 2, 18, 16


def frame(inside, src, dst, sport, dport, flags):
    """An Ethernet frame of an empty TCP segment; INSIDE: the machine at home sends it."""
    macs = ROUTER_MAC + HOME_MAC if inside else HOME_MAC + ROUTER_MAC
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 40, 1, 0x4000, 64, 6, 0, src, dst)
    return bytearray(macs + b"\x08\x00" + ip + struct.pack("!HHIIBBHHH", sport, dport, 1, 0, 0x50, flags, 64000, 0, 0))


def write(path, count, scan):
    """COUNT SYNs: a scan from the machine at home (SCAN), or a flood towards it. Returns the packets written."""
    arp = bytearray(b"\xff" * 6 + HOME_MAC + b"\x08\x06\x00\x01\x08\x00\x06\x04\x00\x01" + HOME_MAC + HOME + bytes(6) + bytes([192, 0, 2, 1]))
    storm = frame(scan, HOME if scan else bytes(4), bytes(4) if scan else HOME, 1, 23 if scan else 445, SYN)
    known = frame(True, HOME, KNOWN, 50000, 443, ACK)
    at = 30 if scan else 26
    second, packets = 1_700_000_000, 3 + count + count // 1000
    with open(path, "wb", buffering=1 << 22) as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))

        def put(number, f):
            out.write(struct.pack("<IIII", second + number // RATE, number % RATE * (1_000_000 // RATE), len(f), len(f)) + f)

        put(0, arp)
        put(1, frame(True, HOME, KNOWN, 50000, 443, SYN))
        put(2, frame(False, KNOWN, HOME, 443, 50000, SYN_ACK))
        for n in range(count):
            address = 0x0B000000 + n * 2654435761 % 0x1000000  # all of a /8, each once
            struct.pack_into("!I", storm, at, address)
            struct.pack_into("!H", storm, 34, 1024 + n % 60000)
            put(n, storm)
            if n % 1000 == 999:
                put(n, known)
    return packets
