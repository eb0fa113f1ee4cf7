# SPDX-License-Identifier: Apache-2.0
"""Packets by hand: enough of Ethernet, IP, TCP, UDP, DNS, DHCP, TLS, HTTP and SMB2 to write captures for tests.

Everything is deterministic for a seed. Nothing here is sent to a network.
"""
import socket
import struct


def mac_bytes(text):
    return bytes(int(part, 16) for part in text.split(":"))


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4(src, dst, proto, payload, ident=0, ttl=64):
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), ident & 0xFFFF, 0x4000, ttl,
                       proto, 0, socket.inet_aton(src), socket.inet_aton(dst))
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


def ether(dst_mac, src_mac, kind, payload):
    frame = mac_bytes(dst_mac) + mac_bytes(src_mac) + struct.pack("!H", kind) + payload
    return frame + bytes(max(0, 60 - len(frame)))


def udp(src_port, dst_port, payload):
    return struct.pack("!HHHH", src_port, dst_port, 8 + len(payload), 0) + payload


def tcp(src, dst, src_port, dst_port, seq, ack, flags, payload=b""):
    options = b"\x02\x04\x05\xb4\x01\x01\x04\x02" if flags & 2 else b""
    head = struct.pack("!HHIIBBHHH", src_port, dst_port, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF,
                       (20 + len(options)) // 4 << 4, flags, 64240, 0, 0) + options
    pseudo = socket.inet_aton(src) + socket.inet_aton(dst) + struct.pack("!BBH", 0, 6, len(head) + len(payload))
    total = checksum(pseudo + head + payload)
    return head[:16] + struct.pack("!H", total) + head[18:] + payload


def dns_name(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".") if label) + b"\0"


def dns_query(ident, name, kind=1):
    return struct.pack("!HHHHHH", ident, 0x0100, 1, 0, 0, 0) + dns_name(name) + struct.pack("!HH", kind, 1)


def dns_answer(ident, name, addresses, rcode=0):
    head = struct.pack("!HHHHHH", ident, 0x8180 | rcode, 1, len(addresses), 0, 0)
    body = dns_name(name) + struct.pack("!HH", 1, 1)
    for address in addresses:
        body += struct.pack("!HHHIH", 0xC00C, 1, 1, 300, 4) + socket.inet_aton(address)
    return head + body


def dhcp(op, xid, client_mac, message, options, your="0.0.0.0", server="0.0.0.0"):
    body = struct.pack("!BBBBIHH4s4s4s4s", op, 1, 6, 0, xid, 0, 0x8000, bytes(4), socket.inet_aton(your),
                       socket.inet_aton(server), bytes(4))
    body += mac_bytes(client_mac) + bytes(10) + bytes(192) + b"\x63\x82\x53\x63" + bytes([53, 1, message])
    for code, value in options:
        body += bytes([code, len(value)]) + value
    return body + b"\xff"


def arp(op, sender_mac, sender_ip, target_mac, target_ip):
    return struct.pack("!HHBBH", 1, 0x0800, 6, 4, op) + mac_bytes(sender_mac) + socket.inet_aton(sender_ip) + \
        mac_bytes(target_mac) + socket.inet_aton(target_ip)


def tls_record(kind, body, version=0x0303):
    return struct.pack("!BHH", kind, version, len(body)) + body


def client_hello(random_bytes, sni, ciphers):
    extensions = b""
    if sni:
        name = sni.encode()
        entry = struct.pack("!BH", 0, len(name)) + name
        extensions += struct.pack("!HHH", 0, len(entry) + 2, len(entry)) + entry
    extensions += struct.pack("!HHHHHH", 10, 8, 6, 29, 23, 24)
    extensions += struct.pack("!HHBB", 11, 2, 1, 0)
    extensions += struct.pack("!HHHHHH", 13, 8, 6, 0x0403, 0x0804, 0x0401)
    if sni:
        extensions += struct.pack("!HH", 16, 14) + b"\x00\x0c\x02h2\x08http/1.1"
    suites = b"".join(struct.pack("!H", c) for c in ciphers)
    body = struct.pack("!H", 0x0303) + random_bytes + b"\0" + struct.pack("!H", len(suites)) + suites + b"\x01\x00" + \
        struct.pack("!H", len(extensions)) + extensions
    return tls_record(22, b"\x01" + struct.pack("!I", len(body))[1:] + body, 0x0301)


def server_hello(random_bytes, cipher):
    body = struct.pack("!H", 0x0303) + random_bytes + b"\0" + struct.pack("!HB", cipher, 0)
    return tls_record(22, b"\x02" + struct.pack("!I", len(body))[1:] + body)


def smb2(command, message_id, body, response=False):
    head = b"\xfeSMB" + struct.pack("<HHIHHIIQIIQ16s", 64, 1, 0, command, 31, 1 if response else 0, 0, message_id,
                                    0xFEFF, 1, 0x1234, bytes(16))
    message = head + body
    return struct.pack("!I", len(message)) + message


def smb2_tree(path):
    """TREE_CONNECT (MS-SMB2, 2.2.9)."""
    text = path.encode("utf-16-le")
    return smb2(3, 1, struct.pack("<HHHH", 9, 0, 64 + 8, len(text)) + text)


def smb2_create(name):
    """CREATE (MS-SMB2, 2.2.13)."""
    text = name.encode("utf-16-le")
    return smb2(5, 2, struct.pack("<H42xHHII", 57, 64 + 56, len(text), 0, 0) + text)


def icmp_echo(kind, ident, number, data):
    body = struct.pack("!BBHHH", kind, 0, 0, ident, number) + data
    return body[:2] + struct.pack("!H", checksum(body)) + body[4:]


class Capture:
    """Collects frames in any order and writes them as a little-endian microsecond pcap, sorted by time."""

    def __init__(self):
        self.frames = []

    def add(self, at, frame):
        self.frames.append((int(at * 1e6), len(self.frames), frame))

    def write(self, path):
        self.frames.sort()
        with open(path, "wb") as out:
            out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
            for at, _, frame in self.frames:
                out.write(struct.pack("<IIII", at // 1000000, at % 1000000, len(frame), len(frame)))
                out.write(frame)
        return len(self.frames)
