# SPDX-License-Identifier: Apache-2.0
"""What runs in an honest office by itself, by day and by night, and looks like worse: scripts in a loop, log-ons by SSH,
backups, monitoring, printers, a NAS that mirrors itself, clocks, cameras and sensors, calls over UDP, blocked names.

Chores(office) writes into an Office of office_day.py. Sizes of SSH are those of OpenSSH 9.2.
"""
from packets import (arp, client_hello, dns_answer, dns_query, ether, icmp_echo, server_hello, smb2_create, smb2_tree,
                     tls_record, udp)

BROADCAST = "ff:ff:ff:ff:ff:ff"
SERVER = ("00:15:5d:aa:10:07", "192.168.10.7")
ADMIN = ("00:0c:29:10:00:01", "192.168.10.21")
CAMERA = ("00:62:6e:aa:10:08", "192.168.10.8")
METER = ("24:0a:c4:aa:10:09", "192.168.10.9")
SPEAKER = ("44:65:0d:aa:10:0a", "192.168.10.10")
SECOND_NAS = ("00:11:32:aa:10:0b", "192.168.10.11")
OLD_CIPHERS = [0x002F, 0x0035, 0x000A]
CIPHERS = [0x1301, 0x1302, 0xC02F, 0xC030]
HOUR = 3600


class Chores:
    def __init__(self, office, nas, printer, pcs):
        self.o, self.nas, self.printer, self.pcs = office, nas, printer, pcs

    def times(self, begin, end, period, jitter=0.0):
        """Every PERIOD seconds between two hours of the day."""
        at = self.o.start + begin * HOUR + self.o.rng.uniform(0, period)
        while at < self.o.start + end * HOUR:
            yield at
            at += period + self.o.rng.uniform(-jitter, jitter)

    def all(self, hours):
        for chore in (self.machines_appear, self.clocks, self.monitoring, self.scripts, self.log_ons, self.backups, self.printing,
                      self.mirror, self.things, self.calls, self.names_in_vain, self.administration, self.updates, self.mail):
            chore(hours)

    def session(self, at, host, peer, port, sizes, rtt=0.001):
        """SIZES: the host's positive, the peer's negative, of bytes that say nothing; what is written out takes turns."""
        exchange, turn = [], True
        for part in sizes:
            if isinstance(part, bytes):
                exchange.append((turn, part))
                turn = not turn
            else:
                exchange.append((part > 0, self.o.rng.randbytes(abs(part))))
        return self.o.tcp_session(at, host, peer, port, exchange, rtt)

    def get(self, at, host, peer, name, path, agent, rtt=0.001, port=80, accept="*/*"):
        head = f"GET {path} HTTP/1.1\r\nHost: {name}\r\nUser-Agent: {agent}\r\n" + (f"Accept: {accept}\r\n" if accept else "") + "\r\n"
        body = "ok" * self.o.rng.randrange(20, 400)
        answer = f"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        return self.o.tcp_session(at, host, peer, port, [(True, head.encode()), (False, answer.encode())], rtt)

    def ssh(self, at, host, peer, inside):
        """A session of SSH; INSIDE: what goes on once somebody is in, [] for a refused password."""
        rng, keys = self.o.rng, bytes([0, 0, 0, 12, 10, 21]) + bytes(10)
        exchange = [(True, b"SSH-2.0-OpenSSH_9.2\r\n"), (False, b"SSH-2.0-OpenSSH_9.2\r\n"), (True, rng.randbytes(1200)),
                    (False, rng.randbytes(1088)), (True, rng.randbytes(1208)), (False, rng.randbytes(1548) + keys)]
        sizes = [60, -44, 60, -76] + ([140, -100, 308, -28] + inside if inside else [84, -76])
        exchange += [(n > 0, rng.randbytes(abs(n))) for n in sizes]
        return self.o.tcp_session(at, host, peer, 22, exchange, 0.001)

    def datagrams(self, at, host, peer, port, sizes, sport=None):
        sport = sport or self.o.next_port(host[1])
        for i, n in enumerate(sizes):
            src, dst, ports = (host, peer, (sport, port)) if n > 0 else (peer, host, (port, sport))
            self.o.frame(at + 0.02 * i, src, dst, 17, udp(*ports, self.o.rng.randbytes(abs(n))))

    def ping(self, at, host, peer, number, answered=True):
        data = bytes(range(56))
        self.o.frame(at, host, peer, 1, icmp_echo(8, 77, number, data))
        if answered:
            self.o.frame(at + 0.001, peer, host, 1, icmp_echo(0, 77, number, data))

    # --- chores ---

    def machines_appear(self, _hours):
        for i, (mac, ip) in enumerate((SERVER, CAMERA, METER, SPEAKER, SECOND_NAS)):
            self.o.join(self.o.start + 2 + i, mac, ip, f"minato-thing{i}", bytes([1, 3, 6, 12, 15, 28, 42]), b"udhcp 1.31")

    def clocks(self, hours):
        for host in (self.nas, self.printer, SERVER, CAMERA, METER, SPEAKER, SECOND_NAS):
            for at in self.times(0, hours, 1024, 3):
                self.o.ntp(at, host)

    def monitoring(self, hours):
        """The server asks all machines each five minutes whether they are there, one of which was given away."""
        gone = ("00:0c:29:10:00:63", "192.168.10.99")
        watched = [self.nas, self.printer, CAMERA, METER, SPEAKER, SECOND_NAS] + self.pcs[:8] + [gone]
        for turn, at in enumerate(self.times(0, hours, 300, 1)):
            for i, host in enumerate(watched):
                if host == gone:
                    self.o.cap.add(at + i, ether(BROADCAST, SERVER[0], 0x0806, arp(1, *SERVER, "00:00:00:00:00:00", gone[1])))
                else:
                    self.ping(at + i, SERVER, host, turn & 0xFFFF)
            self.get(at + 20, SERVER, self.nas, "192.168.10.5", "/status", "watcher/2.1", port=8080)
            self.datagrams(at + 21, SERVER, self.printer, 161, [43, -120, 46, -96])
            self.o.refused(at + 22, SERVER, SECOND_NAS, 9117)

    def scripts(self, hours):
        """An administrator tries something in a loop, by day; a nightly job asks a service of the maker's."""
        for begin in (b for b in (10, 15) if b < hours):
            at = self.o.start + begin * HOUR
            for i in range(150):
                self.get(at + 2 * i, ADMIN, SERVER, "server.minato.example", f"/api/jobs/{i}", "curl/8.5.0")
            for i in range(60):  # longer ones to the outside look like worse, and are told
                self.o.tls(at + 400 + 3 * i, ADMIN, "api.gyomu-cloud.example", ["198.51.100.90"], up=700, down=900)
        for at in self.times(0, hours, 3600, 2):
            self.o.tls(at, SERVER, "licence.gyomu-soft.example", ["198.51.100.91"], up=600, down=500)
        for at in self.times(min(9, hours), min(18, hours), 1800, 30):
            self.get(at, ADMIN, self.o.outside("198.51.100.92"), "download.gyomu-soft.example", "/tools/list.txt",
                     "Mozilla/5.0 (Windows NT; Windows NT 10.0; ja-JP) WindowsPowerShell/5.1.19041", 0.02, accept=None)

    def log_ons(self, hours):
        """A script looks into the NAS by SSH thirty times within five minutes, by key; and somebody mistypes a password."""
        for begin in (b for b in (3, 11, 16) if b < hours):
            at = self.o.start + begin * HOUR
            for i in range(30):
                self.ssh(at + 10 * i, SERVER, self.nas, [112, -248, -176, 112, -72, 36, -124, 36, 60])
        for begin in (b for b in (9.5, 14.2) if b < hours):
            at = self.o.start + begin * HOUR
            for i in range(3):
                self.ssh(at + 8 * i, ADMIN, self.nas, [])
            self.ssh(at + 40, ADMIN, self.nas, [112, -248, -176] + [36, -44, 36, -60] * 40)

    def backups(self, hours):
        """By night to the maker's cloud, in pieces, each of some megabytes."""
        for i in range(24 if hours > 2 else 2):
            at = self.o.start + (1 * HOUR if hours > 2 else 60) + 20 * i
            self.o.tls(at, self.nas, "backup.hozon-cloud.example", ["198.51.100.93"], up=16000, down=600)
            self.session(at + 5, self.nas, self.o.outside("198.51.100.93"), 443, [60000] * 10 + [-300], 0.02)

    def printing(self, hours):
        for host in self.pcs[:6]:
            for at in self.times(min(8, hours), min(19, hours), 600, 60):
                self.datagrams(at, host, self.printer, 161, [43, -60])
                self.session(at + 1, host, self.printer, 631, [b"POST /ipp/print HTTP/1.1\r\nHost: 192.168.10.6:631\r\nContent-Type: "
                                                               b"application/ipp\r\nContent-Length: 120\r\n\r\n" + bytes(120), -400])
        for at in self.times(min(9, hours), min(18, hours), 3600, 600):  # what was scanned goes to the NAS
            self.o.smb(at, self.printer)
        for at in self.times(0, hours, 6 * HOUR, 60):  # the maker is told how much ink is left
            self.o.tls(at, self.printer, "ink.insatsu-maker.example", ["198.51.100.94"], up=500, down=300)

    def mirror(self, hours):
        """One NAS mirrors itself on the other each quarter of an hour, by SSH on a long line."""
        for at in self.times(0, hours, 900, 2):
            self.ssh(at, self.nas, SECOND_NAS, [112, -248, -176] + [1400, 1400, 1400, -60] * 12)
        for at in self.times(0, hours, 300, 1):
            self.o.tls(at, self.nas, "relay.nas-maker.example", ["198.51.100.95", "198.51.100.96"], up=420, down=350)

    def things(self, hours):
        """A camera, a power meter, a loudspeaker: keepalives, old TLS, names that are asked for again and again."""
        rng = self.o.rng
        for at in self.times(0, hours, 60, 0.5):
            self.datagrams(at, CAMERA, self.o.outside("198.51.100.97"), 32100, [44, -60], 40100)
        self.o.lookup(self.o.start + 30, METER, "broker.denki-maker.example", ["198.51.100.98"])
        for at in self.times(0, hours, 1200, 5):
            hello = client_hello(rng.randbytes(32), "broker.denki-maker.example", OLD_CIPHERS)
            self.session(at, METER, self.o.outside("198.51.100.98"), 8883,
                         [hello, server_hello(rng.randbytes(32), 0x002F), tls_record(23, rng.randbytes(300))], 0.02)
        for at in self.times(0, hours, 1800, 20):
            self.o.tls(at, SPEAKER, "metrics.onsei-maker.example", ["198.51.100.99"], up=1500, down=400)
            ident = rng.getrandbits(16)
            self.o.frame(at + 3, SPEAKER, self.o.router, 17, udp(41000, 53, dns_query(ident, "old.onsei-maker.example")))
            self.o.frame(at + 3.1, self.o.router, SPEAKER, 17, udp(53, 41000, dns_answer(ident, "old.onsei-maker.example", [], 2)))

    def calls(self, hours):
        """Meetings: UDP to addresses that nobody looked up."""
        for number, host in enumerate(self.pcs):
            for begin in (b for b in (10 + number % 3, 14 + number % 4) if b < hours):
                at = self.o.start + begin * HOUR + self.o.rng.uniform(0, 300)
                relay = self.o.outside(f"203.0.113.{10 + number % 5}")
                for i in range(60):
                    self.datagrams(at + i, host, relay, 3478, [180, -200, 160, -190], 50100 + number)

    def names_in_vain(self, hours):
        """Names that a filter blocks, typing errors, the search for a proxy."""
        words = ["track", "pixel", "banner", "count", "stats", "ads", "click", "metric", "collect", "beacon", "tag", "sync"]
        for host in self.pcs:
            for at in self.times(min(8, hours), min(18, hours), 1200, 300):
                names = [f"{self.o.rng.choice(words)}{self.o.rng.choice(words)}{i}.kokoku{self.o.rng.randrange(9)}.example" for i in range(3)]
                for i, name in enumerate(names + ["wpad.minato.example"]):
                    ident, port = self.o.rng.getrandbits(16), self.o.next_port(host[1])
                    self.o.frame(at + i, host, self.o.router, 17, udp(port, 53, dns_query(ident, name)))
                    self.o.frame(at + i + 0.01, self.o.router, host, 17, udp(53, port, dns_answer(ident, name, [], 3)))

    def administration(self, hours):
        """The inventory of programs opens the administrator's share of each PC at noon; remote desktop to the server."""
        if hours > 12:
            for i, host in enumerate(self.pcs):
                at = self.o.start + 12 * HOUR + 60 * i
                self.o.tcp_session(at, SERVER, host, 445, [(True, smb2_tree(f"\\\\{host[1]}\\ADMIN$")), (False, bytes(80)),
                                                           (True, smb2_create("System32\\config\\version.txt")), (False, bytes(120))], 0.001)
        for begin in (b for b in (9.2, 13.5, 17) if b < hours):
            self.session(self.o.start + begin * HOUR, ADMIN, SERVER, 3389, [200, -1200] + [120, -3000] * 60)

    def updates(self, hours):
        """Honest programs over plain HTTP, which say what they are and where they come from."""
        for number, host in enumerate(self.pcs):
            if 9 + number / 10 > hours:
                continue
            at = self.o.start + (9 + number / 10) * HOUR
            self.o.lookup(at, host, "update.os-vendor.example", ["198.51.100.32"])
            head = (b"GET /c/msdownload/package-x64.cab HTTP/1.1\r\nHost: update.os-vendor.example\r\nAccept: */*\r\n"
                    b"User-Agent: Microsoft BITS/7.8\r\n\r\n")
            body = b"MSCF" + self.o.rng.randbytes(4000)
            answer = b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.ms-cab-compressed\r\nContent-Length: 4004\r\n\r\n" + body
            self.o.tcp_session(at + 1, host, self.o.outside("198.51.100.32"), 80, [(True, head), (False, answer)])

    def mail(self, hours):
        for host in self.pcs:
            for at in self.times(min(8, hours), min(19, hours), 600, 5):
                self.session(at, host, self.o.outside("198.51.100.26"), 993,
                             [client_hello(self.o.rng.randbytes(32), "mail.minato.example", CIPHERS),
                              server_hello(self.o.rng.randbytes(32), 0x1301), 400, -700], 0.02)
