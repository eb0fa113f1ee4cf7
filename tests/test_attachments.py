# SPDX-License-Identifier: Apache-2.0
"""Files go along with messages: by mail as parts that other programs read, in the portal as a download; each in its chain of custody."""
import hashlib
import re

import pytest

from harness.programs import wait_for
from harness.region import MINATO

NAME = "被害の記録 (控え) v1.csv"
DATA = bytes(range(256)) * 700


@pytest.fixture
def hub(hubs, mailbox):
    return hubs().init(mail__url=mailbox.url, mail__from="desk@otasuke.example", threads__attach_mib="1").start()


@pytest.fixture
def case(region):
    """A case with a file of evidence, and a thread with the provider; the desk's console, its number, the thread's address."""
    desk = region.admin()
    desk.get("/cases/new")
    assert desk.post("/cases", {"q": "みなと", "words": "止まりました", "kind": "network_slow", "source": "phone"}).status == 303
    number = desk.get_json("/cases")["cases"][0]["number"]
    desk.get(f"/cases/{number}/evidence")
    put(desk, number, NAME, DATA)
    thread = desk.post(f"/cases/{number}/threads", {"kind": "isp", "org_name": "Net", "mail": "abuse@net.example"}).location
    desk.get(thread)
    return desk, number, thread


def put(desk, number, name, data):
    said = desk.post_file(f"/cases/{number}/evidence", "file", name.replace('"', "%22"), data, {"note": "x"})
    assert said.status == 303, said.text[:500]


def items(region):
    return {name: id for id, name in region.rows("SELECT id, name FROM evidence_item ORDER BY id")}


def handed(region):
    return region.rows("SELECT k.item_id, k.from_text, k.to_text FROM evidence_custody k WHERE k.kind = 'handed' ORDER BY k.id")


def send(desk, thread, *evidence, **more):
    return desk.post(f"{thread}/messages", [("direction", "out"), ("channel", "mail"), ("subject", "資料"), ("body", "お送りします。"),
                                            *more.items(), *(("evidence", str(e)) for e in evidence)])


def test_a_mail_carries_the_files_as_parts(region, case, mailbox):
    desk, number, thread = case
    ids = items(region)
    put(desk, number, "empty.txt", b"")
    put(desk, number, "a.dat", b"\r\n--x\r\n.\r\n" * 50)
    more = items(region)
    said = send(desk, thread, *more.values(), send="1")
    assert said.status == 303, said.complaints()
    assert handed(region) == [], "nothing was handed before it is out"
    (to, mail), = mailbox.wait(1)
    assert to == ["abuse@net.example"] and mail.get_content_type() == "multipart/mixed" and not mail.defects
    text, *files = list(mail.iter_parts())
    assert text.get_content().strip() == "お送りします。"
    got = {f.get_filename(): f.get_content() for f in files}
    assert set(got) == set(more) and all(f.get_content_disposition() == "attachment" for f in files)
    assert got[list(ids)[0]] == DATA and got["empty.txt"] == b"" and got["a.dat"] == b"\r\n--x\r\n.\r\n" * 50
    lines = wait_for("the chains", lambda: len(handed(region)) == 3 and handed(region), 10)
    assert [(i, to) for i, _, to in lines] == [(i, "Net <abuse@net.example>") for i in more.values()]
    shown = desk.get_json(thread)["lines"][0]["files"]
    assert [f["sha256"] for f in shown][0] == hashlib.sha256(DATA).hexdigest()


def test_what_may_not_go_does_not(region, case, mailbox):
    desk, number, thread = case
    (mine,) = items(region).values()
    put(desk, number, "large.dat", b"x" * 1_100_000)
    put(desk, number, "tool.exe", b"MZ" + bytes(100))
    ids = items(region)
    said = send(desk, thread, ids["large.dat"], send="1")
    assert said.status == 400 and "MiB" in said.text
    said = send(desk, thread, ids["tool.exe"], send="1")
    assert said.status == 400 and ("may do harm" in said.text or "害のある" in said.text)
    desk.post(f"/cases/{number}/evidence/1/tlp", {"tlp": "red"})
    said = send(desk, thread, mine)
    assert said.status == 400 and "TLP:RED" in said.text
    assert re.search(r'name="evidence" value="%d"' % ids["large.dat"], desk.get(thread).text)
    assert not re.search(r'name="evidence" value="%d"' % mine, desk.get(thread).text)
    assert send(desk, thread, 999).status == 404
    # marked after it was queued: the mail is held back and comes to the desk again
    desk.post(f"/cases/{number}/evidence/1/tlp", {"tlp": "amber"})
    mailbox.refuse = "451 later"
    assert send(desk, thread, mine, send="1").status == 303
    wait_for("a first try", lambda: region.value("SELECT count(*) FROM thread_message WHERE attempts > 0"), 30)
    desk.post(f"/cases/{number}/evidence/1/tlp", {"tlp": "red"})
    mailbox.refuse = None
    wait_for("it is given up", lambda: region.value("SELECT state FROM thread_message") == "failed", 90)
    assert mailbox.mails == [] and handed(region) == []


def test_the_company_gets_and_gives_files(region, case):
    desk, number, _ = case
    (mine,) = items(region).values()
    person = region.person("company", "boss", MINATO)
    own = desk.post(f"/cases/{number}/threads/own").location
    assert send(desk, own, mine, channel="portal").status == 303
    assert [(i, to) for i, _, to in handed(region)] == [(mine, MINATO)]
    page = person.get(own)
    assert page.status == 200 and f'action="{own}/files/{mine}"' in page.text and "/evidence/1" not in page.text
    fetched = person.post(f"{own}/files/{mine}")
    assert fetched.status == 200 and fetched.body == DATA and "attachment" in fetched.headers["Content-Disposition"]
    assert region.rows("SELECT count(*) FROM thread_fetched") == [(1,)]
    assert [f["fetched"][0]["person"] for f in desk.get_json(own)["lines"][0]["files"]]
    person.get(own)
    assert person.post_file(f"{own}/messages", "file", "reply.txt", b"hello", {"body": "これです"}).status == 303
    assert region.rows("SELECT name, source FROM evidence_item ORDER BY id DESC LIMIT 1") == [("reply.txt", "portal")]
    assert [f["name"] for f in desk.get_json(own)["lines"][1]["files"]] == ["reply.txt"]
    # what the desk keeps is not theirs to attach
    put(desk, number, "internal.txt", b"x")
    assert person.post(f"{own}/messages", {"body": "x", "evidence": str(items(region)["internal.txt"])}).status == 404
    assert person.post(f"{own}/files/{items(region)['internal.txt']}").status == 404
