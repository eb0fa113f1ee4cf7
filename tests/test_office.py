# SPDX-License-Identifier: Apache-2.0
"""A whole day of an honest office with all that runs by itself in it, by generator: nobody is accused, and an infected
telephone among them is."""
import subprocess
import sys

import pytest

from conftest import BOTNET
from harness.captures import SEVERITIES, analyze, at_least
from harness.programs import SOURCE

PHONE = "d2:5e:77:3a:91:04"
PCS = 12
DEVICES = PCS + 9  # with router, storage, printer, server, camera, meter, loudspeaker and the telephone


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What is said of the day, information left out."""
    path = tmp_path_factory.mktemp("office") / "day.pcap"
    subprocess.run([sys.executable, SOURCE / "tests/gen/office_day.py", path, "--minutes", "1440", "--pcs", str(PCS), "--density",
                    "0.12", "--chores", "--phone-at", "1200"], check=True, stdout=subprocess.DEVNULL)
    rows, _ = analyze(path)
    path.unlink()
    assert rows[-1]["packets"] > 200_000 and rows[-1]["devices"] == DEVICES
    return [r for r in rows if r["type"] == "finding" and at_least(r, "low")]


def test_nobody_honest_is_accused(told, capsys):
    honest = [f for f in told if f["device_mac"] != PHONE]
    with capsys.disabled():
        print(f"\n{'of a day with ' + str(DEVICES - 1) + ' honest devices':40} {'found':8} score  by")
        for f in sorted(honest, key=lambda f: -SEVERITIES.index(f["severity"])):
            print(f"{f['device']:40} {f['severity']:8} {f['confidence']:.2f}   {f['detector']}: {f['reasons'][0]}")
    assert [f for f in honest if at_least(f, "medium")] == []
    assert len(honest) <= 2  # a script in a loop is worth a low word


def test_the_telephone_that_calls_for_orders_is(told):
    mine = [f for f in told if f["device_mac"] == PHONE and at_least(f, "medium")]
    assert any(f["detector"] == "beacon" and f["peers"] == [f"{BOTNET}:8443"] for f in mine)
