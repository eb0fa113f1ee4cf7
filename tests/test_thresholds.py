# SPDX-License-Identifier: Apache-2.0
"""The figures that detectors decide by: listed with their reasons in doc/detection.md, and changed from outside.

Run as a program it writes the list into the document anew."""
import re

import pytest

from conftest import BOTNET
from harness.captures import analyze, thresholds
from harness.programs import SOURCE, program, run

DOC = SOURCE / "doc/detection.md"
ROW = re.compile(r"^\| `[a-z_]+\.[a-z_]+` \|.*\|$", re.MULTILINE)


def doc_row(t):
    return f"| `{t['name']}` | {t['value']:.12g} | {t['unit']} | {t['lowest']:.12g} to {t['highest']:.12g} | {t['reason']} |"


def listed(text):
    return ROW.findall(text)


def test_doc_lists_every_threshold_as_it_is():
    assert listed(DOC.read_text(encoding="utf-8")) == [doc_row(t) for t in thresholds()], \
        "doc/detection.md differs; `python3 tests/test_thresholds.py` writes its list anew"


def beacons(day, *args):
    rows, _ = analyze(*args, day)
    return {r["severity"] for r in rows if r["type"] == "finding" and r["detector"] == "beacon" and
            any(p.startswith(BOTNET) for p in r["peers"])}


def test_a_threshold_can_be_changed(day):
    assert beacons(day) & {"high", "critical"}
    assert not beacons(day, "--threshold", "beacon.calls_min=64", "--threshold", "beacon.merge=60")
    assert not beacons(day, "--without", "beacon,scan")
    changed = {t["name"]: t["value"] for t in thresholds("--threshold", "scan.rest=900")}
    assert changed["scan.rest"] == 900 and changed["beacon.merge"] == 1


@pytest.mark.parametrize("args, text", [
    (("--threshold", "beacon.calls=8"), '"beacon.calls" is no threshold; doc/detection.md lists them'),
    (("--threshold", "beacon.calls_min=8000"), 'threshold beacon.calls_min takes a number from 3 to 64 (calls), not "8000"'),
    (("--threshold", "beacon.calls_min"), 'threshold beacon.calls_min takes a number from 3 to 64 (calls), not ""'),
    (("--without", "beacons"), 'there is no detector "beacons"'),
])
def test_what_is_wrong_is_said_once(args, text, day):
    done = run([program("otasuke"), "analyze", *args, day, day], check=False)
    assert done.returncode == 2 and done.stderr.count(text) == 1 and not done.stdout


def test_a_sensor_with_a_wrong_threshold_says_so(folder):
    conf = folder / "sensor.conf"
    conf.write_text(f"state = {folder}\nreplay = {folder}/none.pcap\nprobe.thresholds = scan.many=1\n")
    done = run([program("otasuke-sensor"), "run", "--config", conf], check=False, seconds=30)
    assert done.returncode != 0 and "threshold scan.many takes a number from 20 to 8000 (targets)" in done.stderr


if __name__ == "__main__":
    document = DOC.read_text(encoding="utf-8")
    old, new = "\n".join(listed(document)), "\n".join(doc_row(t) for t in thresholds())
    assert document.count(old) == 1
    DOC.write_text(document.replace(old, new), encoding="utf-8")
