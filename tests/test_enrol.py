# SPDX-License-Identifier: Apache-2.0
"""A sensor's life: its code, its certificate, a hub that is down, full or does not want it any more, a full spool."""
import os
import re
import sqlite3
import stat
import subprocess
import time

import pytest

from harness.admin import Admin
from harness.hub import Hub
from harness.programs import free_ports, wait_for
from harness.region import KITAKAMI, MINATO, companies_csv
from harness.spool import fill


def refused(sensor, url):
    done = sensor.enrol(url, check=False)
    assert done.returncode != 0 and done.stdout == ""
    assert not (sensor.state / "identity").exists()
    return done.stderr


def received(hub):
    return hub.value("SELECT count(*) FROM finding WHERE detector = 'test_load'")


# --- codes ---

def test_enrolment_gives_a_certificate_for_one_company(region, sensors):
    sensor = sensors()
    said = sensor.enrol(region.code(MINATO, "--name", "jimusho")).stdout
    assert MINATO in said
    assert region.rows("SELECT c.name, s.name, s.state FROM sensor s JOIN company c ON c.id = s.company_id") == [
        (MINATO, "jimusho", "enrolled")]
    for path in (sensor.state / "identity").iterdir():
        if "key" in path.name:
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert b"PRIVATE KEY" not in (region.state / "otasuke.db").read_bytes()


def test_wrong_codes_are_told_apart(region, sensors):
    url = region.code(MINATO)
    code = re.search(r"code=([0-9A-Z-]+)", url).group(1)
    sensor = sensors()
    typo = ("0" if code[0] != "0" else "1") + code[1:]
    assert "mistyped" in refused(sensor, url.replace(code, typo))
    other = region.code(KITAKAMI)
    sensor.enrol(other)
    again = sensors("again")
    assert "used already" in refused(again, other)
    wrong_hub = re.sub(r"ca=[0-9a-f]{4}", "ca=0000", url)
    assert refused(again, wrong_hub).strip()
    assert "ca" in refused(again, url.partition("&")[0])
    again.enrol(url)  # none of the refusals has used it up
    assert region.value("SELECT count(*) FROM sensor") == 2


def test_expired_code(region, sensors):
    url = region.code(MINATO)
    region.stop()
    link = sqlite3.connect(region.state / "otasuke.db")
    link.execute("UPDATE enrol_code SET expires_us = 1")
    link.commit()
    link.close()
    region.start()
    assert "expired" in refused(sensors(), url)


def test_code_of_a_hub_that_is_down(region, sensors):
    url = region.code(MINATO)
    region.stop()
    assert "cannot be asked" in refused(sensors(), url)
    region.start()
    sensors("later").enrol(url)


def test_codes_are_not_kept_in_the_clear(region):
    url = region.code(MINATO)
    code = re.search(r"code=([0-9A-Z-]+)", url).group(1)
    for path in region.state.glob("otasuke.db*"):
        data = path.read_bytes()
        assert code.encode() not in data and code.replace("-", "").encode() not in data


# --- the connection ---

def test_revoked_sensor_says_so_and_is_heard_no_more(region, enrolled, day):
    sensor = enrolled(MINATO).configure(replay=day, replay_shift="now", heartbeat="300ms", revoked_retry="300ms").start()
    wait_for("the day is over", lambda: "has ended" in sensor.said(), 60)
    over = int(time.time() * 1e6)
    wait_for("all of it has come", lambda: region.value("SELECT beat_us FROM sensor") > over, 30)
    admin = Admin(region.state)
    admin.post(f"/fleet/{region.value('SELECT id FROM sensor')}/revoke", {"why": "stolen"})
    wait_for("the sensor says so", lambda: "revoked" in sensor.said(), 30)
    heard = region.value("SELECT heard_us FROM sensor")
    before = region.value("SELECT count(*) FROM finding")
    retries = sensor.said().count("revoked")
    wait_for("it has tried again", lambda: region.process.said().count("revoked") > 1 or
             sensor.said().count("revoked") > retries, 30)
    assert region.value("SELECT count(*) FROM finding") == before
    assert region.value("SELECT heard_us FROM sensor") == heard
    assert region.value("SELECT state FROM sensor") == "revoked"


def test_hub_down_and_up_again(region, enrolled, day):
    """The sensor keeps what it finds and hands it over when the hub is back; it says what it waits for."""
    sensor = enrolled(MINATO)
    region.stop()
    fill(sensor.state, 3000, int(time.time() * 1e6))
    sensor.configure(replay=day, replay_shift="now", retry_max="300ms").start()
    wait_for("the log says it", lambda: re.search(r"warning|error", sensor.said()), 30)
    region.start()
    wait_for("everything arrives", lambda: received(region) == 3000, 60)


def test_two_sensors_cannot_be_one_another(region, enrolled, day):
    """What a sensor sends is its own company's, whatever it says."""
    one, two = enrolled(MINATO, "one"), enrolled(KITAKAMI, "two")
    fill(one.state, 50, int(time.time() * 1e6))
    fill(two.state, 60, int(time.time() * 1e6))
    for sensor in (one, two):
        sensor.configure(replay=day, replay_shift="now").start()
    wait_for("all of both", lambda: received(region) == 110, 60)
    counts = dict(region.rows("SELECT c.name, count(*) FROM finding f JOIN company c ON c.id = f.company_id"
                              " WHERE detector = 'test_load' GROUP BY c.name"))
    assert counts == {MINATO: 50, KITAKAMI: 60}


# --- limits ---

@pytest.fixture
def small_disk(folder):
    """A file system of 24 MiB; only root may make one."""
    path = folder / "small"
    path.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", path], capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("needs the right to mount a tmpfs")
    yield path
    subprocess.run(["umount", "-l", path], check=True)


def test_hub_whose_disk_is_full(small_disk, folder, sensors, day):
    """It says so, the sensor keeps everything, and when there is room again nothing is missing."""
    hub = Hub(small_disk / "hub").init().start()
    try:
        companies_csv(folder / "companies.csv")
        hub.otasuke("company", "import", folder / "companies.csv")
        sensor = sensors()
        sensor.enrol(hub.code(MINATO))
        fill(sensor.state, 20_000, int(time.time() * 1e6))
        room = os.statvfs(small_disk)
        (small_disk / "filler").write_bytes(bytes(room.f_bavail * room.f_frsize - (1 << 20)))
        sensor.configure(replay=day, replay_shift="now", retry_max="300ms").start()
        wait_for("the sensor says that the hub is full", lambda: "full" in sensor.said(), 60)
        some = received(hub)
        assert some < 20_000
        assert hub.console().get("/login").status == 200
        (small_disk / "filler").unlink()
        wait_for("everything arrives", lambda: received(hub) == 20_000, 90)
        sensor.stop()
        assert hub.value("SELECT sum(findings) FROM alert WHERE detector = 'test_load'") == 20_000
    finally:
        hub.process.stop(30)


def test_spool_at_its_quota_counts_and_tells(region, enrolled, day):
    """What does not fit is dropped, the oldest first, counted, and the hub is told how much."""
    sensor = enrolled(MINATO)
    region.stop()
    fill(sensor.state, 30_000, int(time.time() * 1e6))
    sensor.configure(replay=day, replay_shift="now", spool_quota="1M", heartbeat="300ms", retry_max="300ms").start()
    wait_for("the sensor says that it drops", lambda: "records were lost" in sensor.said(), 30)
    region.start()
    wait_for("the hub is told", lambda: (region.value("SELECT max(spool_dropped) FROM sensor") or 0) > 0, 60)
    wait_for("what is left arrives, the newest of it last", lambda: region.value(
        "SELECT max(sequence) FROM finding WHERE detector = 'test_load'") == 30_000, 60)
    assert received(region) < 30_000
    assert received(region) + region.value("SELECT spool_dropped FROM sensor") >= 30_000
    assert region.value("SELECT min(sequence) FROM finding WHERE detector = 'test_load'") > 1, "the oldest went first"


# --- a sensor that cannot watch ---

@pytest.mark.parametrize("setting, words", [({"replay": "/nowhere/day.pcap"}, "day.pcap"),
                                            ({"interface": "nosuch0"}, "nosuch0")])
def test_sensor_that_cannot_watch_tells_the_hub(region, enrolled, setting, words):
    sensor = enrolled(MINATO).configure(heartbeat="300ms", **setting).start()
    wait_for("the log says why", lambda: words in sensor.said(), 30)
    wait_for("the hub is told why", lambda: words in (region.value("SELECT capture_text || problems FROM sensor") or ""), 30)
    assert region.value("SELECT capture_up FROM sensor") == 0


def test_configuration_that_is_wrong(sensors, folder):
    sensor = sensors()
    for line in ("repaly = x", "replay = x\ninterface = y", "heartbeat = soon\nreplay = x"):
        sensor.conf.write_text(f"state = {sensor.state}\n{line}\n")
        sensor.start()
        wait_for("it ends", lambda: not sensor.process.running, 20)
        assert sensor.process.child.returncode != 0 and sensor.conf.name in sensor.said()
        sensor.process.log.unlink()


def test_door_takes_nobody_without_a_certificate(region, day, sensors):
    """An enrolled sensor of another hub is a stranger here."""
    sensor = sensors()
    other = Hub(sensor.state.parent / "other", free_ports(3)).init().start()
    try:
        companies_csv(sensor.state.parent / "c.csv")
        other.otasuke("company", "import", sensor.state.parent / "c.csv")
        sensor.enrol(other.code(MINATO))
    finally:
        other.stop()
    sensor.configure(replay=day, replay_shift="now", hub=f"127.0.0.1:{region.sensors}", retry_max="200ms").start()
    wait_for("the log says that it cannot", lambda: sensor.said().count("warning") > 0, 30)
    assert region.value("SELECT count(*) FROM heartbeat") == 0 and region.value("SELECT count(*) FROM finding") == 0
