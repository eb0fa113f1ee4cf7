# SPDX-License-Identifier: Apache-2.0
"""The demonstration's region: companies, organisations, people and who serves whom. All fictional (dist/demo/)."""
import csv
import shutil
from datetime import datetime, timedelta, timezone

from harness.admin import Admin
from harness.programs import SOURCE

DATA = SOURCE / "dist" / "demo"
COMPANY = "株式会社みなと製作所"
KIND_OF_RELATION = {"vendor": "vendor", "it_company": "it", "insurer": "insurer"}


def people():
    with open(DATA / "people.csv", encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def organisations(admin):
    """Adds those that people.csv names, and returns all by name."""
    known = {o["name"]: o for o in admin.get("/organisations")}
    for p in people():
        if p["組織"] and p["組織の種類"] != "company" and p["組織"] not in known:
            admin.post("/organisations", {"kind": p["組織の種類"], "name": p["組織"], "kana": p["よみ"]})
    return {o["name"]: o for o in admin.get("/organisations")}


def consortium(admin):
    return next(o["name"] for o in admin.get("/organisations") if o["kind"] == "consortium")


def fill(hub):
    """Everything but sensors. Returns (role, name, login, one-time password) of each person."""
    admin = Admin(hub.state)
    hub.otasuke("company", "import", DATA / "companies.csv")
    orgs = organisations(admin)
    desk = consortium(admin)
    telephone(admin, orgs[desk])
    relate(admin, orgs)
    lists(hub, admin)
    made = []
    for p in people():
        said = hub.otasuke("user", "add", "--login", p["ログイン名"], "--name", p["氏名"], "--kana", p["フリガナ"],
                           "--role", p["役割"], "--org", p["組織"] or desk).stdout
        once = next(line.split(": ", 1)[1] for line in said.splitlines() if line.startswith("password: "))
        made.append((p["役割"], p["氏名"], p["ログイン名"], once))
    return made


def telephone(admin, desk):
    """The number that companies press when they are frightened."""
    admin.post(f"/organisations/{desk['id']}", {"name": desk["name"], "kana": desk.get("kana", ""), "phone": "019-000-0001",
                                                "mail": "madoguchi@otasuke.example", "active": "1"})


def lists(hub, admin):
    """A list of harmful things as a folder of the server: what the demonstration's smartphone meets stands in it."""
    folder = hub.state / "feeds" / "demo"
    folder.mkdir(parents=True)
    shutil.copy(DATA / "indicators.csv", folder)
    admin.post("/intel/feeds", {"name": "見本の危険な宛先", "role": "bad", "way": "folder", "place": folder.name, "tlp": "green",
                                "confidence": "80", "every": "86400", "enabled": "1", "source": "お試し版", "licence": "Apache-2.0"})


def relate(admin, orgs):
    """Every company is served by the same vendor, IT company and insurer."""
    partners = [(o["id"], KIND_OF_RELATION[o["kind"]]) for o in orgs.values() if o["kind"] in KIND_OF_RELATION]
    today = datetime.now(timezone(timedelta(hours=9))).strftime("%Y-%m-%d")
    for company in admin.get("/members")["companies"]:
        for org, kind in partners:
            admin.post(f"/members/{company['id']}/relations/new", {"org": org, "kind": kind, "from": today})
