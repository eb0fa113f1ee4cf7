# SPDX-License-Identifier: Apache-2.0
"""What the desk has done in the past year (dist/demo/cases.csv), typed in from paper with its real times, as a desk
does after a power cut: so that lists, charts and statistics are those of a service at work."""
import csv
from datetime import datetime, timedelta, timezone

from demo.region import DATA, consortium
from harness.admin import Admin
from harness.hub import PASSWORD

JAPAN = timezone(timedelta(hours=9))
DONE = {"phone": "電話で様子をうかがい、すぐにすることを伝えました。", "remote": "画面を見せてもらいながら、遠隔で調べて直しました。",
        "visit": "うかがって調べ、使えるように戻しました。"}
CLERK = ("kiroku", "及川 記子")


def typed(moment):
    return moment.strftime("%Y-%m-%dT%H:%M")


def sent(console, path, fields):
    answer = console.post(path, fields)
    if answer.status != 303:
        raise RuntimeError(f"{path}: {answer.status} {answer.complaints()}")
    return answer


def fill(hub):
    console = hub.person("desk", CLERK[0], consortium(Admin(hub.state)), CLERK[1])
    console.get("/cases/new")
    companies = {c["name"]: c["id"] for c in console.get_json("/members")["companies"]}
    with open(DATA / "cases.csv", encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f):
            case(console, companies[row["会社"]], row)
    return console


def case(console, company, row):
    at = (datetime.now(JAPAN) - timedelta(days=int(row["日数前"]))).replace(hour=10, minute=20)
    opened = sent(console, "/cases", {"company": company, "kind": row["種類"], "words": row["相談の言葉"], "source": "paper",
                                      "contact_name": row["連絡した人"], "severity": "2", "opened": typed(at)})
    at += timedelta(minutes=5)
    for action in row["対応"].split("|"):
        channel, minutes, cost = action.split(":")
        sent(console, f"{opened.location}/actions", {"channel": channel, "minutes": minutes, "cost": cost,
                                                     "body": DONE[channel], "started": typed(at)})
        at += timedelta(minutes=int(minutes) + 30)
    sent(console, f"{opened.location}/close", {"cause": row["原因"], "lesson": row["教訓"]})
