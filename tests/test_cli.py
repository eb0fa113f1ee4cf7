# SPDX-License-Identifier: Apache-2.0
"""otasuke, the administrator's command: what it says, and what it leaves behind."""
import json
import os
import re
import sqlite3
import stat

import pytest

from conftest import BOTNET
from harness.hub import Hub
from harness.programs import program, run
from harness.region import HEAD, KITAKAMI, MINATO, ROWS, companies_csv

PHONE = "d2:5e:77:3a:91:04"


def otasuke(*argv, **more):
    return run([program("otasuke"), *argv], **more)


# --- init ---

def test_init_prints_what_the_first_sign_in_needs(folder):
    said = otasuke("init", "--state", folder / "hub", "--region", "IW", "--region-name", "岩手", "--admin", "kanri",
                   "--demo").stdout
    rows = dict(line.split(": ", 1) for line in said.splitlines())
    assert rows["login"] == "kanri" and rows["url"].startswith("https://")
    assert re.fullmatch(r"[0-9A-Z]{5}(-[0-9A-Z]{5})+", rows["password"])
    for name in ("otasuke.db", "ca.key", "server.key", "otasuke.conf"):
        assert stat.S_IMODE(os.stat(folder / "hub" / name).st_mode) == 0o600, name
    assert stat.S_IMODE(os.stat(folder / "hub").st_mode) == 0o700


def test_init_twice_leaves_the_first(folder):
    hub = Hub(folder / "hub").init()
    before = (hub.state / "ca.pem").read_bytes()
    again = otasuke("init", "--state", hub.state, check=False)
    assert again.returncode != 0 and "set up already" in again.stderr
    assert (hub.state / "ca.pem").read_bytes() == before


def test_init_refuses_nonsense(folder):
    for wrong in (["--set", "hub.nothing=1"], ["--set", "hub.zone_min=many"], ["--region", "MUCHTOOLONG"], ["--surprise"]):
        done = otasuke("init", "--state", folder / "hub", *wrong, check=False)
        assert done.returncode != 0 and done.stderr, wrong
        assert not (folder / "hub" / "otasuke.conf").exists()


# --- user add ---

def test_user_add_and_sign_in(region):
    desk = region.person("desk", "uketsuke", desk_org(region))
    assert desk.get("/alerts").status == 200
    assert desk.get("/people").status == 403


def desk_org(hub):
    return hub.value("SELECT name FROM organisation WHERE kind = 'consortium'")


def test_user_add_says_what_is_wrong(region):
    org = desk_org(region)
    region.otasuke("user", "add", "--login", "a.b", "--name", "A", "--org", org, "--role", "desk")
    before = region.value("SELECT count(*) FROM person")
    for login, place, role in (("a.b", org, "desk"), ("c", "no such place", "desk"), ("c", org, "wizard")):
        done = region.otasuke("user", "add", "--login", login, "--name", "A", "--org", place, "--role", role, check=False)
        assert done.returncode != 0 and done.stderr.strip(), (login, place, role)
    assert region.value("SELECT count(*) FROM person") == before


def test_commands_say_when_no_hub_runs(folder):
    hub = Hub(folder / "hub").init()
    for argv in (["user", "add", "--login", "x", "--name", "X", "--org", "Y", "--role", "desk"],
                 ["sensor", "code", MINATO], ["company", "import", "/dev/null"]):
        done = hub.otasuke(*argv, check=False)
        assert done.returncode != 0 and "no hub is running" in done.stderr, argv


# --- company import ---

@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_import_reads_what_offices_write(hub, folder, charset):
    path = companies_csv(folder / "list.csv", charset=charset)
    if charset == "utf-16":  # not one of ours: it must say so and change nothing
        done = hub.otasuke("company", "import", path, check=False)
        if done.returncode != 0:
            assert done.stderr and hub.value("SELECT count(*) FROM company") == 0
            return
    else:
        hub.otasuke("company", "import", path)
    assert [r[0] for r in hub.rows("SELECT name FROM company ORDER BY id")] == [MINATO, KITAKAMI]
    assert hub.value("SELECT phone FROM contact WHERE name = '湊 浩一'") == "+81190000102"


def test_import_twice_changes_nothing(region, folder):
    before = snapshot(region)
    said = region.otasuke("company", "import", folder / "companies.csv").stdout
    assert "added 0, changed 0, unchanged 2, wrong 0" in said
    assert snapshot(region) == before


def snapshot(hub):
    return [hub.rows(f"SELECT * FROM {table} ORDER BY id") for table in ("company", "contact", "relation", "organisation")]


def test_dry_run_changes_nothing(hub, folder):
    said = hub.otasuke("company", "import", "--dry-run", companies_csv(folder / "list.csv")).stdout
    assert "added 2" in said and hub.value("SELECT count(*) FROM company") == 0


def test_bad_rows_are_told_and_the_rest_goes_in(hub, folder):
    rows = [list(ROWS[0]), list(ROWS[1]), list(ROWS[0])]
    rows[0][HEAD.index("都道府県")] = "月"
    rows[2][0], rows[2][HEAD.index("会員番号")] = "有限会社もうひとつ", "M-9"
    rows[2][HEAD.index("電話番号")] = "でんわ"
    path = companies_csv(folder / "list.csv", rows)
    done = hub.otasuke("company", "import", path, check=False)
    assert done.returncode == 1
    assert [line.split(": ")[0] for line in done.stderr.splitlines()] == [f"{path}:2", f"{path}:4"]
    assert "都道府県" in done.stderr and "電話番号" in done.stderr
    assert hub.rows("SELECT name FROM company") == [(KITAKAMI,)]


def test_import_of_rubbish(hub, folder):
    for name, data in (("empty", b""), ("binary", bytes(range(256)) * 40), ("no-name", "都道府県\n岩手県\n".encode()),
                       ("quote", b'"name,prefecture\n' * 3)):
        path = folder / f"{name}.csv"
        path.write_bytes(data)
        done = hub.otasuke("company", "import", path, check=False)
        assert done.returncode != 0 and done.stderr.strip(), name
    assert hub.otasuke("company", "import", folder / "absent.csv", check=False).returncode != 0
    assert hub.value("SELECT count(*) FROM company") == 0
    assert hub.answers()


# --- doctor ---

def levels(done):
    return {row["check"]: row["level"] for row in json.loads(done.stdout)}


def test_doctor_of_a_running_hub(hub):
    done = hub.otasuke("doctor", check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    assert "[BAD ]" not in done.stdout and "[ ok ]" in done.stdout
    assert done.stdout.count("[warn]") == done.stdout.count("->")
    found = levels(hub.otasuke("doctor", "--json", check=False))
    assert found["hub.check.running"] == "good" and found["hub.check.audit"] == "good"
    assert re.search(r"\b[0-9a-f]{64}\b", done.stdout), "the end of the audit log is told, to be kept elsewhere"


def test_doctor_of_a_broken_installation(folder):
    """Each thing that is wrong is named with how to mend it."""
    hub = Hub(folder / "hub").init()
    os.chmod(hub.state, 0o755)
    (hub.state / "server.pem").write_text("not a certificate")
    done = hub.otasuke("doctor", check=False)
    assert done.returncode == 2, done.stdout + done.stderr
    bad = done.stdout.split("[BAD ]")[1:]
    assert len(bad) >= 2 and all("->" in part for part in bad)
    assert "server.pem" in done.stdout


def test_doctor_finds_a_changed_audit_log(hubs):

    hub = hubs().init()
    hub.start()
    hub.otasuke("user", "add", "--login", "xx", "--name", "X", "--org", desk_org(hub), "--role", "desk")
    hub.stop()
    link = sqlite3.connect(hub.state / "otasuke.db")
    link.execute("UPDATE audit SET action = 'nothing.happened' WHERE id = (SELECT min(id) FROM audit)")
    link.commit()
    link.close()
    found = levels(hub.otasuke("doctor", "--json", check=False))
    assert found["hub.check.audit.broken"] == "bad"


def test_doctor_without_a_hub(folder):
    done = otasuke("doctor", "--state", folder / "nowhere", check=False)
    assert done.returncode != 0 and done.stderr.strip()


# --- analyze ---

FINDING = {"type": str, "file": str, "detector": str, "severity": str, "confidence": (int, float), "device": str,
           "device_mac": str, "peers": list, "names": list, "first": str, "last": str, "reasons": list}
SUMMARY = {"type": str, "file": str, "packets": int, "bytes": int, "flows": int, "devices": int,
           "seconds": (int, float), "peak_rss": int}
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def analyze(*argv, check=True):
    done = otasuke("analyze", "--jsonl", *argv, check=check)
    return [json.loads(line) for line in done.stdout.splitlines()], done


def test_analyze_prints_one_object_a_line(day, indicators):
    rows, _ = analyze("--indicators", indicators, day)
    for row in rows:
        shape = FINDING if row["type"] == "finding" else SUMMARY
        assert list(row) == list(shape), row
        for key, kind in shape.items():
            assert isinstance(row[key], kind), (key, row)
    findings = [r for r in rows if r["type"] == "finding"]
    assert rows[-1]["type"] == "summary" and rows[-1]["packets"] > 5000
    for f in findings:
        assert f["severity"] in ("info", "low", "medium", "high", "critical") and 0 <= f["confidence"] <= 1
        assert RFC3339.fullmatch(f["first"]) and RFC3339.fullmatch(f["last"]) and f["first"] <= f["last"]
        assert f["reasons"] and all(isinstance(r, str) for r in f["reasons"])
    of_phone = {f["detector"]: f for f in findings if f["device_mac"] == PHONE}
    assert {"known_bad", "beacon", "new_device"} <= set(of_phone)
    assert of_phone["known_bad"]["peers"] == of_phone["beacon"]["peers"] == [f"{BOTNET}:8443"]
    assert of_phone["new_device"]["severity"] == "info"


def test_analyze_goes_on_after_a_damaged_file(day, folder, indicators):
    cut = folder / "cut.pcap"
    cut.write_bytes(day.read_bytes()[:200_003])
    rubbish = folder / "rubbish.pcap"
    rubbish.write_bytes(os.urandom(5000))
    rows, done = analyze("--indicators", indicators, cut, rubbish, folder / "absent.pcap", day, check=False)
    assert done.returncode != 0
    for name in ("cut.pcap", "rubbish.pcap", "absent.pcap"):
        assert name in done.stderr
    summaries = {r["file"]: r for r in rows if r["type"] == "summary"}
    assert summaries[str(cut)]["packets"] > 100 and summaries[str(day)]["packets"] > 5000


def test_analyze_says_which_indicator_is_bad(day, folder):
    path = folder / "list.csv"
    path.write_text(f"ip,{BOTNET}\nip,not-an-address\nwhat,ever\n")
    rows, done = analyze("--indicators", path, day, check=False)
    assert "list.csv line 2" in done.stderr and "list.csv line 3" in done.stderr
    assert "known_bad" in {r.get("detector") for r in rows}


def test_lists_are_packed_into_one_bundle(day, folder):
    (folder / "hosts").write_text("127.0.0.1 localhost\n0.0.0.0 bad.example good.example\n")
    (folder / "list.txt").write_text(f"{BOTNET} ; botnet\n{BOTNET}\nnonsense\n")
    (folder / "event.json").write_text(json.dumps({"Event": {"info": "x", "Attribute": [
        {"type": "md5", "value": "44d88612fea8a8f36de82e1278abb02f", "to_ids": True}, {"type": "mutex", "value": "m"}]}}))
    (folder / "good.json").write_text(json.dumps({"type": "string", "list": ["good.example"]}))
    bundle = folder / "bundle"
    done = otasuke("indicators", "pack", bundle, folder / "hosts", folder / "list.txt", folder / "event.json",
                   "--good", folder / "good.json")
    rows = done.stdout.splitlines()
    assert rows[0].endswith("hosts (hosts): 1 added, 0 there already, 1 known good and left out, 0 for information only, 0 not used")
    assert "list.txt (plain): 1 added, 1 there already" in rows[1] and rows[2].endswith(": 1")
    assert "event.json (misp): 1 added" in rows[3]
    assert f"{bundle}: 3 indicators" in rows[5] and bundle.stat().st_size < 4096
    assert "list.txt line 3" in done.stderr
    told, _ = analyze("--indicators", bundle, day)
    reasons = [r["reasons"][0] for r in told if r.get("detector") == "known_bad"]
    assert any(f"ip {BOTNET} is on the indicator list list.txt: botnet" in reason for reason in reasons), reasons
    damaged = folder / "damaged"
    damaged.write_bytes(bundle.read_bytes()[:-1] + b"x")
    assert analyze("--indicators", damaged, day, check=False)[1].returncode != 0


def test_help_and_unknown_commands():
    assert otasuke("nonsense", check=False).returncode == 2
    assert "analyze" in (lambda d: d.stdout + d.stderr)(otasuke(check=False))
