# SPDX-License-Identifier: Apache-2.0
"""What the desk is in the middle of: three open cases that show each thing a case can hold, so that a newcomer meets them
alive. All said and done through the pages, as people do it; all fictional."""
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

from demo.history import JAPAN, sent, typed
from demo.region import COMPANY
from harness.admin import Admin
from harness.programs import SOURCE

sys.path.insert(0, str(SOURCE / "tests" / "gen"))
import packets  # noqa: E402

KITAKAMI, ICHINOSEKI = "北上精密工業株式会社", "一関建設株式会社"
BAD, BAD_NAME = "198.51.100.77", "update.shirase-box.example"
PC, PC_MAC, ROUTER_MAC = "192.168.20.31", "02:00:5e:20:00:31", "02:00:5e:20:00:01"


def small_capture(at):
    """Ten minutes in which one computer asks for a name and calls the address behind it, each minute."""
    cap = packets.Capture()

    def frame(second, outward, proto, payload, peer=BAD):
        (src_mac, src), (dst_mac, dst) = ((PC_MAC, PC), (ROUTER_MAC, peer))[::1 if outward else -1]
        cap.add(second, packets.ether(dst_mac, src_mac, 0x0800, packets.ipv4(src, dst, proto, payload)))

    for minute in range(10):
        second, port = at + 60 * minute, 51000 + minute
        frame(second, True, 17, packets.udp(port, 53, packets.dns_query(minute, BAD_NAME)), "192.168.20.1")
        frame(second + 0.02, False, 17, packets.udp(53, port, packets.dns_answer(minute, BAD_NAME, [BAD])), "192.168.20.1")
        frame(second + 0.05, True, 6, packets.tcp(PC, BAD, port, 443, 1, 0, 2))
        frame(second + 0.09, False, 6, packets.tcp(BAD, PC, 443, port, 1, 2, 18))
        frame(second + 0.1, True, 6, packets.tcp(PC, BAD, port, 443, 2, 2, 24, bytes(120)))
    with tempfile.NamedTemporaryFile(suffix=".pcap") as f:
        cap.write(f.name)
        return Path(f.name).read_bytes()


class Desk:
    """The desk's work on one case; each line is one press of a button."""

    def __init__(self, console, company, now):
        self.console, self.company, self.now, self.at = console, company, now, ""

    def ago(self, **span):
        return typed(self.now - timedelta(**span))

    def open(self, kind, words, name, **more):
        fields = {"company": self.company, "kind": kind, "words": words, "source": "phone", "contact_name": name, **more}
        self.at = sent(self.console, "/cases", fields).location
        sent(self.console, f"{self.at}/take", {})
        return self

    def do(self, path, /, **fields):
        return sent(self.console, f"{self.at}/{path}", fields).location

    @property
    def number(self):
        return self.at.rsplit("/", 1)[1]


def sent_files(console, path, field, name, data, fields):
    answer = console.post_file(path, field, name, data, fields)
    if answer.status != 303:
        raise RuntimeError(f"{path}: {answer.status} {answer.complaints()}")


def fill(hub, console):
    now = datetime.now(JAPAN)
    companies = {c["name"]: c["id"] for c in console.get_json("/members")["companies"]}
    receiver(hub)
    big = beacon(Desk(console, companies[KITAKAMI], now))
    second_company(Desk(console, companies[ICHINOSEKI], now), big)
    return mail(Desk(console, companies[COMPANY], now))


def receiver(hub):
    """Somebody who wants to be told by their own program; the name leads nowhere, and the page says so."""
    admin = Admin(hub.state)
    insurer = next(o["id"] for o in admin.get("/organisations") if o["kind"] == "insurer")
    admin.ask("POST", "/outbox/hooks", {"name": "保険会社の受付", "url": "https://uketsuke.hoken.example/otasuke", "org": insurer,
                                        "incident.": "1", "alert.": "1"})


def beacon(d):
    """Personal data may have gone out: clocks, evidence, consent, a screen session, a provider who is asked."""
    d.open("malware_suspected", "総務のパソコンが遅く、夜中にも通信しているようです。名簿の入ったパソコンです。", "高橋 誠",
           severity="3", opened=d.ago(hours=20))
    d.do("actions", channel="phone", minutes="20", cost="0", started=d.ago(hours=19, minutes=50),
         body="電源を切らずに、LAN の線を抜いてもらいました。前日に「請求書」の添付を開いたそうです。")
    d.do("devices", name="SOUMU-PC03", address=PC, mac=PC_MAC, state="suspected")
    d.do("indicators", type="address", value=BAD, note="一分ごとの通信の相手", tlp="amber")
    d.do("indicators", type="domain", value=BAD_NAME, note="", tlp="amber")
    d.do("consents", what="remote_access", until="week", given_by="高橋 誠", role="情報システム", how="call")
    d.do("consents", what="isolate", until="week", given_by="高橋 誠", role="情報システム", how="call")
    screen = d.do("screens", tool="meshcentral", device="SOUMU-PC03")
    sent_files(d.console, f"{screen}/end", "log", "", b"", {"did": "常駐しているものを確かめ、知らない一つを止めました。", "minutes": "35"})
    sent_files(d.console, f"{d.at}/evidence", "file", "soumu-pc03.pcap", small_capture(time.time() - 21 * 3600),
               {"note": "抜く前の十分間。線を抜いたあとは通信していない。", "from": "高橋 誠", "happened": d.ago(hours=20)})
    d.do("things", kind="computer", name="SOUMU-PC03 本体", note="電源を入れたまま、封をして預かり", **{"from": "高橋 誠"},
         seal="F-0012", place="窓口の保管庫", happened=d.ago(hours=16))
    d.do("measures", kind="firewall", what="ルーターで相手の住所を止めた", target=BAD, **{"from": d.ago(hours=18)},
         until=typed(d.now + timedelta(days=14)))
    d.do("costs", category="travel", what="北上まで往復", who="三陸システムサポート株式会社", quantity="96", unit="km", unit_yen="30",
         claimable="1")
    d.do("duties", version="0", known=d.ago(hours=19), personal="yes", malicious="yes", insured="yes", people="94", sector="none")
    d.do("duties/items", item="persons", state="known", body="94", version="0")
    isp = d.do("threads", kind="isp", org_name="北日本ネットサービス", person_name="障害受付", phone="019-000-0500",
               purpose="通信の相手先を調べてもらう", told="日時、相手の住所、回線の番号（個人の情報は伝えていない）")
    sent(d.console, f"{isp}/messages", {"direction": "out", "channel": "phone", "subject": "", "due": typed(d.now + timedelta(days=2)),
                                        "body": "お客様の回線から、一分ごとに同じ相手への通信が続いていました。通信の記録をお願いします。",
                                        "happened": d.ago(hours=17)})
    d.do("tags", tag="添付ファイル")
    return d


def second_company(d, first):
    """The same address in another company: what ties cases together."""
    d.open("malware_suspected", "添付ファイルを開いたあと、画面が一度黒くなりました。大丈夫でしょうか。", "千田 美和", severity="2",
           opened=d.ago(hours=3))
    d.do("indicators", type="address", value=BAD, note="ルーターの記録にあった相手", tlp="amber")
    d.do("tags", tag="添付ファイル")
    d.do("ties", other=first.number, kind="same_campaign", note="同じ件名のメールを受け取っている")


def mail(d):
    """A small one of the company whose own page a newcomer opens: a question, an answer, a consent."""
    d.open("suspicious_mail", "銀行を名乗るメールが来ました。押してよいですか。", "湊 浩一", severity="1", opened=d.ago(days=2))
    d.do("actions", channel="phone", minutes="10", cost="0", started=d.ago(days=2), body="押していないことを確かめ、消してもらいました。")
    d.do("consents", what="evidence", until="case", given_by="湊 浩一", role="総務・パソコン担当", how="call")
    own = d.do("threads/own")
    sent(d.console, f"{own}/messages", {"direction": "out", "channel": "portal", "body":
         "同じ名前のメールがほかの会社にも来ています。また来たら、開かずにそのまま知らせてください。", "due": ""})
    return d


def orders(d, mac):
    """What the box of that company is asked to do, a minute of MAC's packets too; it answers by itself."""
    d.do("consents", what="capture", until="week", given_by="湊 浩一", role="総務・パソコン担当", how="call")
    d.do("orders", type="test")
    d.do("orders", type="capture", mac=mac, seconds="60", mebibyte="4")
