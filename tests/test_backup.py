# SPDX-License-Identifier: Apache-2.0
"""A backup of a running hub, restored into a new folder, goes on where it was."""
import os
import shutil
import stat

import pytest

from harness.hub import PASSWORD, ADMIN, Hub
from harness.programs import wait_for
from harness.region import MINATO


@pytest.fixture
def worked(region, enrolled, day, indicators):
    """A hub with alerts, a case and a sensor that stays up."""
    sensor = enrolled(MINATO).configure(replay=day, replay_shift="now", probe__learning="15m", probe__indicators=indicators,
                                        heartbeat="500ms", retry_max="300ms").start()
    desk = region.admin()
    wait_for("the alert", lambda: [a for a in desk.get_json("/alerts")["alerts"] if a["detector"] == "known_bad"], 60)
    wait_for("the whole day", lambda: "has ended" in sensor.said(), 60)
    desk.get("/cases/new")
    assert desk.post("/cases", {"q": "みなと", "words": "止まりました", "kind": "network_slow", "source": "phone"}).status == 303
    return sensor, desk


def figures(hub, desk):
    """What people see."""
    return {"alerts": desk.get_json("/alerts"), "cases": desk.get_json("/cases"), "reports": desk.get_json("/reports"),
            "members": desk.get_json("/members"), "findings": hub.value("SELECT count(*) FROM finding"),
            "audit": hub.rows("SELECT id, action, hash FROM audit WHERE action <> 'login' ORDER BY id")}


def test_restore_has_the_same_figures_and_the_sensor_comes_back(region, worked, folder, hubs):
    sensor, desk = worked
    archive = folder / "backup.tar"
    said = region.otasuke("backup", archive).stdout
    assert str(archive) in said
    assert stat.S_IMODE(os.stat(archive).st_mode) == 0o600
    before = figures(region, desk)
    heard = region.value("SELECT max(heard_us) FROM sensor")
    region.stop()

    restored = Hub(folder / "restored", (region.https, region.http, region.sensors))
    restored.otasuke("restore", archive)
    restored.start()
    try:
        again = restored.console().sign_in(ADMIN, PASSWORD)
        after = figures(restored, again)
        assert {k: v for k, v in after.items() if k != "audit"} == {k: v for k, v in before.items() if k != "audit"}
        assert after["audit"][:len(before["audit"])] == before["audit"]
        wait_for("the sensor is heard again", lambda: restored.value("SELECT max(heard_us) FROM sensor") > heard, 30)
        assert restored.value("SELECT count(*) FROM sensor") == 1
        assert restored.value("SELECT count(*) FROM finding") == before["findings"]
        assert "[BAD ]" not in restored.otasuke("doctor", check=False).stdout
    finally:
        sensor.stop()
        restored.stop()


def test_restore_does_not_overwrite(region, folder):
    archive = folder / "backup.tar"
    region.otasuke("backup", archive)
    before = (region.state / "otasuke.conf").read_bytes()
    done = region.otasuke("restore", archive, check=False)
    assert done.returncode != 0 and done.stderr.strip()
    assert (region.state / "otasuke.conf").read_bytes() == before and region.answers()


def test_damaged_backup_is_refused_as_a_whole(region, folder):
    archive = folder / "backup.tar"
    region.otasuke("backup", archive)
    whole = archive.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    for name, data in (("cut", whole[:len(whole) // 2]), ("flipped", bytes(flipped)), ("empty", b""),
                       ("rubbish", os.urandom(20_000))):
        bad = folder / f"{name}.tar"
        bad.write_bytes(data)
        target = Hub(folder / f"to-{name}")
        done = target.otasuke("restore", bad, check=False)
        assert done.returncode != 0 and done.stderr.strip(), name
        assert not target.conf.exists(), name
        shutil.rmtree(target.state, ignore_errors=True)


def test_backup_says_why_it_cannot(region, folder):
    done = region.otasuke("backup", folder / "no" / "such" / "folder.tar", check=False)
    assert done.returncode != 0 and "folder.tar" in done.stderr
    assert region.answers()


def test_backup_of_a_hub_that_is_down(region, folder):
    region.stop()
    region.otasuke("backup", folder / "backup.tar")
    restored = Hub(folder / "restored")
    restored.otasuke("restore", folder / "backup.tar")
    assert restored.value("SELECT count(*) FROM company") == 2
