# SPDX-License-Identifier: Apache-2.0
"""`otasuke analyze --workers N` on the captures of ../shared/pcaps: the findings of several workers are those of one.

Skipped by name where ../shared is absent.
"""
import json
import os
import pathlib
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
OTASUKE = pathlib.Path(os.environ.get("OTASUKE_BIN", ROOT / "build/src")) / "otasuke"
CAPTURES = sorted((pathlib.Path(os.environ.get("OTASUKE_SHARED", ROOT / "../shared")) / "pcaps/dev").glob("*.pcap*"))


def analyze(*args, status=0):
    done = subprocess.run([OTASUKE, "analyze", "--jsonl", *map(str, args)], capture_output=True, text=True, timeout=120,
                          env={**os.environ, "LANG": "en_US.UTF-8", "LC_ALL": ""}, check=False)
    assert done.returncode == status, done.stderr
    return done


def results(workers):
    rows = [json.loads(line) for line in analyze("--workers", workers, *CAPTURES).stdout.splitlines()]
    for row in rows:  # what differs from run to run
        row.pop("seconds", None)
        row.pop("peak_rss", None)
    return rows


@pytest.mark.skipif(not CAPTURES, reason="../shared/pcaps is not here")
def test_any_number_of_workers_finds_the_same():
    one = results(1)
    assert len(one) > len(CAPTURES)
    assert results(2) == one
    assert results(4) == one


def test_a_wrong_number_is_refused(tmp_path):
    for wrong in ("0", "17", "two"):
        done = analyze("--workers", wrong, tmp_path / "none.pcap", status=2)
        assert f'"{wrong}" is not a number of workers from 1 to 16' in done.stderr
