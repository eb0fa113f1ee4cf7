# SPDX-License-Identifier: Apache-2.0
"""Fills a sensor's spool with findings, as doc/wire.md says: more than any capture would make in a test's time."""
import struct
from pathlib import Path

SEGMENT_BYTES = 3 << 20
FINDING = 1


def crc_table():
    table = []
    for i in range(256):
        for _ in range(8):
            i = (i >> 1) ^ (0x82F63B78 if i & 1 else 0)
        table.append(i)
    return table


TABLE = crc_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 255] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


# --- protobuf: only what a Finding needs ---

def varint(n):
    out = bytearray()
    while n > 127:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out)


def number(field, n):
    return varint(field << 3) + varint(n) if n else b""


def text(field, s):
    data = s if isinstance(s, bytes) else s.encode()
    return varint(field << 3 | 2) + varint(len(data)) + data


def record(sequence, story, mac, now_us, severity=0):
    """A packed Record with a finding of detector test_load."""
    device = text(1, mac) + text(2, "192.0.2.7")
    finding = (text(1, "test_load") + number(2, severity) + varint(3 << 3 | 1) + struct.pack("<d", 0.5) + text(4, device) +
               text(5, "203.0.113.9:443") + number(7, now_us) + number(8, now_us) + text(11, story) + number(12, 1))
    return number(1, sequence) + text(2, finding)


def segment_head(first):
    head = b"OTSPOOL\n" + struct.pack(">IIQ", 1, 0, first)
    return head + bytes(4) + struct.pack(">I", crc32c(head + bytes(4)))


def segment_record(sequence, payload):
    start = bytes([FINDING]) + len(payload).to_bytes(3, "big")
    rest = struct.pack(">Q", sequence) + payload
    return start + struct.pack(">I", crc32c(start + rest)) + rest


def fill(sensor_state, count, now_us, stories=100, severity=0):
    """Writes COUNT findings of STORIES stories with the sequences 1 .. COUNT into the spool of a sensor that is not
    running and never was."""
    folder = Path(sensor_state) / "spool"
    folder.mkdir(mode=0o700, parents=True)
    out, first = None, 0
    for sequence in range(1, count + 1):
        story = sequence % stories
        if out is None:
            out, first = bytearray(segment_head(sequence)), sequence
        out += segment_record(sequence, record(sequence, f"test_load|{story}", f"02:00:00:00:00:{story % 256:02x}", now_us,
                                               severity))
        if len(out) > SEGMENT_BYTES or sequence == count:
            (folder / f"{first:020d}.seg").write_bytes(out)
            out = None
