# SPDX-License-Identifier: Apache-2.0
"""What comes in from elsewhere, into a real hub: past cases as Excel writes them, alerts of other systems by a token,
and the mail that a report is due."""
import csv
import html
import http.client
import io
import json
import re

import pytest

from harness.region import KITAKAMI, MINATO

HEAD = ["管理番号", "受付日時", "終了日時", "会社", "種類", "件名", "内容", "電話分数", "費用"]
WRONG = [  # column and value
    ("受付日時", "4月1日"), ("受付日時", "2025/2/30"), ("終了日時", "2020/1/1"), ("会社", "知らない会社"), ("種類", "宇宙人"),
    ("電話分数", "たくさん"), ("費用", "-5"), ("件名", ""),
]


def row(i, wrong=None):
    cells = dict(zip(HEAD, [f"A-{i}", f"2025/4/{i % 28 + 1} 9:30", f"2025/5/{i % 28 + 1} 17:00", (MINATO, KITAKAMI)[i % 2],
                            "ランサムウェア", f"件名 {i}", "朝から開けません、\n電話あり", str(i % 60), f"{i * 10:,}円"]))
    if wrong:
        cells[wrong[0]] = wrong[1]
    return [cells[name] for name in HEAD]


def history(path, rows, charset):
    with open(path, "w", encoding=charset, newline="") as f:
        out = csv.writer(f)
        out.writerow(HEAD)
        out.writerows(rows)
    return path


def cases(hub):
    return hub.value("SELECT count(*) FROM incident")


def said(done):
    """The figures, and the lines with something to mend."""
    return done.stdout + done.stderr


# --- otasuke case import ---

@pytest.mark.parametrize("charset", ["utf-8-sig", "cp932"])
def test_a_thousand_past_cases_half_of_them_wrong(region, folder, charset):
    rows = [row(i, WRONG[i // 2 % len(WRONG)] if i % 2 else None) for i in range(1200)]
    path = history(folder / "past.csv", rows, charset)
    tried = said(region.otasuke("case", "import", path, "--dry-run", check=False))
    assert cases(region) == 0, "a try changes nothing"
    assert "600" in tried
    told = re.findall(r"past\.csv:(\d+): ([^:]+): (.+)", tried)
    assert [(int(line), column) for line, column, _ in told] == [
        (2 + 2 * i, WRONG[i // 2 % len(WRONG)][0]) for i in range(1, 1200, 2)], "two lines a row: its text has a line break"
    assert all(len(why) > 20 for _, _, why in told)
    done = said(region.otasuke("case", "import", path, check=False))
    assert cases(region) == 600, done[-500:]
    again = said(region.otasuke("case", "import", path, check=False))
    assert cases(region) == 600, again[-500:]
    # nothing is lost: each good row is there with what it said
    titles = {title for title, in region.rows("SELECT title FROM incident")}
    assert titles == {f"件名 {i}" for i in range(0, 1200, 2)}
    assert region.value("SELECT sum(cost_yen) FROM incident_action") == sum(i * 10 for i in range(0, 1200, 2))


def test_each_wrong_row_says_where_why_and_comes_back_to_be_mended(region, folder):
    desk = region.person("desk", "uketsuke", region.value("SELECT name FROM organisation WHERE kind = 'consortium'"))
    rows = [row(i, WRONG[i // 2 % len(WRONG)] if i % 2 else None) for i in range(1010)]
    data = history(folder / "past.csv", rows, "utf-8-sig").read_bytes()
    desk.get("/cases/history")
    page = desk.post_file("/cases/history", "file", "past.csv", data)
    assert page.status == 200, page.complaints()
    token = re.search(r'name="token" value="([^"]+)"', page.text).group(1)
    link = html.unescape(re.search(r'href="(/cases/history/refused[^"]*)"', page.text).group(1))
    refused = desk.get(link).body.decode("utf-8-sig")
    back = list(csv.reader(io.StringIO(refused)))
    assert len(back) == 1 + 505
    names, first = back[0], back[1]
    assert set(HEAD) <= set(names) and len(names) > len(HEAD), "the reasons stand beside"
    assert [first[names.index(n)] for n in HEAD] == rows[1], "the row as it came"
    for cells in back[1:]:
        reason = "".join(c for n, c in zip(names, cells) if n not in HEAD)
        assert reason, cells
    assert desk.post("/cases/history/confirm", {"token": token}).status in (200, 303)
    assert cases(region) == 505
    # mended, the other half comes in; what is in already stays one
    mended = [names] + [[row(int(c[names.index("管理番号")][2:]))[HEAD.index(n)] if n in HEAD else v for n, v in zip(names, c)]
                        for c in back[1:]]
    out = io.StringIO()
    csv.writer(out).writerows(mended)
    desk.get("/cases/history")
    page = desk.post_file("/cases/history", "file", "mended.csv", out.getvalue().encode("utf-8-sig"))
    token = re.search(r'name="token" value="([^"]+)"', page.text).group(1)
    desk.post("/cases/history/confirm", {"token": token})
    assert cases(region) == 1010


# --- alerts of others ---

HIVE = {"type": "phishing", "source": "mail-gw", "sourceRef": "m-17", "title": "偽の請求書 🚨", "description": "3 人に届いた",
        "externalLink": "https://hive.example/1", "severity": 3, "date": 1795392000000, "tags": ["a", f"company:{MINATO}"],
        "flag": False, "tlp": 2, "pap": 2, "customFields": [], "observables": [
            {"dataType": "domain", "data": "bad.example", "tlp": 4, "message": "送り主", "tags": ["x"], "ioc": True},
            {"dataType": "ip", "data": "203.0.113.9"}, {"dataType": "hostname", "data": "PC-07"},
            {"dataType": "hash", "data": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}]}
IRIS = {"alert_title": "EDR: 不審な実行", "alert_description": "powershell", "alert_source": "EDR", "alert_source_ref": "e-1",
        "alert_source_link": "https://edr.example/1", "alert_severity_id": 5, "alert_status_id": 3, "alert_context": {"a": 1},
        "alert_source_event_time": "2026-11-20T00:30:00.000000", "alert_note": "", "alert_tags": "edr,malware",
        "alert_iocs": [{"ioc_value": "https://bad.example/x", "ioc_description": "", "ioc_tlp_id": 1, "ioc_type_id": 1,
                        "ioc_tags": "", "ioc_enrichment": {}}],
        "alert_assets": [{"asset_name": "PC-08", "asset_description": "", "asset_type_id": 1, "asset_ip": "192.0.2.8",
                          "asset_domain": "", "asset_tags": ""}],
        "alert_customer_id": 7, "alert_classification_id": 1, "alert_source_content": {"raw": "x"}}


@pytest.fixture
def token(region):
    desk = region.person("desk", "uketsuke", region.value("SELECT name FROM organisation WHERE kind = 'consortium'"))

    def make(may):
        desk.get("/account/tokens")
        page = desk.post("/account/tokens", {"name": f"EDR {may}", "days": "30", "may": may})
        return re.search(r"data-copy>([^<\s]+)<", page.text).group(1)

    return make


def send(region, key, path, body):
    link = http.client.HTTPConnection("127.0.0.1", region.console().port, timeout=30)
    link.request("POST", path, json.dumps(body).encode(),
                 {"Content-Type": "application/json", "Accept": "application/json", "Authorization": f"Bearer {key}"})
    got = link.getresponse()
    answer = got.status, json.loads(got.read() or b"{}")
    link.close()
    return answer


def test_a_program_sends_alerts_with_a_token(region, token):
    key = token("change")
    status, made = send(region, key, "/api/import/thehive", HIVE)
    assert status == 200 and made["created"], made
    status, again = send(region, key, "/api/import/thehive", HIVE)
    assert status == 200 and not again["created"] and again["number"] == made["number"]
    assert cases(region) == 1
    assert region.value("SELECT source FROM incident") == "alert"
    assert region.value("SELECT count(*) FROM incident_indicator") == 3
    assert region.value("SELECT count(*) FROM incident_device") == 1
    status, refused = send(region, key, "/api/import/iris", IRIS)
    assert status == 400 and "?company=" in refused["error"]["text"], "who customer 7 is, nobody has said"
    status, made = send(region, key, "/api/import/iris?company=M-0001", IRIS)
    assert status == 200 and made["created"], made
    status, made = send(region, key, "/api/import/iris", {**IRIS, "alert_source_ref": "e-2"})
    assert status == 200 and made["created"], "it is remembered"
    assert cases(region) == 3


def test_a_token_that_only_reads_and_a_wrong_one_send_nothing(region, token):
    assert send(region, token("read"), "/api/import/thehive", HIVE)[0] in (401, 403)
    assert send(region, "otk_nothing", "/api/import/thehive", HIVE)[0] in (401, 403)
    assert cases(region) == 0
