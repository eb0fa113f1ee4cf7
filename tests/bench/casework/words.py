# SPDX-License-Identifier: Apache-2.0
"""Search: what it takes, that it is complete, and that nobody is shown what is not theirs."""
import time
import unicodedata
import urllib.parse

from harness.figures import percentile

from .crowd import server_ms
from .regions import PASSWORD

ROUNDS = 20
COMPANY, DESK = "company1", "desk1"
ROLES = {DESK: 1 << 1, COMPANY: 1 << 7}  # hub/hub_user.h


def words(hub):
    name = hub.rows("SELECT name FROM company ORDER BY id LIMIT 1")[0][0]
    number = hub.rows("SELECT number FROM incident ORDER BY id DESC LIMIT 1")[0][0]
    return {"one character": "感", "two characters": "感染", "long word": "パスワード", "sentence": "再起動の順番をご案内しました",
            "two words": "複合機 部品", "Latin": "usb", "part of a number": number[:9].lower() + "00", "number": number,
            "company": name, "in every case": "の", "no hit": "鵺鱶鼈", "its parts, never the whole": "メールのメール"}


def folded(text):
    """As base/fold.c does it, for the texts of generated regions."""
    text = "".join(unicodedata.normalize("NFKC", text).lower().split()).replace("・", "")
    return "".join(chr(ord(c) + 0x60) if 0x3041 <= ord(c) <= 0x3096 else c for c in text)


class Reference:
    """All documents, searched one after another."""

    def __init__(self, hub):
        rows = hub.rows("SELECT id, company_id, at_us, url, body, roles FROM search_doc")
        self.docs = sorted(((r[2] // 60_000_000, r[0], r[1], r[3], folded(r[4]), r[5]) for r in rows), reverse=True)
        self.own = hub.rows("SELECT id FROM company ORDER BY id LIMIT 1")[0][0]

    def newest(self, q, login):
        terms, found = [folded(t) for t in q.split()], []
        for _, _, company, url, body, roles in self.docs:
            theirs = roles & ROLES[login] and (login == DESK or company == self.own)
            if theirs and all(t in body for t in terms):
                found.append(url)
                if len(found) == 50:
                    break
        return found


def ask(console, q):
    return console.get(f"/search?q={urllib.parse.quote(q)}", Accept="application/json")


def check(reference, login, q, answer):
    rows = answer.json["results"]
    foreign = [r for r in rows if login == COMPANY and r["company_id"] != reference.own]
    if foreign:
        raise SystemExit(f"cases: {login} searched {q} and was shown {foreign[0]}")
    if [r["url"] for r in rows] != reference.newest(q, login):
        raise SystemExit(f"cases: {login} searched {q}: {len(rows)} results are not the newest fifty of all documents")
    return len(rows)


def searches(hub):
    """Nobody else at work. {login: {sort: figures}}"""
    reference, out = Reference(hub), {}
    for login in ROLES:
        console, out[login] = hub.console("ja").sign_in(login, PASSWORD), {}
        for sort, q in words(hub).items():
            first = ask(console, q)
            found = check(reference, login, q, first)
            times = sorted(server_ms(ask(console, q)) for _ in range(ROUNDS))
            out[login][sort] = {"word": q, "found": found, "first": server_ms(first), "p50": times[ROUNDS // 2],
                                "p95": percentile(times, .95), "max": times[-1]}
    return out, len(reference.docs)


def caught_up(hub, seconds=120):
    """Seconds until everything that people wrote can be found."""
    start = time.monotonic()
    while hub.value("SELECT count(*) FROM search_due"):
        if time.monotonic() - start > seconds:
            raise SystemExit("cases: the search index does not catch up")
        time.sleep(0.2)
    return time.monotonic() - start
