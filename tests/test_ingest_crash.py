# SPDX-License-Identifier: Apache-2.0
"""Sensor to store, exactly once, whoever dies on the way."""
import time

from harness.programs import wait_for
from harness.region import MINATO
from harness.spool import fill

FINDINGS = 40_000
KILLS = 10
STORIES = 100


def received(hub):
    return hub.value("SELECT count(*) FROM finding WHERE detector = 'test_load'")


def assert_exactly_once(hub, count, stories=STORIES):
    """(sensor, sequence) is the key of the table, so nothing is there twice; alerts count what their findings are."""
    assert received(hub) == count
    assert hub.rows("SELECT min(sequence), max(sequence) FROM finding WHERE detector = 'test_load'") == [(1, count)]
    per_story = hub.rows("SELECT story, count(*) FROM finding WHERE detector = 'test_load' GROUP BY story ORDER BY story")
    assert hub.rows("SELECT story, findings FROM alert WHERE detector = 'test_load' ORDER BY story") == per_story
    assert len(per_story) == stories


def loaded(enrolled, day, count, **settings):
    """A sensor with COUNT findings in its spool, not started yet."""
    sensor = enrolled(MINATO)
    fill(sensor.state, count, int(time.time() * 1e6), STORIES)
    return sensor.configure(replay=day, replay_shift="now", retry_max="200ms", **settings)


def test_hub_killed_ten_times_while_it_takes_findings(region, enrolled, day):
    sensor = loaded(enrolled, day, FINDINGS).start()
    have, kills, halves = 0, 0, []
    while kills < KILLS:
        wait_for("findings arrive", lambda: received(region) > have, 60, pause=0.002)
        region.kill()
        kills += 1
        have = received(region)
        halves.append(have)
        region.start()
    # every kill fell into the middle: something had come since the last, and something was still to come
    assert halves == sorted(set(halves)) and halves[-1] < FINDINGS, halves
    wait_for("everything has come", lambda: received(region) >= FINDINGS, 120)
    sensor.stop()
    assert_exactly_once(region, FINDINGS)
    assert region.otasuke("doctor", check=False).returncode < 2


def test_sensor_killed_while_it_sends(region, enrolled, day):
    sensor = loaded(enrolled, day, FINDINGS // 2)
    have = 0
    for _ in range(3):
        sensor.start()
        wait_for("findings arrive", lambda: received(region) > have, 60, pause=0.002)
        sensor.kill()
        have = received(region)
    sensor.start()
    wait_for("everything has come", lambda: received(region) >= FINDINGS // 2, 120)
    sensor.stop()
    assert_exactly_once(region, FINDINGS // 2)
