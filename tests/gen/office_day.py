#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a capture of a small company's office day: 25 PCs, a printer and a NAS at work, and at some minute a private
smartphone that joins the Wi-Fi and calls a botnet address every minute.

All outside addresses and names are from ranges reserved for documentation (RFC 5737, RFC 2606).
"""
import argparse
import random

from office_chores import Chores
from packets import (Capture, arp, client_hello, dhcp, dns_answer, dns_query, ether, ipv4, mac_bytes, server_hello, smb2,
                     tcp, tls_record, udp)

ROUTER = ("02:00:5e:10:00:01", "192.168.10.1")
NAS = ("00:11:32:aa:10:05", "192.168.10.5")
PRINTER = ("00:1b:a9:aa:10:06", "192.168.10.6")
PHONE_MAC = "d2:5e:77:3a:91:04"
PHONE_IP = "192.168.10.143"
BOTNET = "203.0.113.66"
BROADCAST = "ff:ff:ff:ff:ff:ff"
WINDOWS_55 = bytes([1, 3, 6, 15, 31, 33, 43, 44, 46, 47, 119, 121, 249, 252])
ANDROID_55 = bytes([1, 3, 6, 15, 26, 28, 51, 58, 59, 43])
CIPHERS = [0x1301, 0x1302, 0x1303, 0xC02B, 0xC02F, 0xC02C, 0xC030]
BOT_CIPHERS = [0xC014, 0x0039, 0x0035, 0xC013, 0x0033, 0x002F]

SITES = [(f"{name}.example", [f"198.51.100.{20 + 2 * i}", f"198.51.100.{21 + 2 * i}"]) for i, name in enumerate(
    ["www.minato-news", "search.kaisha", "cdn.kaisha", "mail.minato", "groupware.minato", "bank.iwate-shinyo",
     "update.os-vendor", "telemetry.os-vendor", "maps.kaisha", "shop.hakobu", "video.kaisha", "static.kaisha",
     "ads.kaisha", "parts.trade", "weather.tenki", "travel.tetsudo", "antivirus.mamoru", "meeting.kaigi",
     "storage.hako", "tax.moushikoku"])]
PHONE_SITES = SITES[1:3] + SITES[8:12]


class Office:
    router = ROUTER

    def __init__(self, seed, start):
        self.rng = random.Random(seed)
        self.cap = Capture()
        self.start = start
        self.port = {}

    def next_port(self, ip):
        self.port[ip] = 49152 + (self.port.get(ip, self.rng.randrange(8000)) + 1) % 16000
        return self.port[ip]

    def frame(self, at, src, dst, proto, payload):
        """SRC and DST are (mac, ip); an outside peer carries the router's MAC."""
        ttl = 54 if not src[1].startswith("192.168.10.") else 128
        self.cap.add(at, ether(dst[0], src[0], 0x0800, ipv4(src[1], dst[1], proto, payload, self.rng.getrandbits(16), ttl)))

    def join(self, at, mac, ip, name, fingerprint, vendor):
        xid = self.rng.getrandbits(32)
        common = [(61, b"\x01" + mac_bytes(mac)), (12, name.encode()), (60, vendor), (55, fingerprint)]
        asked = [(50, bytes(map(int, ip.split(".")))), (54, bytes([192, 168, 10, 1]))]
        lease = [(54, bytes([192, 168, 10, 1])), (51, b"\0\1\x51\x80"), (1, b"\xff\xff\xff\0"),
                 (3, bytes([192, 168, 10, 1])), (6, bytes([192, 168, 10, 1]))]
        steps = [(1, 1, common, True), (2, 2, lease, False), (1, 3, common + asked, True), (2, 5, lease, False)]
        for step, (op, message, options, from_client) in enumerate(steps):
            body = dhcp(op, xid, mac, message, options, "0.0.0.0" if from_client else ip,
                        "0.0.0.0" if from_client else ROUTER[1])
            source = (mac, "0.0.0.0") if from_client else ROUTER
            target = (BROADCAST, "255.255.255.255")
            ports = (68, 67) if from_client else (67, 68)
            self.frame(at + 0.012 * step, source, target, 17, udp(*ports, body))
        for probe in range(2):
            self.cap.add(at + 0.1 + probe, ether(BROADCAST, mac, 0x0806, arp(1, mac, ip, "00:00:00:00:00:00", ip)))
        self.resolve_gateway(at + 1.3, (mac, ip))

    def resolve_gateway(self, at, host):
        self.cap.add(at, ether(BROADCAST, host[0], 0x0806, arp(1, host[0], host[1], "00:00:00:00:00:00", ROUTER[1])))
        self.cap.add(at + 0.001, ether(host[0], ROUTER[0], 0x0806, arp(2, ROUTER[0], ROUTER[1], host[0], host[1])))

    def lookup(self, at, host, name, addresses):
        port, ident = self.next_port(host[1]), self.rng.getrandbits(16)
        self.frame(at, host, ROUTER, 17, udp(port, 53, dns_query(ident, name)))
        self.frame(at + 0.008, ROUTER, host, 17, udp(53, port, dns_answer(ident, name, addresses)))
        return at + 0.01

    def tcp_session(self, at, host, peer, port, exchange, rtt=0.018):
        """EXCHANGE is a list of (from_client, bytes). Returns the end time."""
        sport = self.next_port(host[1])
        seq = {True: self.rng.getrandbits(32), False: self.rng.getrandbits(32)}

        def send(when, from_client, flags, data=b""):
            src, dst = (host, peer) if from_client else (peer, host)
            ports = (sport, port) if from_client else (port, sport)
            ack = 0 if flags == 2 else seq[not from_client]
            self.frame(when, src, dst, 6, tcp(src[1], dst[1], *ports, seq[from_client], ack, flags, data))
            seq[from_client] += len(data) + (1 if flags & 3 else 0)

        send(at, True, 2)
        send(at + rtt, False, 18)
        send(at + rtt + 0.001, True, 16)
        at += rtt + 0.002
        for from_client, data in exchange:
            for cut in range(0, len(data), 1400):
                send(at, from_client, 24 if cut + 1400 >= len(data) else 16, data[cut:cut + 1400])
                at += 0.0008
            send(at, not from_client, 16)
            at += rtt
        send(at, True, 17)
        send(at + rtt, False, 17)
        send(at + rtt + 0.001, True, 16)
        return at + rtt

    def refused(self, at, host, peer, port):
        """A connection that is answered by RST."""
        sport, seq = self.next_port(host[1]), self.rng.getrandbits(32)
        self.frame(at, host, peer, 6, tcp(host[1], peer[1], sport, port, seq, 0, 2))
        self.frame(at + 0.001, peer, host, 6, tcp(peer[1], host[1], port, sport, 0, seq + 1, 20))

    def outside(self, ip):
        return (ROUTER[0], ip)

    def tls(self, at, host, name, addresses, up=None, down=None):
        at = self.lookup(at, host, name, addresses)
        rng = self.rng
        up = up or rng.randrange(400, 3000)
        down = down or int(rng.lognormvariate(8.2, 1.1))
        exchange = [(True, client_hello(rng.randbytes(32), name, CIPHERS)),
                    (False, server_hello(rng.randbytes(32), 0x1301) + tls_record(23, rng.randbytes(1800))),
                    (True, tls_record(23, rng.randbytes(min(up, 16000))))]
        exchange += [(False, tls_record(23, rng.randbytes(min(16000, max(64, down - i))))) for i in
                     range(0, min(down, 64000), 16000)]
        return self.tcp_session(at, host, self.outside(rng.choice(addresses)), 443, exchange)

    def http(self, at, host, name, addresses):
        at = self.lookup(at, host, name, addresses)
        path = f"/{self.rng.getrandbits(32):08x}.html"
        request = f"GET {path} HTTP/1.1\r\nHost: {name}\r\nUser-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64)\r\nAccept: */*\r\n\r\n"
        body = self.rng.randbytes(self.rng.randrange(500, 9000)).hex()
        answer = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        return self.tcp_session(at, host, self.outside(addresses[0]), 80, [(True, request.encode()), (False, answer.encode())])

    def smb(self, at, host):
        rng = self.rng
        exchange = [(True, smb2(0, 0, rng.randbytes(36))), (False, smb2(0, 0, rng.randbytes(64), True)),
                    (True, smb2(1, 1, rng.randbytes(90))), (False, smb2(1, 1, rng.randbytes(72), True)),
                    (True, smb2(5, 2, rng.randbytes(120))), (False, smb2(5, 2, rng.randbytes(88), True)),
                    (True, smb2(8, 3, rng.randbytes(49))),
                    (False, smb2(8, 3, rng.randbytes(rng.randrange(2000, 30000)), True))]
        return self.tcp_session(at, host, NAS, 445, exchange, rtt=0.0006)

    def print_job(self, at, host):
        return self.tcp_session(at, host, PRINTER, 9100, [(True, self.rng.randbytes(self.rng.randrange(3000, 20000)))], rtt=0.001)

    def ntp(self, at, host):
        port = self.next_port(host[1])
        self.frame(at, host, self.outside("192.0.2.123"), 17, udp(port, 123, b"\x23" + bytes(47)))
        self.frame(at + 0.02, self.outside("192.0.2.123"), host, 17, udp(123, port, b"\x24" + bytes(47)))

    def pc_day(self, number, minutes, density):
        rng = self.rng
        host = (f"00:0c:29:10:00:{number:02x}", f"192.168.10.{20 + number}")
        on = self.start + rng.uniform(0, min(25, minutes / 8)) * 60
        end = self.start + minutes * 60
        self.join(on, host[0], host[1], f"MINATO-PC{number:02d}", WINDOWS_55, b"MSFT 5.0")
        at = on + 5
        while at < end - 5:
            at += rng.expovariate(density / 60)
            if at >= end - 5:
                break
            kind = rng.random()
            name, addresses = rng.choice(SITES)
            if kind < 0.62:
                for _ in range(rng.randrange(1, 5)):
                    self.tls(at + rng.uniform(0, 1.5), host, name, addresses)
            elif kind < 0.78:
                self.http(at, host, name, addresses)
            elif kind < 0.93:
                self.smb(at, host)
            elif kind < 0.97:
                self.ntp(at, host)
            else:
                self.print_job(at, host)
        # the mail program asks every five minutes, on every PC: regular and harmless
        poll = on + 30 + rng.uniform(0, 300)
        while poll < end - 5:
            self.tls(poll, host, *SITES[3], up=500, down=900)
            poll += 300 + rng.uniform(-2, 2)

    def phone(self, joins, end, period):
        rng = self.rng
        host = (PHONE_MAC, PHONE_IP)
        self.join(joins, PHONE_MAC, PHONE_IP, "Galaxy-A54", ANDROID_55, b"android-dhcp-14")
        at = joins + 4
        while at < end - 5:
            self.tls(at, host, *rng.choice(PHONE_SITES))
            at += rng.expovariate(1 / 95)
        beat = joins + 40
        while beat < end - 2:
            exchange = [(True, client_hello(rng.randbytes(32), None, BOT_CIPHERS)),
                        (False, server_hello(rng.randbytes(32), 0x002F)),
                        (True, tls_record(23, rng.randbytes(212))), (False, tls_record(23, rng.randbytes(96)))]
            self.tcp_session(beat, host, self.outside(BOTNET), 8443, exchange, rtt=0.16)
            beat += period + rng.gauss(0, 0.012 * period)

    def neighbours(self, minutes):
        """The NAS and the printer announce themselves; the router asks around."""
        end = self.start + minutes * 60
        for (mac, ip), name in ((NAS, "minato-nas"), (PRINTER, "minato-printer")):
            self.join(self.start + 1, mac, ip, name, bytes([1, 3, 6, 12, 15, 28, 42]), b"udhcp 1.31")
            at = self.start + self.rng.uniform(5, 60)
            while at < end - 2:
                body = dns_query(0, f"{name}.local", 1)
                self.cap.add(at, ether("01:00:5e:00:00:fb", mac, 0x0800, ipv4(ip, "224.0.0.251", 17, udp(5353, 5353, body), 0, 255)))
                at += self.rng.uniform(400, 900)


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("out")
    args.add_argument("--seed", type=int, default=20201)
    args.add_argument("--minutes", type=float, default=480, help="length of the day")
    args.add_argument("--pcs", type=int, default=25)
    args.add_argument("--phone-at", type=float, default=None, help="minute at which the phone joins (default: 75 before the end, none: -1)")
    args.add_argument("--period", type=float, default=60, help="seconds between two calls of the botnet client")
    args.add_argument("--density", type=float, default=0.45, help="things a person does in a minute")
    args.add_argument("--chores", action="store_true", help="what runs by itself as well: scripts, backups, monitoring, devices")
    args.add_argument("--start", type=float, default=1605484800, help="UTC second at which the day begins")
    options = args.parse_args()
    office = Office(options.seed, options.start)
    office.neighbours(options.minutes)
    for number in range(1, options.pcs + 1):
        office.pc_day(number, options.minutes, options.density)
    if options.chores:
        pcs = [(f"00:0c:29:10:00:{n:02x}", f"192.168.10.{20 + n}") for n in range(1, options.pcs + 1)]
        Chores(office, NAS, PRINTER, pcs).all(options.minutes / 60)
    phone_at = options.phone_at if options.phone_at is not None else max(options.minutes - 75, options.minutes * 0.6)
    if phone_at >= 0:
        office.phone(office.start + phone_at * 60, office.start + options.minutes * 60, options.period)
    print(f"{options.out}: {office.cap.write(options.out)} packets")


if __name__ == "__main__":
    main()
