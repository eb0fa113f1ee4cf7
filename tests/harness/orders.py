# SPDX-License-Identifier: Apache-2.0
"""Orders as the hub gives them: rows that it signs and sends itself, or items that are laid into a sensor's inbox as an uplink
in foreign hands would do it."""
import sqlite3
import struct
import time

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from .spool import number, text

TYPES = {"list_devices": 1, "test": 2, "capture": 3, "isolate": 4, "release": 5, "block": 6, "unblock": 7, "cancel": 8}
KINDS = dict.fromkeys(("isolate", "release", "block", "unblock"), "enforce")
ZERO = bytes(32)


def now_us():
    return time.time_ns() // 1000


def order(id, type, mac="", network="", port=0, protocol=0, seconds=0, bytes=0, until_us=0, consent=0, subject=0):
    return (number(1, id) + number(2, TYPES[type]) + (text(3, mac) if mac else b"") + (text(4, network) if network else b"")
            + number(5, port) + number(6, protocol) + number(7, seconds) + number(8, bytes) + number(9, until_us)
            + number(10, consent) + number(11, subject) + text(12, "test"))


def item(key, sensor, sequence, kind, body, made_us, expires_us):
    """A packed Item with its signature."""
    def short(s):
        return struct.pack(">H", len(s)) + s.encode()
    signed = (b"otasuke item 1\n" + short(sensor) + struct.pack(">Q", sequence) + short(kind) + short("")
              + struct.pack(">qq", made_us, expires_us) + ZERO + struct.pack(">QI", 0, len(body)) + body)
    return (number(1, sequence) + text(2, kind) + text(3, body) + text(4, key.sign(signed)) + number(5, expires_us)
            + text(6, sensor) + number(8, made_us))


def case_with_consent(desk, what):
    """A case that the desk takes on the telephone, with a consent to WHAT. Returns its number."""
    desk.get("/cases/new")
    made = desk.post("/cases", {"q": "みなと", "words": "止まりました", "kind": "network_slow", "source": "phone"})
    if made.status != 303:
        raise RuntimeError(f"no case: {made.complaints()}")
    number = made.location.rsplit("/", 1)[1]
    desk.get(f"/cases/{number}")
    given = desk.post(f"/cases/{number}/consents", {"what": what, "how": "call", "given_by": "湊 浩一", "until": "case"})
    if given.status != 303:
        raise RuntimeError(f"no consent: {given.complaints()}")
    return number


class Orders:
    def __init__(self, hub, sensor):
        self.hub, self.sensor = hub, sensor
        self.sensor_id, self.company_id = hub.rows("SELECT id, company_id FROM sensor ORDER BY id DESC LIMIT 1")[0]
        self.last = 0

    def give(self, type, expires_s=3600, **fields):
        """Puts it where the hub takes what goes out; it looks every ten seconds. Returns the order's number."""
        self.last += 1
        body, made = order(self.last, type, **fields), now_us()
        db = sqlite3.connect(self.hub.state / "otasuke.db", timeout=30)
        with db:
            db.execute("INSERT INTO sensor_item (sensor_id, company_id, sequence, item_key) VALUES (?, ?, ?, '') ON CONFLICT"
                       " (sensor_id) DO UPDATE SET sequence = max(sequence + 1, excluded.sequence)",
                       (self.sensor_id, self.company_id, made))
            (sequence,) = db.execute("SELECT sequence FROM sensor_item WHERE sensor_id = ?", (self.sensor_id,)).fetchone()
            db.execute("INSERT INTO item (sensor_id, sequence, company_id, kind, replace_key, body, blob_sha256, blob_size, made_us,"
                       " expires_us, state, newest, delivered_us, done_us, reason) VALUES (?, ?, ?, ?, '', ?, '', 0, ?, ?,"
                       " 'waiting', 1, 0, 0, '')", (self.sensor_id, sequence, self.company_id, KINDS.get(type, "order"), body, made,
                                                    made + int(expires_s * 1e6)))
            db.execute("INSERT INTO fleet_order (sensor_id, item, company_id, order_id, type, made_us, bytes_max, file_sha256,"
                       " file_size, file_state, file_us) VALUES (?, ?, ?, ?, ?, ?, ?, '', 0, '', 0)",
                       (self.sensor_id, sequence, self.company_id, self.last, type, made, fields.get("bytes", 0)))
        db.close()
        return self.last

    def states(self, id):
        """What the sensor has reported of it so far, in order."""
        return [f"{state}{':' + reason if reason else ''}" for state, reason in self.hub.rows(
            "SELECT state, reason FROM fleet_order_report WHERE order_id = ? ORDER BY number", id)]

    def key(self):
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex((self.hub.state / "item.key").read_text().strip()))

    def smuggle(self, id, type, sequence=None, key=None, sensor=None, made_us=None, expires_us=None, **fields):
        """Lays an item into the sensor's inbox, by default one that is as good as the hub's. Returns its sequence."""
        made = made_us or now_us()
        sequence = sequence or made
        data = item(key or self.key(), sensor or str(self.sensor_id), sequence, KINDS.get(type, "order"),
                    order(id, type, **fields), made, expires_us or made + 3_600_000_000)
        self.lay(sequence, data)
        return sequence

    def lay(self, sequence, data):
        path = self.sensor.state / "inbox" / f"{sequence:020}.item"
        half = path.with_suffix(".half")
        half.write_bytes(data)
        half.rename(path)
