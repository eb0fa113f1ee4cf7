# SPDX-License-Identifier: Apache-2.0
"""Tokens and webhooks, from outside: a program with a token, and a receiver behind TLS that checks signatures by itself.

The receiver is Python's own server with an authority of its own; signatures are computed here again, from the text of
Standard Webhooks (id.timestamp.body, HMAC-SHA256, base64), not by the hub's code.
"""
import base64
import hashlib
import hmac
import http.server
import json
import re
import sqlite3
import ssl
import threading
import time

import pytest

from harness.console import Console
from harness.hub import PASSWORD
from harness.programs import free_ports, run, wait_for
from harness.region import KITAKAMI, MINATO, companies_csv

DAY_US = 86400 * 1000000


def changed(hub, sql, *args):
    """Time goes by in a hub that stands still."""
    with sqlite3.connect(hub.state / "otasuke.db") as link:
        link.execute(sql, args)
    link.close()


# --- tokens ---

class Program(Console):
    """Asks with a token, as a script does: no cookie, no form."""

    def __init__(self, port, token):
        super().__init__(port)
        self.cookies, self.bearer = {}, token

    def request(self, method, path, body=None, headers=None):
        return super().request(method, path, body, {**(headers or {}), "Authorization": f"Bearer {self.bearer}", "Accept": "*/*"})


def token_of(console, name, may="read", days=30):
    console.get("/account/tokens")
    got = console.post("/account/tokens", {"name": name, "days": days, "may": may})
    assert got.status == 200, got.complaints()
    assert "no-store" in got.headers["Cache-Control"]
    return re.search(r"ots_[A-Za-z0-9_-]+", got.text).group(0)


def problem(answer, status):
    assert answer.status == status, (answer.status, answer.text[:300])
    assert answer.headers["Content-Type"] == "application/problem+json"
    said = answer.json
    assert said["status"] == status and said["detail"] and said["title"] and said["type"] == "about:blank", said
    return said


@pytest.fixture
def numbers(region):
    """Numbers of the two companies."""
    return {name: region.value("SELECT id FROM company WHERE name = ?", name) for name in (MINATO, KITAKAMI)}


def case_of(console, company, words="x"):
    console.get("/cases/new")
    got = console.post("/cases", {"company": company, "kind": "general_it", "words": words, "source": "phone"})
    assert got.status == 303, got.complaints()
    return got.location.rsplit("/", 1)[1]


def test_a_token_does_what_it_may_and_no_more(region, numbers):
    admin = region.admin()
    number = case_of(admin, numbers[MINATO])
    looks = Program(region.http, token_of(admin, "looks"))
    changes = Program(region.http, token_of(admin, "changes", "change"))
    assert looks.get("/cases").json["cases"][0]["number"] == number
    problem(looks.post(f"/cases/{number}/notes", {"body": "x"}), 403)
    assert changes.post(f"/cases/{number}/notes", {"body": "by a program"}).status == 303
    assert "by a program" in [n["body"] for n in looks.get(f"/cases/{number}").json["story"]]
    problem(changes.post("/account/tokens", {"name": "x", "days": "1"}), 403)
    problem(changes.post("/people", {"login": "x", "name": "x", "org": "1"}), 403)
    wrong = problem(changes.post("/organisations", {"name": "", "kind": "vendor"}), 400)
    assert "name" in [f["field"] for f in wrong["errors"]], wrong
    problem(looks.get("/cases/IW-2026-999999"), 404)


def test_a_token_that_is_over_is_turned_away_in_words(region, numbers):
    admin = region.admin()
    back, over = token_of(admin, "back"), token_of(admin, "over", days=1)
    assert Program(region.http, back).get("/cases").status == 200
    admin.get("/account/tokens")
    number = region.value("SELECT id FROM api_token WHERE name = 'back'")
    assert admin.post(f"/account/tokens/{number}/end").status == 303
    region.stop()
    changed(region, "UPDATE api_token SET expires_us = ? WHERE name = 'over'", int(time.time() * 1e6) - 1)
    region.start()
    for token in (back, over, "ots_" + "0" * 43, "nonsense", ""):
        said = problem(Program(region.http, token).get("/cases"), 401)
        assert "トークン" in said["detail"] and "不具合" not in said["title"], said
        assert Program(region.http, token).get("/cases").headers["WWW-Authenticate"].startswith("Bearer")
    problem(region.console().request("GET", "/cases", headers={"Accept": "application/json"}), 401)


def test_a_companys_token_sees_the_company_alone(region, numbers):
    admin = region.admin()
    mine, others = case_of(admin, numbers[MINATO], "mine"), case_of(admin, numbers[KITAKAMI], "himitsu")
    own = region.person("company", "minato", MINATO)
    program = Program(region.http, token_of(own, "own", "change"))
    assert [c["number"] for c in program.get("/cases").json["cases"]] == [mine]
    problem(program.get(f"/cases/{others}"), 404)
    problem(program.get(f"/members/{numbers[KITAKAMI]}"), 404)
    problem(program.get("/people"), 403)
    problem(program.post(f"/cases/{mine}/notes", {"body": "x"}), 403)
    assert program.get("/portal").json["company"] and "himitsu" not in program.get("/portal").text


# --- webhooks ---

class Receiver(http.server.BaseHTTPRequestHandler):
    got, answers, secret, slow = [], [], None, 0

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        cls = type(self)
        status = cls.answers.pop(0) if cls.answers else 204
        cls.got.append({"id": self.headers["webhook-id"], "status": status, "at": time.monotonic(), "path": self.path,
                        "good": signed(cls.secret, self.headers, body), "body": json.loads(body)})
        time.sleep(cls.slow)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


def signed(secret, headers, body):
    """Standard Webhooks 1.0.0, written down once more."""
    if not secret or abs(time.time() - int(headers["webhook-timestamp"])) > 300:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    text = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    want = "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(want, part) for part in headers["webhook-signature"].split(" "))


class Ears:
    """A receiver that can go away and come back at the same address."""

    def __init__(self, folder):
        ca, key, csr, self.cert = (folder / n for n in ("ca.pem", "ca.key", "leaf.csr", "leaf.pem"))
        ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        run(["openssl", "req", "-x509", *ec, "-days", "2", "-subj", "/CN=hooks CA", "-keyout", key, "-out", ca])
        self.key = folder / "leaf.key"
        run(["openssl", "req", *ec, "-subj", "/CN=hooks", "-keyout", self.key, "-out", csr])
        (folder / "leaf.ext").write_text("subjectAltName=IP:127.0.0.1\n")
        run(["openssl", "x509", "-req", "-in", csr, "-CA", ca, "-CAkey", key, "-CAcreateserial", "-days", "2",
             "-extfile", folder / "leaf.ext", "-out", self.cert])
        self.ca, (self.port,) = ca, free_ports(1)
        self.handler = type("Hears", (Receiver,), {"got": [], "answers": []})
        self.server = None

    def open(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert, self.key)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), self.handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def shut(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    @property
    def url(self):
        return f"https://127.0.0.1:{self.port}/hook"

    @property
    def got(self):
        return self.handler.got

    def wait(self, number, seconds=20):
        wait_for(f"event number {number}", lambda: len(self.got) >= number, seconds)
        return self.got[number - 1]


@pytest.fixture
def ears(folder):
    one = Ears(folder)
    yield one
    one.shut()


@pytest.fixture
def listened(hubs, ears, folder):
    """A hub whose consortium's receiver is at EARS."""
    hub = hubs().init(outbox__inside="true", outbox__ca=ears.ca).start()
    companies_csv(folder / "companies.csv")
    hub.otasuke("company", "import", folder / "companies.csv")
    return hub


def hook_of(admin, hub, ears, org=None, path="", kinds=("incident.",)):
    org = org or hub.value("SELECT id FROM organisation WHERE kind = 'consortium'")
    admin.get("/outbox")
    got = admin.post("/outbox/hooks", {"name": "受け手", "url": ears.url + path, "org": org, **{k: "1" for k in kinds}},
                     "application/json")
    assert got.status == 200 and got.json["secret"].startswith("whsec_"), got.text[:300]
    ears.handler.secret = got.json["secret"]
    return got.json["id"]


def company_of(hub, name=MINATO):
    return hub.value("SELECT id FROM company WHERE name = ?", name)


def test_an_event_is_signed_and_says_what_and_where(listened, ears):
    admin = listened.admin()
    ears.open()
    hook = hook_of(admin, listened, ears)
    number = case_of(admin, company_of(listened), "himitsu no kotoba")
    event = ears.wait(1)
    assert event["good"], "the signature is wrong"
    assert event["body"]["id"] == event["id"] and event["body"]["type"] == "incident.open"
    assert event["body"]["url"].endswith(f"/cases/{number}") and event["body"]["number"] == number
    assert "himitsu" not in json.dumps(event["body"], ensure_ascii=False) and MINATO not in str(event["body"])
    # Another key: what comes now is signed with it, and no longer with the first.
    admin.get("/outbox")
    old = ears.handler.secret
    ears.handler.secret = admin.post(f"/outbox/hooks/{hook}/secret", {}, "application/json").json["secret"]
    assert ears.handler.secret != old
    admin.get(f"/cases/{number}")
    assert admin.post(f"/cases/{number}/state", {"state": "contained"}).status == 303
    assert ears.wait(2)["good"]
    ears.handler.secret = old
    tested = admin.post(f"/outbox/hooks/{hook}/test", {}, "application/json").json
    assert tested["arrived"] and not ears.wait(3)["good"]


def test_a_receiver_that_fails_is_asked_again_with_the_same_id(listened, ears):
    admin = listened.admin()
    ears.handler.answers = [500]
    ears.open()
    hook_of(admin, listened, ears)
    case_of(admin, company_of(listened))
    first, second = ears.wait(1), ears.wait(2)
    assert (first["status"], second["status"]) == (500, 204)
    assert first["id"] == second["id"] and first["good"] and second["good"]
    assert 4 <= second["at"] - first["at"] <= 12, "the first pause is five seconds"
    wait_for("it is done", lambda: listened.rows("SELECT DISTINCT state, tries FROM outbox") == [("sent", 2)], 10)


def test_what_is_queued_outlives_the_hub(listened, ears):
    """The receiver is away, the power goes, the hub comes back, then the receiver: one delivery each, the same ids."""
    admin = listened.admin()
    hook_of(admin, listened, ears)
    numbers = [case_of(admin, company_of(listened)) for _ in range(3)]
    wait_for("it was tried", lambda: listened.value("SELECT coalesce(max(tries), 0) FROM outbox") > 0, 20)
    assert "onnect" in listened.value("SELECT error FROM hook"), listened.rows("SELECT error FROM hook")
    queued = [r[0] for r in listened.rows("SELECT event FROM outbox WHERE state = 'queued' ORDER BY id")]
    listened.kill()
    ears.open()
    listened.start()
    wait_for("all have come", lambda: {g["body"].get("number") for g in ears.got if g["status"] == 204} >= set(numbers), 60)
    wait_for("nothing waits", lambda: listened.value("SELECT count(*) FROM outbox WHERE state = 'queued'") == 0, 20)
    ids = [g["id"] for g in ears.got]
    assert len(ids) == len(set(ids)) and set(queued) <= set(ids), (queued, ids)
    assert all(g["good"] for g in ears.got)


def test_what_cannot_be_delivered_shows_on_the_front_page_until_it_arrives(listened, ears):
    admin = listened.admin()
    hook_of(admin, listened, ears)
    case_of(admin, company_of(listened))
    wait_for("it was tried", lambda: listened.value("SELECT coalesce(max(tries), 0) FROM outbox") > 0, 20)
    assert "/outbox" not in admin.get("/").text.split('id="main"')[1], "nothing is given up yet"
    listened.stop()
    changed(listened, "UPDATE outbox SET made_us = made_us - ?", 4 * DAY_US)
    changed(listened, "UPDATE hook SET next_try_us = 0, made_us = made_us - ?", 5 * DAY_US)
    listened.start()
    wait_for("it is given up", lambda: listened.value("SELECT count(*) FROM outbox WHERE state = 'dead'") == 1, 20)
    admin = listened.admin()
    assert 'href="/outbox"' in admin.get("/").text.split('id="main"')[1], "the front page says so"
    dead, = admin.get_json("/outbox")["dead"]
    assert dead["error"] and dead["tries"] >= 2
    ears.open()
    admin.get("/outbox")
    assert admin.post(f"/outbox/{dead['id']}/again").status == 303
    assert ears.wait(1)["id"] == dead["event"]
    wait_for("nothing is left", lambda: admin.get_json("/outbox")["dead"] == [], 20)
    assert 'href="/outbox"' not in admin.get("/").text.split('id="main"')[1]


def test_gone_is_taken_at_its_word(listened, ears):
    admin = listened.admin()
    ears.handler.answers = [410]
    ears.open()
    hook_of(admin, listened, ears)
    case_of(admin, company_of(listened))
    wait_for("it is given up", lambda: len(admin.get_json("/outbox")["dead"]) >= 1, 20)
    hook, = admin.get_json("/outbox")["hooks"]
    assert not hook["active"] and "410" in hook["error"]


def test_a_companys_receiver_hears_of_the_company_alone(listened, ears):
    admin = listened.admin()
    ears.open()
    listened.person("company", "minato", MINATO)
    org = listened.value("SELECT id FROM organisation WHERE member_company_id = ?", company_of(listened))
    kinds = [r for r in re.findall(r'name="([a-z]+\.)"', admin.get("/outbox/hooks/new").text)]
    assert len(kinds) > 5
    hook_of(admin, listened, ears, org, "/own", kinds)
    secret = ears.handler.secret
    hook_of(admin, listened, ears, path="/all", kinds=kinds)
    others = case_of(admin, company_of(listened, KITAKAMI))
    mine = case_of(admin, company_of(listened))
    for number in (others, mine):
        for path, form in (("notes", {"body": "x"}), ("tasks", {"text": "x", "role": "desk"}),
                           ("consents", {"what": "visit", "how": "call", "given_by": "x"})):
            admin.get(f"/cases/{number}")
            assert admin.post(f"/cases/{number}/{path}", form).status == 303
    def heard(path):
        return sum(g["path"] == path and g["body"].get("number") == mine for g in ears.got)
    wait_for("both were told to the end", lambda: heard("/hook/own") == heard("/hook/all") > 2
             and listened.value("SELECT count(*) FROM outbox WHERE state = 'queued'") == 0, 30)
    own = [g for g in ears.got if g["path"] == "/hook/own"]
    assert {g["body"].get("number", mine) for g in own} == {mine} and own
    assert {g["body"]["company_id"] for g in own} == {company_of(listened)}
    assert others in {g["body"].get("number") for g in ears.got if g["path"] == "/hook/all"}
    assert secret != ears.handler.secret


def test_a_wrong_certificate_is_not_told_anything(hubs, ears, folder):
    hub = hubs().init(outbox__inside="true").start()  # the system's authorities: ours is none of them
    companies_csv(folder / "companies.csv")
    hub.otasuke("company", "import", folder / "companies.csv")
    admin = hub.admin()
    ears.open()
    hook_of(admin, hub, ears)
    case_of(admin, company_of(hub))
    wait_for("it was tried", lambda: hub.value("SELECT coalesce(max(tries), 0) FROM outbox") > 0, 20)
    assert not ears.got and "ertificate" in hub.value("SELECT error FROM hook")


# --- mails: the same for those that go to people ---

def posted(hub, admin, mail="madoguchi@isp.example"):
    """A message of a thread that shall go by mail."""
    number = case_of(admin, company_of(hub))
    admin.get(f"/cases/{number}")
    got = admin.post(f"/cases/{number}/threads", {"kind": "isp", "org_name": "回線事業者", "mail": mail, "see_company": ""})
    assert got.status == 303, got.complaints()
    thread = got.location.partition("#")[0]
    admin.get(thread)
    got = admin.post(f"{thread}/messages", {"direction": "out", "channel": "mail", "send": "1", "subject": "お知らせ",
                                            "body": "himitsu no tegami"})
    assert got.status == 303, got.complaints()
    return thread


def test_a_mail_outlives_the_hub(hubs, mailbox, folder):
    hub = hubs().init(mail__url=mailbox.url, mail__from="desk@hub.example").start()
    companies_csv(folder / "companies.csv")
    hub.otasuke("company", "import", folder / "companies.csv")
    mailbox.refuse = "451 later"
    posted(hub, hub.admin())
    wait_for("it was tried", lambda: hub.value("SELECT coalesce(max(attempts), 0) FROM thread_message") > 0, 30)
    hub.kill()
    mailbox.refuse = None
    changed(hub, "UPDATE thread_message SET next_try_us = 0 WHERE state = 'queued'")
    hub.start()
    (to, mail), = mailbox.wait(1)
    assert to == ["madoguchi@isp.example"] and "himitsu no tegami" in mail.get_content()
    wait_for("nothing waits", lambda: hub.value("SELECT count(*) FROM thread_message WHERE state = 'queued'") == 0, 20)
    assert len(mailbox.mails) == 1, "once"


def test_a_mail_that_is_refused_comes_back_to_the_front_page(hubs, mailbox, folder):
    hub = hubs().init(mail__url=mailbox.url, mail__from="desk@hub.example").start()
    companies_csv(folder / "companies.csv")
    hub.otasuke("company", "import", folder / "companies.csv")
    admin = hub.admin()
    mailbox.refuse = "550 no such person"
    thread = posted(hub, admin)
    wait_for("it is given up", lambda: hub.value("SELECT state FROM thread_message ORDER BY id DESC") == "failed", 30)
    page = admin.get("/").text.split('id="main"')[1]
    assert thread in page, "the front page leads to it"
    assert "550" in admin.get(thread).text
