# SPDX-License-Identifier: Apache-2.0
"""The desk asks a company for a consent: its people get a mail without a word of the case, and answer on their own page."""
import pytest

from harness.programs import wait_for
from harness.region import MINATO


@pytest.fixture
def hub(hubs, mailbox):
    return hubs().init(mail__url=mailbox.url, mail__from="desk@otasuke.example").start()


def test_the_mail_leads_to_the_answer(region, mailbox):
    desk = region.admin()
    desk.get("/cases/new")
    words = "経理のパソコンに警告が出ました"
    assert desk.post("/cases", {"q": "みなと", "words": words, "kind": "malware_suspected", "source": "phone"}).status == 303
    number = desk.get_json("/cases")["cases"][0]["number"]
    boss = region.person("company", "boss", MINATO)
    desk.get(f"/cases/{number}/consents")
    secret = "PC-KEIRI-7 の通信"
    assert desk.post(f"/cases/{number}/asks", {"what": "capture", "until": "day", "hours": "24", "why": secret}).status == 303
    (to, mail), = mailbox.wait(1)
    text = mail.get_content()
    assert f"/portal/cases/{number}" in text and secret not in text and words not in text
    page = boss.get(f"/portal/cases/{number}")
    assert page.status == 200 and secret in page.text and "/asks/1/answer" in page.text
    assert boss.post("/asks/1/answer", {"answer": "yes"}).status == 303
    assert region.rows("SELECT what, how, given_by FROM incident_consent") == [("capture", "portal", "boss")]
    wait_for("the mail is noted", lambda: region.value("SELECT state FROM consent_ask_mail") == "sent", 15)
