# SPDX-License-Identifier: Apache-2.0
"""Nobody sees or changes what is not theirs: every route, asked by every role, about a foreign company.

The routes come from the hub itself (`otasuke-hub --routes`); one that this test cannot ask fails by name. On SQLite, and on
PostgreSQL where OTASUKE_TEST_PG names a cluster (tools/pg-run). It looks from outside, as the hub's own leak test
(src/hub/test_hub_leak.c) looks from within: what a request sees, what it hears, and what it changes in the store.
"""
import os
import re
import time
import urllib.parse

import pytest

from harness.admin import Admin
from harness.hub import PASSWORD, Hub
from harness.programs import wait_for
from harness.region import KITAKAMI, MINATO, companies_csv
from harness.store import Postgres
from harness.stream import Stream

SECRET = "himitsu-no-kotoba"  # in every text that is typed about company A
KIND = "unauthorised_device"  # of the case
MARKS = ["みなと", "ミナト", "MINATO", "湊 浩一", "minato@", "0190000102", "019-000-0102", "0190000101", "019-000-0101",
         "Galaxy-A54", "d2:5e:77:3a:91:04", "203.0.113.66", "釜石", SECRET, KIND]
JSON = {"Accept": "application/json"}
PART = {"HX-Request": "true"}


# --- how to ask: the hub lists its routes, these tables say what to put into them ---

# What of company A stands behind each part of a path. A path with such a part is about A: a foreigner is turned away.
THINGS = {
    "/people/{id}": "person",
    "/organisations/{id}": "org",
    "/members/{id}": "company",
    "/members/{id}/contacts/{contact}": "contact",
    "/members/{id}/relations/{relation}": "relation",
    "/members/{id}/contracts/{contract}": "contract",
    "/members/{id}/consents/{consent}": "consent",
    "/members/{id}/devices/{device}": "device",
    "/fleet/{id}": "sensor",
    "/intel/feeds/{id}": "feed",
    "/intel/verdicts/{id}": "verdict",
    "/alerts/{id}": "alert",
    "/mutes/{id}": "mute",
    "/notices/{id}": "notice",
    "/cases/{number}": "case",
    "/cases/{number}/consents/{id}": "case_consent",
    "/cases/{number}/entries/{id}": "entry",
    "/cases/{number}/ties/{id}": "number_one",
    "/cases/{number}/calls/{company}": "company",
    "/cases/{number}/steps/{procedure}": "procedure",
    "/steps/{procedure}": "procedure",
    "/cases/{number}/evidence/{no}": "number_one",
    "/cases/{number}/costs/{id}": "cost",
    "/cases/{number}/devices/{id}": "case_device",
    "/cases/{number}/indicators/{id}": "case_indicator",
    "/cases/{number}/measures/{id}": "measure",
    "/cases/{number}/duties/{id}": "duty",
    "/cases/{number}/report/{form}": "report_form",
    "/cases/{number}/tasks/{id}": "task",
    "/playbooks/{kind}": "playbook",
    "/portal/cases/{number}": "case",
    "/portal/consents/{id}": "case_consent",
    "/portal/devices/{id}": "device",
    "/threads/{id}": "thread",
    "/threads/{id}/files/{file}": "number_one",
    "/cases/{number}/asks/{id}": "number_one",
    "/asks/{id}": "number_one",
    "/outbox/{id}": "number_one",
    "/outbox/hooks/{id}": "hook",
    "/account/tokens/{id}": "number_one",
    "/orders/{id}": "order",
    "/screens/{id}": "screen",
    "/r/{token}": "wrong_token",
    "/account/sessions/{id}": "session",
    "/assets/{name}": "asset",
}
# They answer everybody: with what is the asker's own, with nothing, or with a file.
ANSWERED = {"/account/sessions/{id}/end", "/assets/{name}", "/steps/{procedure}", "/playbooks/{kind}", "/playbooks/{kind}/text",
            "/outbox/hooks/{id}", "/outbox/hooks/{id}/secret", "/outbox/hooks/{id}/test"} | {f"/intel/feeds/{{id}}{verb}" for verb in (
    "", "/edit", "/check", "/import", "/fetch", "/empty", "/remove")}
# About the installation, not about a company: nobody's business but the administrator's socket.
SOCKET_ONLY = {"/admin/check", "/admin/backup"}
# Tested by themselves below.
APART = {"/live", "/logout"}
# Asked with more than the path: so that the page has something to find.
QUERIES = {"/people": "?all=1", "/cases/new": "?q=%E3%81%BF%E3%81%AA%E3%81%A8", "/cases/new/companies": "?q=0190000102", "/search": "?q=%E3%81%BF%E3%81%AA%E3%81%A8", "/intel/find": "?q=lists.example", "/intel/one": "?kind=ip&value=203.0.113.66",
           "/reports": "?kind=unauthorised_device"}
# What is posted: complete, so that only the question who asks can stop it. {words} in braces are A's.
FORMS = {
    "/admin/backup": {"path": "/tmp/otasuke-leak.tar"},
    "/login": {"login": "minato", "password": "wrong"},
    "/lang": {"lang": "ja", "back": "/"},
    "/logout": {},
    "/login/totp": {"code": "000000"},
    "/account/password": {"old": "wrong", "new": "x"},
    "/account/totp": {"code": "000000"},
    "/account/totp/later": {},
    "/account/totp-off": {"password": "wrong"},
    "/account/sessions/{id}/end": {},
    "/account/sessions/end": {},
    "/people": {"login": "spy", "name": "S", "org": "{org}", "role": "company"},
    "/people/{id}": {"name": "changed", "role": "company", "active": "1"},
    "/people/{id}/reset": {},
    "/organisations": {"name": "", "kind": "vendor"},
    "/organisations/{id}": {"name": "changed", "active": "1"},
    "/members": {"name": ""},
    "/members/import": {},
    "/members/import/confirm": {"token": "{draft}"},
    "/members/{id}/edit": {"name": "changed", "kana": "x", "prefecture": "3"},
    "/members/{id}/end": {},
    "/members/{id}/contacts/{contact}": {"name": "changed", "channel": "mail"},
    "/members/{id}/contacts/{contact}/remove": {},
    "/members/{id}/relations/new": {"org": "{asker_org}", "kind": "vendor", "from": "2030-01-01"},
    "/members/{id}/relations/{relation}/end": {},
    "/members/{id}/sites/new": {"name": "x", "prefecture": "3"},
    "/members/{id}/contracts/new": {"plan": "x", "class": "1", "type": "network", "fee": "5000", "devices": "5",
                                    "from": "2030-01-01"},
    "/members/{id}/contracts/{contract}/end": {},
    "/members/{id}/consents/new": {"class": "dns", "given_by": "x", "evidence": "x", "from": "2030-01-01"},
    "/members/{id}/consents/{consent}/revoke": {},
    "/members/{id}/codes": {"name": "x"},
    "/members/{id}/devices/{device}": {"name": "changed"},
    "/fleet/codes": {"company": MINATO, "name": "x"},
    "/fleet/{id}/revoke": {"why": "x"},
    "/fleet/{id}/name": {"name": "changed"},
    "/intel/own": {"value": "lists.example", "tlp": "amber"},
    "/intel/own/remove": {"kind": "domain", "value": "none.example"},
    "/intel/verdicts/{id}/end": {},
    "/intel/feeds": {"name": ""},
    "/intel/feeds/{id}/edit": {"name": "x", "tlp": "clear", "confidence": "50", "every": "3600", "enabled": "1"},
    "/intel/feeds/{id}/check": {},
    "/intel/feeds/{id}/import": {"token": "none"},
    "/intel/feeds/{id}/fetch": {},
    "/intel/feeds/{id}/empty": {},
    "/intel/feeds/{id}/remove": {},
    "/alerts/{id}/accept": {},
    "/alerts/{id}/close": {"why": "x"},
    "/alerts/{id}/mute": {"device": "1", "days": "3", "reason": "x"},
    "/alerts/{id}/wrong": {"for": "region", "reason": "x"},
    "/alerts/{id}/ours": {"what": "device"},
    "/mutes/{id}/end": {},
    "/notices/{id}/called": {"outcome": "reached"},
    "/r/{token}": {},
    "/cases": {"alert": "{open_alert}", "company": "{company}", "kind": "general_it", "words": "x", "source": "phone"},
    "/cases/{number}/actions": {"channel": "phone", "body": "x", "minutes": "1"},
    "/cases/{number}/notes": {"body": "x"},
    "/cases/{number}/take": {},
    "/cases/{number}/state": {"state": "contained"},
    "/cases/{number}/devices": {"name": "x", "address": "192.0.2.1", "state": "clean"},
    "/cases/{number}/indicators": {"type": "domain", "value": "x.example"},
    "/cases/{number}/consents": {"what": "visit", "how": "call", "given_by": "x"},
    "/cases/{number}/asks": {"what": "visit", "until": "day", "why": "x"},
    "/cases/{number}/asks/{id}/withdraw": {},
    "/asks/{id}/answer": {"answer": "no"},
    "/cases/{number}/consents/{id}/revoke": {},
    "/cases/{number}/orders": {"type": "test"},
    "/cases/{number}/steps/{procedure}": {"step": "1", "minutes": "1"},
    "/cases/{number}/screens": {"tool": "rustdesk", "device": "x"},
    "/account/tokens": {"name": "", "days": "1"},
    "/account/tokens/{id}/end": {},
    "/api/import/iris": {},
    "/api/import/thehive": {},
    "/cases/export": {"kind": "cases_csv", "state": "any"},
    "/cases/history": {},
    "/cases/history/confirm": {"token": "none"},
    "/cases/{number}/answers": {"question": "backup", "answer": "yes"},
    "/cases/{number}/costs": {"category": "parts", "what": "x", "minutes": "1"},
    "/cases/{number}/costs/{id}/void": {"why": "x"},
    "/cases/{number}/devices/{id}": {"was": "suspected", "state": "clean", "why": "x"},
    "/cases/{number}/duties": {"known": "2026-11-23T09:00", "personal": "yes", "version": "1"},
    "/cases/{number}/duties/items": {"item": "overview", "state": "known", "body": "x"},
    "/cases/{number}/duties/{id}/made": {"version": "1", "to": "x"},
    "/cases/{number}/duties/{id}/unmade": {"version": "1"},
    "/cases/{number}/evidence": {"note": "x"},
    "/cases/{number}/evidence/{no}/custody": {"kind": "noted", "why": "x"},
    "/cases/{number}/evidence/{no}/destroy": {"why": "x"},
    "/cases/{number}/evidence/{no}/download": {"why": "x"},
    "/cases/{number}/evidence/{no}/tlp": {"tlp": "amber"},
    "/cases/{number}/evidence/{no}/verify": {},
    "/cases/{number}/export": {"kind": "company_pdf"},
    "/cases/{number}/indicators/{id}": {"tlp": "clear"},
    "/cases/{number}/kind": {"kind": "ransomware"},
    "/cases/{number}/measures": {"kind": "block", "what": "x"},
    "/cases/{number}/measures/{id}/end": {"version": "1", "why": "x"},
    "/cases/{number}/measures/{id}/until": {"version": "1"},
    "/cases/{number}/playbook": {},
    "/cases/{number}/tasks": {"text": "x", "role": "desk"},
    "/cases/{number}/tasks/done": {"upto": "1795395600000000"},
    "/cases/{number}/tasks/{id}": {"version": "1", "state": "done"},
    "/cases/{number}/tasks/{id}/owner": {"version": "1", "role": "desk"},
    "/cases/{number}/things": {"kind": "disk", "name": "x"},
    "/cases/{number}/threads": {"kind": "isp", "org_name": "x"},
    "/cases/{number}/threads/own": {},
    "/threads/{id}": {"org_name": "x"},
    "/threads/{id}/done": {"done": "1"},
    "/threads/{id}/files/{file}": {},
    "/threads/{id}/messages": {"direction": "out", "channel": "phone", "body": "x"},
    "/outbox/again": {},
    "/outbox/hooks": {"name": ""},
    "/outbox/hooks/{id}": {"name": ""},
    "/outbox/hooks/{id}/secret": {},
    "/outbox/hooks/{id}/test": {},
    "/outbox/{id}/again": {},
    "/outbox/{id}/drop": {},
    "/portal/ask": {"case": "{case}", "body": "x"},
    "/portal/cases/{number}/consents": {"use_visit": "1", "until": "day"},
    "/portal/cases/{number}/files": {"note": "x"},
    "/portal/consents/{id}/revoke": {},
    "/portal/devices/{id}": {"name": "changed", "ours": "yes"},
    "/orders/{id}/end": {},
    "/screens/{id}/end": {"minutes": "1", "did": "x"},
    "/cases/{number}/edit": {"version": "1", "title": "changed"},
    "/cases/{number}/entries/{id}": {"old": "x", "body": "changed"},
    "/cases/{number}/merge": {"into": "IW-2026-000001"},
    "/cases/{number}/unmerge": {},
    "/cases/{number}/split": {"title": "changed", "kind": "general_it", "entry": "1"},
    "/cases/{number}/ties": {"other": "IW-2026-000001", "kind": "related"},
    "/cases/{number}/ties/{id}/remove": {},
    "/cases/{number}/tags": {"tag": "changed"},
    "/cases/{number}/tags/remove": {"tag": "changed"},
    "/cases/{number}/calls/{company}": {},
    "/cases/{number}/calls/{company}/not-needed": {"why": "x"},
    "/cases/bulk": {"do": "take"},
    "/alerts/bulk": {"do": "dismiss"},
    "/cases/{number}/close": {"cause": "x", "lesson": "x"},
    "/cases/{number}/reopen": {"why": "x"},
}


def things_of(pattern):
    """The names of A's things in a pattern, in order; None for a part that THINGS does not know."""
    parts = pattern.split("/")
    return [THINGS.get("/".join(parts[:i + 1])) for i, part in enumerate(parts) if part.startswith("{")]


def path_of(pattern, ids):
    for name in things_of(pattern):
        pattern = re.sub(r"\{\w+\}", str(ids[name]), pattern, count=1)
    return pattern


def turns_away(pattern):
    """Whether a foreigner must not get an answer at all."""
    return pattern in SOCKET_ONLY or (bool(things_of(pattern)) and pattern not in ANSWERED)


ROUTES = [(r["method"], r["pattern"]) for r in Hub.routes()]
# About A, and for its desk too without words about A, or with nothing to show here: src/hub/test_hub_leak.c looks at these.
UNMARKED = {"/cases/{number}/evidence/{no}/custody.csv", "/cases/{number}/evidence/{no}/packets", "/cases/{number}/steps/{procedure}",
            "/cases/{number}/screens", "/cases/{number}/orders/new", "/orders/{id}/file", "/screens/{id}/log",
            "/cases/{number}/entries/{id}", "/portal/cases/{number}"}
KIND_IS_A_CHOICE = {"/reports", "/cases", "/cases/new", "/playbooks", "/api", "/api/openapi.json"}  # in their forms and words, with or without cases of that kind

# What a company itself does with its cases: it takes a consent back, and keeps a report.
COMPANYS_OWN = {"/cases/{number}/consents/{id}/revoke", "/cases/{number}/export"}
# Written by the hub itself, in its own time: what it has for the sensors, what was looked at, what cases have in common.
HANDED_OUT = {"item", "sensor_item", "intel_sent", "seen", "case_trait", "case_trait_mark", "who_else", "sighting"}
# role, kind of its organisation; none of them has anything to do with company A
FOREIGNERS = [("analyst", "vendor"), ("technician", "it_company"), ("insurer", "insurer"), ("specialist", "vendor"),
              ("teacher", "school"), ("desk", "consortium"), ("admin", "consortium")]


# --- the world in which it is asked ---

class World:
    """Two companies; A has one of everything, and words about A are full of marks."""

    def __init__(self, hub, folder):
        self.hub, self.admin = hub, Admin(hub.state)
        companies_csv(folder / "companies.csv")
        hub.otasuke("company", "import", folder / "companies.csv")
        self.a = hub.value("SELECT id FROM company WHERE name = ?", MINATO)
        self.b = hub.value("SELECT id FROM company WHERE name = ?", KITAKAMI)
        self.desk = hub.admin()
        self.ids = {"company": self.a, "wrong_token": "0" * 43, "number_one": 1, "asset": "app.css"}

    def id_of(self, table, where="company_id = ?"):
        return self.hub.value(f"SELECT max(id) FROM {table} WHERE {where}", self.a)

    def send(self, path, **form):
        got = self.desk.post(path, form)
        assert got.status == 303, (path, got.status, got.complaints())
        return got

    def fill_members(self):
        here = f"/members/{self.a}"
        today = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 9 * 3600))
        self.desk.get(here)
        self.send(f"{here}/sites/new", name=f"{SECRET} 工場", prefecture="3")
        self.send(f"{here}/contracts/new", **{"plan": SECRET, "class": "1", "type": "network", "fee": "5000",
                                              "devices": "5", "from": today})
        self.send(f"{here}/consents/new", **{"class": "dns", "given_by": SECRET, "evidence": SECRET, "from": today})
        for key, table in (("contact", "contact"), ("site", "site"), ("contract", "contract"), ("consent", "consent"),
                           ("relation", "relation")):
            self.ids[key] = self.id_of(table)
        self.desk.get("/members/import")
        got = self.desk.post_file("/members/import", "file", "a.csv", f"会社名,都道府県\n{MINATO},岩手県\n".encode())
        self.ids["draft"] = re.search(r'name="token" value="([^"]+)"', got.text).group(1)

    def fill_accounts(self):
        self.hub.person("company", "minato", MINATO, f"湊 {SECRET}")
        self.ids["org"] = self.hub.value("SELECT id FROM organisation WHERE member_company_id = ?", self.a)
        self.ids["person"] = self.hub.value("SELECT id FROM person WHERE login = 'minato'")
        self.ids["session"] = self.hub.value("SELECT max(id) FROM session WHERE person_id = ?", self.ids["person"])

    def alerts_are_there(self):
        found = {row[0] for row in self.hub.rows("SELECT detector FROM alert WHERE device_name = 'Galaxy-A54'")}
        return {"known_bad", "beacon", "new_device"} <= found

    def fill_lists(self):
        self.desk.get("/intel/own/new")
        self.send("/intel/own", value="lists.example", tlp="amber")
        self.ids["feed"] = self.hub.value("SELECT id FROM intel_feed WHERE way = 'hand'")
        self.ids["verdict"] = 0  # a verdict ends an alert that is needed here; src/hub/test_hub_leak.c asks with a real one

    def fill_alerts(self, sensor, day, indicators):
        sensor.enrol(self.hub.code(MINATO, "--name", f"{SECRET}-sensor"))
        sensor.configure(replay=day, replay_shift="now", probe__learning="15m", probe__indicators=indicators).start()
        wait_for("the alerts", self.alerts_are_there, 60)
        sensor.stop()
        self.ids["alert"], self.ids["open_alert"] = [r[0] for r in self.hub.rows(
            "SELECT id FROM alert WHERE severity >= 3 ORDER BY id")][:2]
        self.ids["sensor"] = self.id_of("sensor")
        self.ids["device"] = self.id_of("device", "hostname = 'Galaxy-A54' AND company_id = ?")
        quiet = self.hub.value("SELECT id FROM alert WHERE detector = 'new_device' AND device_name = 'Galaxy-A54'")
        self.desk.get(f"/alerts/{quiet}")
        self.send(f"/alerts/{quiet}/mute", device="1", detector="1", days="3", reason=SECRET)
        wait_for("no mail is on its way", lambda: self.hub.value("SELECT count(*) FROM notice WHERE state = 'queued'") == 0)
        self.ids["mute"], self.ids["notice"] = self.id_of("mute"), self.id_of("notice")

    def fill_cases(self):
        self.desk.get("/cases/new")
        got = self.send("/cases", alert=self.ids["alert"], kind=KIND, words=SECRET)
        self.ids["case"] = number = got.location.rsplit("/", 1)[1]
        self.send(f"/cases/{number}/actions", channel="visit", body=SECRET, minutes="5", cost="100")
        self.send(f"/cases/{number}/consents", what="visit", how="call", given_by=SECRET)
        self.ids["case_consent"] = self.id_of("incident_consent")
        self.ids["procedure"] = "unplug"
        self.send(f"/cases/{number}/consents", what="remote_access", how="call", given_by=SECRET)
        self.send(f"/cases/{number}/orders", type="test")
        self.send(f"/cases/{number}/screens", tool="rustdesk", device=SECRET)
        self.send(f"/cases/{number}/things", kind="disk", name=SECRET)
        self.send(f"/cases/{number}/costs", category="parts", what=SECRET, minutes="1", yen="100")
        self.send(f"/cases/{number}/measures", kind="block", what=SECRET)
        self.send(f"/cases/{number}/devices", name=SECRET, address="192.0.2.9", state="suspected")
        self.send(f"/cases/{number}/indicators", type="domain", value="himitsu.example")
        self.send(f"/cases/{number}/tasks", text=SECRET, role="desk")
        self.send(f"/cases/{number}/threads", kind="isp", org_name=SECRET)
        self.send(f"/cases/{number}/duties", known="2026-11-23T09:00", personal="yes", version="0")
        self.ids["entry"] = self.id_of("incident_entry", "body <> '' AND company_id = ?")
        for key, table in (("cost", "evidence_cost"), ("measure", "evidence_measure"), ("case_device", "incident_device"),
                           ("case_indicator", "incident_indicator"), ("task", "case_task"), ("thread", "thread"),
                           ("duty", "case_duty")):
            self.ids[key] = self.id_of(table)
        self.ids["report_form"], self.ids["playbook"], self.ids["hook"] = "ransomware", "ransomware", 0
        self.ids["order"], self.ids["screen"] = self.id_of("sensor_order"), self.id_of("screen_session")

    def foreigners(self):
        """Every role in an organisation that has nothing to do with A, a person of company B, and nobody."""
        people = {"nobody": (self.hub.console(), 0)}
        for role, kind in FOREIGNERS:
            name = f"よその {kind}"
            if name not in {o["name"] for o in self.admin.get("/organisations")}:
                self.admin.post("/organisations", {"kind": kind, "name": name})
            people[role] = (self.hub.person(role, f"yoso-{role}", name),
                            self.hub.value("SELECT id FROM organisation WHERE name = ?", name))
        people["company"] = (self.hub.person("company", "kitakami", KITAKAMI),
                             self.hub.value("SELECT id FROM organisation WHERE member_company_id = ?", self.b))
        return people

    def of_a(self):
        """A condition for every table that says which rows are A's."""
        people = f"SELECT m.person_id FROM membership m JOIN organisation o ON o.id = m.org_id" \
                 f" WHERE o.member_company_id = {self.a}"
        where = {"company": f"id = {self.a}", "organisation": f"member_company_id = {self.a}",
                 "person": f"id IN ({people})", "membership": f"person_id IN ({people})",
                 "session": f"person_id IN ({people})", "audit": f"about_company_id = {self.a}"}
        for table, columns in self.hub.store.tables().items():
            if "company_id" in columns and table not in {"sensor"} | HANDED_OUT:
                where[table] = f"company_id = {self.a}"
        where["sensor"] = f"company_id = {self.a} AND state = 'enrolled' AND revoked_us = 0"
        return where


@pytest.fixture
def world(request, hubs, folder, sensors, day, indicators):
    store = None
    settings = {"watch__unread_call_after": "7d", "accounts__login_burst": "1000", "accounts__address_burst": "100000"}
    if getattr(request, "param", "sqlite") == "postgresql":
        if not os.environ.get("OTASUKE_TEST_PG_ADMIN"):
            pytest.skip("no PostgreSQL: run by tools/pg-run")
        store = Postgres()
        settings["hub__database"] = store.url
    hub = hubs()
    if store:
        hub.store = store
    hub.init(**settings).start()
    w = World(hub, folder)
    w.fill_members()
    w.fill_accounts()
    w.fill_lists()
    w.fill_alerts(sensors(), day, indicators)
    w.fill_cases()
    yield w
    hub.stop()
    if store:
        store.drop()


# --- the questions ---

def test_every_route_can_be_asked():
    unknown = [f"{m} {p}: say in THINGS what its parts are" for m, p in ROUTES if None in things_of(p)]
    unknown += [f"POST {p}: say in FORMS what is posted" for m, p in ROUTES if m == "POST" and p not in FORMS]
    gone = set(FORMS) - {p for m, p in ROUTES if m == "POST"}
    assert not unknown and not gone, "\n".join(unknown + sorted(gone))


def marks_in(answer, asked, pattern):
    """Marks that the answer holds though the asker did not send them."""
    whole = answer.text + " ".join(f"{k}: {v}" for k, v in answer.headers.items())
    found = [m for m in MARKS if m in whole and m not in asked]
    return [m for m in found if m != KIND or pattern not in KIND_IS_A_CHOICE]


def ask(console, method, pattern, ids, headers):
    """The answer, and everything that was sent to get it."""
    path = path_of(pattern, ids) + (QUERIES.get(pattern, "") if method == "GET" else "")
    if method == "GET":
        return console.get(path, **headers), urllib.parse.unquote(path)
    form = {k: v.format(**ids) for k, v in FORMS[pattern].items()}
    return console.post(path, form, headers.get("Accept", "text/html")), path + repr(form)


def turned_away(answer):
    return answer.status in (401, 403, 404) or (answer.status == 303 and answer.location.startswith("/login"))


def fault(method, pattern, answer, asked):
    """What is wrong with an answer to a foreigner, in words; None when nothing is."""
    found = marks_in(answer, asked, pattern)
    if found:
        return f"{method} {pattern} answers {answer.status} with {found}"
    if turns_away(pattern) and not turned_away(answer):
        return f"{method} {pattern} answers {answer.status} {answer.location}"
    if answer.status >= 500:
        return f"{method} {pattern} answers {answer.status}: {answer.text[:300]}"
    return None


@pytest.mark.parametrize("world", ["sqlite", "postgresql"], indirect=True)
def test_foreigners_see_and_change_nothing(world):
    wrong, where = [], world.of_a()
    people = world.foreigners()
    wait_for("the search has caught up", lambda: world.hub.value("SELECT count(*) FROM search_due") == 0)
    before = world.hub.store.fingerprint(where)
    for who, (console, org) in people.items():
        for method, pattern in ROUTES:
            if pattern in APART:
                continue
            for headers in ({}, JSON) if method == "POST" else ({}, JSON, PART):
                answer, asked = ask(console, method, pattern, {**world.ids, "asker_org": org}, headers)
                words = fault(method, pattern, answer, asked)
                wrong += [f"{who}: {words}"] if words else []
            if method == "POST":
                after = world.hub.store.fingerprint(where)
                wrong += [f"{who}: POST {pattern} changed {t}" for t in after if after[t] != before[t]]
                before = after
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("world", ["sqlite", "postgresql"], indirect=True)
def test_whom_it_concerns_sees_it(world):
    """The other half: the same questions, asked by the desk of A, have answers."""
    wrong, lists = [], {"/", "/members", "/members.csv", "/alerts", "/alerts.csv", "/cases", "/cases.csv", "/mutes",
                        "/people", "/organisations"}
    for method, pattern in ROUTES:
        about = (turns_away(pattern) and pattern not in SOCKET_ONLY and pattern != "/r/{token}") or pattern in lists
        if method != "GET" or not about or pattern in UNMARKED:
            continue
        answer, asked = ask(world.desk, method, pattern, world.ids, {})
        if answer.status != 200 or not marks_in(answer, asked, pattern):
            wrong.append(f"GET {pattern} answers {answer.status} with {marks_in(answer, asked, pattern)}")
    assert not wrong, "\n".join(wrong)


def test_own_company_sees_itself_and_may_not_work(world):
    own = world.hub.console().sign_in("minato", PASSWORD)
    assert MINATO in own.get(f"/members/{world.a}").text
    assert own.get(f"/alerts/{world.ids['alert']}").status == 200
    assert own.get(f"/cases/{world.ids['case']}").status == 200
    assert own.get(f"/members/{world.b}").status == 404
    for method, pattern in ROUTES:
        if pattern in COMPANYS_OWN:
            continue
        if method == "POST" and pattern.startswith(("/alerts", "/cases", "/mutes", "/notices", "/orders", "/screens")):
            answer, _ = ask(own, method, pattern, world.ids, {})
            assert answer.status == 403, (pattern, answer.status)


def test_events_tell_only_whom_they_concern(world):
    """Open pages of foreigners hear nothing when an alert of A changes; the desk does."""
    people = {who: console for who, (console, _) in world.foreigners().items() if who != "nobody"}
    streams = {who: Stream(console) for who, console in {**people, "A's desk": world.desk}.items()}
    world.send(f"/alerts/{world.ids['open_alert']}/accept")
    wait_for("the desk hears of it", lambda: b"event: alert" in streams["A's desk"].heard(), 20)
    told = {who for who, s in streams.items() if b"event: alert" in s.heard(0.3)}
    for s in streams.values():
        s.close()
    assert told == {"A's desk"}


def test_sign_out_is_ones_own(world):
    people = world.foreigners()
    console, _ = people["technician"]
    console.get("/account")
    assert console.post("/logout").status == 303
    assert turned_away(console.get("/alerts"))
    assert people["analyst"][0].get("/alerts").status == 200
