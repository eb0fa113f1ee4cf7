# SPDX-License-Identifier: Apache-2.0
"""Mutes that hold: from the form to the sensor that stops telling, without a restart and over one; and back again."""
import html
import re

import pytest

from conftest import BOTNET
from demo.capture import office_day
from harness.programs import SOURCE, wait_for
from harness.region import MINATO

SPEED = 60  # an hour in a minute
CHANGED = "SELECT state FROM item WHERE kind = 'mutes' ORDER BY sequence DESC LIMIT 1"


@pytest.fixture(scope="session")
def hour():
    """The smartphone joins after ten minutes and calls the botnet address each minute."""
    return office_day(SOURCE / "build" / "captures", "--minutes", "60", "--pcs", "2", "--phone-at", "10")


@pytest.fixture
def watched(region, enrolled, hour, indicators):
    sensor = enrolled(MINATO).configure(replay=hour, replay_shift="now", replay_speed=SPEED, probe__learning="5m",
                                        probe__indicators=indicators).start()
    return sensor, region.admin()


def bad(hub):
    """Findings about the botnet address that have arrived, and about the smartphone because of it."""
    return hub.value("SELECT count(*) FROM finding WHERE detector IN ('known_bad', 'host_story')")


def alert_of(hub, detector):
    rows = hub.rows("SELECT id, state FROM alert WHERE detector = ? ORDER BY id", detector)
    return rows[0] if rows else None


def text_of(page):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.text)))


def kept_quiet(page):
    """The number in the preview."""
    return int(re.search(r"過去 30 日間の (\d+) 件の知らせ", text_of(page)).group(1))


def mute(hub, desk, alert, **form):
    desk.get(f"/alerts/{alert}/mute")
    got = desk.post(f"/alerts/{alert}/mute", {"days": "7", "reason": "our own test server", "do": "save", **form})
    assert got.status == 303, got.complaints()
    return hub.value("SELECT max(id) FROM mute")


def test_a_mute_is_applied_while_the_sensor_watches_and_counted(region, watched):
    sensor, desk = watched
    alert, _ = wait_for("the alert", lambda: alert_of(region, "known_bad"), 60)

    # what it would have hidden is shown before anything is saved
    desk.get(f"/alerts/{alert}/mute")
    page = desk.post(f"/alerts/{alert}/mute", {"peer": BOTNET, "days": "7", "do": "preview"})
    assert page.status == 200 and f'href="/alerts/{alert}"' in page.text
    assert kept_quiet(page) >= 1
    assert region.value("SELECT count(*) FROM mute") == 0
    page = desk.post(f"/alerts/{alert}/mute", {"peer": "198.51.100.0/24", "days": "7", "do": "preview"})
    assert kept_quiet(page) == 0

    number = mute(region, desk, alert, peer=BOTNET)
    assert alert_of(region, "known_bad")[1] == "muted"
    assert "our own test server" in text_of(desk.get(f"/alerts/{alert}"))
    wait_for("the sensor has applied it", lambda: region.value(CHANGED) == "applied", 20)
    assert sensor.process.running

    # the smartphone goes on calling: nothing of it is told, and the sensor counts what it kept quiet
    quiet = bad(region)
    wait_for("the sensor's count", lambda: region.value("SELECT coalesce(sum(hits), 0) FROM mute_hit") >= 1, 60)
    assert bad(region) == quiet
    page = text_of(desk.get("/mutes"))
    assert BOTNET in page and "our own test server" in page
    hits = region.value("SELECT m.hits + (SELECT sum(h.hits) FROM mute_hit h WHERE h.mute_id = m.id) FROM mute m WHERE id = ?",
                        number)
    assert hits >= 1

    # the sensor's page and the audit trail say what became of it
    page = text_of(desk.get(f"/fleet/{region.value('SELECT id FROM sensor')}"))
    assert "知らせない設定" in page and "適用しました" in page
    assert region.value("SELECT count(*) FROM audit WHERE action = 'item.applied'") >= 1

    # a restarted sensor still has it: the same hour once more, and not a word
    assert sensor.stop() == 0
    quiet = bad(region)
    beats = region.value("SELECT sum(packets) FROM heartbeat")
    sensor.configure(replay=watched_capture(sensor), replay_shift="now", probe__learning="5m",
                     probe__indicators=sensor.state.parent / "indicators.csv").start()
    wait_for("the hour is read again", lambda: "has ended" in sensor.said(), 60)
    wait_for("its heartbeat", lambda: region.value("SELECT sum(packets) FROM heartbeat") != beats, 30)
    assert bad(region) == quiet

    # ended by hand: it counts again
    desk.get("/mutes")
    assert desk.post(f"/mutes/{number}/end").status == 303
    wait_for("the sensor has none", lambda: region.value(CHANGED) == "applied", 20)
    assert sensor.stop() == 0
    sensor.start()
    wait_for("it is told again", lambda: bad(region) > quiet, 60)
    wait_for("and the alert is open", lambda: alert_of(region, "known_bad")[1] == "new", 20)


def watched_capture(sensor):
    """What it was configured to replay."""
    return next(line.split(" = ")[1] for line in sensor.conf.read_text().splitlines() if line.startswith("replay = "))


def test_one_click_says_that_a_destination_is_fine(region, watched):
    _, desk = watched
    alert, _ = wait_for("the alert", lambda: alert_of(region, "known_bad"), 60)
    page = desk.get(f"/alerts/{alert}")
    assert f'action="/alerts/{alert}/ours"' in page.text
    assert desk.post(f"/alerts/{alert}/ours", {"what": "destination"}).status == 303
    assert region.rows("SELECT peer, port, detector, device_mac FROM mute") == [(BOTNET, 0, "", "")]
    assert alert_of(region, "known_bad")[1] == "muted"
    wait_for("the sensor has applied it", lambda: region.value(CHANGED) == "applied", 20)


def test_what_cannot_be_a_mute_is_said_beside_the_form(region, watched):
    _, desk = watched
    alert, _ = wait_for("the alert", lambda: alert_of(region, "known_bad"), 60)
    desk.get(f"/alerts/{alert}/mute")
    for form, part in (({"peer": "192.0.2.0/33"}, "192.0.2.0/33"), ({"name": "a b"}, "ドメイン名"),
                       ({}, "一つ"), ({"peer": BOTNET, "reason": ""}, "理由")):
        got = desk.post(f"/alerts/{alert}/mute", {"days": "7", "reason": "x", "do": "save", **form})
        assert got.status == 400 and part in " ".join(got.complaints()), (form, got.complaints())
    assert desk.post(f"/alerts/{alert}/mute", {"peer": BOTNET, "port": "70000", "days": "7", "reason": "x"}).status == 400
    assert desk.post(f"/alerts/{alert}/ours", {"what": "world"}).status == 400
    assert region.value("SELECT count(*) FROM mute") == 0
