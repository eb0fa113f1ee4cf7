#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Many small captures: one kind of harm each, in variants of time, jitter and protocol; and honest ones that look like it.

    variants.py FOLDER          writes them all; bad-*.pcap accuse 192.168.10.21, good-*.pcap nobody

All are made of the same light office. Names and addresses are those of documentation (RFC 2606, RFC 5737).
"""
import pathlib
import sys

from office_chores import ADMIN, SERVER, Chores
from office_day import CIPHERS, NAS, PRINTER, SITES, Office
from packets import (arp, client_hello, dns_answer, dns_query, ether, icmp_echo, server_hello, smb2_create, smb2_tree,
                     tcp, tls_record, udp)

START = 1605484800
PC = ADMIN  # 192.168.10.21, the first of the office
PLACE, NAME = "203.0.113.50", "sync.kumo-data.example"
BACKGROUND = 20  # minutes of office around it
FOUND, CLEAN = "bad", "good"
FOUND_LEAST, CLEAN_MOST = 0.9, 0.05


class Variant(Office):
    def __init__(self, name):
        super().__init__(name, START)
        self.neighbours(BACKGROUND)
        for number in (1, 2, 3):
            self.pc_day(number, BACKGROUND, 0.3)
        self.chores = Chores(self, NAS, PRINTER, [(f"00:0c:29:10:00:{n:02x}", f"192.168.10.{20 + n}") for n in (1, 2, 3)])
        self.at = START + 300
        self.there = self.outside(PLACE)

    def beats(self, period, jitter):
        """Times of calls: those of forty minutes, fourteen at least."""
        at = self.at
        for _ in range(max(14, 2400 // period)):
            yield at
            at += period * (1 + self.rng.uniform(-jitter, jitter))

    def missing(self, at, name, kind=1, rcode=3):
        ident, port = self.rng.getrandbits(16), self.next_port(PC[1])
        self.frame(at, PC, self.router, 17, udp(port, 53, dns_query(ident, name, kind)))
        self.frame(at + 0.02, self.router, PC, 17, udp(53, port, dns_answer(ident, name, [], rcode)))

    def word(self, letters, n):
        return "".join(self.rng.choice(letters) for _ in range(n))

    def hello(self, name, ciphers):
        return [(True, client_hello(self.rng.randbytes(32), name, ciphers)),
                (False, server_hello(self.rng.randbytes(32), 0x002F))]


# --- harm ---

def beacon(v, proto, period, jitter):
    for at in v.beats(period, jitter):
        if proto == "http":
            at = v.lookup(at, PC, NAME, [PLACE])
            ask = f"POST /gate.php HTTP/1.1\r\nHost: {NAME}\r\nContent-Length: 64\r\n\r\n".encode() + v.rng.randbytes(64)
            v.tcp_session(at, PC, v.there, 80, [(True, ask), (False, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")], 0.1)
        elif proto == "tls":
            at = v.lookup(at, PC, NAME, [PLACE])
            v.tcp_session(at, PC, v.there, 443, v.hello(NAME, CIPHERS) + [(True, tls_record(23, v.rng.randbytes(220))),
                                                                          (False, tls_record(23, v.rng.randbytes(90)))], 0.1)
        elif proto == "tls-bare":
            v.tcp_session(at, PC, v.there, 8443, v.hello(None, [0xC014, 0x0039]) + [(True, tls_record(23, v.rng.randbytes(220))),
                                                                                    (False, tls_record(23, v.rng.randbytes(90)))], 0.1)
        elif proto == "raw":
            v.tcp_session(at, PC, v.there, 4444, [(True, v.rng.randbytes(48)), (False, v.rng.randbytes(32))], 0.1)
        else:  # udp
            v.chores.datagrams(at, PC, v.there, 9053, [64, -48])


SYLLABLES = [c + a for c in ("", "k", "s", "t", "n", "h", "m", "r", "y") for a in "aiueo"]
WORDS = "river stone cloud green paper light north apple honor table glass metal storm field bread chair money night".split()


def dga(v, family, n=60, over=900):
    for i in range(n):
        name = {"letters": lambda: v.word("abcdefghijklmnopqrstuvwxyz", v.rng.randrange(10, 19)),
                "hex": lambda: v.word("0123456789abcdef", 16),
                "syllables": lambda: "".join(v.rng.choice(SYLLABLES) for _ in range(v.rng.randrange(5, 8))),
                "words": lambda: v.rng.choice(WORDS) + v.rng.choice(WORDS)}[family]()
        v.missing(v.at + i * over / n, f"{name}.{v.rng.choice(('com', 'net', 'org', 'biz', 'info'))}")


def dns_tunnel(v, shape):
    for i in range(450):
        at = v.at + i * 0.7
        data = v.word("abcdefghijklmnopqrstuvwxyz234567", 50)
        hexes = v.word("0123456789abcdef", 60)
        name, kind = {"null": (f"{data}.{data[:40]}.t.kumo-data.example", 10), "txt": (f"{hexes}.kumo-data.example", 16),
                      "mixed": (f"{hexes}.kumo-data.example", (16, 5, 15)[i % 3]),
                      "a": (f"{data}.kumo-data.example", 1)}[shape]
        v.missing(at, name, kind, 0)


def brute(v, service, period, n=70):
    for i in range(n):
        at = v.at + i * period
        if service == "ssh":
            v.chores.ssh(at, PC, NAS, [])
        elif service == "rdp":
            v.chores.session(at, PC, SERVER, 3389, [40, -20, 400, -1200, 200, -80], 0.002)
        elif service == "ftp":
            v.chores.session(at, PC, NAS, 21, [-1, b"USER admin\r\n", b"331 Password required.\r\n", b"PASS x\r\n",
                                               b"530 Login incorrect.\r\n"], 0.002)
        else:  # a form of a web page
            body = f"user=admin&password={v.word('abcdefgh', 8)}"
            v.chores.session(at, PC, NAS, 80, [f"POST /login HTTP/1.1\r\nHost: nas\r\nUser-Agent: a\r\nContent-Type: application/x-www-form-"
                                               f"urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode(),
                                               b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"], 0.002)


def scan(v, how, period):
    for i in range(2, 200):
        at, target = v.at + i * period, ("02:00:00:00:02:%02x" % i, f"192.168.10.{i if i != 21 else 250}")
        if how == "smb":
            v.refused(at, PC, target, 445) if i % 3 else v.frame(at, PC, target, 6, tcp(PC[1], target[1], 50000 + i, 445, 1, 0, 2))
        elif how == "ports":
            v.refused(at, PC, SERVER, 20 + i * 7)
        elif how == "arp":
            v.cap.add(at, ether("ff:ff:ff:ff:ff:ff", PC[0], 0x0806, arp(1, *PC, "00:00:00:00:00:00", target[1])))
        else:  # outside
            v.frame(at, PC, v.outside(f"198.51.100.{i}"), 6, tcp(PC[1], f"198.51.100.{i}", 50000 + i, 23, 1, 0, 2))


def spam(v):
    for i in range(45):
        mx = f"198.51.100.{100 + i}"
        at = v.lookup(v.at + i * 9, PC, f"mx{i}.shop{i}.example", [mx])
        v.chores.session(at, PC, v.outside(mx), 25, [-1, b"EHLO pc\r\n", b"250 ok\r\n", b"MAIL FROM:<a@b.example>\r\n", b"250 ok\r\n"], 0.05)


def mining(v, port):
    v.chores.session(v.lookup(v.at, PC, "pool.kumo-data.example", [PLACE]), PC, v.there, port,
                     [b'{"id":1,"jsonrpc":"2.0","method":"login","params":{"login":"x","pass":"x","agent":"XMRig/6.21"}}\n',
                      b'{"id":1,"jsonrpc":"2.0","result":{"job":{"blob":"00"},"status":"OK"}}\n'], 0.05)


def icmp_tunnel(v):
    for i in range(150):
        data = v.rng.randbytes(v.rng.randrange(60, 900))
        v.frame(v.at + i * 0.5, PC, v.there, 1, icmp_echo(8, 7, i, data))
        v.frame(v.at + i * 0.5 + 0.05, v.there, PC, 1, icmp_echo(0, 7, i, v.rng.randbytes(len(data))))


def intruder(v, how):
    share = [(True, smb2_tree(f"\\\\{SERVER[1]}\\ADMIN$")), (False, bytes(80))]
    v.tcp_session(v.at, PC, SERVER, 445, share + [(True, smb2_create("temp\\svc.exe")), (False, bytes(120))] * (how == "copy") +
                  [(True, smb2_create("svcctl")), (False, bytes(120))], 0.001)


def download(v, what):
    body = {"program": b"MZ" + bytes(58) + b"\x80\0\0\0" + bytes(64) + b"PE\0\0", "disk": bytes(0x8001) + b"CD001" + bytes(2000),
            "shortcut": b"L\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0F" + bytes(60)}[what]
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    v.tcp_session(v.at, PC, v.there, 80, [(True, f"GET /a HTTP/1.1\r\nHost: {PLACE}\r\nUser-Agent: Mozilla/5.0 (Windows NT 10.0)\r\n"
                                           "\r\n".encode()), (False, head + body)], 0.05)


# --- honest ---

def polls(v, period, jitter, how):
    for at in v.beats(period, jitter):
        if how == "http":
            v.lookup(at - 0.1, PC, "update.os-vendor.example", ["198.51.100.32"])
            v.chores.get(at, PC, v.outside("198.51.100.32"), "update.os-vendor.example", "/version.txt", "Updater/3.1", 0.02)
        else:
            v.tls(at, PC, "telemetry.os-vendor.example", ["198.51.100.34", "198.51.100.35"])


def clocks(v):
    for i in range(200):
        v.ntp(v.at + i * 16, PC)


def keepalive(v, period, port):
    """One long connection to a named place, with a sign of life in it."""
    exchange = v.hello("push.shanai-chat.example", CIPHERS)
    at = v.lookup(v.at, PC, "push.shanai-chat.example", ["198.51.100.77"])
    sport, seq = v.next_port(PC[1]), {True: 1000, False: 5000}
    there = v.outside("198.51.100.77")

    def send(when, up, flags, data=b""):
        src, dst = (PC, there) if up else (there, PC)
        ports = (sport, port) if up else (port, sport)
        v.frame(when, src, dst, 6, tcp(src[1], dst[1], *ports, seq[up], seq[not up], flags, data))
        seq[up] += len(data) + (flags == 2 or flags == 18)

    send(at, True, 2), send(at + 0.02, False, 18), send(at + 0.03, True, 16)
    for i, (up, data) in enumerate(exchange):
        send(at + 0.05 + i * 0.05, up, 24, data)
    for i in range(60):
        send(at + 5 + i * period, True, 24, tls_record(23, v.rng.randbytes(28)))
        send(at + 5.05 + i * period, False, 24, tls_record(23, v.rng.randbytes(28)))


def meeting(v):
    for i in range(1200):
        v.chores.datagrams(v.at + i * 0.2, PC, v.outside("203.0.113.12"), 3479, [900, -1000, 180, -190], 50100)


def backup(v):
    for i in range(30):
        v.tls(v.at + 30 * i, NAS, "backup.hozon-cloud.example", ["198.51.100.93"], up=16000, down=600)
        v.chores.session(v.at + 5 + 30 * i, NAS, v.outside("198.51.100.93"), 443, [60000] * 4 + [-300], 0.02)


def discovery(v):
    for i in range(30):
        for port, group, mac in ((5353, "224.0.0.251", "01:00:5e:00:00:fb"), (3702, "239.255.255.250", "01:00:5e:7f:ff:fa")):
            v.frame(v.at + i * 60, PC, (mac, group), 17, udp(50000, port, bytes(180)))
        v.frame(v.at + i * 60 + 1, PC, ("ff:ff:ff:ff:ff:ff", "192.168.10.255"), 17, udp(50001, 161, bytes(45)))


def monitoring(v, product):
    hosts = [NAS, PRINTER] + v.chores.pcs + [("02:00:00:00:03:%02x" % n, f"192.168.10.{100 + n}") for n in range(14)]
    for turn in range(30):
        for n, host in enumerate(hosts):
            at = v.at + turn * 60 + n * 2
            v.chores.ping(at, SERVER, host, turn, n != 7)  # one of them is switched off
            if product == "agent":
                v.chores.session(at + 0.5, SERVER, host, 10050, [b"ZBXD\x01" + bytes(30), -80], 0.001)
            else:
                v.chores.datagrams(at + 0.5, SERVER, host, 161, [46, -120])


def failures(v):
    """A content network that fails: names of one domain, and the three words by which a browser looks for wild cards."""
    for i in range(120):
        v.missing(v.at + i * 5, f"e{i:04d}.{v.word('0123456789abcdef', 10)}.cdn.kaisha.example")
    for i in range(9):
        v.missing(v.at + i * 200, v.word("abcdefghijklmnopqrstuvwxyz", v.rng.randrange(7, 15)))


def newsletter(v):
    """The mail server of a shop: mail comes in, and once a week goes to all customers."""
    for i in range(12):
        v.chores.session(v.at + i * 60, v.outside(f"198.51.100.{200 + i}"), SERVER, 25,
                         [-1, b"EHLO x\r\n", b"250 ok\r\n", b"MAIL FROM:<a@b.example>\r\n", b"250 ok\r\n"], 0.05)
    for i in range(40):
        mx = f"198.51.100.{100 + i}"
        at = v.lookup(v.at + 800 + i * 5, SERVER, f"mx.customer{i}.example", [mx])
        v.chores.session(at, SERVER, v.outside(mx), 25, [-1, b"EHLO shop\r\n", b"250 ok\r\n", b"MAIL FROM:<s@shop.example>\r\n", 9000], 0.05)


def delivery(v):
    """Pieces of updates from a cache that is called by its address, each when the last one is done."""
    at = v.at
    for i in range(40):
        at += v.rng.expovariate(1 / 4)
        body = (b"MSCF" if i == 0 else b"") + v.rng.randbytes(4000)
        ask = (f"GET /filestreamingservice/files/a?P1=1 HTTP/1.1\r\nHost: {PLACE}\r\nAccept: */*\r\nRange: bytes={i * 4000}-{i * 4000 + 3999}"
               "\r\nUser-Agent: Microsoft-Delivery-Optimization/10.0\r\n\r\n").encode()
        head = (f"HTTP/1.1 206 Partial Content\r\nContent-Type: application/octet-stream\r\nContent-Length: {len(body)}\r\n"
                f"Content-Range: bytes {i * 4000}-{i * 4000 + len(body) - 1}/900000\r\n\r\n").encode()
        v.tcp_session(at, PC, v.there, 80, [(True, ask), (False, head + body)], 0.02)


def remote_help(v):
    """Somebody looks after the computers: a relay by name, and two servers by remote desktop."""
    keepalive(v, 20, 443)
    for i, host in enumerate((SERVER, NAS)):
        v.chores.session(v.at + 600 * i, PC, host, 3389, [200, -1200] + [120, -3000] * 60)


def things(v):
    v.chores.things(0.9)


def install_media(v):
    v.lookup(v.at, PC, "mirror.linux.example", ["198.51.100.60"])
    v.tcp_session(v.at + 1, PC, v.outside("198.51.100.60"), 80, [
        (True, b"GET /debian.iso HTTP/1.1\r\nHost: mirror.linux.example\r\nUser-Agent: Mozilla/5.0 (X11)\r\nAccept: */*\r\n\r\n"),
        (False, b"HTTP/1.1 200 OK\r\nContent-Type: application/x-iso9660-image\r\nContent-Length: 650000000\r\n\r\n" +
         bytes(0x8001) + b"CD001" + bytes(9000))], 0.01)


def compressed_pages(v):
    import gzip
    page = gzip.compress(b"<html>" + v.rng.randbytes(20000).hex().encode(), mtime=0)
    for i in range(20):
        name, addresses = SITES[i]
        at = v.lookup(v.at + i * 20, PC, name, addresses)
        v.tcp_session(at, PC, v.outside(addresses[0]), 80, [
            (True, f"GET / HTTP/1.1\r\nHost: {name}\r\nUser-Agent: Mozilla/5.0 (Windows NT 10.0)\r\nAccept: */*\r\n\r\n".encode()),
            (False, f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nContent-Length: {len(page)}\r\n\r\n"
             .encode() + page)])


PERIODS, JITTERS = (5, 30, 60, 300, 900, 3600), (0, 0.2, 0.5)
# What is only a clue or a low finding. A slow call to a named place on a common port is what honest programs do all day; loudspeakers
# and the apps of telephones ask for the whole network by ARP too.
QUIET = {f"beacon-{p}-{t}-{j}" for p in ("http", "tls") for t in (300, 900, 3600) for j in JITTERS} | {"scan-arp-0.05", "scan-arp-3"}

BAD = {f"beacon-{p}-{t}-{j}": (beacon, p, t, j) for p in ("http", "tls", "tls-bare", "raw", "udp") for t in PERIODS for j in JITTERS}
BAD |= {f"dga-{f}": (dga, f) for f in ("letters", "hex", "syllables", "words")}
BAD |= {f"dns-tunnel-{s}": (dns_tunnel, s) for s in ("null", "txt", "mixed", "a")}
BAD |= {f"brute-{s}-{p}": (brute, s, p) for s in ("ssh", "rdp", "ftp", "form") for p in (2, 40)}
BAD |= {f"scan-{h}-{p}": (scan, h, p) for h in ("smb", "ports", "arp", "outside") for p in (0.05, 3)}
BAD |= {"spam": (spam,), "mining-3333": (mining, 3333), "mining-443": (mining, 443), "icmp-tunnel": (icmp_tunnel,),
        "intruder-copy": (intruder, "copy"), "download-program": (download, "program"), "download-disk": (download, "disk"),
        "download-shortcut": (download, "shortcut")}
GOOD = {f"polls-{h}-{t}-{j}": (polls, t, j, h) for h in ("http", "tls") for t in (300, 900, 3600) for j in (0, 0.2)}
GOOD |= {f"keepalive-{t}-{p}": (keepalive, t, p) for t in (20, 60) for p in (443, 5223)}
GOOD |= {f"monitoring-{p}": (monitoring, p) for p in ("agent", "snmp")}
GOOD |= {f.__name__.replace("_", "-"): (f,) for f in (clocks, meeting, backup, discovery, failures, newsletter, delivery, remote_help, things,
                                                      install_media, compressed_pages)}


def write(folder):
    """{file name: is it harm}, of all that were written."""
    made = {}
    for kind, variants in ((FOUND, BAD), (CLEAN, GOOD)):
        for name, (make, *args) in variants.items():
            v = Variant(name)
            make(v, *args)
            v.cap.write(pathlib.Path(folder) / f"{kind}-{name}.pcap")
            made[f"{kind}-{name}.pcap"] = kind == FOUND
    return made


if __name__ == "__main__":
    print(f"{len(write(sys.argv[1]))} captures")
